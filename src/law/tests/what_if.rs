//! What supposed trips and statuses move, and how they are refused.

use chrono::NaiveDate;
use serde_json::json;

use super::biographies::{az, permit, trip};
use super::{date, dossier};
use crate::law::{
    Dossier, Outcome, Question, Supposed, SupposedStatus, SupposedTrip, WatchFigures, WatchState, evaluate,
    evaluate_if, watch_if,
};

const ON: &str = "2026-11-23";

fn resident() -> Dossier {
    dossier(json!({
        "id": "x", "absences": [trip("2026-07-01", "2026-08-10"), json!({"exit": "2027-06-01", "entry": "2027-06-10"})],
        "statuses": [permit("permanent", "52.1.1", "2026-02-10", "2031-02-09")],
        "evidence": [{"kind": "state_language", "from": "2025-11-10"}],
        "facts": {"lawful_income": true, "constitution_undertaking": true, "no_bar_cl14": true}
    }))
}

fn trips(trips: &[(&str, &str)]) -> Supposed {
    let supposed = |(exit, entry): &(&str, &str)| SupposedTrip { exit: date(exit), entry: entry.parse().ok() };
    Supposed { trips: trips.iter().map(supposed).collect(), statuses: Vec::new() }
}

fn status(kind: &str, from: &str, to: Option<&str>) -> Supposed {
    let (ground, from, to) = (Some("52.1.1".to_owned()), date(from), to.map(date));
    let status = SupposedStatus { kind: kind.to_owned(), ground, sponsor_ground: None, from, to };
    Supposed { trips: Vec::new(), statuses: vec![status] }
}

#[test]
fn a_supposed_trip_moves_what_it_delays_and_nothing_else() {
    let question = Question { route: Some("citizenship.general".into()), ..Question::on(date(ON)) };
    let facts = Dossier { absences: resident().absences[..1].to_vec(), ..resident() };
    let within = evaluate_if(&az(), &facts, &trips(&[("2026-12-01", "2027-01-22")]), &question).unwrap();
    assert_eq!(within.moved, [], "51 days are what is left of 90");
    let beyond = evaluate_if(&az(), &facts, &trips(&[("2026-12-01", "2027-01-23")]), &question).unwrap();
    let moved: Vec<(&str, Option<NaiveDate>, Option<NaiveDate>)> =
        beyond.moved.iter().map(|one| (&*one.reading, one.before.earliest, one.after.earliest)).collect();
    let (before, seen, restarted) = (Some(date("2031-02-10")), Some(date("2031-07-03")), Some(date("2032-01-23")));
    assert_eq!(
        moved,
        [
            ("anniversary", before, seen),
            ("rolling", before, seen),
            ("anniversary_restart", before, restarted),
            ("rolling_restart", before, restarted),
        ]
    );
    assert!(
        beyond.moved.iter().all(|one| (one.before.outcome, one.after.outcome) == (Outcome::NotYet, Outcome::NotYet))
    );
    assert_eq!(beyond.plain, evaluate(&az(), &facts, &question).unwrap());
}

#[test]
fn a_supposed_trip_breaches_a_watch_ahead_of_the_day() {
    let question = Question::on(date(ON));
    let result = watch_if(&az(), &resident(), &trips(&[("2026-12-01", "2027-05-01")]), &question).unwrap();
    let figures = |breach_ahead: Option<&str>| WatchFigures {
        state: Some(WatchState::Ok),
        left: Some(141),
        safe_until: Some(date("2027-04-13")),
        breach_ahead: breach_ahead.map(date),
    };
    let moved: Vec<_> = result.moved.iter().map(|one| (&*one.reading, &one.before, &one.after)).collect();
    // 39 days of summer and 141 from 2 December on fill 180 on 21 April.
    assert_eq!(moved, [("any_year", &figures(None), &figures(Some("2027-04-22")))]);
}

