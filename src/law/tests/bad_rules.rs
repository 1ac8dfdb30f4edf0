//! Rules that are written wrongly: each mistake by itself, with everything that is said about it and nothing else.

use super::HEAD;
use super::bad_packs::{faults, limit, route};

/// What a text that is no period is told.
const PERIOD: &str = "no period: write P, then years, months, days in this order and at least one of them not 0, such as P5Y, P1Y6M, P30D";

/// Each case is refused with these faults; `…period` stands for the whole sentence.
#[track_caller]
fn told(make: impl Fn(&str) -> String, cases: &[(&str, &[&str])]) {
    for (case, expected) in cases {
        let text = make(case);
        let expected: Vec<String> = expected.iter().map(|fault| fault.replace("…period", PERIOD)).collect();
        assert_eq!(faults(&text), expected, "{text}");
    }
}

#[test]
fn selectors_name_a_kind_and_known_keys_only() {
    told(
        |status| route(&format!("id = \"q\"\nkind = \"term\"\nlength = \"P5Y\"\nstatus = {status}"), ""),
        &[
            ("[]", &["t.toml:14: route.requirement.status: is empty; name at least one status, [ { kind = \"…\" } ]"]),
            ("{ kind = \"p\" }", &["t.toml:14: route.requirement.status: is table; write a list in square brackets"]),
            ("[ \"p\" ]", &["t.toml:14: route.requirement.status: is string; write a table, { key = value, … }"]),
            ("[ { } ]", &["t.toml:14: route.requirement.status.kind: is missing; add it"]),
            (
                "[ { kind = \"\" } ]",
                &["t.toml:14: route.requirement.status.kind: is empty; write a text or leave the key out"],
            ),
            ("[ { kind = 5 } ]", &["t.toml:14: route.requirement.status.kind: is integer; write a text"]),
            (
                "[ { kind = \"p\", ground = \"1\" } ]",
                &[
                    "t.toml:14: route.requirement.status.ground: is unknown here; correct or remove it (known: grounds, kind, not_grounds, not_sponsor_grounds)",
                ],
            ),
            (
                "[ { kind = \"p\", grounds = \"1\" } ]",
                &["t.toml:14: route.requirement.status.grounds: is string; write a list in square brackets"],
            ),
            (
                "[ { kind = \"p\", grounds = [1] } ]",
                &["t.toml:14: route.requirement.status.grounds: is integer; write a text"],
            ),
            (
                "[ { kind = \"p\", not_grounds = \"1\" } ]",
                &["t.toml:14: route.requirement.status.not_grounds: is string; write a list in square brackets"],
            ),
            (
                "[ { kind = \"p\", not_sponsor_grounds = [\"\"] } ]",
                &[
                    "t.toml:14: route.requirement.status.not_sponsor_grounds: is empty; write a text or leave the key out",
                ],
            ),
        ],
    );
}

