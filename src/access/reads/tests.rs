use super::*;

const LIMITS: Limits = Limits { files_per_hour: 5, files_per_hour_soft: 3, searches_per_minute: 2 };

fn at(seconds: i64) -> Instant {
    Instant::from_micros(1_800_000_000_000_000).plus_seconds(seconds)
}

fn files(count: usize) -> Vec<PersonId> {
    (0..count).map(|_| PersonId::random()).collect()
}

#[test]
fn a_file_counts_once_an_hour_and_the_one_too_many_is_refused() {
    let (reads, who, persons) = (Reads::new(LIMITS), AccountId::random(), files(7));
    for (person, second) in persons.iter().take(5).zip(0..) {
        for _ in 0..3 {
            assert_eq!(reads.show(who, &[*person], at(second * 10)), Ok(()));
        }
    }
    assert_eq!(reads.show(who, &persons[5..6], at(100)), Err(Wait(3_500)));
    assert_eq!(reads.show(who, &persons[..5], at(100)), Ok(()), "what was seen may be seen again");
    assert_eq!(reads.show(AccountId::random(), &persons[5..], at(100)), Ok(()), "others are not affected");
    // The first file leaves the hour: one new one has room, and counts from then on.
    assert_eq!(reads.show(who, &persons[5..6], at(3_599)), Err(Wait(1)));
    assert_eq!(reads.show(who, &persons[5..6], at(3_600)), Ok(()));
    assert_eq!(reads.show(who, &persons[6..7], at(3_600)), Err(Wait(10)));
    assert_eq!(reads.show(who, &persons[..1], at(3_600)), Err(Wait(10)), "what left the hour is new again");
}

#[test]
fn a_page_is_shown_whole_or_not_at_all() {
    let (reads, who) = (Reads::new(LIMITS), AccountId::random());
    assert_eq!(reads.show(who, &files(3), at(0)), Ok(()));
    assert_eq!(reads.show(who, &files(3), at(1)), Err(Wait(3_599)));
    assert_eq!(reads.show(who, &files(2), at(1)), Ok(()), "a refused page used nothing up");
    let twice = files(1).repeat(2);
    assert_eq!(reads.show(AccountId::random(), &[twice.clone(), files(4)].concat(), at(1)), Ok(()));
    // A page that never fits says the longest wait there is.
    assert_eq!(reads.show(AccountId::random(), &files(6), at(1)), Err(Wait(3_600)));
    assert_eq!(reads.show(who, &[], at(1)), Ok(()), "an empty answer shows no file");
}

#[test]
fn an_alarm_is_raised_once_an_hour() {
    let (reads, who) = (Reads::new(LIMITS), AccountId::random());
    assert_eq!(reads.take_alarm(who), None);
    assert_eq!(reads.show(who, &files(3), at(0)), Ok(()));
    assert_eq!(reads.take_alarm(who), None);
    assert_eq!(reads.show(who, &files(1), at(1)), Ok(()));
    assert_eq!(reads.take_alarm(who), Some(Alarm::Many));
    assert_eq!(reads.show(who, &files(1), at(2)), Ok(()));
    assert_eq!(reads.take_alarm(who), None);
    for _ in 0..3 {
        assert!(reads.show(who, &files(1), at(3)).is_err());
    }
    assert_eq!(reads.take_alarm(who), Some(Alarm::Refused));
    assert_eq!(reads.take_alarm(who), None);
    // One that could not be written is still owed.
    reads.return_alarm(who, Alarm::Refused);
    assert_eq!(reads.take_alarm(who), Some(Alarm::Refused));
    assert_eq!(reads.show(who, &files(4), at(3_601)), Ok(()));
    assert_eq!(reads.take_alarm(who), Some(Alarm::Many), "the next hour's is another");
}

#[test]
fn searches_are_counted_by_the_minute() {
    let (reads, who) = (Reads::new(LIMITS), AccountId::random());
    assert_eq!(reads.search(who, at(0)), Ok(()));
    assert_eq!(reads.search(who, at(20)), Ok(()));
    assert_eq!(reads.search(who, at(30)), Err(Wait(30)));
    assert_eq!(reads.search(AccountId::random(), at(30)), Ok(()));
    assert_eq!(reads.search(who, at(60)), Ok(()));
    assert_eq!(reads.search(who, at(60)), Err(Wait(20)));
    assert_eq!(reads.take_alarm(who), None);
}

#[test]
fn a_clock_that_steps_back_frees_nothing() {
    let (reads, who) = (Reads::new(LIMITS), AccountId::random());
    assert_eq!(reads.show(who, &files(5), at(1_000)), Ok(()));
    assert_eq!(reads.show(who, &files(1), at(0)), Err(Wait(4_600)));
}

#[test]
fn memory_is_bounded_and_who_looks_is_not_forgotten() {
    let (reads, busy) = (Reads::new(LIMITS), AccountId::random());
    let count = || reads.accounts.lock().unwrap().len();
    assert_eq!(reads.show(busy, &files(4), at(1_000)), Ok(()));
    for second in 0..MOST {
        let now = at(i64::try_from(second).unwrap() % 500);
        assert_eq!(reads.show(AccountId::random(), &files(1), now), Ok(()));
    }
    assert_eq!(count(), MOST);
    assert!(reads.show(busy, &files(2), at(1_001)).is_err(), "the count of who looked last is kept");
    assert_eq!(reads.search(AccountId::random(), at(4_200)), Ok(()));
    assert_eq!(count(), 2, "who has not looked for an hour is forgotten");
}
