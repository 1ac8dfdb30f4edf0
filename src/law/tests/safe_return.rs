//! By when to be back: the figures of the acceptance people, the answers that are no date, and a search day by day that must
//! find the same entry.

use chrono::NaiveDate;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::biographies::{az, permit, trip};
use super::{HEAD, date, dossier, pack};
use crate::law::{
    Binding, Dossier, FactDate, Pack, Question, SafeReturn, SafeState, WatchState, evaluate, safe_return, watch,
};

const ON: &str = "2026-11-23";

fn daughter_in_law(extra_trips: &[Value], evidence: &Value) -> Dossier {
    let mut trips = vec![trip("2024-07-10", "2024-08-20"), trip("2026-07-01", "2026-08-10")];
    trips.extend_from_slice(extra_trips);
    dossier(json!({
        "id": "dil", "absences": trips, "evidence": evidence,
        "statuses": [permit("temporary", "45.1.1", "2023-09-01", "2024-08-31"), permit("temporary", "45.1.1", "2024-09-01", "2026-08-31"),
            permit("permanent", "52.1.1", "2026-02-10", "2031-02-09")],
        "facts": {"lawful_income": true, "constitution_undertaking": true, "no_bar_cl14": true}
    }))
}

fn language() -> Value {
    json!([{"kind": "state_language", "from": "2025-11-10"}])
}

fn ask(dossier: &Dossier, exit: &str) -> SafeReturn {
    safe_return(&az(), dossier, &Question::on(date(ON)), date(exit)).unwrap()
}

fn route<'a>(answer: &'a SafeReturn, route: &str, reading: &str) -> &'a crate::law::SafeRoute {
    answer.routes.iter().find(|one| one.route == route && one.reading == reading).unwrap()
}

fn entries<'a>(answer: &'a SafeReturn, of: &str) -> Vec<(&'a str, Option<String>)> {
    let routes = answer.routes.iter().filter(|one| one.route == of).map(|one| (&*one.reading, one.last_entry));
    let watches = answer.watches.iter().filter(|one| one.watch == of).map(|one| (&*one.reading, one.last_entry));
    routes.chain(watches).map(|(reading, entry)| (reading, entry.map(|entry| entry.to_string()))).collect()
}

#[test]
fn the_daughter_in_law_knows_by_when_to_be_back() {
    let answer = ask(&daughter_in_law(&[], &language()), "2026-12-01");
    let to = |entry: &str| Some(entry.to_owned());
    assert_eq!(
        entries(&answer, "citizenship.general"),
        [
            ("anniversary", to("2027-01-22")),
            ("rolling", to("2027-01-22")),
            ("calendar", to("2027-04-01")),
            ("single_trip", to("2027-03-01")),
            ("anniversary_restart", to("2027-01-22")),
            ("rolling_restart", to("2027-01-22")),
        ]
    );
    // The last days away are 2027-08-08 and 2027-04-21: the day of return is a day of presence.
    assert_eq!(entries(&answer, "prp.absence"), [("permit_year", to("2027-08-09")), ("any_year", to("2027-04-22"))]);
    assert_eq!((answer.state, answer.last_entry), (SafeState::Limited, Some(date("2027-01-22"))));
    let binding: Vec<&str> = answer.binding.iter().map(|one| one.reading.as_str()).collect();
    assert_eq!(binding, ["anniversary", "rolling", "anniversary_restart", "rolling_restart"]);
    assert!(
        answer.binding.iter().all(|one| one.route.as_deref() == Some("citizenship.general") && one.watch.is_none())
    );
    let anniversary = route(&answer, "citizenship.general", "anniversary");
    assert_eq!((anniversary.measured_by, anniversary.date), ("earliest", Some(date("2031-02-10"))));
    // The breach is counted back to 2026-07-02, which every application of the next five years sees.
    assert_eq!(anniversary.delayed_to, Some(date("2031-07-03")));
    let closed = answer.routes.iter().filter(|one| one.route != "citizenship.general");
    assert!(closed.clone().count() > 0 && closed.clone().all(|one| one.last_entry.is_none()));
    assert_eq!(answer.assumptions.unwrap().len(), 2);
}