#[test]
fn values_have_the_type_their_key_wants() {
    told(
        |lines| route(&format!("id = \"q\"\n{lines}"), ""),
        &[
            (
                "kind = \"term\"\nlength = 5\nstatus = [ { kind = \"p\" } ]",
                &["t.toml:13: route.requirement.length: is integer; write a text"],
            ),
            (
                "kind = \"term\"\nlength = \"P5Y\"\ngap_days = \"5\"\nstatus = [ { kind = \"p\" } ]",
                &["t.toml:14: route.requirement.gap_days: is string; write a whole number"],
            ),
            (
                "kind = \"term\"\nlength = \"P5Y\"\ngap_days = -1\nstatus = [ { kind = \"p\" } ]",
                &["t.toml:14: route.requirement.gap_days: -1 is out of range; write a number from 0 to 99999"],
            ),
            (
                "kind = \"term\"\nlength = \"P5Y\"\nfirst_day = true\nstatus = [ { kind = \"p\" } ]",
                &["t.toml:14: route.requirement.first_day: is boolean; write a text"],
            ),
            (
                "kind = \"term\"\nlength = \"P5Y\"\nday_count = \"absent\"\nstatus = [ { kind = \"p\" } ]",
                &["t.toml:14: route.requirement.day_count: is string; write a table, { key = value, … }"],
            ),
            (
                "kind = \"term\"\nlength = \"P5Y\"\nday_count = { exit = \"away\" }\nstatus = [ { kind = \"p\" } ]",
                &["t.toml:14: route.requirement.day_count.exit: `away` is unknown here; write one of: absent, present"],
            ),
            (
                "kind = \"term\"\nlength = \"P5Y\"\nday_count = { left = \"absent\" }\nstatus = [ { kind = \"p\" } ]",
                &[
                    "t.toml:14: route.requirement.day_count.left: is unknown here; correct or remove it (known: entry, exit)",
                ],
            ),
            (
                "kind = \"evidence\"\nevidence = true",
                &["t.toml:13: route.requirement.evidence: is boolean; write a text"],
            ),
            ("kind = \"evidence\"", &["t.toml:10: route.requirement.evidence: is missing; add it"]),
            ("kind = \"fact\"\nfact = 1", &["t.toml:13: route.requirement.fact: is integer; write a text"]),
            (
                "kind = \"fact\"\nfact = \"f\"\nequals = [1]",
                &["t.toml:14: route.requirement.equals: is array; write a text"],
            ),
            ("kind = \"age\"", &["t.toml:10: route.requirement: needs `min_years` or `max_years`"]),
            (
                "kind = \"age\"\nmin_years = 18.5",
                &["t.toml:13: route.requirement.min_years: is float; write a whole number"],
            ),
            (
                "kind = \"age\"\nmin_years = 18\nmax_years = 18",
                &["t.toml:10: route.requirement: no one is at least 18 and under 18 years old; correct one of them"],
            ),
            (
                "kind = \"total\"\nstatus = [ { kind = \"p\" } ]\ndays = 0",
                &["t.toml:14: route.requirement.days: 0 is out of range; write a number from 1 to 99999"],
            ),
            ("kind = \"total\"\ndays = 9", &["t.toml:10: route.requirement.status: is missing; add it"]),
            (
                "kind = \"holds_status\"\nstatus = [ { kind = \"p\" } ]\nlast = \"1Y\"",
                &["t.toml:14: route.requirement.last: `1Y` is …period"],
            ),
            (
                "kind = \"any_of\"\nof = [ { id = \"a\", kind = \"fact\", fact = \"f\" } ]",
                &["t.toml:13: route.requirement.of: needs at least two requirements to choose from"],
            ),
            (
                "kind = \"any_of\"\nof = [ { kind = \"fact\", fact = \"f\" }, { id = \"b\", kind = \"fact\", fact = \"f\" } ]",
                &["t.toml:13: route.requirement.of.id: is missing; add it"],
            ),
            (
                "kind = \"any_of\"\nof = [ { id = \"q\", kind = \"fact\", fact = \"f\" }, { id = \"b\", kind = \"fact\", fact = \"f\" } ]",
                &["t.toml:6: route: two requirements are called `q`; rename one"],
            ),
            (
                "kind = \"fact\"\nfact = \"f\"\nobtainable = \"yes\"",
                &["t.toml:14: route.requirement.obtainable: is string; write true or false"],
            ),
            (
                "kind = \"fact\"\nfact = \"f\"\ntitle = \"F\"",
                &["t.toml:14: route.requirement.title: is string; write a text by language, { en = \"…\" }"],
            ),
            (
                "kind = \"fact\"\nfact = \"f\"\nsource = \"s\"",
                &["t.toml:14: route.requirement.source: is string; write a list in square brackets"],
            ),
        ],
    );
}

