//! Why a requirement is met or not: the figures and the steps, so that a reader can redo the sum by hand.

use super::days::{self, Block, Day, end_date};
use super::facts::{Dates, Facts};
use super::limit::{Counts, Limit, OnBreach, Per};
use super::name::Names;
use super::pack::Reading;
use super::requirement::{Kind, Met, Requirement, Window, age};
use super::result::{Measured, TraceStep};
use super::status::Covered;
use super::steps::{self, step, words};
use super::term::{Stretch, Term};

/// Figures and steps for one requirement on `on`. Where uncertain dates matter the steps of both sides are given, marked;
/// the figures are then the favourable ones.
pub(crate) fn requirement(
    stated: &Requirement,
    met: &Met,
    reading: &Reading,
    facts: &Facts<'_>,
    on: Day,
) -> (Measured, Vec<TraceStep>) {
    let (measured, mut trace) = on_one_side(stated, reading, facts, &facts.favourable, on);
    if let (true, Some(dates)) = (met.is_split(), &facts.unfavourable) {
        let (_, other) = on_one_side(stated, reading, facts, dates, on);
        for step in &mut trace {
            step.assuming = Some("favourable");
        }
        trace.extend(other.into_iter().map(|step| TraceStep { assuming: Some("unfavourable"), ..step }));
    }
    trace.push(conclusion(met, &stated.source, on));
    (measured, trace)
}

fn conclusion(met: &Met, source: &Names, on: Day) -> TraceStep {
    let day = days::date(on);
    let text = if met.certain.contains(on) {
        format!("Met on {day}")
    } else if met.favourable().contains(on) || met.unfavourable().contains(on) {
        format!("On {day} it depends on facts that are not certain")
    } else {
        match met.certain.first_from(on) {
            Some(first) => format!("Not met on {day}; met from {}", days::date(first)),
            None => format!("Not met on {day}, nor on any day up to the horizon"),
        }
    };
    TraceStep { step: "result", text, on: Some(day), source: source.clone(), ..TraceStep::default() }
}

fn on_one_side(
    stated: &Requirement,
    reading: &Reading,
    facts: &Facts<'_>,
    dates: &Dates<'_>,
    on: Day,
) -> (Measured, Vec<TraceStep>) {
    match &stated.kind {
        Kind::Term(rule) => term(rule, reading, dates, on),
        Kind::HoldsStatus { status, .. } => (Measured::default(), held(status, dates, on)),
        Kind::Evidence { kind, min_level } => {
            let level = min_level.map(|level| format!(" {level:?}")).unwrap_or_default();
            let items = dates.evidence.iter().filter(|item| *kind == item.kind);
            let mut trace: Vec<_> =
                items.map(|item| step("evidence", format!("{kind}, {}", words(item.days)), item.days)).collect();
            if trace.is_empty() {
                trace.push(plain("no_evidence", format!("No {kind} in the dossier")));
            }
            (Measured { required: Some(format!("{kind}{level}")), ..Measured::default() }, trace)
        }
        Kind::Age { min_years, max_years } => ages(*min_years, *max_years, dates),
        Kind::Fact { fact, equals } => {
            let known = facts.dossier.facts.get(fact.as_str()).and_then(Option::as_ref);
            let value = known.map(ToString::to_string);
            let said = value.as_deref().unwrap_or("not known");
            let trace = vec![plain("fact", format!("{fact} is {said}; {equals} is required"))];
            (Measured { value, required: Some(equals.to_string()), ..Measured::default() }, trace)
        }
        Kind::Total { status, days } => {
            let covered = dates.covered(status);
            let sum = covered.rank(on - 1);
            let runs = covered.spans().blocks().iter().filter(|run| run.from < on);
            let mut trace: Vec<_> = runs
                .map(|run| Block::new(run.from, run.to.min(on - 1)))
                .map(|run| TraceStep {
                    days: Some(run.len()),
                    ..step("run", format!("{}: {} days", words(run), run.len()), run)
                })
                .collect();
            trace.push(plain("total", format!("{sum} days in all; {days} are needed")));
            (Measured { days: Some(sum), needed: Some(*days), ..Measured::default() }, trace)
        }
        Kind::AbsenceLimit { window, limit } => absence_limit(window, limit, dates, on),
        Kind::Presence(presence) => {
            let halves = presence.halves_on(on, dates);
            let window = presence.window.before(on);
            let half = if halves % 2 == 0 { "" } else { ".5" };
            let text = format!("{}: {}{half} credited days; {} are needed", words(window), halves / 2, presence.days);
            let measured = Measured { days: Some(halves / 2), needed: Some(presence.days), ..Measured::default() };
            (measured, vec![step("presence", text, window)])
        }
        Kind::PresentOnStart { window, day_count } => {
            let first = window.before(on).from;
            let away = dates.absent(*day_count).set.spans().contains(first);
            let text = format!(
                "{} is the first day of the window: {}",
                days::date(first),
                if away { "away" } else { "present" }
            );
            (Measured::default(), vec![step("first_day", text, Block::new(first, first))])
        }
        Kind::AnyOf(_) => (Measured::default(), vec![plain("any_of", "One of the parts is enough".to_owned())]),
    }
}

