//! Who gets the seats that became free: a pure function of the places of a course and the clock. Nothing runs in the background. Whoever asks, and
//! whenever, finds what a clerk would have done who had watched the clock all the time; the next change of the course stores it.

use std::collections::BTreeSet;

use super::EnrolmentState;
use crate::clock::Instant;

/// Why a place ended that nobody gave back.
pub(in crate::courses) const CONSENT_ENDED: &str = "consent_ended";
/// The course does not take place.
pub(in crate::courses) const COURSE_CANCELLED: &str = "course_cancelled";
/// The course is over.
pub(in crate::courses) const COURSE_FINISHED: &str = "course_finished";
/// The place was carried over to another course.
pub(in crate::courses) const TRANSFERRED: &str = "transferred";
/// Nobody answered the offer in time.
pub(in crate::courses) const OFFER_EXPIRED: &str = "offer_expired";

/// What the course is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::courses) enum Phase {
    /// Free seats are offered.
    Open,
    /// It is over: nobody waits any more.
    Over,
    /// It does not take place: nobody has a place any more.
    Cancelled,
}

/// A place in a course or its queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::courses) struct Place {
    pub(in crate::courses) state: EnrolmentState,
    pub(in crate::courses) position: i64,
    pub(in crate::courses) seat: Option<i32>,
    pub(in crate::courses) offered_until: Option<Instant>,
    /// Since when it is so.
    pub(in crate::courses) since: Instant,
    /// From when until when the organisation may know of the person.
    pub(in crate::courses) known: Vec<(Instant, Instant)>,
}

impl Place {
    /// Until when the organisation may know of the person without a break, from an instant on; that instant if it may not.
    fn known_until(&self, from: Instant) -> Instant {
        let mut until = from;
        while let Some((_, end)) = self.known.iter().find(|(begin, end)| *begin <= until && until < *end) {
            until = *end;
        }
        until
    }
}

/// What becomes of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::courses) struct Step {
    /// Which place, by its number in what was given.
    pub(in crate::courses) place: usize,
    pub(in crate::courses) to: EnrolmentState,
    pub(in crate::courses) seat: Option<i32>,
    pub(in crate::courses) offered_until: Option<Instant>,
    pub(in crate::courses) reason: Option<&'static str>,
}

impl Step {
    const fn end(place: usize, to: EnrolmentState, reason: &'static str) -> Self {
        Self { place, to, seat: None, offered_until: None, reason: Some(reason) }
    }
}

/// Seats by the instant at which they became free.
type Free = BTreeSet<(Instant, i32)>;

/// What has become of the places by now, in the order in which it can be stored.
pub(in crate::courses) fn settle(
    now: Instant,
    capacity: i32,
    offer_hours: i32,
    phase: Phase,
    places: &[Place],
) -> Vec<Step> {
    match phase {
        Phase::Open => open(now, capacity, offer_hours, places),
        Phase::Over => ended(places, EnrolmentState::Expired, COURSE_FINISHED, |state| {
            matches!(state, EnrolmentState::Offered | EnrolmentState::Waiting)
        }),
        Phase::Cancelled => ended(places, EnrolmentState::Left, COURSE_CANCELLED, |state| {
            matches!(state, EnrolmentState::Offered | EnrolmentState::Waiting | EnrolmentState::Enrolled)
        }),
    }
}

fn ended(
    places: &[Place],
    to: EnrolmentState,
    reason: &'static str,
    which: impl Fn(EnrolmentState) -> bool,
) -> Vec<Step> {
    let those = places.iter().enumerate().filter(|(_, place)| which(place.state));
    those.map(|(place, _)| Step::end(place, to, reason)).collect()
}

fn open(now: Instant, capacity: i32, offer_hours: i32, places: &[Place]) -> Vec<Step> {
    let (mut steps, mut free) = (Vec::new(), seats(now, capacity, places));
    for (index, place) in places.iter().enumerate() {
        if let (EnrolmentState::Offered | EnrolmentState::Enrolled, Some(seat)) = (place.state, place.seat)
            && let Some((step, at)) = lost(now, index, place, place.since, place.offered_until)
        {
            steps.push(step);
            free.insert((at, seat));
        }
    }
    let waits = |(_, place): &(usize, &Place)| place.state == EnrolmentState::Waiting;
    let mut queue: Vec<(i64, usize)> =
        places.iter().enumerate().filter(waits).map(|(index, place)| (place.position, index)).collect();
    queue.sort_unstable();
    while let Some((since, seat)) = free.pop_first() {
        // Who may not be known at that moment is passed over, and keeps the place in the queue.
        let known = |(_, index): &(i64, usize)| places.get(*index).is_some_and(|one| one.known_until(since) > since);
        let Some(next) = queue.iter().position(known) else { continue };
        let (_, index) = queue.remove(next);
        let until = since.plus_seconds(i64::from(offer_hours) * 3_600);
        let (to, offered_until) = (EnrolmentState::Offered, Some(until));
        steps.push(Step { place: index, to, seat: Some(seat), offered_until, reason: None });
        if let Some((step, at)) = places.get(index).and_then(|place| lost(now, index, place, since, offered_until)) {
            steps.push(step);
            free.insert((at, seat));
        }
    }
    steps
}

/// Seats that nobody holds. That they are free was seen when it came about, and nobody waited then.
fn seats(now: Instant, capacity: i32, places: &[Place]) -> Free {
    let held: BTreeSet<i32> = places.iter().filter_map(|place| place.seat).collect();
    (1..=capacity).filter(|seat| !held.contains(seat)).map(|seat| (now, seat)).collect()
}