#[test]
fn windows_have_a_length_and_a_known_end() {
    told(
        |lines| route(&format!("id = \"q\"\n{lines}"), ""),
        &[
            ("kind = \"present_on_start\"", &["t.toml:10: route.requirement.window: is missing; add it"]),
            ("kind = \"present_on_start\"\nwindow = \"5Y\"", &["t.toml:13: route.requirement.window: `5Y` is …period"]),
            (
                "kind = \"present_on_start\"\nwindow = 5",
                &["t.toml:13: route.requirement.window: is integer; write a text"],
            ),
            (
                "kind = \"present_on_start\"\nwindow = \"P5Y\"\nends = \"today\"",
                &[
                    "t.toml:14: route.requirement.ends: `today` is unknown here; write one of: day_before, application_day",
                ],
            ),
            (
                "kind = \"presence\"\nwindow = \"P0D\"\ndays = 9\n",
                &["t.toml:13: route.requirement.window: `P0D` is …period"],
            ),
            (
                "kind = \"presence\"\nwindow = \"P5Y\"\ndays = 9\neach = \"year\"",
                &["t.toml:15: route.requirement.each: `year` is …period"],
            ),
            (
                "kind = \"presence\"\nwindow = \"P5Y\"\ndays = 9\nrounding = \"near\"",
                &["t.toml:15: route.requirement.rounding: `near` is unknown here; write one of: up, down"],
            ),
            (
                "kind = \"presence\"\nwindow = \"P5Y\"\ndays = 9\ncredit = [ { weight = \"1\" } ]",
                &["t.toml:15: route.requirement.credit: needs `status`, the selector of what it credits"],
            ),
            (
                "kind = \"presence\"\nwindow = \"P5Y\"\ndays = 9\ncredit = [ { status = { kind = \"p\" }, weight = \"1/3\" } ]",
                &["t.toml:15: route.requirement.credit.weight: `1/3` is unknown here; write one of: 1, 1/2"],
            ),
            (
                "kind = \"presence\"\nwindow = \"P5Y\"\ndays = 9\ncredit = [ { status = { kind = \"p\" }, cap = 0 } ]",
                &["t.toml:15: route.requirement.credit.cap: 0 is out of range; write a number from 1 to 99999"],
            ),
            (
                "kind = \"presence\"\nwindow = \"P5Y\"\ndays = 9\ncredit = [ { status = { kind = \"p\" }, of = 1 } ]",
                &[
                    "t.toml:15: route.requirement.credit.of: is unknown here; correct or remove it (known: cap, status, weight)",
                ],
            ),
            ("kind = \"presence\"\nwindow = \"P5Y\"\n", &["t.toml:10: route.requirement.days: is missing; add it"]),
            (
                "kind = \"absence_limit\"\nwindow = \"P5Y\"\nper = \"window\"\ndays = 9\nends = \"never\"",
                &[
                    "t.toml:16: route.requirement.ends: `never` is unknown here; write one of: day_before, application_day",
                ],
            ),
            (
                "kind = \"absence_limit\"\nper = \"window\"\ndays = 9",
                &["t.toml:10: route.requirement.window: is missing; add it"],
            ),
            (
                "kind = \"absence_limit\"\nwindow = \"P5Y\"\nper = \"window\"\ndays = 1827",
                &[
                    "t.toml:10: route.requirement: 1827 days can never be breached: no more than 1827 days are counted; lower it",
                ],
            ),
            (
                "kind = \"absence_limit\"\nwindow = \"P5Y\"\nper = \"window\"\ndays = 9\non_breach = \"restart\"",
                &[
                    "t.toml:16: route.requirement.on_breach: is unknown here; correct or remove it (known: day_count, days, ends, id, kind, months, obtainable, per, reach, source, title, window)",
                ],
            ),
            (
                "kind = \"absence_limit\"\nwindow = \"P5Y\"\nper = \"window\"\ndays = 9\ncount = \"covered\"",
                &[
                    "t.toml:16: route.requirement.count: is unknown here; correct or remove it (known: day_count, days, ends, id, kind, months, obtainable, per, reach, source, title, window)",
                ],
            ),
            (
                "kind = \"absence_limit\"\nwindow = \"P5Y\"\nper = \"anniversary_year\"\ndays = 9",
                &[
                    "t.toml:14: route.requirement.per: a window has no start to count years from; write \"calendar_year\" or \"rolling:P1Y\"",
                ],
            ),
            (
                "kind = \"absence_limit\"\nwindow = \"P5Y\"\nper = \"last:5\"\ndays = 9",
                &["t.toml:14: route.requirement.per: `5` is …period"],
            ),
            (
                "kind = \"absence_limit\"\nwindow = \"P5Y\"\nper = \"within:P1Y\"\ndays = 9",
                &["t.toml:14: route.requirement.per: `within:` is unknown here; write rolling:P… or last:P…"],
            ),
            (
                "kind = \"absence_limit\"\nwindow = \"P5Y\"\nper = \"trip\"\nmonths = 3",
                &[
                    "t.toml:15: route.requirement.months: has no place in an `absence_limit`; write `days`, or limit the trips of a `term` by { months = …, per = \"trip\" }",
                ],
            ),
            (
                "kind = \"absence_limit\"\nwindow = \"P5Y\"\nper = \"window\"\n",
                &["t.toml:10: route.requirement: needs `days`, the most that are allowed"],
            ),
        ],
    );
}

#[test]
fn readings_are_whole() {
    told(
        limit,
        &[
            ("5", &["t.toml:18: route.reading.limits: is integer; write a table, { key = value, … }"]),
            ("{ days = 9 }", &["t.toml:18: route.reading.limits.per: is missing; add it"]),
            (
                "{ per = \"trip\" }",
                &["t.toml:18: route.reading.limits: a limit needs either `days` or, per trip, `months`"],
            ),
            (
                "{ days = \"9\", per = \"trip\" }",
                &["t.toml:18: route.reading.limits.days: is string; write a whole number"],
            ),
            ("{ days = 9, per = 1 }", &["t.toml:18: route.reading.limits.per: is integer; write a text"]),
            (
                "{ days = 9, per = \"trip\", reach = 1 }",
                &["t.toml:18: route.reading.limits.reach: is integer; write true or false"],
            ),
            (
                "{ days = 9, per = \"trip\", on_breach = \"stop\" }",
                &["t.toml:18: route.reading.limits.on_breach: `stop` is unknown here; write one of: lookback, restart"],
            ),
            (
                "{ days = 9, per = \"trip\", count = \"present\" }",
                &["t.toml:18: route.reading.limits.count: `present` is unknown here; write one of: absent, covered"],
            ),
            (
                "{ months = 0, per = \"trip\" }",
                &["t.toml:18: route.reading.limits.months: 0 is out of range; write a number from 1 to 99999"],
            ),
            (
                "{ days = 100000, per = \"trip\" }",
                &["t.toml:18: route.reading.limits.days: 100000 is out of range; write a number from 0 to 99999"],
            ),
        ],
    );
}

