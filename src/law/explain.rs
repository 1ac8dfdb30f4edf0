//! Why a requirement is met or not: the figures and the steps, so that a reader can redo the sum by hand.

mod time;

use super::days::{self, Block, Day, FAR};
use super::dossier::{FactValue, Level};
use super::facts::{Dates, Facts, Held};
use super::limit::{DayCount, Limit};
use super::name::Name;
use super::pack::Reading;
use super::presence::Presence;
use super::requirement::{Kind, Met, Requirement, Window, age};
use super::result::{Figure, Measured, RequirementResult, State};
use super::status::Covered;
use super::step::{Date, Halves, HeldStatus, Part, PresenceStep, ProofStep, StatusStep};
use super::steps::{Judged, absence};
use super::trace::{Assumed, Assumption, FAVOURABLE, Trace, TraceStep, UNFAVOURABLE};
use super::wording::Language;

/// What a requirement is explained for.
pub(crate) struct Explain<'a> {
    pub(crate) reading: &'a Reading,
    pub(crate) facts: &'a Facts<'a>,
    pub(crate) on: Day,
    pub(crate) language: Language,
}

impl Explain<'_> {
    /// Figures and steps for one requirement. Where uncertain dates matter the steps of both sides are given, marked; the
    /// figures are then the favourable ones. `parts`: the results of the parts of an `any_of`.
    pub(crate) fn requirement(
        &self,
        stated: &Requirement,
        met: &Met,
        state: State,
        parts: &[RequirementResult],
    ) -> (Measured, Vec<TraceStep>) {
        let mut trace = Trace::new(&stated.source, self.language);
        let other = self.facts.unfavourable.as_ref().filter(|_| met.is_split() && stated.kind.rests_on_dates());
        trace.assume(other.map(|_| FAVOURABLE));
        let measured = self.retell(stated, &self.facts.favourable, parts, &mut trace);
        if let Some(dates) = other {
            trace.assume(Some(UNFAVOURABLE));
            self.retell(stated, dates, parts, &mut trace);
            trace.assume(None);
        }
        let met_from = met.certain.first_from(self.on).map(Date);
        trace.say(ProofStep::Result { on: Date(self.on), state, met_from });
        (measured, trace.into_steps())
    }

    fn retell(
        &self,
        stated: &Requirement,
        dates: &Dates<'_>,
        parts: &[RequirementResult],
        trace: &mut Trace<'_>,
    ) -> Measured {
        let on = self.on;
        match &stated.kind {
            Kind::Term(rule) => time::Told { rule, reading: self.reading, dates, on }.retell(trace),
            Kind::AbsenceLimit { window, limit } => absence_limit(window, limit, stated, dates, on, trace),
            Kind::Presence(presence) => present(presence, dates, on, trace),
            Kind::PresentOnStart { window, day_count } => present_on_start(window, *day_count, dates, on, trace),
            Kind::HoldsStatus { status, last } => {
                run(status, dates, on, trace);
                if let Some(length) = last {
                    let from = length.first_reaching(on + 1);
                    let since = dates.covered(status).spans().block_at(on).map(|run| Date(run.from));
                    let (from, to, length) = (Date(from), Date(on), length.period);
                    trace.say(StatusStep::Covered { from, to, length, covered_from: since });
                }
                Measured::default()
            }
            Kind::Total { status, days } => total(status, *days, dates, on, trace),
            Kind::Evidence { kind, min_level } => evidence(stated, kind, *min_level, dates, trace),
            Kind::Age { min_years, max_years } => ages(*min_years, *max_years, dates, trace),
            Kind::Fact { fact, equals } => self.fact(stated, fact, equals, trace),
            Kind::AnyOf(_) => {
                let part = |part: &RequirementResult| Part {
                    id: part.id.clone(),
                    title: part.title.clone(),
                    state: part.state,
                };
                trace.say(ProofStep::AnyOf { of: parts.iter().map(part).collect() });
                Measured::default()
            }
        }
    }

    fn fact(&self, stated: &Requirement, fact: &Name, required: &FactValue, trace: &mut Trace<'_>) -> Measured {
        let value = self.facts.dossier.facts.get(fact.as_str()).cloned().flatten();
        let title = stated.title.clone();
        trace.say(ProofStep::Fact { fact: fact.clone(), title, value: value.clone(), required: required.clone() });
        let required = Some(Figure::Fact(required.clone()));
        Measured { value: value.map(Figure::Fact), required, ..Measured::default() }
    }
}

