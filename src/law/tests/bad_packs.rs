//! Every mistake in a pack is refused with its line and key, and all of them at once.

use super::HEAD;
use crate::law::Pack;

pub(super) fn faults(text: &str) -> Vec<String> {
    let files = [("t.toml".to_owned(), text.to_owned())];
    Pack::from_files(&files).err().map(|faults| faults.iter().map(ToString::to_string).collect()).unwrap_or_default()
}

/// A draft with one route whose requirement and reading have the given lines; the requirement's first line is line 11.
pub(super) fn route(requirement: &str, reading: &str) -> String {
    format!(
        "{HEAD}[[route]]\nid = \"r\"\noutcome = \"o\"\nin_force = {{ from = 2020-01-01 }}\n[[route.requirement]]\n{requirement}\n{reading}"
    )
}

const TERM: &str = "id = \"q\"\nkind = \"term\"\nlength = \"P5Y\"\nstatus = [ { kind = \"p\" } ]";

pub(super) fn limit(limit: &str) -> String {
    route(TERM, &format!("[[route.reading]]\nid = \"x\"\ndefault = true\nlimits = [ {limit} ]\n"))
}

fn refused(text: &str, expected: &str) {
    let faults = faults(text);
    assert!(faults.iter().any(|fault| fault == expected), "expected `{expected}`, got {faults:#?}\n{text}");
}

#[test]
fn the_sound_pack_they_all_start_from_is_taken() {
    assert_eq!(faults(&route(TERM, "")), Vec::<String>::new());
    assert_eq!(faults(&limit("{ days = 90, per = \"rolling:P1Y\", on_breach = \"restart\" }")), Vec::<String>::new());
}

#[test]
fn unknown_keys_kinds_and_words() {
    refused(
        &route(&TERM.replace("length", "lenght"), ""),
        "t.toml:13: route.requirement.lenght: is unknown here; correct or remove it (known: day_count, first_day, gap_days, id, kind, length, obtainable, source, status, title)",
    );
    refused(&route(&TERM.replace("length", "lenght"), ""), "t.toml:10: route.requirement.length: is missing; add it");
    refused(
        &route(&TERM.replace("\"term\"", "\"time\""), ""),
        "t.toml:12: route.requirement.kind: `time` is unknown here; write one of: term, absence_limit, presence, present_on_start, holds_status, evidence, age, fact, total, any_of",
    );
    refused(
        &format!("{HEAD}[[rout]]\nid = \"r\"\n"),
        "t.toml:6: rout: is unknown here; correct or remove it (known: calendar, deadline, fixed_non_working, kinship, list, pack, parameter, route, source, watch)",
    );
    refused(
        &limit("{ days = 90, per = \"month\" }"),
        "t.toml:18: route.reading.limits.per: `month` is unknown here; write one of: trip, rolling:P…, calendar_year, anniversary_year, window, last:P…",
    );
    refused(
        &limit("{ days = 90, per = \"window\", on_brech = \"restart\" }"),
        "t.toml:18: route.reading.limits.on_brech: is unknown here; correct or remove it (known: count, day_count, days, months, on_breach, per, reach)",
    );
    refused(
        &route("id = \"q\"\nkind = \"evidence\"\nevidence = \"e\"\nmin_level = \"B3\"", ""),
        "t.toml:14: route.requirement.min_level: `B3` is unknown here; write one of: A1, A2, B1, B2, C1, C2",
    );
}

#[test]
fn periods_and_dates() {
    refused(
        &route(&TERM.replace("P5Y", "5 years"), ""),
        "t.toml:13: route.requirement.length: `5 years` is no period: write P, then years, months, days in this order and at least one of them not 0, such as P5Y, P1Y6M, P30D",
    );
    refused(
        &limit("{ days = 90, per = \"rolling:1Y\" }"),
        "t.toml:18: route.reading.limits.per: `1Y` is no period: write P, then years, months, days in this order and at least one of them not 0, such as P5Y, P1Y6M, P30D",
    );
    refused(
        &route(TERM, "").replace("2020-01-01", "\"2020-02-30\""),
        "t.toml:9: route.in_force.from: is no date that exists; write it like 2026-11-23, without a time",
    );
    refused(
        &route(TERM, "").replace("from = 2020-01-01", "from = 2020-01-01, to = 2019-01-01"),
        "t.toml:9: route.in_force: ends before it begins; correct one of the dates",
    );
}