#[test]
fn without_a_certificate_the_clock_is_what_is_delayed() {
    let answer = ask(&daughter_in_law(&[], &json!([])), "2026-12-01");
    let anniversary = route(&answer, "citizenship.general", "anniversary");
    assert_eq!((anniversary.measured_by, anniversary.date), ("clock_earliest", Some(date("2031-02-10"))));
    assert_eq!(anniversary.last_entry, Some(date("2027-01-22")));
}

#[test]
fn a_trip_on_record_without_return_is_asked_by_its_own_exit() {
    let away = daughter_in_law(&[json!({"exit": "2026-11-01", "entry": null})], &language());
    let answer = ask(&away, "2026-11-01");
    assert!(answer.on_record);
    // 39 days before, 51 left from 2026-11-02 on.
    assert_eq!(route(&answer, "citizenship.general", "anniversary").last_entry, Some(date("2026-12-23")));
    let faults = safe_return(&az(), &away, &Question::on(date(ON)), date("2026-11-10")).unwrap_err();
    assert_eq!(faults[0].pointer, "/supposed/exit");
    assert!(faults[0].message.contains("2026-11-01 without return"), "{}", faults[0].message);
}

#[test]
fn the_next_recorded_trip_ends_the_search() {
    let later = daughter_in_law(&[json!({"exit": "2026-12-20", "entry": "2026-12-28"})], &language());
    let answer = ask(&later, "2026-12-01");
    assert_eq!((answer.state, answer.last_entry), (SafeState::NoLimit, None));
    assert_eq!(answer.searched_to, date("2026-12-20"));
    assert_eq!(answer.binding, []);
}

#[test]
fn somebody_who_may_apply_already_has_no_route_to_lose() {
    let facts = Dossier { known_through: Some(date(ON)), ..daughter_in_law(&[], &language()) };
    let answer = safe_return(&az(), &facts, &Question::on(date("2031-03-01")), date("2031-04-01")).unwrap();
    let anniversary = route(&answer, "citizenship.general", "anniversary");
    assert_eq!((anniversary.state, anniversary.date), (SafeState::NoLimit, Some(date("2031-03-01"))));
    assert_eq!(answer.searched_to, date("2051-03-01"));
}

/// A term of a year with at most `days` away, whose days of leaving and return are absent if `all_absent`.
fn a_year(days: u32, all_absent: bool) -> Pack {
    let word = if all_absent { "absent" } else { "present" };
    pack(&format!(
        "{HEAD}[[route]]\nid = \"r\"\noutcome = \"o\"\nin_force = {{ from = 1990-01-01 }}\n\
         [[route.requirement]]\nid = \"q\"\nkind = \"term\"\nlength = \"P1Y\"\nstatus = [ {{ kind = \"s\" }} ]\n\
         day_count = {{ exit = \"{word}\", entry = \"{word}\" }}\n\
         [[route.reading]]\nid = \"x\"\ndefault = true\nlimits = [ {{ days = {days}, per = \"window\" }} ]\n\
         [[watch]]\nid = \"w\"\nstatus = [ {{ kind = \"s\" }} ]\nin_force = {{ from = 1990-01-01 }}\n\
         limit = {{ days = {days}, per = \"window\", day_count = {{ exit = \"{word}\", entry = \"{word}\" }} }}\n"
    ))
}

#[test]
fn leaving_at_all_can_be_too_much() {
    let facts = dossier(json!({"id": "x", "statuses": [{"kind": "s", "from": "2026-06-01", "to": null}],
        "absences": [{"exit": "2026-07-01", "entry": "2026-07-10"}]}));
    let question = Question::on(date(ON));
    let full = safe_return(&a_year(10, true), &facts, &question, date("2026-12-01")).unwrap();
    assert_eq!((full.state, full.last_entry), (SafeState::Never, None));
    let binding = |route: Option<&str>, watch: Option<&str>, reading: &str| Binding {
        route: route.map(Into::into),
        watch: watch.map(Into::into),
        reading: reading.into(),
    };
    assert_eq!(full.binding, [binding(Some("r"), None, "x"), binding(None, Some("w"), "default")]);
    // The first trip is seen until 2027-07-10 ⊕ 1 year; that of 1 December for longer.
    assert_eq!(full.routes[0].delayed_to, Some(date("2027-07-02")));
    assert_eq!(full.watches[0].breached_on, Some(date("2026-12-01")));
    let one_left = safe_return(&a_year(11, true), &facts, &question, date("2026-12-01")).unwrap();
    assert_eq!((one_left.state, one_left.last_entry), (SafeState::Limited, Some(date("2026-12-01"))));
    let breached = safe_return(&a_year(9, true), &facts, &question, date("2026-12-01")).unwrap();
    assert_eq!(
        (breached.watches[0].state, breached.watches[0].breached_on),
        (SafeState::NothingToLose, Some(date("2026-07-10")))
    );
}