/// How and when whoever held a seat since then lost it: by the end of the offer, or of the consent.
fn lost(
    now: Instant,
    index: usize,
    place: &Place,
    since: Instant,
    offered_until: Option<Instant>,
) -> Option<(Step, Instant)> {
    let known = place.known_until(since);
    let offer = offered_until.filter(|until| *until <= now && *until <= known);
    let expired = |at| (Step::end(index, EnrolmentState::Expired, OFFER_EXPIRED), at);
    let left = || (Step::end(index, EnrolmentState::Left, CONSENT_ENDED), known);
    offer.map(expired).or_else(|| (known <= now).then(left))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: i64 = 3_600_000_000;

    fn place(state: EnrolmentState, position: i64, seat: Option<i32>, until: Option<i64>) -> Place {
        let offered_until = until.map(|hours| Instant::from_micros(hours * HOUR));
        let (since, known) = (Instant::from_micros(0), vec![(Instant::from_micros(0), Instant::END)]);
        Place { state, position, seat, offered_until, since, known }
    }

    /// The places after the steps.
    fn after(places: &[Place], steps: &[Step]) -> Vec<Place> {
        let mut places = places.to_vec();
        for step in steps {
            let place = &mut places[step.place];
            (place.state, place.seat, place.offered_until) = (step.to, step.seat, step.offered_until);
        }
        places
    }

    #[test]
    fn an_offer_that_ends_passes_on_and_on() {
        let places = [
            place(EnrolmentState::Offered, 1, Some(1), Some(10)),
            place(EnrolmentState::Waiting, 3, None, None),
            place(EnrolmentState::Waiting, 2, None, None),
        ];
        let now = Instant::from_micros(40 * HOUR);
        let settled = after(&places, &settle(now, 1, 24, Phase::Open, &places));
        // The second was offered it from 10 to 34, the third has it until 58.
        assert_eq!(settled[0].state, EnrolmentState::Expired);
        assert_eq!(settled[2].state, EnrolmentState::Expired);
        assert_eq!(settled[1].offered_until, Some(Instant::from_micros(58 * HOUR)));
    }

    #[test]
    fn who_may_not_be_known_keeps_no_seat_and_is_offered_none() {
        let at = |hours: i64| Instant::from_micros(hours * HOUR);
        let mut places =
            [place(EnrolmentState::Enrolled, 1, Some(1), None), place(EnrolmentState::Waiting, 2, None, None)];
        // Withdrawn at 10 and given again at 20: the seat was lost at 10, whenever somebody asks.
        places[0].known = vec![(at(0), at(5)), (at(5), at(10)), (at(20), at(900))];
        let now = after(&places, &settle(at(30), 1, 24, Phase::Open, &places));
        assert_eq!((now[0].state, now[1].offered_until), (EnrolmentState::Left, Some(at(34))));
        assert!(settle(at(9), 1, 24, Phase::Open, &places).is_empty());
        // Who cannot be known at 10 is passed over, and goes on waiting.
        places[1].known = vec![(at(0), at(9)), (at(11), at(900))];
        assert_eq!(settle(at(30), 1, 24, Phase::Open, &places).len(), 1);
        // Who withdraws while the offer runs passes it on.
        places[1].known = vec![(at(0), at(15))];
        let steps = settle(at(30), 1, 24, Phase::Open, &places);
        assert_eq!(steps.last().unwrap().reason, Some(CONSENT_ENDED));
    }

    #[test]
    fn nobody_waits_for_a_course_that_is_over_or_cancelled() {
        let places = [
            place(EnrolmentState::Enrolled, 1, Some(1), None),
            place(EnrolmentState::Waiting, 2, None, None),
            place(EnrolmentState::Completed, 3, Some(2), None),
        ];
        let now = Instant::from_micros(0);
        assert_eq!(settle(now, 2, 24, Phase::Over, &places).len(), 1);
        assert_eq!(settle(now, 2, 24, Phase::Cancelled, &places).len(), 2);
    }

    proptest! {
        /// No seat is held twice, the order is kept, and asking in between changes nothing.
        #[test]
        fn asking_often_and_asking_once_come_to_the_same(
            waiting in 0_i64..6, offers in 0_i64..3, capacity in 1_i32..4, first in 0_i64..100, later in 0_i64..100,
        ) {
            let mut places: Vec<Place> = (0..offers.min(i64::from(capacity)))
                .map(|n| place(EnrolmentState::Offered, n + 1, i32::try_from(n + 1).ok(), Some(10 + n)))
                .collect();
            // Seats that nobody holds were never free while somebody waited.
            if places.len() == usize::try_from(capacity).unwrap() {
                places.extend((0..waiting).map(|n| place(EnrolmentState::Waiting, 100 + n, None, None)));
            }
            let (now, then) = (Instant::from_micros(first * HOUR), Instant::from_micros((first + later) * HOUR));
            let between = after(&places, &settle(now, capacity, 24, Phase::Open, &places));
            let twice = after(&between, &settle(then, capacity, 24, Phase::Open, &between));
            let once = after(&places, &settle(then, capacity, 24, Phase::Open, &places));
            prop_assert_eq!(&once, &twice);
            let mut seats: Vec<i32> = once.iter().filter_map(|place| place.seat).collect();
            seats.sort_unstable();
            let count = seats.len();
            seats.dedup();
            prop_assert_eq!(seats.len(), count);
            let still: Vec<i64> = once.iter().filter(|one| one.state == EnrolmentState::Waiting).map(|one| one.position).collect();
            let passed = once.iter().filter(|one| one.state != EnrolmentState::Waiting).map(|one| one.position);
            prop_assert!(passed.max().is_none_or(|last| still.iter().all(|waits| *waits > last)));
            prop_assert!(settle(then, capacity, 24, Phase::Open, &once).is_empty());
        }
    }
}