#[test]
fn limits_that_can_never_be_breached_or_never_hold() {
    for (never, days, most) in [
        ("{ days = 366, per = \"rolling:P1Y\" }", 366, 366),
        ("{ days = 180, per = \"rolling:P180D\" }", 180, 180),
        ("{ days = 181, reach = true, per = \"rolling:P180D\" }", 181, 180),
        ("{ days = 366, per = \"calendar_year\" }", 366, 366),
        ("{ days = 366, per = \"anniversary_year\", on_breach = \"restart\" }", 366, 366),
        ("{ days = 1827, per = \"window\" }", 1827, 1827),
        ("{ days = 31, per = \"last:P1M\" }", 31, 31),
    ] {
        let expected = format!("{days} days can never be breached: no more than {most} days are counted; lower it");
        refused(&limit(never), &format!("t.toml:18: route.reading.limits: {expected}"));
    }
    for possible in [
        "{ days = 365, per = \"rolling:P1Y\" }",
        "{ days = 1826, per = \"window\" }",
        "{ days = 9000, per = \"window\", on_breach = \"restart\" }",
    ] {
        assert_eq!(faults(&limit(possible)), Vec::<String>::new(), "{possible}");
    }
    refused(
        &limit("{ days = 0, reach = true, per = \"trip\" }"),
        "t.toml:18: route.reading.limits: 0 days are always reached; write more days or leave `reach` out",
    );
    refused(
        &limit("{ months = 3, per = \"window\" }"),
        "t.toml:18: route.reading.limits.per: `months` can only be counted per \"trip\"; write days instead",
    );
    refused(
        &limit("{ months = 3, days = 90, per = \"trip\" }"),
        "t.toml:18: route.reading.limits: a limit needs either `days` or, per trip, `months`",
    );
}

#[test]
fn readings_need_one_default() {
    let reading =
        |id: &str, default: bool| format!("[[route.reading]]\nid = \"{id}\"\ndefault = {default}\nlimits = []\n");
    refused(
        &route(TERM, &reading("x", false)),
        "t.toml:6: route: 0 of its readings have default = true; mark exactly one",
    );
    refused(
        &route(TERM, &(reading("x", true) + &reading("y", true))),
        "t.toml:6: route: 2 of its readings have default = true; mark exactly one",
    );
    refused(
        &route(TERM, &(reading("x", true) + &reading("x", false))),
        "t.toml:19: route.reading: two readings are called `x`; rename one",
    );
    refused(
        &format!("{HEAD}[[watch]]\nid = \"w\"\nstatus = [ {{ kind = \"p\" }} ]\nin_force = {{ from = 2020-01-01 }}\n"),
        "t.toml:6: watch: has no limit; add limit = { … } or [[watch.reading]] tables",
    );
}

#[test]
fn versions_of_one_id_may_not_overlap_not_even_between_files() {
    let one = route(TERM, "");
    let other = one.replace(HEAD, "").replace("2020-01-01", "2024-01-01");
    let files = [("a.toml".to_owned(), one.clone()), ("b.toml".to_owned(), other.clone())];
    let faults = Pack::from_files(&files).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert_eq!(
        faults[0].to_string(),
        "b.toml:1: route.in_force: this version of `r` from 2024-01-01 overlaps the one at a.toml:6; end that one the day before"
    );
    let ended = one.replace("from = 2020-01-01", "from = 2020-01-01, to = 2023-12-31");
    assert!(Pack::from_files(&[("a.toml".into(), ended), ("b.toml".into(), other)]).is_ok());
}

