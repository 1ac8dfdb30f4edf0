//! Points of the contract that the vectors leave open: versions, uncertain facts, kinds of requirement, errors.

use serde_json::{Value, json};

use super::{HEAD, date, dossier, pack};
use crate::law::{Dossier, EventTime, Outcome, Pack, Question, RouteResult, State, deadline, evaluate, watch};

fn route(requirements: &str) -> Pack {
    pack(&format!("{HEAD}[[route]]\nid = \"r\"\noutcome = \"o\"\nin_force = {{ from = 1990-01-01 }}\n{requirements}"))
}

fn requirement(lines: &str) -> Pack {
    route(&format!("[[route.requirement]]\nid = \"q\"\n{lines}"))
}

fn answer(pack: &Pack, facts: &Dossier, on: &str) -> RouteResult {
    evaluate(pack, facts, &Question::on(date(on))).unwrap().remove(0)
}

fn windows(pack: &Pack, facts: Value, on: &str) -> Vec<String> {
    let window =
        |span: &crate::law::Span| format!("{}..{}", span.from, span.to.map(|to| to.to_string()).unwrap_or_default());
    answer(pack, &dossier(facts), on).windows.iter().map(window).collect()
}

fn held(from: &str, to: &str) -> Value {
    json!([{"kind": "s", "from": from, "to": to}])
}

#[test]
fn each_application_date_has_the_law_of_that_date() {
    let term = |length: &str| {
        format!(
            "[[route.requirement]]\nid = \"q\"\nkind = \"term\"\nlength = \"{length}\"\nstatus = [ {{ kind = \"s\" }} ]\n"
        )
    };
    let version = |from: &str, to: &str, length: &str| {
        format!("[[route]]\nid = \"r\"\noutcome = \"o\"\nin_force = {{ from = {from}, to = {to} }}\n{}", term(length))
    };
    let pack = pack(&format!(
        "{HEAD}{}{}",
        version("2010-01-01", "2014-12-31", "P2Y"),
        version("2016-01-01", "2020-12-31", "P5Y")
    ));
    let facts = json!({"id": "x", "statuses": held("2012-01-01", "2030-01-01")});
    assert_eq!(windows(&pack, facts.clone(), "2013-01-01"), ["2014-01-01..2014-12-31", "2017-01-01..2020-12-31"]);
    let facts = dossier(facts);
    let between = answer(&pack, &facts, "2015-06-01");
    assert_eq!(
        (between.outcome, between.version, between.earliest),
        (Outcome::NotApplicable, None, Some(date("2017-01-01")))
    );
    let before = answer(&pack, &facts, "2013-06-01");
    assert_eq!((before.outcome, before.earliest), (Outcome::NotYet, Some(date("2014-01-01"))));
    let pinned = Question { law_at: Some(date("2011-01-01")), ..Question::on(date("2025-01-01")) };
    let pinned = evaluate(&pack, &facts, &pinned).unwrap().remove(0);
    assert_eq!(
        (pinned.outcome, pinned.eligible_since, pinned.version),
        (Outcome::Eligible, Some(date("2014-01-01")), Some(date("2010-01-01")))
    );
}

#[test]
fn a_status_goes_on_unless_renewal_is_not_assumed() {
    let pack = requirement("kind = \"term\"\nlength = \"P5Y\"\nstatus = [ { kind = \"s\" } ]");
    let facts = dossier(json!({"id": "x", "statuses": held("2024-01-01", "2026-12-31")}));
    let assumed = answer(&pack, &facts, "2026-06-01");
    assert_eq!((assumed.outcome, assumed.earliest), (Outcome::NotYet, Some(date("2029-01-01"))));
    assert_eq!(assumed.assumptions.unwrap().len(), 1);
    let strict = Question { no_renewal: true, ..Question::on(date("2026-06-01")) };
    let strict = evaluate(&pack, &facts, &strict).unwrap().remove(0);
    assert_eq!((strict.outcome, strict.earliest), (Outcome::Closed, None));
    // A permit that ran out before the records end is not renewed by assumption.
    assert_eq!(answer(&pack, &facts, "2027-06-01").outcome, Outcome::Closed);
}

