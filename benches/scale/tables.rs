//! What each table gets of each person.

use sakin::people::FileNumber;
use uuid::Uuid;

use crate::population::{CROSSINGS, KEEPERS, OFFICES, Of, Population, day};
use crate::rows::Rows;

/// A table that is filled.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// For how many persons or offices.
    pub(crate) each: fn(&Population) -> u64,
    /// How often these are gone through.
    pub(crate) passes: u64,
    /// Writes what one of them has in one pass.
    pub(crate) write: fn(&Population, u64, u64, &mut Rows),
}

const fn of_persons(name: &'static str, passes: u64, write: fn(&Population, u64, u64, &mut Rows)) -> Table {
    Table { name, each: |all| all.people, passes, write }
}

/// The tables, those first that others refer to. The order of a table's columns is that of its migration.
pub(crate) const TABLES: &[Table] = &[
    Table { name: "office", each: |_| OFFICES, passes: 1, write: office },
    Table { name: "account", each: |_| OFFICES, passes: KEEPERS, write: keeper },
    of_persons("person", 1, person),
    of_persons("person_record", 1, record),
    of_persons("person_name", 1, name),
    of_persons("person_name_key", 1, keys),
    of_persons("nationality", 1, nationality),
    of_persons("permit", 2, permit),
    of_persons("address", 2, address),
    // As they come in over the years: those of one person lie far apart.
    of_persons("crossing", CROSSINGS, crossing),
    of_persons("legal_event", 1, event),
    of_persons("evidence", 1, evidence),
    of_persons("rule_fact", 1, fact),
    of_persons("case_file", 1, case),
    of_persons("case_event", 1, case_event),
    of_persons("case_paper", 1, case_paper),
    of_persons("presence_gap", 1, gap),
    of_persons("relationship", 1, spouse),
    of_persons("assignment", 1, assignment),
    of_persons("exclusion", 1, exclusion),
    of_persons("protection", 1, protection),
    of_persons("access_grant", 1, grant),
];

/// The name of an office.
pub(crate) fn office_name(office: u64) -> String {
    format!("Office {office:03}")
}

fn office(all: &Population, office: u64, _: u64, rows: &mut Rows) {
    rows.id(&all.office_id(office)).text(&office_name(office)).number(all.at(Of::Office, office, 0, 0)).end();
}

/// Colleagues who keep cases and never sign in.
fn keeper(all: &Population, office: u64, which: u64, rows: &mut Rows) {
    let at = all.at(Of::Keeper, office, which, 0);
    rows.id(&all.id(Of::Keeper, office, which))
        .number(1)
        .text(&format!("keeper{which}.{office}@office.example"))
        .text("Keeper")
        .none()
        .number(1)
        .number(at)
        .number(at)
        .none()
        .none()
        .none()
        .end();
}

fn person(all: &Population, person: u64, _: u64, rows: &mut Rows) {
    let mut draws = 0;
    let number = FileNumber::generate(|| {
        draws += 1;
        *all.id(Of::FileNumber, person, draws).as_bytes()
    });
    rows.id(&all.id(Of::Person, person, 0))
        .text(number.compact())
        .id(&all.office_id(all.office(person)))
        .number(all.at(Of::Person, person, 0, all.arrived(person)))
        .end();
}

fn record(all: &Population, person: u64, _: u64, rows: &mut Rows) {
    rows.id(&all.id(Of::Person, person, 0))
        .number(1)
        .day(all.birth_date(person))
        .number(i64::from(person.is_multiple_of(2)) + 1)
        .none()
        .number(all.at(Of::Person, person, 0, all.arrived(person)))
        .none()
        .none()
        .end();
}

fn name(all: &Population, person: u64, _: u64, rows: &mut Rows) {
    let name = all.name(person);
    rows.id(&all.id(Of::Person, person, 0))
        .id(&all.id(Of::Name, person, 0))
        .number(1)
        .text("current")
        .text(&name.printed)
        .text(&name.given)
        .text(&name.surname)
        .maybe(name.patronymic.as_deref(), Rows::text)
        .maybe(name.form, Rows::text)
        .flag(false)
        .text("Latn")
        .text("az")
        .none()
        .none()
        .recorded(all.at(Of::Person, person, 0, all.arrived(person)));
}