fn plain(step: &'static str, text: String) -> TraceStep {
    TraceStep { step, text, ..TraceStep::default() }
}

fn ages(min_years: Option<u32>, max_years: Option<u32>, dates: &Dates<'_>) -> (Measured, Vec<TraceStep>) {
    let bound = |years: Option<u32>, word: &str| years.map(|years| format!("{word} {years}"));
    let required = [bound(min_years, "at least"), bound(max_years, "under")];
    let required = required.into_iter().flatten().collect::<Vec<_>>().join(" and ");
    let Some(birth) = dates.birth else {
        let trace = vec![plain("age", format!("The birth date is not known; {required} years are required"))];
        return (Measured { required: Some(required), ..Measured::default() }, trace);
    };
    let of_age = age(min_years, max_years, birth);
    let born = days::date(if min_years.is_some() { birth.0 } else { birth.1 });
    let text = match (min_years, max_years) {
        (Some(_), None) => format!("Born {born}: {required} from {} on", days::date(of_age.from)),
        (None, _) => format!("Born {born}: {required} until {}", days::date(of_age.to)),
        _ => format!("Born {born}: {required} from {}", words(of_age)),
    };
    let measured = Measured { value: Some(born.to_string()), required: Some(required), ..Measured::default() };
    (measured, vec![plain("age", text)])
}

/// The run that contains a day, with the statuses it is made of; or why there is none.
fn run_steps(status: &Covered, dates: &Dates<'_>, day: Day) -> (Option<Block>, Vec<TraceStep>) {
    let run = dates.covered(status).spans().block_at(day);
    let mut trace = Vec::new();
    if let Some(run) = run {
        let text =
            format!("Counted from {}, the first day of an unbroken run of {}", days::date(run.from), status.words());
        trace.push(step("run", text, run));
    } else {
        let text = format!("No {} that counts covers {}", status.words(), days::date(day));
        trace.push(TraceStep { on: Some(days::date(day)), ..plain("no_run", text) });
    }
    for held in &dates.statuses {
        let ground = held.ground.map(|ground| format!(" on {ground}")).unwrap_or_default();
        let name = format!(
            "{}{ground}, {}",
            held.kind,
            words(Block::new(held.days.from, held.renewed_after.unwrap_or(held.days.to)))
        );
        let counts = status.matches(held);
        if counts && run.is_some_and(|run| !run.meet(held.days).is_empty()) {
            let renewed = if held.renewed_after.is_some() { ", assumed to go on" } else { "" };
            trace.push(step("status", format!("{name}{renewed}: counts"), held.days));
        } else if counts && run.is_none() {
            trace.push(step("status", format!("{name}: would count, but does not cover the day"), held.days));
        } else if !counts {
            trace.push(step("passed_over", format!("{name}: does not count here"), held.days));
        }
    }
    (run, trace)
}

