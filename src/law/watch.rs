//! Watches: how near a person is to losing a status by absence (engine contract, sections 3 and 5).

use super::days::{self, Block, Day, FAR, PAST};
use super::dossier::{Dossier, DossierFault};
use super::evaluate::Question;
use super::explain;
use super::facts::{Choice, Dates};
use super::limit::{CountedDays, Counts, Limit, current_trip};
use super::pack::{Pack, Reading, Version, Versioned, Watch};
use super::result::{Span, WatchResult, WatchState};
use super::step::{Date, LimitStep};
use super::steps::Judged;
use super::term::stays;
use super::trace::{Trace, TraceStep};
use super::wording::Language;

/// Judges every watch of a pack whose status the person holds on the date, under each reading. Absences that are not
/// certain are taken as absences, for a watch warns.
pub fn watch(pack: &Pack, dossier: &Dossier, question: &Question) -> Result<Vec<WatchResult>, Vec<DossierFault>> {
    let faults = dossier.check();
    if !faults.is_empty() {
        return Err(faults);
    }
    let records = question.records(dossier);
    let dates = Dates::new(dossier, Choice::WARNING, records, pack.slots());
    let law_date = question.law_at.unwrap_or(question.on);
    let mut results = Vec::new();
    for watch in pack.watches() {
        let Some(version) = watch.on(law_date) else { continue };
        for reading in &version.rule.readings {
            for limit in &reading.limits {
                let found = Watched { watch, version, reading, limit, dates: &dates, on: days::day(question.on) };
                results.extend(found.judge(question, records.through));
            }
        }
    }
    Ok(results)
}

struct Watched<'a> {
    watch: &'a Versioned<Watch>,
    version: &'a Version<Watch>,
    reading: &'a Reading,
    limit: &'a Limit,
    dates: &'a Dates<'a>,
    on: Day,
}

impl Watched<'_> {
    fn judge(&self, question: &Question, through: Day) -> Option<WatchResult> {
        let rule = &self.version.rule;
        let held = self.dates.covered(&rule.status).spans();
        let on = self.on;
        // The run on which the count stands; covered days are counted over all runs, and the last one is shown.
        let (run, judged) = match self.limit.counts {
            Counts::Absent => {
                let run = held.block_at(on)?;
                (run, run)
            }
            Counts::Covered => {
                let first = held.blocks().first().filter(|block| block.from <= on)?;
                let last = held.blocks().iter().rev().find(|block| block.from <= on)?;
                (*last, Block::new(first.from, FAR))
            }
        };
        let so_far = Block::new(judged.from, on);
        let counted = self.counted();
        let breach = self.limit.first_breach(&counted, so_far);
        let window = self.limit.window_at(&counted, judged.from, on);
        let seen = window.meet(so_far);
        let used = counted.set.count(seen.from, seen.to);
        let exit = current_trip(&counted, on).map_or(on, |trip| trip.exit);
        let limit = self.limit.allowed_days(exit);
        let safe_until = if breach.is_some() { None } else { self.safe_until(judged) };
        Some(WatchResult {
            watch: self.watch.id().clone(),
            title: self.version.title.clone(),
            reading: self.reading.id.clone(),
            reading_title: self.reading.title.clone(),
            default: self.reading.default,
            version: self.version.in_force.from,
            on: question.on,
            status_from: days::date(run.from),
            used,
            limit,
            left: (limit - used).max(0),
            window: Span { from: days::date(window.from.max(PAST)), to: days::end_date(window.to) },
            state: if breach.is_some() { WatchState::Breached } else { WatchState::Ok },
            breached_on: breach.map(|breach| days::date(breach.on)),
            safe_until: safe_until.map(days::date),
            consequence: rule.consequence.clone(),
            source: if self.reading.source.is_empty() {
                self.version.source.clone()
            } else {
                self.reading.source.clone()
            },
            assumptions: (!question.brief).then(|| {
                let presence = self.limit.counts == Counts::Absent;
                explain::assumed(&[&rule.status], presence, self.dates, through, question.language)
            }),
            trace: (!question.brief).then(|| self.trace(&counted, so_far, safe_until, question.language)),
        })
    }

    fn counted(&self) -> CountedDays {
        match self.limit.counts {
            Counts::Absent => self.dates.absent(self.limit.day_count.unwrap_or_default()).clone(),
            Counts::Covered => stays(self.dates, &self.version.rule.status),
        }
    }

    /// The day before the first breach if the person leaves (or stays) on the date for good; never later than the status.
    fn safe_until(&self, judged: Block) -> Option<Day> {
        let supposed = match self.limit.counts {
            Counts::Absent => self.dates.absent_from(self.on, self.limit.day_count.unwrap_or_default()),
            Counts::Covered => self.staying(),
        };
        match self.limit.first_breach(&supposed, judged) {
            Some(breach) => Some(breach.on - 1),
            None => Some(judged.to).filter(|to| *to < FAR),
        }
    }

    /// The covered days had the person stayed from the date on.
    fn staying(&self) -> CountedDays {
        let mut held = stays(self.dates, &self.version.rule.status);
        let blocks = held.set.spans().blocks().iter().map(|block| Block::new(block.from, block.to.min(self.on)));
        held.set = super::days::Spans::union_of(blocks.chain([Block::new(self.on, FAR)])).into();
        let last = held.set.spans().blocks().last().copied();
        held.trips.retain(|trip| trip.entry <= self.on);
        held.trips.extend(last.map(|days| super::limit::Trip { exit: days.from, entry: FAR, days, unrecorded: false }));
        held
    }

    fn trace(
        &self,
        counted: &CountedDays,
        judged: Block,
        safe_until: Option<Day>,
        language: Language,
    ) -> Vec<TraceStep> {
        let source = if self.reading.source.is_empty() { &self.version.source } else { &self.reading.source };
        let mut trace = Trace::new(&self.version.source, language);
        explain::run(&self.version.rule.status, self.dates, self.on, &mut trace);
        let told = Judged {
            limit: self.limit,
            counted,
            convention: self.limit.day_count.unwrap_or_default(),
            start: judged.from,
            days: judged,
            source,
        };
        told.retell(&mut trace);
        let window = self.limit.window_at(counted, judged.from, self.on).meet(judged);
        let used = counted.set.count(window.from, window.to);
        let on = Date(self.on);
        trace.cite(source, LimitStep::Window { from: Date(window.from), to: Date(window.to), days: used, on });
        if let Some(breach) = self.limit.first_breach(counted, judged) {
            told.breach(breach, None, &mut trace);
        }
        if let Some(safe) = safe_until {
            trace.cite(source, LimitStep::SafeUntil { from: on, on: Date(safe) });
        }
        trace.into_steps()
    }
}