#[test]
fn uncertain_dates_give_an_earliest_and_a_latest_and_are_named() {
    let pack = requirement("kind = \"term\"\nlength = \"P5Y\"\nstatus = [ { kind = \"s\" } ]");
    let facts =
        dossier(json!({"id": "x", "birth_date": "1980", "statuses": [{"kind": "s", "from": "2022-03", "to": null}]}));
    let result = answer(&pack, &facts, "2024-01-01");
    assert_eq!((result.earliest, result.latest), (Some(date("2027-03-01")), Some(date("2027-03-31"))));
    assert_eq!(result.windows[0].from, date("2027-03-31"));
    let named: Vec<_> =
        result.uncertain.iter().map(|fact| (fact.pointer.as_str(), fact.known.as_deref(), fact.narrows_days)).collect();
    assert_eq!(named, [("/statuses/0/from", Some("2022-03"), 30)]);
    assert_eq!(answer(&pack, &facts, "2027-03-15").requirements[0].state, State::Undetermined);
}

#[test]
fn the_most_useful_uncertain_fact_comes_first() {
    let pack = route(
        "[[route.requirement]]\nid = \"q\"\nkind = \"term\"\nlength = \"P1Y\"\nstatus = [ { kind = \"s\" } ]\n\
         [[route.requirement]]\nid = \"e\"\nkind = \"evidence\"\nevidence = \"l\"\n",
    );
    let facts = dossier(json!({"id": "x", "statuses": [{"kind": "s", "from": "2023-11", "to": null}],
        "evidence": [{"kind": "l", "from": "2025"}]}));
    let named: Vec<_> = answer(&pack, &facts, "2024-01-01").uncertain.iter().map(|fact| fact.pointer.clone()).collect();
    // The permit's month moves the clock only: the language document comes later in any case.
    assert_eq!(named, ["/evidence/0/from", "/statuses/0/from"]);
}

#[test]
fn unknown_presence_is_present_or_absent_on_every_day() {
    let pack = route(
        "[[route.requirement]]\nid = \"q\"\nkind = \"term\"\nlength = \"P1Y\"\nstatus = [ { kind = \"s\" } ]\n\
         [[route.reading]]\nid = \"x\"\ndefault = true\nlimits = [ { days = 10, per = \"window\" } ]\n",
    );
    let facts = |to: &str| {
        dossier(
            json!({"id": "x", "statuses": held("2022-01-01", "2030-01-01"), "presence_unknown": [{"from": "2022-06-01", "to": to}]}),
        )
    };
    let within = answer(&pack, &facts("2022-06-10"), "2023-01-01");
    assert_eq!((within.outcome, within.uncertain.len()), (Outcome::Eligible, 0));
    let beyond = answer(&pack, &facts("2022-06-11"), "2023-01-01");
    assert_eq!(
        (beyond.outcome, beyond.earliest, beyond.latest),
        (Outcome::Undetermined, Some(date("2023-01-01")), Some(date("2023-06-02")))
    );
    assert_eq!(beyond.uncertain[0].pointer, "/presence_unknown/0");
}

#[test]
fn a_missing_fact_is_undetermined_and_a_false_one_is_not_met() {
    let pack = requirement("kind = \"fact\"\nfact = \"f\"");
    let with = |facts: Value| answer(&pack, &dossier(json!({"id": "x", "facts": facts})), "2024-01-01");
    assert_eq!(with(json!({})).outcome, Outcome::Undetermined);
    assert_eq!(with(json!({"f": null})).outcome, Outcome::Undetermined);
    assert_eq!(with(json!({"f": false})).outcome, Outcome::Closed);
    assert_eq!(with(json!({"f": true})).outcome, Outcome::Eligible);
    let missing = with(json!({}));
    assert_eq!((missing.earliest, missing.latest), (Some(date("2024-01-01")), None));
    assert_eq!(missing.uncertain[0].pointer, "/facts/f");
}

#[test]
fn any_of_is_undetermined_if_none_is_met_and_one_may_be() {
    let pack = requirement(
        "kind = \"any_of\"\nof = [ { id = \"a\", kind = \"fact\", fact = \"a\" }, { id = \"b\", kind = \"evidence\", evidence = \"b\" } ]",
    );
    let with = |facts: Value, evidence: Value| {
        answer(&pack, &dossier(json!({"id": "x", "facts": facts, "evidence": evidence})), "2024-01-01")
    };
    let proof = json!([{"kind": "b", "from": "2020-01-01", "to": null}]);
    assert_eq!(with(json!({}), json!([])).requirements[0].state, State::Undetermined);
    assert_eq!(with(json!({}), proof).requirements[0].state, State::Met);
    let neither = with(json!({"a": false}), json!([]));
    assert_eq!((neither.outcome, neither.missing.len()), (Outcome::NeedsEvidence, 1));
}