fn held(status: &Covered, dates: &Dates<'_>, on: Day) -> Vec<TraceStep> {
    run_steps(status, dates, on).1
}

fn term(rule: &Term, reading: &Reading, dates: &Dates<'_>, on: Day) -> (Measured, Vec<TraceStep>) {
    let needed = Some(rule.length.period.to_string());
    let (run, mut trace) = run_steps(&rule.status, dates, on - 1);
    let Some(run) = run else {
        return (Measured { required: needed, days: Some(0), ..Measured::default() }, trace);
    };
    let mut current: Option<Stretch> = None;
    rule.stretches(run, &reading.limits, dates, on, &mut |stretch| {
        if let Some((breach, limit)) = &stretch.breach
            && stretch.dates.to < on
        {
            let judged = Block::new(stretch.start, breach.on);
            trace.extend(limit_steps(rule, limit, reading, dates, stretch.start, judged));
            trace.push(restart_step(limit, breach.on, stretch.start, &reading.source));
        }
        current = stretch.dates.contains(on).then_some(stretch);
    });
    let Some(stretch) = current else {
        trace.push(plain("no_start", "No day of presence lies between the last breach and the date".to_owned()));
        return (Measured { required: needed, days: Some(0), ..Measured::default() }, trace);
    };
    let mut measured = Measured {
        start: Some(days::date(stretch.start)),
        full_on: Some(days::date(rule.length.after(stretch.start))),
        days: Some(on - stretch.start),
        required: needed,
        ..Measured::default()
    };
    for limit in &reading.limits {
        let judged = judged_days(rule, limit, stretch.start, on);
        let sums = limit_steps(rule, limit, reading, dates, stretch.start, judged);
        if measured.limit.is_none() {
            figures(&mut measured, rule, limit, dates, stretch.start, judged, &sums);
        }
        trace.extend(sums);
        trace.extend(lookback_breach(rule, limit, reading, dates, &stretch, on));
    }
    trace.push(length_step(rule, stretch.start));
    (measured, trace)
}

fn judged_days(rule: &Term, limit: &Limit, start: Day, on: Day) -> Block {
    match limit.on_breach {
        OnBreach::Lookback => rule.judged(start, on),
        OnBreach::Restart => Block::new(start, on - 1),
    }
}

/// The limit, the trips it counts, and the sums.
fn limit_steps(
    rule: &Term,
    limit: &Limit,
    reading: &Reading,
    dates: &Dates<'_>,
    start: Day,
    judged: Block,
) -> Vec<TraceStep> {
    let convention = rule.convention(limit).words();
    let allowed = limit.allowed_days(start);
    let text = format!("Limit: {}, judged from {}", limit.words(), words(judged));
    let mut trace =
        vec![TraceStep { limit: Some(allowed), source: reading.source.clone(), ..step("limit", text, judged) }];
    rule.with_counted(limit, dates, |counted| {
        if limit.counts == Counts::Absent {
            trace.extend(steps::trips(counted, judged, convention));
        }
        trace.extend(steps::sums(limit, counted, start, judged, &reading.source));
        if counted.set.count(judged.from, judged.to) == 0 {
            trace.push(plain("no_absence", "No day of absence in the judged days".to_owned()));
        }
    });
    trace
}

/// Days used in the window that ends the day before the application date or contains it, and the most in any.
fn figures(
    measured: &mut Measured,
    rule: &Term,
    limit: &Limit,
    dates: &Dates<'_>,
    start: Day,
    judged: Block,
    sums: &[TraceStep],
) {
    rule.with_counted(limit, dates, |counted| {
        let window = limit.window_at(counted, start, judged.to).meet(judged);
        let most = sums.iter().filter(|one| one.step == "sum").filter_map(|one| one.days).max().unwrap_or(0);
        let used = if limit.per == Per::Trip { most } else { counted.set.count(window.from, window.to) };
        let allowed = limit.allowed_days(window.from);
        measured.used = Some(used);
        measured.most_used = Some(most);
        measured.limit = Some(allowed);
        measured.left = Some((allowed - used).max(0));
    });
}