#[test]
fn unknown_presence_is_taken_as_absence() {
    let facts = |unknown: Value| {
        dossier(
            json!({"id": "x", "statuses": [{"kind": "s", "from": "2026-06-01", "to": null}], "presence_unknown": unknown}),
        )
    };
    let question = Question::on(date(ON));
    let last =
        |facts: &Dossier| safe_return(&a_year(30, false), facts, &question, date("2026-12-01")).unwrap().last_entry;
    assert_eq!(last(&facts(json!([]))), Some(date("2027-01-01")));
    assert_eq!(last(&facts(json!([{"from": "2026-08-01", "to": "2026-08-10"}]))), Some(date("2026-12-22")));
}

/// A term of two years that begins anew after more than 30 days away in one of its years.
fn begins_anew() -> Pack {
    pack(&format!(
        "{HEAD}[[route]]\nid = \"r\"\noutcome = \"o\"\nin_force = {{ from = 1990-01-01 }}\n\
         [[route.requirement]]\nid = \"q\"\nkind = \"term\"\nlength = \"P2Y\"\nstatus = [ {{ kind = \"s\" }} ]\n\
         [[route.reading]]\nid = \"x\"\ndefault = true\nlimits = [ {{ days = 30, per = \"anniversary_year\", on_breach = \"restart\" }} ]\n"
    ))
}

#[test]
fn where_a_longer_trip_does_less_harm_the_shorter_one_decides() {
    let pack = begins_anew();
    // 20 and 15 days away start the clock anew on 2027-02-17; 15 and 20 more lie in different years from there.
    let facts = dossier(json!({"id": "x", "statuses": [{"kind": "s", "from": "2026-06-01", "to": null}], "absences": [
        trip("2026-07-01", "2026-07-22"), trip("2027-02-01", "2027-02-17"), trip("2027-12-20", "2028-01-05"),
        trip("2028-06-01", "2028-06-22")]}));
    let question = Question::on(date(ON));
    let earliest = |entry: &str| {
        let mut facts = facts.clone();
        facts.absences.push(serde_json::from_value(trip("2026-12-01", entry)).unwrap());
        evaluate(&pack, &facts, &question).unwrap()[0].earliest
    };
    assert_eq!(earliest("2026-12-12"), Some(date("2029-02-17")), "as without the trip");
    // From 2026-12-13 both later trips lie in the second year; from 2027-01-10 they are apart again.
    assert_eq!((earliest("2026-12-13"), earliest("2027-01-10")), (Some(date("2030-06-22")), Some(date("2029-01-10"))));
    let answer = safe_return(&pack, &facts, &question, date("2026-12-01")).unwrap();
    assert_eq!((answer.state, answer.last_entry), (SafeState::Limited, Some(date("2026-12-12"))));
    assert_eq!(answer.routes[0].delayed_to, Some(date("2030-06-22")));
}