#[test]
fn any_of_is_not_met_where_each_side_meets_another_part() {
    let rules = "[[route]]\nid = \"r\"\noutcome = \"o\"\nin_force = { from = 2008-12-07 }\n[[route.requirement]]\nid = \"q\"\n\
        kind = \"any_of\"\nof = [ { id = \"a\", kind = \"fact\", fact = \"f\" }, { id = \"b\", kind = \"term\", length = \"P2M\", status = [ { kind = \"s\" } ] } ]\n\
        [[route.reading]]\nid = \"x\"\ndefault = true\nlimits = [ { days = 14, per = \"rolling:P30D\", on_breach = \"restart\" } ]\n";
    let pack = pack(&format!("{HEAD}{rules}"));
    // The term counts from the start of 2019 or, badly, from the known permit: then the trip starts it anew, on an earlier day.
    let facts = dossier(json!({"id": "w", "statuses": [{"kind": "s", "from": "2019", "to": "2020"},
        {"kind": "s", "from": "2019-12-27", "to": "2020-02-26"}, {"kind": "s", "from": "2020", "to": "2020"}],
        "absences": [{"exit": "2019-12-02", "entry": "2019-12-28"}, {"exit": "2020-03", "entry": "2020"}]}));
    let on = answer(&pack, &facts, "2020-02-27");
    assert_eq!((on.requirements[0].state, on.eligible_since), (State::Undetermined, None));
    assert!(on.windows.iter().all(|window| date("2020-02-27") < window.from), "{:?}", on.windows);
}

#[test]
fn evidence_counts_from_its_level_and_within_its_days() {
    let pack = requirement("kind = \"evidence\"\nevidence = \"l\"\nmin_level = \"B1\"");
    let facts = json!({"id": "x", "statuses": held("2019-01-01", "2030-01-01"), "evidence": [
        {"kind": "l", "level": "A2", "from": "2019-01-01", "to": null}, {"kind": "l", "from": "2019-06-01", "to": null},
        {"kind": "l", "level": "B2", "from": "2020-02-01", "to": "2021-02-01"}, {"kind": "m", "level": "C1", "from": "2019-01-01", "to": null}]});
    assert_eq!(windows(&pack, facts, "2024-01-01"), ["2020-02-01..2021-02-01"]);
}

#[test]
fn ages_begin_and_end_on_birthdays() {
    let pack = requirement("kind = \"age\"\nmin_years = 18\nmax_years = 20");
    let facts = json!({"id": "x", "birth_date": "2000-02-29", "statuses": held("2016-01-01", "2030-01-01")});
    assert_eq!(windows(&pack, facts, "2024-01-01"), ["2018-02-28..2020-02-28"]);
    let unknown = answer(&pack, &dossier(json!({"id": "x"})), "2024-01-01");
    assert_eq!((unknown.outcome, unknown.uncertain[0].pointer.as_str()), (Outcome::Undetermined, "/birth_date"));
    let year = json!({"id": "x", "birth_date": "2000", "statuses": held("2016-01-01", "2030-01-01")});
    assert_eq!(windows(&pack, year, "2024-01-01"), ["2018-12-31..2019-12-31"]);
}

#[test]
fn statuses_are_held_on_the_day_or_through_a_last_year() {
    let facts = json!({"id": "x", "statuses": held("2020-03-01", "2022-05-31")});
    assert_eq!(
        windows(&requirement("kind = \"holds_status\"\nstatus = [ { kind = \"s\" } ]"), facts.clone(), "2024-01-01"),
        ["2020-03-01..2022-05-31"]
    );
    // The year that ends on 2021-02-28 begins on 2020-03-01.
    let last = requirement("kind = \"holds_status\"\nstatus = [ { kind = \"s\" } ]\nlast = \"P1Y\"");
    assert_eq!(windows(&last, facts.clone(), "2024-01-01"), ["2021-02-28..2022-05-31"]);
    assert_eq!(
        windows(&requirement("kind = \"total\"\nstatus = [ { kind = \"s\" } ]\ndays = 10"), facts, "2024-01-01"),
        ["2020-03-11.."]
    );
}