#[test]
fn sources_are_declared_cited_and_not_recalled() {
    let source = |confidence: &str| {
        format!(
            "[[source]]\nid = \"s\"\nact = \"A\"\narticle = \"1\"\nverified_on = 2026-01-01\nconfidence = \"{confidence}\"\n"
        )
    };
    let sound = HEAD.replace("draft = true\n", "");
    let cited = |line: &str| {
        format!(
            "{sound}{}[[parameter]]\nid = \"p\"\nvalue = \"P1Y\"\nin_force = {{ from = 2020-01-01 }}\n{line}",
            source("official")
        )
    };
    assert_eq!(faults(&cited("source = [\"s\"]")), Vec::<String>::new());
    refused(
        &cited("source = [\"z\"]"),
        "t.toml:15: parameter.source: `z` is not declared; add a [[source]] with this id or correct it",
    );
    refused(
        &cited(""),
        "t.toml:11: parameter: cites no source; add source = [\"…\"], or set draft = true for the pack",
    );
    refused(
        &format!("{sound}{}", source("recalled")),
        "t.toml:5: source: `s` is only recalled, which a draft may cite; find a source or set draft = true",
    );
    refused(
        &format!("{sound}{}", source("rumour")),
        "t.toml:10: source.confidence: `rumour` is unknown here; write one of: official, embassy, press, inferred, recalled",
    );
    refused(
        &format!("{sound}{0}{0}", source("press")),
        "t.toml:11: source: `s` is declared twice; rename or remove one",
    );
    assert_eq!(faults(&format!("{HEAD}{}", source("recalled"))), Vec::<String>::new(), "a draft may recall");
}

/// Rules, parts of rules and calendars: no number, list or period without a source of its own or around it.
#[test]
fn every_kind_of_value_cites_a_source() {
    let head = format!(
        "{}[[source]]\nid = \"s\"\nact = \"A\"\narticle = \"1\"\nverified_on = 2026-01-01\nconfidence = \"press\"\n",
        HEAD.replace("draft = true\n", "")
    );
    let dated = "in_force = { from = 2020-01-01 }\n";
    let cited = "source = [\"s\"]\n";
    let requirement = format!("[[route.requirement]]\n{TERM}\n");
    let reading = "[[route.reading]]\nid = \"x\"\ndefault = true\nlimits = [ { days = 9, per = \"trip\" } ]\n";
    let route = format!("[[route]]\nid = \"r\"\noutcome = \"o\"\n{dated}");
    let watch = format!("[[watch]]\nid = \"w\"\nstatus = [ {{ kind = \"p\" }} ]\n{dated}");
    let limit = "limit = { days = 9, per = \"trip\" }\n";
    let deadline = format!("[[deadline]]\nid = \"d\"\nevent = \"e\"\nwithin = \"P9D\"\n{dated}");
    let parameter = format!("[[parameter]]\nid = \"p\"\nvalue = 9\n{dated}");
    let list = format!("[[list]]\nid = \"l\"\nmembers = [ {{ code = \"1\", text = {{ en = \"One\" }} }} ]\n{dated}");
    let days = format!("[[fixed_non_working]]\ndays = [\"01-01\"]\n{dated}");
    let any_of = "[[route.requirement]]\nid = \"a\"\nkind = \"any_of\"\nof = [ { id = \"f\", kind = \"fact\", fact = \"f\" }, { id = \"g\", kind = \"age\", min_years = 9 } ]\n";
    for (key, uncited, sound) in [
        ("route", format!("{route}{requirement}{cited}"), format!("{route}{cited}{requirement}")),
        ("route.requirement", format!("{route}{requirement}"), format!("{route}{requirement}{cited}")),
        ("route.requirement.of", format!("{route}{any_of}"), format!("{route}{cited}{any_of}")),
        (
            "route.reading",
            format!("{route}{requirement}{cited}{reading}"),
            format!("{route}{cited}{requirement}{reading}"),
        ),
        ("watch", format!("{watch}{limit}"), format!("{watch}{limit}{cited}")),
        ("deadline", deadline.clone(), format!("{deadline}{cited}")),
        ("parameter", parameter.clone(), format!("{parameter}{cited}")),
        ("list", list.clone(), format!("{list}{cited}")),
        ("calendar", "[[calendar]]\nyear = 2026\n".to_owned(), format!("[[calendar]]\nyear = 2026\n{cited}")),
        ("fixed_non_working", days.clone(), format!("{days}{cited}")),
    ] {
        let told = faults(&format!("{head}{uncited}"));
        let expected = format!(": {key}: cites no source");
        assert!(told.iter().any(|fault| fault.contains(&expected)), "expected `{expected}`, got {told:#?}");
        if key != "route.requirement" {
            assert_eq!(faults(&format!("{head}{sound}")), Vec::<String>::new(), "{key}");
        }
    }
    refused(
        &format!("fixed_non_working = [\"01-01\"]\n{head}"),
        "t.toml:1: fixed_non_working: cites no source; write [[fixed_non_working]] tables with days, in_force and source, or set draft = true for the pack",
    );
}