fn absence_limit(
    window: &Window,
    limit: &Limit,
    stated: &Requirement,
    dates: &Dates<'_>,
    on: Day,
    trace: &mut Trace<'_>,
) -> Measured {
    let days = window.before(on);
    let convention = limit.day_count.unwrap_or_default();
    let counted = dates.absent(convention);
    let judged = Judged { limit, counted, convention, start: days.from, days, source: &stated.source };
    let most = judged.retell(trace);
    if let Some(breach) = judged.seen_breach() {
        judged.breach(breach, None, trace);
    }
    let mut measured = Measured::default();
    judged.measure(most, &mut measured);
    measured
}

fn present(presence: &Presence, dates: &Dates<'_>, on: Day, trace: &mut Trace<'_>) -> Measured {
    let whole = presence.window.before(on);
    let length = presence.window.length.period;
    trace.say(PresenceStep::PresenceWindow { from: Date(whole.from), to: Date(whole.to), length });
    for trip in &dates.absent(presence.day_count).trips {
        let inside = trip.days.meet(whole);
        if !inside.is_empty() {
            trace.say(absence(trip, inside, presence.day_count));
        }
    }
    let sums = presence.sums(on, dates);
    for sum in &sums {
        for (at, credit) in sum.credits.iter().enumerate() {
            let rule = presence.credit.get(at);
            let statuses = rule.map(|rule| rule.status.kinds.clone());
            for &(days, absent) in &credit.stretches {
                let (from, to, present) = (Date(days.from), Date(days.to), days.len() - absent);
                let (statuses, days) = (statuses.clone(), days.len());
                trace.say(PresenceStep::Present { from, to, statuses, days, absent, present });
            }
            if let Some(rule) = rule {
                let parts: Vec<i32> = credit.stretches.iter().map(|(days, absent)| days.len() - absent).collect();
                let present = parts.iter().sum();
                let (weight, cap, credited) = (Halves(rule.halves), rule.cap, Halves(credit.halves));
                trace.say(PresenceStep::Credit { statuses, parts, present, weight, cap, credited });
            }
        }
        let (from, to) = (Date(sum.window.from), Date(sum.window.to));
        let parts = sum.credits.iter().map(|credit| Halves(credit.halves)).collect();
        let (credited, days) = (Halves(sum.halves), presence.rounded(sum.halves));
        let (rounded_up, needed) = (presence.round_up, presence.days);
        trace.say(PresenceStep::Presence { from, to, parts, credited, rounded_up, days, needed });
    }
    let poorest = sums.iter().map(|sum| presence.rounded(sum.halves)).min();
    Measured { days: poorest, needed: Some(presence.days), ..Measured::default() }
}

fn present_on_start(
    window: &Window,
    day_count: DayCount,
    dates: &Dates<'_>,
    on: Day,
    trace: &mut Trace<'_>,
) -> Measured {
    let Block { from: first, to } = window.before(on);
    let counted = dates.absent(day_count);
    for trip in counted.trips.iter().filter(|trip| trip.days.contains(first)) {
        trace.say(absence(trip, trip.days.meet(Block::new(trip.days.from, to)), day_count));
    }
    let away = counted.set.spans().contains(first);
    trace.say(PresenceStep::FirstDay { on: Date(first), to: Date(to), length: window.length.period, away });
    Measured::default()
}

fn total(status: &Covered, needed: i32, dates: &Dates<'_>, on: Day, trace: &mut Trace<'_>) -> Measured {
    statuses(status, dates, |_| true, on - 1, trace);
    let before = dates.covered(status).spans().clip(Block::new(days::PAST, on - 1));
    let parts: Vec<i32> = before.blocks().iter().map(|run| run.len()).collect();
    for (run, days) in before.blocks().iter().zip(&parts) {
        trace.say(StatusStep::Stretch { from: Date(run.from), to: Date(run.to), days: *days });
    }
    let days = parts.iter().sum();
    trace.say(StatusStep::Total { parts, days, needed });
    Measured { days: Some(days), needed: Some(needed), ..Measured::default() }
}