#[test]
fn selectors_look_at_ground_and_sponsor() {
    let pack = requirement(
        "kind = \"holds_status\"\nstatus = [ { kind = \"s\", grounds = [\"1\", \"5\"], not_sponsor_grounds = [\"8\"] }, { kind = \"t\", not_grounds = [\"2\"] } ]",
    );
    let on = |status: Value| {
        answer(&pack, &dossier(json!({"id": "x", "statuses": [status]})), "2024-01-01").outcome == Outcome::Eligible
    };
    let status = |kind: &str, ground: Value, sponsor: Value| json!({"kind": kind, "ground": ground, "sponsor_ground": sponsor, "from": "2020", "to": null});
    assert!(
        on(status("s", json!("1"), json!(null)))
            && on(status("s", json!("5"), json!("1")))
            && on(status("t", json!(null), json!(null)))
    );
    assert!(
        !on(status("s", json!("5"), json!("8")))
            && !on(status("s", json!(null), json!(null)))
            && !on(status("t", json!("2"), json!(null)))
    );
}

#[test]
fn windows_before_the_application_date() {
    let limit = |ends: &str| {
        requirement(&format!(
            "kind = \"absence_limit\"\nwindow = \"P1Y\"\nends = \"{ends}\"\ndays = 30\nper = \"window\""
        ))
    };
    let facts = json!({"id": "x", "statuses": held("2020-01-01", "2030-01-01"), "absences": [{"exit": "2020-03-31", "entry": "2020-05-02"}]});
    // Away 1 April to 1 May, 31 days: seen in full from the day after the last (or on it) until the first day leaves.
    assert_eq!(windows(&limit("day_before"), facts.clone(), "2024-01-01"), ["2020-01-01..2020-05-01", "2021-04-02.."]);
    assert_eq!(
        windows(&limit("application_day"), facts.clone(), "2024-01-01"),
        ["2020-01-01..2020-04-30", "2021-04-01.."]
    );
    let start = |ends: &str| requirement(&format!("kind = \"present_on_start\"\nwindow = \"P1Y\"\nends = \"{ends}\""));
    // One year before 2024-06-15, ending on that day, begins on 2023-06-16.
    assert_eq!(
        windows(&start("application_day"), facts.clone(), "2024-01-01"),
        ["2020-01-01..2021-03-30", "2021-05-01.."]
    );
    assert_eq!(windows(&start("day_before"), facts, "2024-01-01"), ["2020-01-01..2021-03-31", "2021-05-02.."]);
}

#[test]
fn presence_is_credited_by_status_weighted_and_capped() {
    // The published Canadian example: 961 half days capped at 365, and 821 whole days.
    let pack = requirement(
        "kind = \"presence\"\nwindow = \"P5Y\"\nends = \"day_before\"\ndays = 1095\nrounding = \"up\"\nday_count = { exit = \"absent\" }\n\
         credit = [ { status = { kind = \"permanent\" }, weight = \"1\" }, { status = { kind = \"temporary\" }, weight = \"1/2\", cap = 365 } ]",
    );
    let facts = dossier(json!({"id": "x", "statuses": [
        {"kind": "temporary", "from": "2012-04-01", "to": "2015-12-31"}, {"kind": "permanent", "from": "2016-01-01", "to": null}],
        "absences": [{"exit": "2015-01-01", "entry": "2015-02-14"}]}));
    let result = answer(&pack, &facts, "2018-04-01");
    assert_eq!(result.outcome, Outcome::Eligible);
    assert_eq!(result.requirements[0].measured.as_ref().unwrap().days, Some(821 + 365));
    // 365 + 730 days: the day count of permanent residence is full after two years.
    assert_eq!(result.eligible_since, Some(date("2017-12-31")));
}

#[test]
fn presence_may_be_needed_in_each_year() {
    let pack = requirement("kind = \"presence\"\nwindow = \"P2Y\"\nends = \"day_before\"\ndays = 240\neach = \"P1Y\"");
    let facts = json!({"id": "x", "statuses": held("2017-01-01", "2030-01-01"), "absences": [{"exit": "2020-01-31", "entry": "2020-06-05"}]});
    assert_eq!(windows(&pack, facts, "2021-01-01"), ["2017-01-01.."], "125 days away leave 240 of 365");
    let facts = json!({"id": "x", "statuses": held("2017-01-01", "2030-01-01"), "absences": [{"exit": "2020-01-31", "entry": "2020-06-07"}]});
    // 127 days: a year with all of them has 366 − 127 = 239 left. The newer year of the window sees them first, the older later.
    assert_eq!(
        windows(&pack, facts, "2021-01-01"),
        ["2017-01-01..2020-06-06", "2021-02-02..2021-06-06", "2022-02-02.."]
    );
}