#[test]
fn watches_have_one_limit_for_a_reading() {
    told(
        |lines| {
            format!(
                "{HEAD}[[watch]]\nid = \"w\"\nstatus = [ {{ kind = \"p\" }} ]\nin_force = {{ from = 2020-01-01 }}\n{lines}\n"
            )
        },
        &[
            (
                "limit = { days = 9, per = \"trip\", on_breach = \"restart\" }",
                &[
                    "t.toml:10: watch.limit.on_breach: is unknown here; correct or remove it (known: count, day_count, days, months, per, reach)",
                ],
            ),
            (
                "limit = { days = 9, per = \"window\", window = \"P1Y\" }",
                &[
                    "t.toml:10: watch.limit.window: is unknown here; correct or remove it (known: count, day_count, days, months, per, reach)",
                ],
            ),
            ("limit = 9", &["t.toml:10: watch.limit: is integer; write a table, { key = value, … }"]),
            (
                "limit = { days = 9, per = \"trip\" }\n[[watch.reading]]\nid = \"x\"\ndefault = true\nlimit = { days = 9, per = \"trip\" }",
                &["t.toml:10: watch.limit: stands beside readings; each reading has its own limit, remove this one"],
            ),
            ("[[watch.reading]]\nid = \"x\"\ndefault = true", &["t.toml:10: watch.reading.limit: is missing; add it"]),
            (
                "[[watch.reading]]\nid = \"x\"\nlimit = { days = 9, per = \"trip\" }",
                &["t.toml:6: watch: 0 of its readings have default = true; mark exactly one"],
            ),
            (
                "[[watch.reading]]\nid = \"x\"\ndefault = true\nlimits = [ { days = 9, per = \"trip\" } ]",
                &[
                    "t.toml:10: watch.reading.limit: is missing; add it",
                    "t.toml:13: watch.reading.limits: is unknown here; correct or remove it (known: default, id, limit, source, title)",
                ],
            ),
            (
                "limit = { days = 366, per = \"rolling:P1Y\" }\nstate = 1",
                &[
                    "t.toml:10: watch.limit: 366 days can never be breached: no more than 366 days are counted; lower it",
                    "t.toml:11: watch.state: is unknown here; correct or remove it (known: consequence, id, in_force, limit, reading, source, status, title)",
                ],
            ),
        ],
    );
}

#[test]
fn deadlines_are_whole() {
    told(
        |lines| format!("{HEAD}[[deadline]]\nid = \"d\"\nevent = \"e\"\nin_force = {{ from = 2020-01-01 }}\n{lines}\n"),
        &[
            ("within = \"15D\"", &["t.toml:10: deadline.within: `15D` is …period"]),
            ("within = 15", &["t.toml:10: deadline.within: is integer; write a text"]),
            (
                "within = { working_days = 0 }",
                &["t.toml:10: deadline.within.working_days: 0 is out of range; write a number from 1 to 99999"],
            ),
            ("within = { hours = \"48\" }", &["t.toml:10: deadline.within.hours: is string; write a whole number"]),
            (
                "within = { hours = 48, working_days = 1 }",
                &["t.toml:10: deadline.within.working_days: is unknown here; correct or remove it (known: hours)"],
            ),
            (
                "within = { working_days = 1, days = 2 }",
                &["t.toml:10: deadline.within.days: is unknown here; correct or remove it (known: working_days)"],
            ),
            (
                "before = \"P1D\"\nstart = \"event_day\"",
                &["t.toml:11: deadline.start: has no meaning for a term that counts back; remove it"],
            ),
            (
                "within = \"P1D\"\nstart = \"later\"",
                &["t.toml:11: deadline.start: `later` is unknown here; write one of: day_after, event_day"],
            ),
            (
                "within = \"P1D\"\nstatus = [ { ground = \"1\" } ]",
                &[
                    "t.toml:11: deadline.status.ground: is unknown here; correct or remove it (known: grounds, kind, not_grounds, not_sponsor_grounds)",
                    "t.toml:11: deadline.status.kind: is missing; add it",
                ],
            ),
            (
                "within = \"P1D\"\nunless_status = { kind = \"p\" }",
                &["t.toml:11: deadline.unless_status: is table; write a list in square brackets"],
            ),
        ],
    );
}