fn keys(all: &Population, person: u64, _: u64, rows: &mut Rows) {
    let (id, of) = (all.id(Of::Person, person, 0), all.id(Of::Name, person, 0));
    for (kind, key) in Population::keys(&all.name(person)) {
        rows.text(kind).text(&key).id(&id).id(&of).end();
    }
}

fn nationality(all: &Population, person: u64, _: u64, rows: &mut Rows) {
    let codes = ["TUR", "RUS", "GEO", "IRN", "PAK", "IND", "UKR", "CHN"];
    let code = codes.get(usize::try_from(all.draw(Of::Nationality, person, 90) % 8).unwrap_or(0));
    rows.id(&all.id(Of::Person, person, 0))
        .id(&all.id(Of::Nationality, person, 0))
        .number(1)
        .text(code.unwrap_or(&"TUR"))
        .none()
        .none()
        .recorded(all.at(Of::Person, person, 0, all.arrived(person)));
}

fn permit(all: &Population, person: u64, which: u64, rows: &mut Rows) {
    let links = Population::permits(person);
    if which >= links {
        return;
    }
    let (from, to) = all.link(person, which, links);
    rows.id(&all.id(Of::Person, person, 0))
        .id(&all.id(Of::Permit, person, which))
        .number(1)
        .text("temporary_residence_permit")
        .text("45.1.1")
        .none()
        .text(&format!("TR{:07}", all.draw(Of::Permit, person, 92) % 10_000_000))
        .day(day(from))
        .maybe(to, |rows, to| rows.day(day(to)))
        .recorded(all.at(Of::Permit, person, which, from));
}

fn address(all: &Population, person: u64, which: u64, rows: &mut Rows) {
    let links = Population::addresses(person);
    if which >= links {
        return;
    }
    let (from, to) = all.link(person, which, links);
    let house = all.draw(Of::Address, person, which) % 300 + 1;
    rows.id(&all.id(Of::Person, person, 0))
        .id(&all.id(Of::Address, person, which))
        .number(1)
        .text("residence")
        .text(if which == 0 { "host" } else { "lease" })
        .text("Bakı")
        .text(&format!("Nümunə küçəsi {house}, mənzil {}", house % 90 + 1))
        .day(day(from))
        .maybe(to, |rows, to| rows.day(day(to)))
        .day(day(from))
        .maybe(to, |rows, to| rows.day(day(to)))
        .recorded(all.at(Of::Address, person, which, from));
}

fn crossing(all: &Population, person: u64, which: u64, rows: &mut Rows) {
    let (direction, on) = all.crossing(person, which);
    rows.id(&all.id(Of::Person, person, 0))
        .id(&all.id(Of::Crossing, person, which))
        .number(1)
        .text(direction)
        .day(day(on))
        .none()
        .text("border")
        .recorded(all.at(Of::Crossing, person, which, on));
}

fn event(all: &Population, person: u64, _: u64, rows: &mut Rows) {
    if person.is_multiple_of(20) {
        let on = all.arrived(person) + 1_500;
        rows.id(&all.id(Of::Person, person, 0))
            .id(&all.id(Of::Event, person, 0))
            .number(1)
            .text("refusal_served")
            .day(day(on))
            .none()
            .recorded(all.at(Of::Event, person, 0, on));
    }
}

fn evidence(all: &Population, person: u64, _: u64, rows: &mut Rows) {
    if person.is_multiple_of(3) {
        let from = all.arrived(person) + 1_000;
        rows.id(&all.id(Of::Person, person, 0))
            .id(&all.id(Of::Evidence, person, 0))
            .number(1)
            .text("state_language")
            .text("B1")
            .day(day(from))
            .none()
            .recorded(all.at(Of::Evidence, person, 0, from));
    }
}

fn fact(all: &Population, person: u64, _: u64, rows: &mut Rows) {
    if person.is_multiple_of(4) {
        rows.id(&all.id(Of::Person, person, 0))
            .id(&all.id(Of::Fact, person, 0))
            .number(1)
            .text("lawful_income")
            .flag(true)
            .recorded(all.at(Of::Fact, person, 0, all.arrived(person)));
    }
}