/// Readings of every kind over short times, and watches beside them.
const RULES: &str = "[[route]]\nid = \"r\"\noutcome = \"o\"\nin_force = { from = 1990-01-01 }\n\
    [[route.requirement]]\nid = \"q\"\nkind = \"term\"\nlength = \"P1Y\"\nstatus = [ { kind = \"s\" } ]\n\
    [[route.requirement]]\nid = \"p\"\nkind = \"presence\"\nwindow = \"P9M\"\nends = \"application_day\"\ndays = 200\n\
    [[route.reading]]\nid = \"window\"\ndefault = true\nlimits = [ { days = 40, per = \"window\" } ]\n\
    [[route.reading]]\nid = \"rolling\"\nlimits = [ { days = 20, per = \"rolling:P4M\" } ]\n\
    [[route.reading]]\nid = \"calendar\"\nlimits = [ { days = 30, per = \"calendar_year\" } ]\n\
    [[route.reading]]\nid = \"trip\"\nlimits = [ { months = 1, per = \"trip\" } ]\n\
    [[route.reading]]\nid = \"anniversary_restart\"\nlimits = [ { days = 30, per = \"anniversary_year\", on_breach = \"restart\" } ]\n\
    [[route.reading]]\nid = \"rolling_restart\"\nlimits = [ { days = 25, per = \"rolling:P6M\", on_breach = \"restart\" } ]\n\
    [[watch]]\nid = \"w\"\nstatus = [ { kind = \"s\" } ]\nin_force = { from = 1990-01-01 }\nlimit = { days = 45, per = \"rolling:P6M\" }\n\
    [[watch]]\nid = \"v\"\nstatus = [ { kind = \"s\" } ]\nin_force = { from = 1990-01-01 }\n\
    limit = { days = 30, per = \"anniversary_year\", day_count = { exit = \"absent\", entry = \"absent\" } }\n";

const EXIT: &str = "2026-12-01";

/// Days after 2025-06-01.
fn day(n: i64) -> NaiveDate {
    date("2025-06-01") + chrono::TimeDelta::days(n)
}

/// A person with one status, trips before and perhaps after the exit, and a stretch of which nothing is known.
fn person() -> impl Strategy<Value = Dossier> {
    let trips = prop::collection::vec((1_i64..60, 0_i64..35), 0..6);
    let later = prop::collection::vec((1_i64..150, 0_i64..40), 0..3);
    (0_i64..500, prop::option::of(560_i64..1500), trips, later, prop::option::of((0_i64..700, 0_i64..20))).prop_map(
        |(from, to, trips, later, unknown)| {
            let mut absences = Vec::new();
            let exit = (date(EXIT) - day(0)).num_days();
            let mut walk = |mut at: i64, trips: &[(i64, i64)], until: i64| {
                for (stay, away) in trips {
                    let (exit, entry) = (at + stay, at + stay + away);
                    if entry <= until {
                        absences.push(json!({"exit": day(exit), "entry": day(entry)}));
                    }
                    at = entry;
                }
            };
            walk(0, &trips, exit);
            walk(exit, &later, i64::MAX);
            let unknown: Vec<Value> =
                unknown.iter().map(|(from, days)| json!({"from": day(*from), "to": day(from + days)})).collect();
            dossier(json!({"id": "x", "statuses": [{"kind": "s", "from": day(from), "to": to.map(day)}],
                "absences": absences, "presence_unknown": unknown}))
        },
    )
}

/// The facts with a trip from [`EXIT`] to an entry.
fn back_on(facts: &Dossier, entry: NaiveDate) -> Dossier {
    let mut facts = facts.clone();
    facts.absences.push(serde_json::from_value(json!({"exit": EXIT, "entry": entry})).unwrap());
    facts
}

/// The earliest date under the first reading after each return up to the next recorded trip, and without the trip.
fn each_return(pack: &Pack, facts: &Dossier, question: &Question) -> (Vec<(NaiveDate, bool)>, Option<NaiveDate>) {
    let earliest = |facts: &Dossier| evaluate(pack, facts, question).unwrap()[0].earliest;
    let plain = earliest(facts);
    let next = facts.absences.iter().map(|trip| trip.exit.earliest()).filter(|exit| *exit > date(EXIT)).min().unwrap();
    let later =
        |entry: NaiveDate| earliest(&back_on(facts, entry)).is_none_or(|moved| plain.is_some_and(|date| moved > date));
    (date(EXIT).iter_days().take_while(|entry| *entry <= next).map(|entry| (entry, later(entry))).collect(), plain)
}

/// Somebody with a trip before [`EXIT`] and three after it, whose later trips fall better if a longer trip starts the count anew.
fn restarted() -> impl Strategy<Value = Dossier> {
    let away = (17_i64..25, 13_i64..17, 11_i64..15, 17_i64..26);
    // Days from the exit to the next trip, from its anniversary to the one after, and the beginnings of the first and the last.
    let begins = (45_i64..80, 0_i64..26, 0_i64..40, 0_i64..60);
    (away, begins).prop_map(|((first, next, second, last), (after, around, summer, spring))| {
        let exit = (date(EXIT) - day(0)).num_days();
        let trips =
            [(380 + summer, first), (exit + after, next), (exit + 365 + around, second), (exit + 520 + spring, last)];
        let absences: Vec<Value> =
            trips.iter().map(|(exit, away)| json!({"exit": day(*exit), "entry": day(exit + away + 1)})).collect();
        dossier(json!({"id": "x", "statuses": [{"kind": "s", "from": day(365), "to": null}], "absences": absences}))
    })
}

