//! Small packs and dossiers, one for each kind of requirement, whose traces are kept as golden files.

/// A pack of one route (and perhaps a watch), a person and a day.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// Requirements and readings of the route; with `[[watch]]` last.
    pub(super) rules: &'static str,
    pub(super) dossier: &'static str,
    pub(super) on: &'static str,
}

impl Case {
    pub(super) fn pack(&self) -> String {
        format!(
            "{SOURCES}[[route]]\nid = \"r\"\noutcome = \"o\"\nin_force = {{ from = 1990-01-01 }}\nsource = [\"law.route\"]\n{}",
            self.rules
        )
    }
}

/// The head of every pack here, with the sources that rules cite.
const SOURCES: &str = r#"
pack = { id = "t", title = { en = "Test" }, zone = "Asia/Baku" }
source = [
  { id = "law.route", act = "Act", article = "1", verified_on = 2026-01-01, confidence = "official" },
  { id = "law.rule", act = "Act", article = "2", verified_on = 2026-01-01, confidence = "official" },
  { id = "law.reading", act = "Act", article = "3", verified_on = 2026-01-01, confidence = "inferred" },
]
"#;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "term_restart",
        about: "A limit that starts the term anew; the day of the grant and an older run do not count.",
        rules: r#"
[[route.requirement]]
id = "residence"
kind = "term"
source = ["law.rule"]
length = "P5Y"
first_day = "day_after"
gap_days = 5
status = [ { kind = "permanent", not_grounds = ["9"] }, { kind = "refugee" } ]
[[route.reading]]
id = "strict"
default = true
source = ["law.reading"]
limits = [ { days = 90, per = "anniversary_year", on_breach = "restart" }, { months = 3, per = "trip" } ]
"#,
        dossier: r#"
{ "id": "x",
  "statuses": [
    { "kind": "permanent", "ground": "1", "from": "2008-01-01", "to": "2010-12-31" },
    { "kind": "temporary", "ground": "2", "from": "2012-01-01", "to": "2014-12-31" },
    { "kind": "permanent", "ground": "9", "from": "2013-01-01", "to": "2013-06-30" },
    { "kind": "refugee", "from": "2015-01-10", "to": "2018-03-01" },
    { "kind": "permanent", "ground": "1", "from": "2018-03-05", "to": "2025-12-31" } ],
  "absences": [ { "exit": "2017-02-01", "entry": "2017-06-01" }, { "exit": "2019-12-01", "entry": "2020-02-10" }, { "exit": "2022-07-01" } ] }"#,
        on: "2022-09-01",
    },
    Case {
        name: "term_lookback",
        about: "Limits that look back: any year, each calendar year, the last year, one trip, the whole term.",
        rules: r#"
[[route.requirement]]
id = "residence"
kind = "term"
source = ["law.rule"]
length = "P3Y"
status = [ { kind = "permanent" } ]
day_count = { exit = "absent", entry = "absent" }
[[route.reading]]
id = "any_year"
default = true
source = ["law.reading"]
limits = [ { days = 90, per = "rolling:P1Y" } ]
[[route.reading]]
id = "calendar_year"
limits = [ { days = 60, per = "calendar_year", reach = true, day_count = { exit = "absent" } } ]
[[route.reading]]
id = "last_year"
source = ["law.reading"]
limits = [ { days = 30, per = "last:P1Y", day_count = { entry = "absent" } }, { days = 180, per = "window" } ]
[[route.reading]]
id = "one_trip"
source = ["law.reading"]
limits = [ { days = 80, per = "trip" }, { months = 2, per = "trip", reach = true } ]
[[route.reading]]
id = "stays"
source = ["law.reading"]
limits = [ { days = 1000, per = "window", count = "covered" } ]
"#,
        dossier: r#"
{ "id": "x", "known_through": "2024-01-10",
  "statuses": [ { "kind": "permanent", "ground": "1", "from": "2019-01-10", "to": null } ],
  "absences": [ { "exit": "2020-12-15", "entry": "2021-01-20" }, { "exit": "2022-11-01", "entry": "2023-02-10" }, { "exit": "2023-12-01", "entry": "2023-12-21" } ] }"#,
        on: "2024-01-10",
    },
    Case {
        name: "term_without_start",
        about: "No status on the day; and a person who never came back.",
        rules: r#"
[[route.requirement]]
id = "held"
kind = "term"
source = ["law.rule"]
length = "P5Y"
status = [ { kind = "permanent" } ]
[[route.requirement]]
id = "broken"
kind = "term"
source = ["law.rule"]
length = "P5Y"
status = [ { kind = "temporary" } ]
[[route.reading]]
id = "strict"
default = true
source = ["law.reading"]
limits = [ { days = 90, per = "anniversary_year", on_breach = "restart" } ]
"#,
        dossier: r#"
{ "id": "x", "statuses": [ { "kind": "permanent", "from": "2015-01-01", "to": "2019-12-31" }, { "kind": "temporary", "from": "2020-01-01", "to": null } ],
  "absences": [ { "exit": "2021-03-01" } ] }"#,
        on: "2022-01-01",
    },
    Case {
        name: "absence_limit",
        about: "At most so many days away in the window, and in any half year of it.",
        rules: r#"
[[route.requirement]]
id = "whole"
kind = "absence_limit"
source = ["law.rule"]
window = "P3Y"
days = 100
per = "window"
[[route.requirement]]
id = "half_year"
kind = "absence_limit"
source = ["law.rule"]
window = "P3Y"
ends = "application_day"
days = 90
per = "rolling:P6M"
day_count = { exit = "absent" }
"#,
        dossier: r#"
{ "id": "x", "absences": [ { "exit": "2020-12-20", "entry": "2021-02-01" }, { "exit": "2022-05-01", "entry": "2022-07-11" } ],
  "presence_unknown": [ ] }"#,
        on: "2024-01-10",
    },
    Case {
        name: "presence",
        about: "Credited days: weights, a cap and rounding; every day; and each year by itself.",
        rules: r#"
[[route.requirement]]
id = "credited"
kind = "presence"
source = ["law.rule"]
window = "P5Y"
days = 1095
rounding = "up"
day_count = { exit = "absent" }
credit = [ { status = { kind = "permanent" } }, { status = [ { kind = "temporary" }, { kind = "student" } ], weight = "1/2", cap = 365 } ]
[[route.requirement]]
id = "half"
kind = "presence"
source = ["law.rule"]
window = "P1Y"
days = 100
rounding = "down"
credit = [ { status = { kind = "permanent" }, weight = "1/2" } ]
[[route.requirement]]
id = "each_year"
kind = "presence"
source = ["law.rule"]
window = "P2Y"
ends = "application_day"
each = "P1Y"
days = 240
"#,
        dossier: r#"
{ "id": "x",
  "statuses": [ { "kind": "temporary", "from": "2012-04-01", "to": "2015-12-31" }, { "kind": "permanent", "from": "2016-01-01", "to": null } ],
  "absences": [ { "exit": "2015-01-01", "entry": "2015-02-14" }, { "exit": "2017-06-01", "entry": "2017-09-30" } ] }"#,
        on: "2018-04-01",
    },
    Case {
        name: "holds_status",
        about: "A status on the day, and throughout the last year.",
        rules: r#"
[[route.requirement]]
id = "today"
kind = "holds_status"
source = ["law.rule"]
status = [ { kind = "permanent" }, { kind = "refugee", grounds = ["1"] } ]
[[route.requirement]]
id = "last_year"
kind = "holds_status"
source = ["law.rule"]
last = "P1Y"
status = [ { kind = "permanent" } ]
[[route.requirement]]
id = "never"
kind = "holds_status"
source = ["law.rule"]
last = "P1Y"
status = [ { kind = "student" } ]
"#,
        dossier: r#"
{ "id": "x", "statuses": [ { "kind": "refugee", "ground": "2", "from": "2019-01-01", "to": "2023-06-30" }, { "kind": "permanent", "from": "2023-07-01", "to": "2028-06-30" } ] }"#,
        on: "2024-01-10",
    },
    Case {
        name: "present_on_start",
        about: "In the country on the first day of the window.",
        rules: r#"
[[route.requirement]]
id = "start"
kind = "present_on_start"
source = ["law.rule"]
window = "P5Y"
[[route.requirement]]
id = "start_of_year"
kind = "present_on_start"
source = ["law.rule"]
window = "P1Y"
ends = "application_day"
"#,
        dossier: r#"
{ "id": "x", "absences": [ { "exit": "2018-12-20", "entry": "2019-02-01" } ] }"#,
        on: "2024-01-10",
    },
    Case {
        name: "evidence",
        about: "Proofs with levels, and one that is missing.",
        rules: r#"
[[route.requirement]]
id = "language"
title = { en = "Document on knowledge of the state language", az = "Dövlət dilini bilmə haqqında sənəd" }
kind = "evidence"
evidence = "state_language"
min_level = "B1"
source = ["law.rule"]
[[route.requirement]]
id = "any"
kind = "evidence"
evidence = "state_language"
source = ["law.rule"]
[[route.requirement]]
id = "knowledge"
kind = "evidence"
evidence = "prp_knowledge"
min_level = "A2"
source = ["law.rule"]
"#,
        dossier: r#"
{ "id": "x", "evidence": [ { "kind": "state_language", "level": "A2", "from": "2020-05-01" }, { "kind": "state_language", "level": "B2", "from": "2022-05-01", "to": "2025-04-30" }, { "kind": "state_language", "from": "2023-01-01" } ] }"#,
        on: "2024-01-10",
    },
    Case {
        name: "age",
        about: "From 18 and under 65 years of age.",
        rules: r#"
[[route.requirement]]
id = "age"
kind = "age"
min_years = 18
max_years = 65
source = ["law.rule"]
"#,
        dossier: r#"{ "id": "x", "birth_date": "2004-02-29" }"#,
        on: "2022-02-28",
    },
    Case {
        name: "age_unknown",
        about: "No birth date, and only the year of it.",
        rules: r#"
[[route.requirement]]
id = "age"
kind = "age"
min_years = 18
max_years = 65
source = ["law.rule"]
"#,
        dossier: r#"{ "id": "x" }"#,
        on: "2022-02-28",
    },
    Case {
        name: "fact",
        about: "Facts that are known, false and not known.",
        rules: r#"
[[route.requirement]]
id = "income"
title = { en = "Lawful source of income", az = "Qanuni gəlir mənbəyi" }
kind = "fact"
fact = "lawful_income"
source = ["law.rule"]
[[route.requirement]]
id = "children"
kind = "fact"
fact = "children"
equals = 2
source = ["law.rule"]
[[route.requirement]]
id = "undertaking"
kind = "fact"
fact = "undertaking"
source = ["law.rule"]
"#,
        dossier: r#"{ "id": "x", "facts": { "lawful_income": false, "children": 2 } }"#,
        on: "2024-01-10",
    },
    Case {
        name: "total",
        about: "Days on a status over all runs.",
        rules: r#"
[[route.requirement]]
id = "total"
kind = "total"
status = [ { kind = "permanent" } ]
days = 1000
source = ["law.rule"]
"#,
        dossier: r#"
{ "id": "x", "statuses": [ { "kind": "permanent", "from": "2019-01-01", "to": "2019-12-31" }, { "kind": "student", "from": "2020-01-01", "to": "2020-12-31" }, { "kind": "permanent", "from": "2023-01-01", "to": null } ] }"#,
        on: "2024-01-10",
    },
    Case {
        name: "any_of",
        about: "One of several parts is enough.",
        rules: r#"
[[route.requirement]]
id = "knowledge"
kind = "any_of"
source = ["law.rule"]
of = [
  { id = "old", kind = "age", min_years = 65, title = { en = "Age", az = "Yaş" } },
  { id = "paper", kind = "evidence", evidence = "prp_knowledge" },
  { id = "exempt", kind = "fact", fact = "exempt" },
]
"#,
        dossier: r#"{ "id": "x", "birth_date": "1950-03-01" }"#,
        on: "2012-01-10",
    },
    Case {
        name: "uncertain",
        about: "A month instead of a day, unknown presence and a birth year: both sides are told.",
        rules: r#"
[[route.requirement]]
id = "residence"
kind = "term"
source = ["law.rule"]
length = "P2Y"
status = [ { kind = "permanent" } ]
[[route.requirement]]
id = "age"
kind = "age"
min_years = 18
source = ["law.rule"]
[[route.reading]]
id = "window"
default = true
source = ["law.reading"]
limits = [ { days = 30, per = "window" } ]
"#,
        dossier: r#"
{ "id": "x", "birth_date": "2004", "statuses": [ { "kind": "permanent", "from": "2020-03", "to": null } ],
  "absences": [ { "exit": "2021-05", "entry": "2021-06-10" } ], "presence_unknown": [ { "from": "2021-12-20", "to": "2022-04-30" } ] }"#,
        on: "2022-03-20",
    },
    Case {
        name: "watches",
        about: "How near limits are: one that holds, one that is breached, and days of stay.",
        rules: r#"
[[route.requirement]]
id = "today"
kind = "holds_status"
status = [ { kind = "temporary" } ]
[[watch]]
id = "half_year"
status = [ { kind = "temporary" } ]
limit = { days = 90, per = "rolling:P180D" }
in_force = { from = 2000-01-01 }
source = ["law.rule"]
[[watch]]
id = "permit_year"
status = [ { kind = "temporary" } ]
limit = { days = 60, per = "anniversary_year" }
in_force = { from = 2000-01-01 }
source = ["law.rule"]
[[watch]]
id = "stay"
status = [ { kind = "visa_free" } ]
limit = { days = 90, per = "rolling:P180D", count = "covered" }
in_force = { from = 2000-01-01 }
source = ["law.rule"]
"#,
        dossier: r#"
{ "id": "x", "statuses": [ { "kind": "visa_free", "from": "2022-11-01", "to": "2022-12-31" }, { "kind": "temporary", "ground": "1", "from": "2023-01-10", "to": "2024-12-31" } ],
  "absences": [ { "exit": "2023-06-01", "entry": "2023-08-15" }, { "exit": "2024-01-02" } ] }"#,
        on: "2024-01-10",
    },
];