#[test]
fn a_supposed_status_opens_a_clock_and_a_watch() {
    let facts = dossier(json!({
        "id": "x", "statuses": [permit("temporary", "45.1.1", "2024-10-01", "2026-09-30"), permit("temporary", "45.1.1", "2026-10-01", "2028-09-30")],
        "evidence": [{"kind": "state_language", "from": "2025-11-10"}],
        "facts": {"lawful_income": true, "constitution_undertaking": true, "no_bar_cl14": true}
    }));
    let granted = status("permanent_residence_permit", "2027-02-01", None);
    let question = Question { route: Some("citizenship.general".into()), ..Question::on(date(ON)) };
    let result = evaluate_if(&az(), &facts, &granted, &question).unwrap();
    assert_eq!(result.moved.len(), 6);
    for moved in &result.moved {
        assert_eq!((moved.before.outcome, moved.before.earliest), (Outcome::Closed, None));
        assert_eq!((moved.after.outcome, moved.after.earliest), (Outcome::NotYet, Some(date("2032-02-01"))));
    }
    // A status of the coming years ends when it is said to: only those valid on the last recorded day are renewed.
    let short = status("permanent_residence_permit", "2027-02-01", Some("2031-12-31"));
    assert_eq!(evaluate_if(&az(), &facts, &short, &question).unwrap().moved, []);
    let now = status("permanent_residence_permit", "2026-11-01", Some("2031-10-31"));
    let watched = watch_if(&az(), &facts, &now, &Question::on(date(ON))).unwrap();
    let states: Vec<_> = watched.moved.iter().map(|one| (&*one.watch, one.before.state, one.after.state)).collect();
    assert_eq!(states, [("prp.absence", None, Some(WatchState::Ok)); 2]);
}

#[test]
fn a_trip_on_record_without_return_is_ended_by_a_supposed_one() {
    let mut away = resident();
    away.absences.retain(|trip| trip.exit.earliest() < date(ON));
    away.absences.push(serde_json::from_value(json!({"exit": "2026-10-01", "entry": null})).unwrap());
    let back = trips(&[("2026-10-01", "2026-11-25")]).added_to(&away, date(ON)).unwrap();
    assert_eq!(back.absences.len(), away.absences.len());
    assert_eq!(back.absences.last().unwrap().entry, Some(date("2026-11-25").into()));
    let faults = trips(&[("2026-12-01", "2026-12-05")]).added_to(&away, date(ON)).unwrap_err();
    assert_eq!(faults[0].pointer, "/supposed/trips/0");
}

#[test]
fn overlapping_trips_are_named_both() {
    let supposed = trips(&[
        ("2027-06-05", "2027-06-20"),
        ("2027-08-01", "2027-07-01"),
        ("2027-09-01", ""),
        ("2027-10-01", "2027-10-02"),
    ]);
    let faults = supposed.added_to(&resident(), date(ON)).unwrap_err();
    let found: Vec<(&str, &str)> =
        faults.iter().map(|fault| (fault.pointer.as_str(), fault.message.as_str())).collect();
    assert_eq!(
        found,
        [
            (
                "/supposed/trips/0",
                "the supposed trip 2027-06-05 to 2027-06-20 overlaps the trip 2027-06-01 to 2027-06-10, on record: suppose another"
            ),
            ("/supposed/trips/1/entry", "the return is before the exit 2027-08-01: correct one of them"),
            (
                "/supposed/trips/3",
                "the supposed trip 2027-10-01 to 2027-10-02 overlaps the trip 2027-09-01 without return, supposed, too: suppose another"
            ),
        ]
    );
    let touching = trips(&[("2027-06-10", "2027-06-12"), ("2026-08-10", "2026-08-10")]);
    assert!(touching.added_to(&resident(), date(ON)).is_ok());
    let faults = status("x", "2027-01-02", Some("2027-01-01")).added_to(&resident(), date(ON)).unwrap_err();
    assert_eq!(faults[0].pointer, "/supposed/statuses/0/to");
}

#[test]
fn the_end_of_the_records_stays_where_it_is() {
    let with = trips(&[("2027-01-01", "2027-02-01")]).added_to(&resident(), date(ON)).unwrap();
    assert_eq!(with.known_through, Some(date(ON)));
    let earlier = Dossier { known_through: Some(date("2026-09-01")), ..resident() };
    let with = trips(&[]).added_to(&earlier, date(ON)).unwrap();
    assert_eq!(with.known_through, Some(date("2026-09-01")));
}
