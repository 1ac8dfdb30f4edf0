use super::*;
use crate::permits::StatusKind;

fn az() -> Pack {
    Pack::from_files(&crate::web::law::embedded("az")).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn born(earliest: &str, latest: &str) -> Born {
    Born { earliest: Some(day(earliest)), latest: Some(day(latest)) }
}

fn citizen() -> Sponsor {
    Sponsor { nationalities: vec!["AZE".to_owned()], permits: Vec::new() }
}

fn holder(kind: StatusKind) -> Sponsor {
    let permit = Permit {
        kind,
        ground: None,
        sponsor_ground: None,
        document_number: None,
        valid_from: day("2020-01-01"),
        valid_to: None,
    };
    Sponsor { nationalities: vec!["GEO".to_owned()], permits: vec![permit] }
}

/// The lists met, with `?` after those that depend on something.
fn lists(kind: TieKind, on: &str, born: Born, sponsor: Option<&Sponsor>) -> Vec<String> {
    let found = judge(&az(), day(on), kind, Known { born, is_citizen: false, sponsor });
    found.iter().map(|one| format!("{}{}", one.id, if one.stand == Stand::Met { "" } else { "?" })).collect()
}

const ADULT: (&str, &str) = ("1980-01-01", "1980-12-31");

#[test]
fn the_direction_is_the_difference_between_nephew_and_uncle() {
    let adult = born(ADULT.0, ADULT.1);
    let of_citizen = |kind| lists(kind, "2026-11-24", adult, Some(&citizen()));
    assert_eq!(of_citizen(TieKind::NephewOrNiece), ["close_relative", "45.1.1"]);
    assert_eq!(of_citizen(TieKind::UncleOrAunt), [""; 0]);
    assert_eq!(of_citizen(TieKind::SpousesSibling), ["close_relative", "45.1.1"]);
    assert_eq!(of_citizen(TieKind::SiblingsSpouse), [""; 0]);
    assert_eq!(of_citizen(TieKind::ParentInLaw), ["close_relative", "45.1.1"]);
    assert_eq!(of_citizen(TieKind::ChildInLaw), [""; 0]);
    assert_eq!(of_citizen(TieKind::GreatGrandparent), ["close_relative", "45.1.1"]);
    assert_eq!(of_citizen(TieKind::GreatGrandchild), [""; 0]);
    assert_eq!(of_citizen(TieKind::Sibling), ["close_relative", "45.1.1", "52.1.1"]);
    assert_eq!(of_citizen(TieKind::Guardian), [""; 0]);
}

#[test]
fn a_list_holds_from_its_day_on() {
    let spouse = |on| lists(TieKind::Spouse, on, born(ADULT.0, ADULT.1), Some(&citizen()));
    assert_eq!(spouse("2013-07-31"), [""; 0]);
    assert_eq!(spouse("2023-05-16"), ["family_member", "close_relative", "45.1.1", "64.0.14?"]);
    assert_eq!(spouse("2023-05-17"), ["family_member", "close_relative", "45.1.1", "52.1.1", "64.0.14?"]);
}

#[test]
fn a_child_is_a_family_member_up_to_a_birthday() {
    let child = |on, born| lists(TieKind::Child, on, born, Some(&holder(StatusKind::PermanentResidencePermit)));
    let exact = born("2008-11-24", "2008-11-24");
    assert_eq!(child("2026-11-23", exact), ["family_member", "close_relative", "45.1.5", "52.1.8"]);
    assert_eq!(child("2026-11-24", exact), ["family_member?", "close_relative", "45.1.5?", "52.1.8?"]);
    let year = born("2008-01-01", "2008-12-31");
    assert_eq!(child("2025-12-31", year), ["family_member", "close_relative", "45.1.5", "52.1.8"]);
    let open = judge(&az(), day("2026-06-01"), TieKind::Child, Known { born: year, is_citizen: false, sponsor: None });
    assert_eq!(open[0].needs, ["birth_date"]);
    let grown = judge(&az(), day("2027-01-01"), TieKind::Child, Known { born: year, is_citizen: false, sponsor: None });
    assert_eq!(grown[0].needs, ["incapacitated"]);
}

#[test]
fn a_right_needs_what_the_other_is_on_the_day() {
    let adult = born(ADULT.0, ADULT.1);
    let spouse = |sponsor: Option<&Sponsor>| lists(TieKind::Spouse, "2026-11-24", adult, sponsor);
    let temporary = holder(StatusKind::TemporaryResidencePermit);
    assert_eq!(spouse(Some(&temporary)), ["family_member", "close_relative", "45.1.5"]);
    assert_eq!(spouse(Some(&holder(StatusKind::VisaStay))), ["family_member", "close_relative"]);
    // Nothing on record, or nothing that the caller may know.
    assert_eq!(
        spouse(Some(&Sponsor::default())),
        ["family_member", "close_relative", "45.1.1?", "52.1.1?", "64.0.14?"]
    );
    let unknown = ["family_member", "close_relative", "45.1.1?", "45.1.5?", "52.1.1?", "64.0.14?", "52.1.8?"];
    assert_eq!(spouse(None), unknown);
    let parent = judge(
        &az(),
        day("2026-11-24"),
        TieKind::Parent,
        Known { born: adult, is_citizen: false, sponsor: Some(&temporary) },
    );
    assert_eq!(parent.iter().find(|one| one.id == "45.1.5").unwrap().needs, ["dependent"]);
}

#[test]
fn a_citizen_needs_no_ground() {
    let (born, sponsor) = (born(ADULT.0, ADULT.1), citizen());
    let known = Known { born, is_citizen: true, sponsor: Some(&sponsor) };
    let found = judge(&az(), day("2026-11-24"), TieKind::Spouse, known);
    assert!(found.len() == 2 && found.iter().all(|one| !one.is_right), "{found:?}");
}

#[test]
fn age_is_known_unknown_or_not() {
    let year = born("2008-01-01", "2008-12-31");
    assert_eq!(younger_than(18, year, day("2025-12-31")), Some(true));
    assert_eq!(younger_than(18, year, day("2026-01-01")), None);
    assert_eq!(younger_than(18, year, day("2026-12-31")), Some(false));
    assert_eq!(younger_than(18, Born::default(), day("2026-12-31")), None);
    let before = Born { earliest: None, latest: Some(day("1990-12-31")) };
    assert_eq!(younger_than(18, before, day("2026-12-31")), Some(false));
}