#[test]
fn a_trip_of_months_is_too_long_the_day_after_or_with_reach_on_the_day() {
    let term = |reach: bool| {
        route(&format!(
            "[[route.requirement]]\nid = \"q\"\nkind = \"term\"\nlength = \"P1M\"\nstatus = [ {{ kind = \"s\" }} ]\n\
             [[route.reading]]\nid = \"x\"\ndefault = true\nlimits = [ {{ months = 1, per = \"trip\", reach = {reach} }} ]\n"
        ))
    };
    let facts = |entry: &str| json!({"id": "x", "statuses": held("2021-01-01", "2021-12-31"), "absences": [{"exit": "2021-03-31", "entry": entry}]});
    // One month from 31 March is 30 April; the last day away of a trip to 30 April is the 29th, seen until 29 May.
    assert_eq!(windows(&term(false), facts("2021-04-30"), "2021-01-01"), ["2021-02-01.."]);
    assert_eq!(windows(&term(false), facts("2021-05-01"), "2021-01-01"), ["2021-02-01..2021-04-30", "2021-05-31.."]);
    assert_eq!(windows(&term(true), facts("2021-04-30"), "2021-01-01"), ["2021-02-01..2021-04-29", "2021-05-30.."]);
}

#[test]
fn overlapping_trips_are_named_and_touching_ones_are_not() {
    let with = |trips: Value| dossier(json!({"id": "x", "absences": trips})).check();
    let touching = json!([{"exit": "2020-02-01", "entry": "2020-02-10"}, {"exit": "2020-01-01", "entry": "2020-02-01"},
        {"exit": "2020-02-10", "entry": "2020-02-10"}, {"exit": "2020-02-10", "entry": null}]);
    assert_eq!(with(touching), []);
    let faults =
        with(json!([{"exit": "2020-02-01", "entry": "2020-02-10"}, {"exit": "2020-02-09", "entry": "2020-03-01"}]));
    assert_eq!((faults.len(), faults[0].pointer.as_str()), (1, "/absences/1"));
    assert!(
        faults[0]
            .message
            .contains("2020-02-09 to 2020-03-01 overlaps the trip 2020-02-01 to 2020-02-10 at /absences/0"),
        "{}",
        faults[0]
    );
    assert_eq!(
        with(json!([{"exit": "2020-01-01", "entry": null}, {"exit": "2020-05-01", "entry": "2020-06-01"}])).len(),
        1
    );
    assert_eq!(
        with(json!([{"exit": "2020-01", "entry": "2020-02-10"}, {"exit": "2020-02-09", "entry": "2020-03-01"}])).len(),
        1
    );
    assert_eq!(
        with(json!([{"exit": "2020-01-05", "entry": "2020-02"}, {"exit": "2020-02-09", "entry": "2020-03-01"}])),
        []
    );
    assert_eq!(with(json!([{"exit": "2020-02-05", "entry": "2020-02-04"}]))[0].pointer, "/absences/0/entry");
}

#[test]
fn a_dossier_refuses_what_it_does_not_know() {
    for wrong in [
        json!({"id": "x", "name": "y"}),
        json!({"id": "x", "birth_date": "1987-13"}),
        json!({"id": "x", "birth_date": "2023-02-29"}),
        json!({"id": "x", "birth_date": "198X"}),
        json!({"id": "x", "birth_date": "1987-1-1"}),
        json!({"id": "x", "statuses": [{"kind": "s", "from": "2020", "until": "2021"}]}),
        json!({"id": "x", "evidence": [{"kind": "l", "level": "D1", "from": "2020"}]}),
    ] {
        assert!(serde_json::from_value::<Dossier>(wrong.clone()).is_err(), "{wrong}");
    }
    let full = json!({"id": "x", "birth_date": "1987", "statuses": [{"kind": "s", "ground": "1", "from": "2020-02", "to": null}]});
    let written = serde_json::to_value(dossier(full)).unwrap();
    assert_eq!((&written["birth_date"], &written["statuses"][0]["from"]), (&json!("1987"), &json!("2020-02")));
}