#[test]
fn lists_have_members_with_codes_and_events_that_start_terms() {
    let list = |lines: &str| format!("{HEAD}[[list]]\nid = \"l\"\nin_force = {{ from = 2020-01-01 }}\n{lines}\n");
    let one = "{ code = \"1\", text = { en = \"One\" } }";
    assert_eq!(faults(&list(&format!("members = [ {one} ]"))), Vec::<String>::new());
    refused(&list(""), "t.toml:6: list.members: is missing; add it");
    refused(
        &list("members = []"),
        "t.toml:9: list.members: is empty; name at least one member, [ { code = \"…\", text = { en = \"…\" } } ]",
    );
    refused(
        &list(&format!("members = [ {one}, {one} ]")),
        "t.toml:9: list.members: two members are called `1`; rename or remove one",
    );
    refused(&list("members = [ { code = \"1\" } ]"), "t.toml:9: list.members.text: is missing; add it");
    refused(
        &list("members = [ { code = \"1\", text = { en = \"One\" }, event = \"e\" } ]"),
        "t.toml:9: list.members.event: no [[deadline]] runs from `e`; correct the event or add the term",
    );
    refused(
        &list(&format!("may_follow = [ \"e\" ]\nmembers = [ {one} ]")),
        "t.toml:9: list.may_follow: no [[deadline]] runs from `e`; correct the event or add the term",
    );
    let term = "[[deadline]]\nid = \"d\"\nevent = \"e\"\nwithin = \"P9D\"\nin_force = { from = 2020-01-01 }";
    assert_eq!(faults(&list(&format!("may_follow = [ \"e\" ]\nmembers = [ {one} ]\n{term}"))), Vec::<String>::new());
}

#[test]
fn one_pack_table_and_readable_toml() {
    refused("fixed_non_working = []\n", "t.toml:1: pack: no file has a table [pack]; add one with id, title and zone");
    refused(
        &HEAD.replace("Asia/Baku", "Asia/Bakou"),
        "t.toml:4: pack.zone: is no time zone; write one of the IANA names, such as \"Asia/Baku\"",
    );
    refused(&format!("{HEAD}x = [1,\n"), "t.toml:6: (syntax): unclosed array, expected `]`; correct the TOML");
    let files = [("a.toml".to_owned(), HEAD.to_owned()), ("b.toml".to_owned(), HEAD.to_owned())];
    assert_eq!(
        Pack::from_files(&files).unwrap_err()[0].to_string(),
        "b.toml:1: pack: the pack is already described at a.toml:1; keep one"
    );
}