fn evidence(
    stated: &Requirement,
    kind: &Name,
    min_level: Option<Level>,
    dates: &Dates<'_>,
    trace: &mut Trace<'_>,
) -> Measured {
    let mut found = false;
    for item in dates.evidence.iter().filter(|item| *kind == *item.kind) {
        let enough = min_level.is_none_or(|min| item.level.is_some_and(|level| level >= min));
        let (evidence, title) = (kind.clone(), stated.title.clone());
        let (from, to, level) = (Date(item.days.from), Date::end(item.days.to), item.level);
        trace.say(ProofStep::Evidence { evidence, title, from, to, level, min_level, enough });
        found = true;
    }
    if !found {
        trace.say(ProofStep::NoEvidence { evidence: kind.clone(), title: stated.title.clone(), min_level });
    }
    Measured { required: Some(Figure::Evidence(kind.clone(), min_level)), ..Measured::default() }
}

fn ages(min_years: Option<u32>, max_years: Option<u32>, dates: &Dates<'_>, trace: &mut Trace<'_>) -> Measured {
    let required = Some(Figure::Age(min_years, max_years));
    let Some(birth) = dates.birth else {
        trace.say(ProofStep::NoBirthDate { min_years, max_years });
        return Measured { required, ..Measured::default() };
    };
    let of_age = age(min_years, max_years, birth);
    if let Some(years) = min_years {
        trace.say(ProofStep::AgeReached { born: Date(birth.0), years, on: Date(of_age.from) });
    }
    if let Some(years) = max_years {
        trace.say(ProofStep::AgeUnder { born: Date(birth.1), years, on: Date(of_age.to) });
    }
    let born = days::date(if min_years.is_some() { birth.0 } else { birth.1 });
    Measured { value: Some(Figure::Day(born)), required, ..Measured::default() }
}

/// The run that contains a day, with the statuses it is made of and those that do not count; or that there is none.
pub(crate) fn run(status: &Covered, dates: &Dates<'_>, on: Day, trace: &mut Trace<'_>) -> Option<Block> {
    let run = dates.covered(status).spans().block_at(on);
    let kinds = status.kinds.clone();
    trace.say(match run {
        Some(Block { from, to }) => {
            StatusStep::Run { from: Date(from), to: Date::end(to), statuses: kinds, gap_days: status.gap_days }
        }
        None => StatusStep::NoRun { on: Date(on), statuses: kinds },
    });
    let inside = |held: &Held<'_>| run.is_some_and(|run| !run.meet(held.days).is_empty());
    statuses(status, dates, inside, on, trace);
    run
}

/// Every status of the dossier, and whether it counts.
fn statuses(rule: &Covered, dates: &Dates<'_>, inside: impl Fn(&Held<'_>) -> bool, on: Day, trace: &mut Trace<'_>) {
    for held in &dates.statuses {
        let status = HeldStatus {
            kind: dates.mentioned.name(held.kind),
            ground: held.ground.map(|ground| dates.mentioned.name(ground)),
            from: Date(held.days.from),
            to: Date::end(held.renewed_after.unwrap_or(held.days.to)),
            renewed: held.renewed_after.is_some(),
        };
        trace.say(if !rule.matches(held) {
            StatusStep::PassedOver { status }
        } else if inside(held) {
            StatusStep::Status { status }
        } else {
            StatusStep::Outside { status, on: Date(on) }
        });
    }
}

/// What is taken for granted about the days after the records.
pub(crate) fn assumptions(
    stated: &[Requirement],
    limits: &[Limit],
    facts: &Facts<'_>,
    language: Language,
) -> Vec<Assumption> {
    let rules: Vec<&Covered> = stated.iter().filter_map(|one| one.kind.covered()).collect();
    let presence = stated.iter().any(|one| one.kind.counts_presence(limits));
    assumed(&rules, presence, &facts.favourable, facts.records.through, language)
}

/// Assumptions for rules of covered days and, if days away count, for presence.
pub(crate) fn assumed(
    rules: &[&Covered],
    presence: bool,
    dates: &Dates<'_>,
    through: Day,
    language: Language,
) -> Vec<Assumption> {
    let renewals =
        dates.statuses.iter().filter(|held| rules.iter().any(|rule| rule.matches(held))).filter_map(|held| {
            let ends = Date(held.renewed_after.filter(|end| *end < FAR)?);
            Some(Assumed::Renewal { status: dates.mentioned.name(held.kind), from: Date(held.days.from), ends })
        });
    let after = Date(through);
    let trips = presence.then(|| match dates.open_absence() {
        Some(exit) => Assumed::StaysAway { exit: Date(exit), after },
        None => Assumed::NoOtherAbsence { after },
    });
    renewals.chain(trips).map(|assumed| Assumption { assumed, language }).collect()
}
