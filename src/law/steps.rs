//! Steps of a sum that traces share: trips counted, windows summed.

use super::days::{self, Block, Day, FAR};
use super::limit::{Amount, CountedDays, Limit, Per, Trip, anniversary_year, calendar_year};
use super::name::Names;
use super::result::TraceStep;
use crate::calendar::Period;

/// A step with a sentence and days.
pub(crate) fn step(step: &'static str, text: String, days: Block) -> TraceStep {
    TraceStep { step, text, from: Some(days::date(days.from)), to: days::end_date(days.to), ..TraceStep::default() }
}

/// Two days in words; an open end is "on".
pub(crate) fn words(days: Block) -> String {
    match days::end_date(days.to) {
        Some(to) => format!("{} to {to}", days::date(days.from)),
        None => format!("{} on", days::date(days.from)),
    }
}

/// Each trip with days in `judged`, with the days that count.
pub(crate) fn trips(counted: &CountedDays, judged: Block, convention: &str) -> Vec<TraceStep> {
    let inside = counted.trips.iter().map(|trip| (trip, trip.days.meet(judged))).filter(|(_, days)| !days.is_empty());
    inside.map(|(trip, days)| trip_step(trip, days, convention)).collect()
}

fn trip_step(trip: &Trip, counted: Block, convention: &str) -> TraceStep {
    let number = counted.len();
    let cut = if counted == trip.days { String::new() } else { format!(" in the judged days {}", words(counted)) };
    let text = if trip.unrecorded {
        format!("Presence from {} is not recorded and taken as absence: {number} days{cut}", words(trip.days))
    } else if trip.entry >= FAR {
        format!("Away since {} without return: {number} days{cut} ({convention})", days::date(trip.exit))
    } else {
        let (exit, entry) = (days::date(trip.exit), days::date(trip.entry));
        format!("Away, exit {exit}, entry {entry}: {number} days{cut} ({convention})")
    };
    TraceStep { days: Some(number), ..step("absence", text, Block::new(trip.exit, trip.entry)) }
}

/// The sums that show how near a limit is: each year with days in it, the longest trip, or the fullest window.
pub(crate) fn sums(limit: &Limit, counted: &CountedDays, start: Day, judged: Block, source: &Names) -> Vec<TraceStep> {
    if judged.is_empty() || counted.set.count(judged.from, judged.to) == 0 {
        return Vec::new();
    }
    if let Amount::Months(months) = limit.amount {
        return counted.trips.iter().filter_map(|trip| months_step(limit, trip, months, judged, source)).collect();
    }
    let windows = match &limit.per {
        Per::CalendarYear => years(counted, judged, calendar_year),
        Per::AnniversaryYear => years(counted, judged, |first| anniversary_year(start, first)),
        Per::Window => vec![judged],
        Per::Trip => {
            counted.trips.iter().map(|trip| trip.days).max_by_key(|days| days.meet(judged).len()).into_iter().collect()
        }
        Per::Rolling(_) | Per::Last(_) => fullest(limit, counted, judged).into_iter().collect(),
    };
    windows.into_iter().map(|window| sum_step(limit, counted, window.meet(judged), source)).collect()
}

fn years(counted: &CountedDays, judged: Block, year: impl Fn(Day) -> Block) -> Vec<Block> {
    let mut found = Vec::new();
    let mut next = judged.from;
    while let Some(first) = counted.set.first_from(next).filter(|first| *first <= judged.to) {
        let block = year(first);
        found.push(block);
        next = block.to + 1;
    }
    found
}

/// The window with the most counted days; of several, the first.
fn fullest(limit: &Limit, counted: &CountedDays, judged: Block) -> Option<Block> {
    let windows = (judged.from..=judged.to).map(|on| limit.window_at(counted, judged.from, on).meet(judged));
    windows.rev().max_by_key(|window| counted.set.count(window.from, window.to))
}

fn sum_step(limit: &Limit, counted: &CountedDays, window: Block, source: &Names) -> TraceStep {
    let blocks = counted.set.spans().clip(window);
    let parts: Vec<i32> = blocks.blocks().iter().map(|block| block.len()).collect();
    let sum: i32 = parts.iter().sum();
    let allowed = limit.allowed_days(window.from);
    let shown = parts.iter().map(i32::to_string).collect::<Vec<_>>().join(" + ");
    let verdict = if sum > allowed { "more than" } else { "within" };
    let text = if parts.len() > 1 {
        format!("{}: {shown} = {sum} days, {verdict} {allowed}", words(window))
    } else {
        format!("{}: {sum} days, {verdict} {allowed}", words(window))
    };
    TraceStep { days: Some(sum), limit: Some(allowed), parts, source: source.clone(), ..step("sum", text, window) }
}

fn months_step(limit: &Limit, trip: &Trip, months: u32, judged: Block, source: &Names) -> Option<TraceStep> {
    let days = trip.days.meet(judged);
    if days.is_empty() {
        return None;
    }
    let end = days::add(trip.exit, Period::months(months));
    let back = trip.entry.min(judged.to + 1);
    let breached = if limit.reach { end <= back } else { end < back };
    let verdict = if breached { "too long" } else { "within the limit" };
    let text = format!(
        "Exit {} and {months} months is {}, return or date judged {}: {verdict}",
        days::date(trip.exit),
        days::date(end),
        days::date(back)
    );
    let allowed = limit.allowed_days(trip.exit);
    Some(TraceStep { days: Some(days.len()), limit: Some(allowed), source: source.clone(), ..step("sum", text, days) })
}