/// Deadlines of every shape.
pub(super) const DEADLINES: &str = r#"
pack = { id = "t", title = { en = "Test" }, zone = "Asia/Baku" }
source = [ { id = "law.term", act = "Act", article = "5", verified_on = 2026-01-01, confidence = "official" } ]
[[fixed_non_working]]
days = ["11-17"]
in_force = { from = 2020-01-01 }
source = ["law.term"]
[[deadline]]
id = "working_days"
event = "entry"
within = { working_days = 5 }
in_force = { from = 2020-01-01 }
source = ["law.term"]
[[deadline]]
id = "period"
event = "entry"
within = "P15D"
roll = "next_working_day"
in_force = { from = 2020-01-01 }
source = ["law.term"]
[[deadline]]
id = "from_the_day"
event = "entry"
within = "P1M"
start = "event_day"
in_force = { from = 2020-01-01 }
source = ["law.term"]
[[deadline]]
id = "before"
event = "status_end"
before = "P3M"
roll = "previous_working_day"
in_force = { from = 2020-01-01 }
source = ["law.term"]
[[deadline]]
id = "working_days_before"
event = "status_end"
before = { working_days = 3 }
in_force = { from = 2020-01-01 }
source = ["law.term"]
[[deadline]]
id = "hours"
event = "detention"
within = { hours = 48 }
in_force = { from = 2020-01-01 }
source = ["law.term"]
"#;
