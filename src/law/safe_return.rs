//! By when must somebody who leaves be back (engine contract, section 7)? The last entry up to which no entry delays a route
//! or breaches a watch.
//!
//! A longer trip has more days of absence, and for limits that look back, for sums of presence and for watches more absence
//! is never better: the first harmful entry is found by halving. A limit that *restarts* the clock is the exception. If more
//! absences are on record after the trip, a longer trip can restart the clock at a day from which those fall better. Then every
//! entry is tried, and the answer is the last one before the first that does harm: advice must hold for whoever returns sooner.

mod answer;

use std::collections::BTreeMap;

use chrono::NaiveDate;

pub use self::answer::{Binding, SafeReturn, SafeRoute, SafeState, SafeWatch};
use super::days;
use super::dossier::{Absence, Dossier, DossierFault, FactDate, describe};
use super::evaluate::{Question, evaluate};
use super::judge::HORIZON;
use super::limit::OnBreach;
use super::pack::Pack;
use super::result::RouteResult;
use super::trace::Assumption;
use super::watch::watch;
use super::what_if::{Breached, Run, breaches, open_since, overlapping, supposed_fault, with_known_through};

/// The last entry of a trip from `exit` that delays no route and breaches no watch, by route, watch and reading and of all.
/// Absences that are not certain are taken as absences and everything else favourably. `exit` may be that of a recorded trip
/// without return: then its return is asked for, from the last recorded day on.
pub fn safe_return(
    pack: &Pack,
    dossier: &Dossier,
    question: &Question,
    exit: NaiveDate,
) -> Result<SafeReturn, Vec<DossierFault>> {
    let faults = dossier.check();
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut search = Search::new(pack, dossier, question, exit)?;
    let routes = search.routes(question.brief)?;
    let watches = search.watches()?;
    let mut answers: Vec<(Binding, SafeState, Option<NaiveDate>)> = Vec::new();
    answers.extend(routes.found.iter().map(|one| {
        let binding = Binding { route: Some(one.route.clone()), watch: None, reading: one.reading.clone() };
        (binding, one.state, one.last_entry)
    }));
    answers.extend(watches.iter().map(|one| {
        let binding = Binding { route: None, watch: Some(one.watch.clone()), reading: one.reading.clone() };
        (binding, one.state, one.last_entry)
    }));
    let never = answers.iter().any(|(_, state, _)| *state == SafeState::Never);
    let last_entry = if never { None } else { answers.iter().filter_map(|(_, _, entry)| *entry).min() };
    let state = match (never, last_entry) {
        (true, _) => SafeState::Never,
        (false, Some(_)) => SafeState::Limited,
        (false, None) if answers.iter().any(|(_, state, _)| *state == SafeState::NoLimit) => SafeState::NoLimit,
        (false, None) => SafeState::NothingToLose,
    };
    let binds = |one: &(Binding, SafeState, Option<NaiveDate>)| match state {
        SafeState::Never => one.1 == SafeState::Never,
        SafeState::Limited => one.2 == last_entry,
        SafeState::NoLimit | SafeState::NothingToLose => false,
    };
    Ok(SafeReturn {
        exit,
        on_record: search.on_record,
        state,
        last_entry,
        binding: answers.into_iter().filter(binds).map(|(binding, _, _)| binding).collect(),
        searched_to: search.next_exit.unwrap_or(search.horizon),
        routes: routes.found,
        watches,
        assumptions: routes.assumptions,
    })
}

/// The dates of one route and reading for one entry: `earliest` and `clock_earliest`.
type Dates = (Option<NaiveDate>, Option<NaiveDate>);

struct Search<'a> {
    pack: &'a Pack,
    question: Question,
    /// Without the trip, or with the shortest one if it is on record.
    before: Dossier,
    /// With the trip; each look sets its entry.
    with: Dossier,
    trip: usize,
    on_record: bool,
    exit: NaiveDate,
    /// The first entry that can be.
    first: NaiveDate,
    /// Where the next recorded trip begins.
    next_exit: Option<NaiveDate>,
    horizon: NaiveDate,
    /// Each entry is looked at once for all routes and readings, and once for all watches.
    seen_routes: BTreeMap<Option<NaiveDate>, Vec<Dates>>,
    seen_watches: BTreeMap<Option<NaiveDate>, Vec<Breached>>,
}

struct Routes {
    found: Vec<SafeRoute>,
    assumptions: Option<Vec<Assumption>>,
}

/// What a search found.
enum Found {
    NoHarm,
    Always,
    /// The last harmless entry and the first harmful one.
    Between(NaiveDate, NaiveDate),
}

