//! Groups of people for whom no course is given: listing them, and taking one up.

use chrono::{Days, NaiveDate};
use serde_json::json;

use super::catalogue::{self, Shown};
use crate::courses::model::certificate::STATE_LANGUAGE_TAG;
use crate::courses::model::demand::{GroupKey, Told, median_hours, part};
use crate::courses::model::{CefrLevel, Mode, OrderRule};
use crate::courses::store::calls::{self as store, Wanted};
use crate::courses::store::catalogue::Particulars;
use crate::db::{Action, Audited, Event, ReadTx, TextEnum, WriteTx};
use crate::error::{Error, Result};

/// What a draft begins with where the group says nothing; its organisation changes what it likes.
const DAYS_OF_ENROLMENT: Days = Days::new(30);
const OFFER_HOURS: i32 = 48;
const REQUIRED_SHARE: i32 = 80;
/// More seats no course has.
const MOST_SEATS: i64 = 1_000;

/// A group that is large enough for a course, and that no course takes.
#[derive(Clone, Debug)]
pub(in crate::courses) struct Call {
    pub(in crate::courses) key: GroupKey,
    pub(in crate::courses) people: i64,
    /// Those whose children must be looked after.
    pub(in crate::courses) childcare: Told,
    /// Hours a week for which at least half of them have time.
    pub(in crate::courses) hours: i32,
    /// Courses for them that are not published yet, of whatever organisation.
    pub(in crate::courses) drafts: i64,
}

/// A page of the groups for whom courses are called.
pub(in crate::courses) fn list(
    tx: &mut ReadTx<'_>,
    wanted: &Wanted,
    today: NaiveDate,
    after: Option<&GroupKey>,
    limit: usize,
) -> Result<Vec<Call>> {
    let groups = store::groups(tx, wanted, today, after, limit)?;
    let mut divisions: Vec<String> = groups.iter().map(|(key, _)| key.division.clone()).collect();
    divisions.dedup();
    let answers = store::answers(tx, &divisions)?;
    let drafts = store::drafts(tx, &divisions)?;
    let calls = groups.into_iter().map(|(key, people)| {
        let own = answers.iter().filter(|((division, level, language), ..)| {
            (division, *level, language) == (&key.division, key.level, &key.language)
        });
        let own: Vec<(i32, bool, i64)> =
            own.map(|(_, hours, childcare, people)| (*hours, *childcare, *people)).collect();
        let with_children = own.iter().filter(|(_, childcare, _)| *childcare).map(|(.., people)| people).sum();
        let hours: Vec<(i32, i64)> = own.iter().map(|(hours, _, people)| (*hours, *people)).collect();
        let prepared = drafts.iter().filter(|(division, level, language, _)| {
            (division.as_ref(), *level, language) == (Some(&key.division), key.level, &key.language)
        });
        Call {
            people,
            childcare: part(with_children, people),
            hours: median_hours(&hours).unwrap_or_default(),
            drafts: prepared.map(|(.., count)| count).sum(),
            key,
        }
    });
    Ok(calls.collect())
}

/// Makes a draft of the caller's organisation for a group. 404 if no course is called for it any more.
pub(in crate::courses) fn answer(tx: &mut WriteTx<'_>, key: &GroupKey, today: NaiveDate) -> Result<Audited<Shown>> {
    let wanted =
        Wanted { division: Some(key.division.clone()), level: Some(key.level), language: Some(key.language.clone()) };
    let call = list(tx, &wanted, today, None, 1)?.pop().ok_or_else(Error::not_found)?;
    let shown = catalogue::make(tx, draft(&call, today), today)?;
    let details =
        json!({ "course": shown.row.id, "division": key.division, "level": key.level, "language": key.language });
    tx.record(&Event::plain(Action::CourseCallAnswered).with(details), shown)
}

/// A course for a group. It says no more of the group than the call does.
fn draft(call: &Call, today: NaiveDate) -> Particulars {
    let level = call.key.level;
    Particulars {
        title: format!("Azərbaycan dili {}", level.text()),
        level_from: level,
        level_to: next(level),
        taught_language: STATE_LANGUAGE_TAG.to_owned(),
        language_of_instruction: call.key.language.clone(),
        target_group: None,
        division_code: Some(call.key.division.clone()),
        place: None,
        mode: Mode::Classroom,
        price_qepik: 0,
        childcare: call.childcare != Told::Suppressed,
        step_free: false,
        capacity: i32::try_from(call.people.min(MOST_SEATS)).unwrap_or(1),
        enrol_from: today,
        enrol_to: today.checked_add_days(DAYS_OF_ENROLMENT).unwrap_or(today),
        order_rule: OrderRule::WaitingList,
        offer_hours: OFFER_HOURS,
        required_share: REQUIRED_SHARE,
        teacher_id: None,
    }
}

/// The level above; the highest itself.
fn next(level: CefrLevel) -> CefrLevel {
    let above =
        CefrLevel::TEXTS.iter().find_map(|text| CefrLevel::of(text).filter(|one| one.rank() == level.rank() + 1));
    above.unwrap_or(level)
}