#[test]
fn a_trace_can_be_redone_by_hand() {
    let pack = route(
        "[[route.requirement]]\nid = \"q\"\nkind = \"term\"\nlength = \"P5Y\"\nstatus = [ { kind = \"s\" } ]\n\
         [[route.reading]]\nid = \"x\"\ndefault = true\nlimits = [ { days = 90, per = \"anniversary_year\" } ]\n",
    );
    let facts =
        dossier(json!({"id": "x", "statuses": [{"kind": "s", "ground": "1", "from": "2019-01-10", "to": null}],
        "absences": [{"exit": "2021-11-01", "entry": "2022-02-10"}]}));
    let result = answer(&pack, &facts, "2023-06-01");
    let steps: Vec<String> = result.requirements[0]
        .trace
        .as_ref()
        .unwrap()
        .iter()
        .map(|step| format!("{}: {step}", json!(step)["step"].as_str().unwrap()))
        .collect();
    assert_eq!(
        steps,
        [
            "run: Counted from 2019-01-10, the first day of an unbroken run of s",
            "status: s (on 1), 2019-01-10 on: counts",
            "limit: Limit: at most 90 days away in each year counted from the start, judged from 2019-01-10 to 2023-05-31",
            "absence: Away, exit 2021-11-01, entry 2022-02-10: 100 days (exit and entry days are present)",
            "sum: 2021-01-10 to 2022-01-09: 69 days, within 90",
            "sum: 2022-01-10 to 2023-01-09: 31 days, within 90",
            "length: 2019-01-10 and 5 years is 2024-01-10",
            "result: Not met on 2023-06-01; met from 2024-01-10",
        ]
    );
}

#[test]
fn a_watch_takes_unknown_presence_as_absence_and_is_silent_without_the_status() {
    let pack = pack(&format!(
        "{HEAD}[[watch]]\nid = \"w\"\nstatus = [ {{ kind = \"s\" }} ]\nlimit = {{ days = 10, per = \"rolling:P30D\" }}\nin_force = {{ from = 2000-01-01 }}\n"
    ));
    let facts = dossier(
        json!({"id": "x", "statuses": held("2024-01-01", "2024-12-31"), "presence_unknown": [{"from": "2024-05-01", "to": "2024-05-11"}]}),
    );
    let on = |day: &str| watch(&pack, &facts, &Question::on(date(day))).unwrap();
    assert_eq!((on("2024-05-20")[0].used, on("2024-05-20")[0].breached_on), (11, Some(date("2024-05-11"))));
    assert!(on("2025-01-01").is_empty() && on("2023-12-31").is_empty());
}

#[test]
fn deadlines_say_when_they_do_not_apply_and_want_instants_for_hours() {
    let pack = pack(&format!(
        "{HEAD}[[deadline]]\nid = \"h\"\nevent = \"e\"\nwithin = {{ hours = 48 }}\nin_force = {{ from = 2020-01-01 }}\n\
         [[deadline]]\nid = \"p\"\nevent = \"e\"\nwithin = \"P10D\"\nstart = \"event_day\"\nin_force = {{ from = 2020-01-01 }}\n"
    ));
    assert!(deadline(&pack, "h", EventTime::Day(date("2024-01-01")), &[], None).is_err());
    assert!(deadline(&pack, "x", EventTime::Day(date("2024-01-01")), &[], None).is_err());
    let early = deadline(&pack, "p", EventTime::Day(date("2019-12-31")), &[], None).unwrap();
    assert_eq!((early.version, early.due), (None, None));
    // 20:30 UTC on the last day of 2019 is 2020 in Baku.
    let instant = EventTime::Instant("2019-12-31T20:30:00Z".parse().unwrap());
    assert_eq!(deadline(&pack, "h", instant, &[], None).unwrap().due.unwrap().to_string(), "2020-01-02T20:30:00Z");
    let due = |pauses: &[(chrono::NaiveDate, chrono::NaiveDate)]| {
        deadline(&pack, "p", EventTime::Day(date("2024-01-01")), pauses, None).unwrap().due.unwrap().to_string()
    };
    assert_eq!(due(&[]), "2024-01-10");
    assert_eq!(
        due(&[(date("2024-01-09"), date("2024-01-15"))]),
        "2024-01-17",
        "days added by a pause may be paused as well"
    );
    assert_eq!(due(&[(date("2024-01-11"), date("2024-01-15"))]), "2024-01-10", "a pause after the end changes nothing");
    assert!(
        deadline(&pack, "p", EventTime::Day(date("2024-01-01")), &[(date("2024-01-09"), date("2024-01-08"))], None)
            .is_err()
    );
}