impl<'a> Search<'a> {
    fn new(pack: &'a Pack, dossier: &Dossier, question: &Question, exit: NaiveDate) -> Result<Self, Vec<DossierFault>> {
        let mut before = with_known_through(dossier, question.on);
        let known_through = before.known_through.unwrap_or(question.on);
        let mut with = before.clone();
        let open = with.absences.iter().position(|trip| trip.entry.is_none() && trip.exit.exact() == Some(exit));
        let on_record = open.is_some();
        // Somebody who is away on the last recorded day cannot have returned before.
        let first = if on_record { exit.max(known_through) } else { exit };
        if let Some(open) = open_since(&mut before.absences, exit) {
            open.entry = Some(first.into());
        }
        let trip = open.unwrap_or(with.absences.len());
        if !on_record {
            let shortest = Absence { exit: exit.into(), entry: exit.succ_opt().map(Into::into) };
            if let Some((_, other)) = overlapping(&with.absences, &shortest) {
                let other = describe(other);
                let message = format!(
                    "the person is away on the trip {other}: ask with an exit outside of it, or of a trip without return with its own exit"
                );
                return Err(vec![supposed_fault("exit", message)]);
            }
            with.absences.push(shortest);
        }
        let later = dossier.absences.iter().filter(|trip| trip.exit.latest() > exit);
        let begins =
            later.map(|trip| Some(trip.exit.earliest()).filter(|day| *day > exit).unwrap_or(trip.exit.latest()));
        Ok(Self {
            pack,
            question: Question { brief: true, cautious: true, ..question.clone() },
            before,
            with,
            trip,
            on_record,
            exit,
            first,
            next_exit: begins.min().map(|next| next.max(first)),
            horizon: days::date(days::add(days::day(question.on), HORIZON)),
            seen_routes: BTreeMap::new(),
            seen_watches: BTreeMap::new(),
        })
    }

    fn set_entry(&mut self, entry: Option<NaiveDate>) {
        if let Some(trip) = self.with.absences.get_mut(self.trip) {
            trip.entry = entry.map(FactDate::from);
        }
    }

    fn routes_at(&mut self, entry: Option<NaiveDate>) -> Result<&[Dates], Vec<DossierFault>> {
        if !self.seen_routes.contains_key(&entry) {
            self.set_entry(entry);
            let results = evaluate(self.pack, &self.with, &self.question)?;
            let dates = results.iter().map(|result| (result.earliest, result.clock_earliest)).collect();
            self.seen_routes.insert(entry, dates);
        }
        Ok(self.seen_routes.get(&entry).map(Vec::as_slice).unwrap_or_default())
    }

    fn watches_at(&mut self, entry: Option<NaiveDate>) -> Result<&[Breached], Vec<DossierFault>> {
        if !self.seen_watches.contains_key(&entry) {
            self.set_entry(entry);
            let found = breaches(self.pack, &self.with, &self.on_exit())?;
            self.seen_watches.insert(entry, found);
        }
        Ok(self.seen_watches.get(&entry).map(Vec::as_slice).unwrap_or_default())
    }

    /// Watches are looked at from the day of leaving on.
    fn on_exit(&self) -> Question {
        Question { on: self.exit, ..self.question.clone() }
    }

    fn routes(&mut self, brief: bool) -> Result<Routes, Vec<DossierFault>> {
        let question = Question { brief, ..self.question.clone() };
        let plain = evaluate(self.pack, &self.before, &question)?;
        let mut found = Vec::with_capacity(plain.len());
        for (i, route) in plain.iter().enumerate() {
            found.push(self.route(i, route)?);
        }
        let mut assumptions: Vec<Assumption> = Vec::new();
        for assumed in plain.into_iter().flat_map(|route| route.assumptions.unwrap_or_default()) {
            if !assumptions.contains(&assumed) {
                assumptions.push(assumed);
            }
        }
        Ok(Routes { found, assumptions: (!brief).then_some(assumptions) })
    }

    fn route(&mut self, i: usize, plain: &RouteResult) -> Result<SafeRoute, Vec<DossierFault>> {
        // Without a paper there is no earliest date, but the clock runs and can be delayed.
        let by_clock = plain.earliest.is_none();
        let pick = |dates: &Dates| if by_clock { dates.1 } else { dates.0 };
        let date = pick(&(plain.earliest, plain.clock_earliest));
        let mut route = SafeRoute {
            route: plain.route.clone(),
            reading: plain.reading.clone(),
            reading_title: plain.reading_title.clone(),
            default: plain.default,
            state: SafeState::NothingToLose,
            last_entry: None,
            date,
            measured_by: if by_clock { "clock_earliest" } else { "earliest" },
            delayed_to: None,
            source: plain.source.clone(),
        };
        let Some(date) = date else { return Ok(route) };
        // An application on the date sees no day after it: a return on the next day is as late as any.
        let latest = date.max(self.first).succ_opt().unwrap_or(date);
        let every_one = self.may_restart(plain) && self.away_after_exit();
        let found = self.search(latest, every_one, |search, entry| {
            let moved = search.routes_at(entry)?.get(i).and_then(pick);
            Ok(moved.is_none_or(|moved| moved > date))
        })?;
        let harmful = match found {
            Found::NoHarm => None,
            Found::Always => Some(self.first),
            Found::Between(_, harmful) => Some(harmful),
        };
        (route.state, route.last_entry) = found.answer();
        if let Some(harmful) = harmful {
            route.delayed_to = self.routes_at(Some(harmful))?.get(i).and_then(pick);
        }
        Ok(route)
    }