fn restart_step(limit: &Limit, on: Day, start: Day, source: &Names) -> TraceStep {
    let (breach, start) = (days::date(on), days::date(start));
    let text = format!(
        "On {breach} the limit ({}) is exceeded, counted from {start}: the count restarts on the next day of presence",
        limit.words()
    );
    TraceStep { on: Some(breach), source: source.clone(), ..plain("restart", text) }
}

/// A breach of a lookback limit that the application date still sees, and the day from which it is out of sight.
fn lookback_breach(
    rule: &Term,
    limit: &Limit,
    reading: &Reading,
    dates: &Dates<'_>,
    stretch: &Stretch,
    on: Day,
) -> Option<TraceStep> {
    if limit.on_breach == OnBreach::Restart {
        return None;
    }
    let judged = rule.judged(stretch.start, on);
    let breach = rule.with_counted(limit, dates, |counted| limit.first_breach(counted, judged))?;
    let (first, oldest) = (days::date(breach.on), days::date(breach.oldest));
    let clear = days::date(rule.length.after(breach.oldest) + 1);
    let text = format!(
        "On {first} the limit ({}) is exceeded, counted back to {oldest}; that day is looked at by every application before {clear}",
        limit.words()
    );
    Some(TraceStep {
        on: Some(first),
        source: reading.source.clone(),
        ..step("breach", text, Block::new(breach.oldest, breach.on))
    })
}

fn length_step(rule: &Term, start: Day) -> TraceStep {
    let full = rule.length.after(start);
    let text = format!("{} and {} is {}", days::date(start), rule.length.period, days::date(full));
    TraceStep { on: Some(days::date(full)), ..step("length", text, Block::new(start, full)) }
}

fn absence_limit(window: &Window, limit: &Limit, dates: &Dates<'_>, on: Day) -> (Measured, Vec<TraceStep>) {
    let judged = window.before(on);
    let convention = limit.day_count.unwrap_or_default();
    let counted = dates.absent(convention);
    let mut trace = vec![step("limit", format!("Limit: {}, judged from {}", limit.words(), words(judged)), judged)];
    trace.extend(steps::trips(counted, judged, convention.words()));
    trace.extend(steps::sums(limit, counted, judged.from, judged, &Names::default()));
    let seen = limit.window_at(counted, judged.from, judged.to).meet(judged);
    let (used, allowed) = (counted.set.count(seen.from, seen.to), limit.allowed_days(seen.from));
    let left = Some((allowed - used).max(0));
    (Measured { used: Some(used), limit: Some(allowed), left, ..Measured::default() }, trace)
}

/// What is taken for granted about the days after the records.
pub(crate) fn assumptions(stated: &[Requirement], limits: &[Limit], facts: &Facts<'_>) -> Vec<String> {
    let rules: Vec<&Covered> = stated.iter().filter_map(|one| one.kind.covered()).collect();
    let presence = stated.iter().any(|one| one.kind.counts_presence(limits));
    assumed(&rules, presence, &facts.favourable, facts.records.through)
}

/// Assumptions for rules of covered days and, if days away count, for presence.
pub(crate) fn assumed(rules: &[&Covered], presence: bool, dates: &Dates<'_>, through: Day) -> Vec<String> {
    let mut assumed = Vec::new();
    for held in dates.statuses.iter().filter(|held| rules.iter().any(|rule| rule.matches(held))) {
        let Some(end) = held.renewed_after.and_then(end_date) else { continue };
        let from = days::date(held.days.from);
        assumed.push(format!("{} of {from}, which ends on {end}, is renewed without a gap", held.kind));
    }
    if presence {
        let day = days::date(through);
        assumed.push(match dates.open_absence() {
            Some(exit) => format!("the absence that began on {} goes on after {day}", days::date(exit)),
            None => format!("no absence after {day} but those recorded"),
        });
    }
    assumed
}