/// What the first harmful entry among all of them comes to.
fn walked(first_harmful: Option<NaiveDate>) -> (SafeState, Option<NaiveDate>) {
    match first_harmful {
        None => (SafeState::NoLimit, None),
        Some(first) if first == date(EXIT) => (SafeState::Never, None),
        Some(first) => (SafeState::Limited, first.pred_opt()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Halving would look at later returns first and find them harmless.
    #[test]
    fn the_first_harmful_return_decides_where_later_ones_do_none(
        facts in restarted().prop_filter("harm comes and goes", |facts| {
            let question = Question { brief: true, cautious: true, ..Question::on(date(ON)) };
            let (returns, _) = each_return(&begins_anew(), facts, &question);
            returns.last().is_some_and(|(_, harm)| !harm) && returns.iter().any(|(_, harm)| *harm)
        })
    ) {
        let (pack, question) = (begins_anew(), Question { brief: true, ..Question::on(date(ON)) });
        let (returns, plain) = each_return(&pack, &facts, &Question { cautious: true, ..question.clone() });
        let expected = walked(returns.iter().find(|(_, harm)| *harm).map(|(entry, _)| *entry));
        let answer = safe_return(&pack, &facts, &question, date(EXIT)).unwrap();
        let found = &answer.routes[0];
        prop_assert_eq!((found.state, found.last_entry, found.date), (expected.0, expected.1, plain), "{:?}", facts);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_search_finds_what_walking_day_by_day_finds(facts in person(), no_renewal: bool) {
        let pack = pack(&format!("{HEAD}{RULES}"));
        let facts = Dossier { known_through: Some(date(ON)), ..facts };
        let question = Question { no_renewal, brief: true, ..Question::on(date(ON)) };
        let answer = safe_return(&pack, &facts, &question, date(EXIT)).unwrap();
        // All that a year's term sees lies within two years and the trips: later entries are as late as any.
        let until = answer.searched_to.min(day(1500));
        let entries = || date(EXIT).iter_days().take_while(|entry| *entry <= until);

        let cautious = Question { cautious: true, ..question.clone() };
        let earliest = |facts: &Dossier| -> Vec<Option<NaiveDate>> {
            evaluate(&pack, facts, &cautious).unwrap().iter().map(|one| one.earliest).collect()
        };
        let plain = earliest(&facts);
        let moved: Vec<(NaiveDate, Vec<Option<NaiveDate>>)> =
            entries().map(|entry| (entry, earliest(&back_on(&facts, entry)))).collect();
        for (i, found) in answer.routes.iter().enumerate() {
            let expected = match plain[i] {
                None => (SafeState::NothingToLose, None),
                Some(date) => walked(
                    moved.iter().find(|(_, moved)| moved[i].is_none_or(|moved| moved > date)).map(|(entry, _)| *entry),
                ),
            };
            prop_assert_eq!((found.state, found.last_entry), expected, "{} of {:?}", found.reading, facts);
        }

        // A watch is looked at on days throughout, not only where trips and statuses end.
        let breached = |facts: &Dossier, id: &str| {
            let ends = facts.statuses.iter().filter_map(|status| status.to).map(FactDate::latest);
            (548..1200).step_by(9).map(day).chain(ends).filter(|on| *on >= date(EXIT)).any(|on| {
                let results = watch(&pack, facts, &Question { on, ..question.clone() }).unwrap();
                results.iter().any(|one| one.watch == id && one.state == WatchState::Breached)
            })
        };
        for found in &answer.watches {
            let expected = if breached(&facts, &found.watch) {
                (SafeState::NothingToLose, None)
            } else {
                walked(entries().take(70).find(|entry| breached(&back_on(&facts, *entry), &found.watch)))
            };
            prop_assert_eq!((found.state, found.last_entry), expected, "{} of {:?}", found.watch, facts);
        }
    }
}