    fn watches(&mut self) -> Result<Vec<SafeWatch>, Vec<DossierFault>> {
        let question = self.on_exit();
        let held = watch(self.pack, &self.before, &question)?;
        let before = breaches(self.pack, &self.before, &question)?;
        let longest = self.next_exit;
        let worst = self.watches_at(longest)?.to_vec();
        let mut runs: Vec<Run> = held.iter().map(Run::of).collect();
        for breached in &worst {
            if !runs.contains(&breached.run) {
                runs.push(breached.run.clone());
            }
        }
        let mut found = Vec::with_capacity(runs.len());
        for run in runs {
            let breached_on =
                |all: &[Breached]| all.iter().find(|breached| breached.run == run).map(|breached| breached.on);
            let Run { watch, reading, status_from } = run.clone();
            let (state, last_entry, breached_on) = match (breached_on(&before), breached_on(&worst)) {
                (Some(anyway), _) => (SafeState::NothingToLose, None, Some(anyway)),
                (None, None) => (SafeState::NoLimit, None, None),
                (None, Some(worst)) => {
                    // A return on the day after the worst breach does not undo it.
                    let latest = worst.max(self.first).succ_opt().unwrap_or(worst);
                    let result = self
                        .search(latest, false, |search, entry| Ok(breached_on(search.watches_at(entry)?).is_some()))?;
                    let harmful = match result {
                        Found::Between(_, harmful) => Some(harmful),
                        Found::Always | Found::NoHarm => Some(self.first),
                    };
                    let (state, last_entry) = result.answer();
                    (state, last_entry, breached_on(self.watches_at(harmful)?))
                }
            };
            found.push(SafeWatch { watch, reading, status_from, state, last_entry, breached_on });
        }
        Ok(found)
    }

    /// The last harmless entry. `latest` does harm if any later one does. `every_one`: harm may come and go.
    fn search(
        &mut self,
        latest: NaiveDate,
        every_one: bool,
        mut harmful: impl FnMut(&mut Self, Option<NaiveDate>) -> Result<bool, Vec<DossierFault>>,
    ) -> Result<Found, Vec<DossierFault>> {
        if harmful(self, Some(self.first))? {
            return Ok(Found::Always);
        }
        let latest = self.next_exit.map_or(latest, |next| latest.min(next));
        if every_one {
            let mut good = self.first;
            for entry in self.first.iter_days().skip(1).take_while(|entry| *entry <= latest) {
                if harmful(self, Some(entry))? {
                    return Ok(Found::Between(good, entry));
                }
                good = entry;
            }
            return Ok(Found::NoHarm);
        }
        if latest <= self.first || !harmful(self, Some(latest))? {
            return Ok(Found::NoHarm);
        }
        let (mut good, mut bad) = (self.first, latest);
        while (bad - good).num_days() > 1 {
            let middle = good + (bad - good) / 2;
            if harmful(self, Some(middle))? {
                bad = middle;
            } else {
                good = middle;
            }
        }
        Ok(Found::Between(good, bad))
    }

    /// Whether a breach can restart the clock of the route under the reading, in any version.
    fn may_restart(&self, plain: &RouteResult) -> bool {
        let versions = self.pack.route(&plain.route).map_or(&[][..], |route| route.versions());
        let readings = versions.iter().filter_map(|version| version.rule.reading(&plain.reading));
        readings.flat_map(|reading| &reading.limits).any(|limit| limit.on_breach == OnBreach::Restart)
    }

    /// Whether the record has absences, certain or not, after the day of leaving.
    fn away_after_exit(&self) -> bool {
        self.next_exit.is_some() || self.before.presence_unknown.iter().any(|unknown| unknown.to > self.exit)
    }
}

impl Found {
    fn answer(&self) -> (SafeState, Option<NaiveDate>) {
        match self {
            Self::NoHarm => (SafeState::NoLimit, None),
            Self::Always => (SafeState::Never, None),
            Self::Between(good, _) => (SafeState::Limited, Some(*good)),
        }
    }
}
