//! The figures of the acceptance people under the built-in pack. All persons are invented.

use std::path::Path;

use serde_json::{Value, json};

use super::{date, dossier};
use crate::law::{
    Dossier, EventTime, Outcome, Pack, Question, RouteResult, State, WatchResult, WatchState, deadline, evaluate,
    residence_time, watch, working_days_between,
};

pub(super) const ON: &str = "2026-11-23";

pub(super) fn az() -> Pack {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/config/law/az"));
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    Pack::from_files(&files).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

pub(super) fn permit(kind: &str, ground: &str, from: &str, to: &str) -> Value {
    json!({"kind": format!("{kind}_residence_permit"), "ground": ground, "from": from, "to": to})
}

pub(super) fn trip(exit: &str, entry: &str) -> Value {
    json!({"exit": exit, "entry": entry})
}

fn answers(dossier: &Dossier, on: &str, route: &str) -> Vec<RouteResult> {
    evaluate(&az(), dossier, &Question { route: Some(route.to_owned()), ..Question::on(date(on)) }).unwrap()
}

fn watched(dossier: &Dossier, id: &str, reading: &str) -> WatchResult {
    let results = watch(&az(), dossier, &Question::on(date(ON))).unwrap();
    results.into_iter().find(|result| result.watch == id && result.reading == reading).unwrap()
}

fn state(result: &RouteResult, id: &str) -> State {
    result.requirements.iter().find(|one| one.id == id).unwrap().state
}

/// From June to August and over the new year, every year.
fn wife(trips_until: i32, extra: &Value) -> Dossier {
    let mut statuses = vec![permit("temporary", "45.1.1", "2013-10-01", "2014-09-30")];
    statuses.extend(
        (2014..2028)
            .step_by(2)
            .map(|y| permit("temporary", "45.1.1", &format!("{y}-10-01"), &format!("{}-09-30", y + 2))),
    );
    statuses.extend(extra.as_array().unwrap().iter().cloned());
    let mut trips = vec![trip("2013-12-20", "2014-01-20")];
    for y in 2014..=trips_until {
        trips.push(trip(&format!("{y}-06-05"), &format!("{y}-08-25")));
        if y < trips_until {
            trips.push(trip(&format!("{y}-12-20"), &format!("{}-01-20", y + 1)));
        }
    }
    dossier(json!({
        "id": "wife", "birth_date": "1964-03-02", "statuses": statuses, "absences": trips,
        "facts": {"relative_52_1_1": true, "dwelling_basis": true, "means_or_support": true, "no_bar_mc55": true,
            "test_exemption_document": false, "lawful_income": true, "constitution_undertaking": true, "no_bar_cl14": true}
    }))
}

#[test]
fn the_wife_trips_three_rules_separately() {
    let wife = wife(2026, &json!([]));
    let near = watched(&wife, "trp.absence", "default");
    assert_eq!((near.used, near.limit, near.left, near.state), (80, 90, 10, WatchState::Ok));
    assert_eq!(near.safe_until, Some(date("2027-02-21")));
    for result in answers(&wife, ON, "prp.relative") {
        assert_eq!((state(&result, "residence"), state(&result, "prp_knowledge")), (State::Met, State::NotMet));
        assert_eq!((result.main_blocker.as_deref(), result.outcome), (Some("prp_knowledge"), Outcome::NeedsEvidence));
    }
    for result in answers(&wife, ON, "citizenship.general") {
        assert_eq!(state(&result, "residence"), State::NotMet);
    }
}

#[test]
fn had_the_wife_a_permanent_permit_only_one_reading_would_ever_count() {
    let wife = wife(
        2047,
        &json!([{"kind": "permanent_residence_permit", "ground": "52.1.1", "from": "2027-02-01", "to": null}]),
    );
    for result in answers(&wife, ON, "citizenship.general") {
        let residence = result.requirements.iter().find(|one| one.id == "residence").unwrap();
        let expected = (result.reading == "single_trip").then(|| date("2032-02-01"));
        assert_eq!(residence.met_from, expected, "{}", result.reading);
    }
    let later = Question::on(date("2031-01-31"));
    for result in watch(&az(), &wife, &later).unwrap().iter().filter(|result| result.watch == "prp.absence") {
        assert_eq!((result.state, result.used), (WatchState::Ok, 110), "{}", result.reading);
    }
}

#[test]
fn the_daughter_in_law_waits_for_the_fifth_anniversary() {
    let facts = dossier(json!({
        "id": "dil",
        "statuses": [permit("temporary", "45.1.1", "2023-09-01", "2024-08-31"), permit("temporary", "45.1.1", "2024-09-01", "2026-08-31"),
            permit("permanent", "52.1.1", "2026-02-10", "2031-02-09")],
        "absences": [trip("2024-07-10", "2024-08-20"), trip("2026-07-01", "2026-08-10")],
        "evidence": [{"kind": "state_language", "from": "2025-11-10"}],
        "facts": {"lawful_income": true, "constitution_undertaking": true, "no_bar_cl14": true}
    }));
    let results = answers(&facts, ON, "citizenship.general");
    assert_eq!(results.len(), 6);
    for result in results {
        assert_eq!(
            (result.outcome, result.earliest, result.latest),
            (Outcome::NotYet, Some(date("2031-02-10")), Some(date("2031-02-10")))
        );
        let used =
            result.requirements.iter().find(|one| one.id == "residence").unwrap().measured.as_ref().unwrap().used;
        assert_eq!(used, Some(39), "{}", result.reading);
    }
    let before = answers(&facts, "2026-02-09", "prp.relative");
    let residence = before[0].requirements.iter().find(|one| one.id == "residence").unwrap();
    assert_eq!(residence.met_since, Some(date("2025-09-01")));
    let renewal = deadline(&az(), "prp.extend_before", EventTime::Day(date("2031-02-09")), &[], None).unwrap();
    assert_eq!(renewal.due, Some(EventTime::Day(date("2030-11-09"))));
    let filing = deadline(&az(), "prp.apply_before", EventTime::Day(date("2026-08-31")), &[], None).unwrap();
    assert_eq!(filing.due, Some(EventTime::Day(date("2026-05-31"))));
}

fn tarlan() -> Dossier {
    let mut statuses = vec![
        permit("temporary", "45.1.9", "2004-09-15", "2008-07-31"),
        permit("temporary", "45.1.8", "2013-10-01", "2019-09-30"),
        permit("temporary", "45.1.1", "2019-10-01", "2020-09-30"),
    ];
    statuses.extend(
        (2020..2028)
            .step_by(2)
            .map(|y| permit("temporary", "45.1.1", &format!("{y}-10-01"), &format!("{}-09-30", y + 2))),
    );
    dossier(json!({
        "id": "tarlan", "birth_date": "1987", "statuses": statuses,
        "absences": [trip("2020-07-10", "2020-08-05"), trip("2024-07-10", "2024-08-05")],
        "evidence": [{"kind": "prp_knowledge", "from": "2022-02-10"}],
        "facts": {"relative_52_1_1": false, "dwelling_basis": true, "means_or_support": true, "no_bar_mc55": true, "test_exemption_document": false}
    }))
}

#[test]
fn tarlan_was_eligible_until_the_law_changed() {
    let then = &answers(&tarlan(), "2022-03-01", "prp.general")[0];
    assert_eq!((then.version, then.outcome), (Some(date("2019-07-24")), Outcome::Eligible));
    let residence = then.requirements.iter().find(|one| one.id == "residence").unwrap();
    assert_eq!(residence.met_since, Some(date("2021-10-01")));
    let now = &answers(&tarlan(), ON, "prp.general")[0];
    assert_eq!((now.outcome, now.version, now.version_ends), (Outcome::NotApplicable, None, Some(date("2023-05-16"))));
    let relative = &answers(&tarlan(), ON, "prp.relative")[0];
    assert_eq!(
        (state(relative, "residence"), state(relative, "relative_52_1_1"), relative.outcome),
        (State::Met, State::NotMet, Outcome::Closed)
    );
    let closed_by = relative.closed_by.as_ref().unwrap();
    assert_eq!((closed_by.requirement.as_str(), closed_by.since), ("relative_52_1_1", date("2023-05-17")));
    let cure = deadline(&az(), "trp.dwelling_cure", EventTime::Day(date("2026-11-16")), &[], None).unwrap();
    assert_eq!(cure.due, Some(EventTime::Day(date("2026-11-30"))));
    assert_eq!(working_days_between(&az(), date(ON), date("2026-11-30")).value, 5);
}

#[test]
fn under_an_older_law_tarlan_is_still_eligible() {
    let question =
        Question { law_at: Some(date("2022-03-01")), route: Some("prp.general".into()), ..Question::on(date(ON)) };
    let results = evaluate(&az(), &tarlan(), &question).unwrap();
    assert_eq!((results[0].outcome, results[0].version), (Outcome::Eligible, Some(date("2019-07-24"))));
}

#[test]
fn tarlans_years_are_shown_apart() {
    let times = residence_time(&az(), &tarlan(), date(ON), None);
    let periods = |outcome: Option<&str>| -> Vec<(String, String)> {
        let time = times.iter().find(|time| time.outcome.as_deref() == outcome).unwrap();
        time.periods.iter().map(|period| (period.from.to_string(), period.to.to_string())).collect()
    };
    assert_eq!(periods(Some("citizenship")), []);
    let counting = periods(Some("permanent_residence"));
    assert_eq!((counting[0].0.as_str(), counting.last().unwrap().1.as_str()), ("2019-10-01", ON));
    assert_eq!(periods(None), [("2004-09-15".into(), "2008-07-31".into()), ("2013-10-01".into(), "2019-09-30".into())]);
}

#[test]
fn murats_residence_is_filled_and_ends_with_the_open_absence() {
    let facts = dossier(json!({
        "id": "murat", "birth_date": "1976",
        "statuses": [permit("temporary", "45.1.1", "2010-05-10", "2011-05-09"), permit("temporary", "45.1.1", "2011-05-10", "2013-05-09"),
            permit("permanent", "45.1.1", "2013-05-10", "2018-05-09"), permit("permanent", "45.1.1", "2018-05-10", "2023-05-09"),
            permit("permanent", "45.1.1", "2023-05-10", "2028-05-09")],
        "absences": [trip("2014-06-01", "2014-08-15"), trip("2017-07-01", "2017-08-20"), {"exit": "2026-10-01", "entry": null}],
        "facts": {"lawful_income": true, "constitution_undertaking": true, "no_bar_cl14": true}
    }));
    for result in answers(&facts, ON, "citizenship.general") {
        let residence = result.requirements.iter().find(|one| one.id == "residence").unwrap();
        let closes = if result.reading == "single_trip" { "2027-01-01" } else { "2026-12-31" };
        assert_eq!(
            (residence.met_since, residence.met_until),
            (Some(date("2018-05-10")), Some(date(closes))),
            "{}",
            result.reading
        );
        assert_eq!((result.outcome, &*result.missing[0]), (Outcome::NeedsEvidence, "state_language"));
    }
    // From 1 October three months are 92 days; the day of leaving is a day of presence.
    for (on, used, left, met) in
        [("2026-12-31", 90, 1, true), ("2027-01-01", 91, 0, true), ("2027-01-02", 92, 0, false)]
    {
        let results = answers(&facts, on, "citizenship.general");
        let result = results.iter().find(|result| result.reading == "single_trip").unwrap();
        let residence = result.requirements.iter().find(|one| one.id == "residence").unwrap();
        let measured = residence.measured.as_ref().unwrap();
        assert_eq!((measured.used, measured.limit, measured.left), (Some(used), Some(91), Some(left)), "{on}");
        assert_eq!(residence.state == State::Met, met, "{on}");
        let breach = residence.trace.iter().flatten().map(|step| json!(step)).find(|step| step["step"] == "breach");
        let told = breach.map(|step| (step["from"].clone(), step["clear"].clone()));
        assert_eq!(
            told,
            (!met).then(|| (json!("2027-01-01"), Value::Null)),
            "{on}: an open trip is never out of sight"
        );
    }
    let near = watched(&facts, "prp.absence", "permit_year");
    assert_eq!(
        (near.used, near.left, near.window.from, near.safe_until),
        (53, 127, date("2026-05-10"), Some(date("2027-03-30")))
    );
}

#[test]
fn melanies_permits_never_count() {
    let facts = dossier(json!({
        "id": "melanie", "birth_date": "1976",
        "statuses": [permit("temporary", "45.1.8", "2024-03-01", "2025-02-28"), permit("temporary", "45.1.8", "2025-03-01", "2027-02-28")]
    }));
    for result in answers(&facts, ON, "prp.relative") {
        assert_eq!((result.outcome, state(&result, "residence")), (Outcome::Closed, State::NotMet));
        let trace = result.requirements[0].trace.as_ref().unwrap();
        let passed_over =
            |step: &crate::law::TraceStep| json!(step)["step"] == "passed_over" && step.to_string().contains("45.1.8");
        assert!(trace.iter().any(passed_over), "{trace:#?}");
    }
    let times = residence_time(&az(), &facts, date(ON), None);
    let days = |outcome: Option<&str>| times.iter().find(|time| time.outcome.as_deref() == outcome).unwrap().days;
    assert_eq!((days(Some("permanent_residence")), days(Some("citizenship")), days(None)), (0, 0, 998));
    for (id, due) in [("work.end_notice", "2026-11-20"), ("work.end_leave", "2026-11-27")] {
        let result = deadline(&az(), id, EventTime::Day(date("2026-11-13")), &[], None).unwrap();
        assert_eq!(result.due, Some(EventTime::Day(date(due))), "{id}");
    }
}

#[test]
fn randy_keeps_his_permit_and_breaks_his_clock() {
    let trips: Vec<Value> = (2018..=2026)
        .flat_map(|y| {
            [trip(&format!("{y}-03-01"), &format!("{y}-05-10")), trip(&format!("{y}-09-01"), &format!("{y}-10-20"))]
        })
        .collect();
    let facts = dossier(json!({
        "id": "randy", "birth_date": "1960", "presence_unknown": [{"from": "2001-06-01", "to": "2014-12-31"}],
        "statuses": [permit("temporary", "45.1.1", "2015-03-01", "2016-02-29"), permit("temporary", "45.1.1", "2016-03-01", "2018-02-28"),
            permit("permanent", "45.1.1", "2017-11-20", "2022-11-19"), permit("permanent", "45.1.1", "2022-11-20", "2027-11-19")],
        "absences": trips, "evidence": [{"kind": "state_language", "from": "2019-05-01"}],
        "facts": {"lawful_income": false, "constitution_undertaking": true, "no_bar_cl14": true}
    }));
    for result in answers(&facts, ON, "citizenship.general") {
        let residence = result.requirements.iter().find(|one| one.id == "residence").unwrap();
        let (met_from, outcome) = match &*result.reading {
            "single_trip" => (ON, Outcome::NeedsEvidence),
            "anniversary_restart" | "rolling_restart" => ("2031-10-20", Outcome::NotYet),
            _ => ("2031-03-29", Outcome::NotYet),
        };
        assert_eq!((residence.met_from, result.outcome), (Some(date(met_from)), outcome), "{}", result.reading);
        assert_eq!(result.clock_earliest, residence.met_from);
        // The trace leads to that day: no application before it sees none of the breaches.
        let mut told = residence.trace.iter().flatten().map(|step| json!(step)).filter(|step| step["step"] == "breach");
        let clear = told.next_back().map(|step| step["clear"].clone());
        let looks_back = met_from == "2031-03-29";
        assert_eq!(clear, looks_back.then(|| json!(met_from)), "{}", result.reading);
        assert_eq!(result.missing.iter().map(super::super::name::Name::as_str).collect::<Vec<_>>(), ["lawful_income"]);
        assert_eq!(*result.uncertain, [], "the years before the permit decide nothing");
    }
    let safe = |reading| watched(&facts, "prp.absence", reading).safe_until;
    assert_eq!((safe("permit_year"), safe("any_year")), (Some(date("2027-05-22")), Some(date("2027-01-25"))));
    let renewal = deadline(&az(), "prp.extend_before", EventTime::Day(date("2027-11-19")), &[], None).unwrap();
    assert_eq!(renewal.due, Some(EventTime::Day(date("2027-08-19"))));
}

#[test]
fn the_mother_in_laws_stays_have_their_deadlines() {
    let due = |id: &str, event: &str| {
        deadline(&az(), id, EventTime::Day(date(event)), &[], None).unwrap().due.unwrap().to_string()
    };
    assert_eq!(due("stay.registration", "2025-11-15"), "2025-12-01");
    assert_eq!(due("stay.registration", "2026-11-15"), "2026-11-30");
    assert_eq!(due("stay.visa_free_end", "2025-11-15"), "2026-02-13");
    assert_eq!(due("stay.visa_free_end", "2026-11-15"), "2027-02-13");
    assert_eq!(due("ext.apply_before", "2026-02-13"), "2026-02-10");
    assert_eq!(due("other_citizenship.notice", "2026-10-20"), "2026-11-20");
}