#[test]
fn deadlines_and_calendars() {
    let deadline = |lines: &str| {
        format!("{HEAD}[[deadline]]\nid = \"d\"\nevent = \"e\"\nin_force = {{ from = 2020-01-01 }}\n{lines}\n")
    };
    assert_eq!(faults(&deadline("within = \"P15D\"")), Vec::<String>::new());
    refused(&deadline(""), "t.toml:6: deadline: needs either `within` or `before`");
    refused(&deadline("within = \"P1D\"\nbefore = \"P1D\""), "t.toml:6: deadline: needs either `within` or `before`");
    refused(
        &deadline("within = { days = 3 }"),
        "t.toml:10: deadline.within.days: is unknown here; correct or remove it (known: working_days)",
    );
    refused(
        &deadline("before = { hours = 3 }"),
        "t.toml:10: deadline.before.hours: is unknown here; correct or remove it (known: working_days)",
    );
    refused(
        &deadline("within = \"P1D\"\nroll = \"next\""),
        "t.toml:11: deadline.roll: `next` is unknown here; write one of: none, next_working_day, previous_working_day",
    );
    refused(
        &format!("fixed_non_working = [\"13-01\"]\n{HEAD}"),
        "t.toml:1: fixed_non_working: is no day of a year; write it like \"01-20\"",
    );
    refused(
        &format!("{HEAD}[[calendar]]\nyear = 2026\nnon_working = [2025-01-01]\n"),
        "t.toml:8: calendar.non_working: 2025-01-01 is not in the year of this calendar; move it",
    );
    refused(
        &format!("{HEAD}[[calendar]]\nyear = 2026\nweekend = [\"sat\", \"so\"]\n"),
        "t.toml:8: calendar.weekend: `so` is unknown here; write one of: mon, tue, wed, thu, fri, sat, sun",
    );
    refused(
        &format!("{HEAD}[[calendar]]\nyear = 2026\n[[calendar]]\nyear = 2026\n"),
        "t.toml:8: calendar: the year 2026 is given twice; keep one",
    );
}

#[test]
fn all_faults_are_told_at_once_in_order() {
    let text = route(
        &TERM.replace("P5Y", "P").replace("\"p\"", "7"),
        "[[route.reading]]\nid = \"x\"\nlimits = [ { per = \"trip\" } ]\n",
    );
    let lines: Vec<String> =
        faults(&text).iter().map(|fault| fault.split(": ").take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        lines,
        [
            "t.toml:6 route",
            "t.toml:13 route.requirement.length",
            "t.toml:14 route.requirement.status.kind",
            "t.toml:17 route.reading.limits"
        ]
    );
}

#[test]
fn lists_of_relatives() {
    let list = |keys: &str| format!("{HEAD}[[kinship]]\nid = \"k\"\nin_force = {{ from = 2020-01-01 }}\n{keys}\n");
    let sound = list(
        "of = \"citizen\"\nmembers = [ { kind = \"child\", under_age = 18 }, { kind = \"parent\", dependent = true } ]",
    );
    assert_eq!(faults(&sound), Vec::<String>::new());
    let kinds = crate::law::KINDS_OF_KIN.join(", ");
    refused(
        &list("members = [ { kind = \"cousin\" } ]"),
        &format!("t.toml:9: kinship.members.kind: `cousin` is unknown here; write one of: {kinds}"),
    );
    refused(&list(""), "t.toml:6: kinship: needs either `members` or the `list` that has them");
    refused(
        &list("members = []"),
        "t.toml:9: kinship.members: is empty; name at least one relative, [ { kind = \"spouse\" } ]",
    );
    refused(
        &list("members = [ { kind = \"parent\", dependent = false } ]"),
        "t.toml:9: kinship.members.dependent: says nothing; write true or leave it out",
    );
    refused(
        &list("members = [ { kind = \"child\", under_age = 0 } ]"),
        "t.toml:9: kinship.members.under_age: 0 is out of range; write a number from 1 to 99999",
    );
    refused(
        &list("list = \"close\""),
        "t.toml:6: kinship: `close` is no list with members; correct it or add the list",
    );
    refused(
        &list("of = \"refugee\"\nmembers = [ { kind = \"spouse\" } ]"),
        "t.toml:9: kinship.of: `refugee` is unknown here; write one of: citizen",
    );
    refused(
        &list("of = []\nmembers = [ { kind = \"spouse\" } ]"),
        "t.toml:9: kinship.of: is empty; name at least one status, [ { kind = \"…\" } ]",
    );
}