fn case(all: &Population, person: u64, _: u64, rows: &mut Rows) {
    let Some(case) = all.case(person) else { return };
    rows.id(&all.id(Of::Person, person, 0))
        .id(&all.id(Of::Case, person, 0))
        .number(1)
        .text(case.kind)
        .text(case.state)
        .flag(!case.open)
        .id(&all.office_id(all.office(person)))
        .none()
        .text("desk")
        .day(day(case.filed))
        .maybe(case.term, Rows::text)
        .day(day(case.filed))
        .day(case.due)
        .none()
        .none()
        .maybe(case.keeper.as_ref(), Rows::id)
        .none()
        .none()
        .recorded(all.at(Of::Case, person, 0, case.filed));
}

fn case_event(all: &Population, person: u64, _: u64, rows: &mut Rows) {
    let Some(case) = all.case(person) else { return };
    let event = match case.state {
        "under_review" => "accept",
        "suspended" => "suspend",
        "withdrawn" => "withdraw",
        _ => "file",
    };
    rows.id(&all.id(Of::Person, person, 0))
        .id(&all.id(Of::Case, person, 0))
        .number(1)
        .text(event)
        .text(case.state)
        .day(day(case.filed))
        .none()
        .none()
        .none()
        .number(all.at(Of::Case, person, 0, case.filed))
        .none()
        .end();
}

fn case_paper(all: &Population, person: u64, _: u64, rows: &mut Rows) {
    let Some(case) = all.case(person) else { return };
    rows.id(&all.id(Of::Person, person, 0))
        .id(&all.id(Of::Case, person, 0))
        .text("passport")
        .number(1)
        .text("received")
        .none()
        .none()
        .number(all.at(Of::Case, person, 1, case.filed))
        .none()
        .end();
}

fn gap(all: &Population, person: u64, _: u64, rows: &mut Rows) {
    if person.is_multiple_of(50) {
        let from = all.arrived(person);
        rows.id(&all.id(Of::Person, person, 0))
            .id(&all.id(Of::Gap, person, 0))
            .number(1)
            .day(day(from))
            .day(day(from))
            .recorded(all.at(Of::Gap, person, 0, from));
    }
}

/// Couples of one number and the next.
fn spouse(all: &Population, person: u64, _: u64, rows: &mut Rows) {
    if person.is_multiple_of(10) && person + 1 < all.people {
        let from = all.arrived(person);
        rows.id(&all.id(Of::Person, person, 0))
            .id(&all.id(Of::Tie, person, 0))
            .number(1)
            .text("spouse")
            .id(&all.id(Of::Person, person + 1, 0))
            .none()
            .none()
            .day(day(from))
            .none()
            .none()
            .recorded(all.at(Of::Tie, person, 0, from));
    }
}

/// What stands until it is ended, begun by its person, its id and whom it concerns.
fn entry(all: &Population, person: u64, of: Of, rows: &mut Rows) {
    rows.id(&all.id(Of::Person, person, 0)).id(&all.id(of, person, 0));
}

fn account(all: &Population, person: u64) -> Uuid {
    all.id(Of::Keeper, all.office(person), person % KEEPERS)
}

fn assignment(all: &Population, person: u64, _: u64, rows: &mut Rows) {
    if person.is_multiple_of(4) {
        entry(all, person, Of::Assignment, rows);
        let at = all.at(Of::Assignment, person, 0, all.arrived(person));
        rows.id(&account(all, person)).number(at).none().none().none().end();
    }
}

fn exclusion(all: &Population, person: u64, _: u64, rows: &mut Rows) {
    if person % 200 == 7 {
        entry(all, person, Of::Exclusion, rows);
        let at = all.at(Of::Exclusion, person, 0, all.arrived(person));
        rows.id(&account(all, person)).text("kin").number(at).none().none().none().end();
    }
}

fn protection(all: &Population, person: u64, _: u64, rows: &mut Rows) {
    if Population::is_protected(person) {
        entry(all, person, Of::Protection, rows);
        rows.number(all.at(Of::Protection, person, 0, all.arrived(person))).none().none().none().end();
    }
}

/// Grants that were over long ago.
fn grant(all: &Population, person: u64, _: u64, rows: &mut Rows) {
    if person % 100 == 3 {
        entry(all, person, Of::Grant, rows);
        let at = all.at(Of::Grant, person, 0, all.arrived(person));
        rows.number(1)
            .id(&account(all, person))
            .id(&all.office_id(all.office(person)))
            .text("official_duty")
            .text("Replacement")
            .number(at)
            .number(at + 3_600_000_000)
            .none()
            .none()
            .none()
            .none()
            .end();
    }
}
