use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap()
}

fn date(text: &str) -> PartialDate {
    text.parse().unwrap()
}

#[test]
fn the_register_starts_with_1900_and_ends_with_2200() {
    assert_eq!((EARLIEST_DAY, LATEST_DAY), (day("1900-01-01"), day("2200-12-31")));
}

#[test]
fn every_form_has_its_bounds() {
    for (text, earliest, latest) in [
        ("1961-05-03", "1961-05-03", "1961-05-03"),
        ("1961", "1961-01-01", "1961-12-31"),
        ("1961-02", "1961-02-01", "1961-02-28"),
        ("1964-02", "1964-02-01", "1964-02-29"),
        ("196X", "1960-01-01", "1969-12-31"),
        ("19XX", "1900-01-01", "1999-12-31"),
        ("1961/1963", "1961-01-01", "1963-12-31"),
        ("1961-12-31/1962", "1961-12-31", "1962-12-31"),
        ("1961?", "1961-01-01", "1961-12-31"),
        ("1961~", "1960-01-01", "1962-12-31"),
        ("1961%", "1960-01-01", "1962-12-31"),
        ("1961-01~", "1960-12-01", "1961-02-28"),
        ("1964-01~", "1963-12-01", "1964-02-29"),
        ("1961-05-03~", "1961-04-30", "1961-05-06"),
        ("1961~/1963", "1960-01-01", "1963-12-31"),
        ("1900~", "1900-01-01", "1901-12-31"),
        ("2200-12~", "2200-11-01", "2200-12-31"),
    ] {
        let read = date(text);
        assert_eq!((read.earliest(), read.latest()), (Some(day(earliest)), Some(day(latest))), "{text}");
        assert_eq!(read.to_string(), text);
    }
}

#[test]
fn a_range_may_be_open_at_one_end() {
    let before = date("../1992-12-31");
    assert_eq!((before.earliest(), before.latest()), (None, Some(day("1992-12-31"))));
    let after = date("1992/..");
    assert_eq!((after.earliest(), after.latest()), (Some(day("1992-01-01")), None));
}

#[test]
fn what_is_no_partial_date_is_refused_with_its_reason() {
    for (text, error) in [
        ("1961-5", PartialDateError::NotAPartialDate),
        ("1961-13", PartialDateError::NoSuchDay),
        ("1961-00", PartialDateError::NoSuchDay),
        ("1961-02-30", PartialDateError::NoSuchDay),
        ("1961-02-29", PartialDateError::NoSuchDay),
        ("0000", PartialDateError::OutOfRange),
        ("1899", PartialDateError::OutOfRange),
        ("18XX", PartialDateError::OutOfRange),
        ("2201", PartialDateError::OutOfRange),
        ("22XX", PartialDateError::OutOfRange),
        ("220X", PartialDateError::OutOfRange),
        ("19611", PartialDateError::NotAPartialDate),
        ("961", PartialDateError::NotAPartialDate),
        ("", PartialDateError::NotAPartialDate),
        ("?", PartialDateError::NotAPartialDate),
        ("X961", PartialDateError::NotAPartialDate),
        ("1XXX", PartialDateError::NotAPartialDate),
        ("XXXX", PartialDateError::NotAPartialDate),
        ("196x", PartialDateError::NotAPartialDate),
        ("196X~", PartialDateError::NotAPartialDate),
        ("196X-05", PartialDateError::NotAPartialDate),
        ("1961-XX", PartialDateError::NotAPartialDate),
        ("1961??", PartialDateError::NotAPartialDate),
        ("1961?-05", PartialDateError::NotAPartialDate),
        (" 1961", PartialDateError::NotAPartialDate),
        ("1961 ", PartialDateError::NotAPartialDate),
        ("-1961", PartialDateError::NotAPartialDate),
        ("+1961", PartialDateError::NotAPartialDate),
        ("1961-05-03-01", PartialDateError::NotAPartialDate),
        ("1961-05-03T00:00:00Z", PartialDateError::NotAPartialDate),
        ("١٩٦١", PartialDateError::NotAPartialDate),
        ("1961/", PartialDateError::NotAPartialDate),
        ("/1961", PartialDateError::NotAPartialDate),
        ("1961/1962/1963", PartialDateError::NotAPartialDate),
        ("1963/1961", PartialDateError::Reversed),
        ("../..", PartialDateError::Unbounded),
    ] {
        assert_eq!(text.parse::<PartialDate>(), Err(error), "{text:?}");
    }
}

#[test]
fn days_are_read_strictly() {
    for good in ["1900-01-01", "2000-02-29", "2024-02-29", "2200-12-31"] {
        assert_eq!(parse_day(good), Ok(day(good)));
    }
    for (text, error) in [
        ("1900-02-29", PartialDateError::NoSuchDay),
        ("2023-02-29", PartialDateError::NoSuchDay),
        ("2024-02-30", PartialDateError::NoSuchDay),
        ("2024-04-31", PartialDateError::NoSuchDay),
        ("2024-13-01", PartialDateError::NoSuchDay),
        ("2024-01-00", PartialDateError::NoSuchDay),
        ("1899-12-31", PartialDateError::OutOfRange),
        ("2201-01-01", PartialDateError::OutOfRange),
        ("0000-01-01", PartialDateError::OutOfRange),
        ("10000-01-01", PartialDateError::NotADay),
        ("262143-01-01", PartialDateError::NotADay),
        ("-262143-01-01", PartialDateError::NotADay),
        ("+2024-01-01", PartialDateError::NotADay),
        ("2024-1-01", PartialDateError::NotADay),
        ("2024-01-1", PartialDateError::NotADay),
        (" 2024-01-01", PartialDateError::NotADay),
        ("2024-01-01\n", PartialDateError::NotADay),
        ("2024-01- 1", PartialDateError::NotADay),
        ("2024-01-01T00:00:00Z", PartialDateError::NotADay),
        ("20240101", PartialDateError::NotADay),
        ("2024-01", PartialDateError::NotADay),
        ("2024-01-01?", PartialDateError::NotADay),
        ("2024−01−01", PartialDateError::NotADay),
        ("", PartialDateError::NotADay),
    ] {
        assert_eq!(parse_day(text), Err(error), "{text:?}");
    }
}

#[test]
fn comparison_has_three_answers() {
    for (left, right, answer) in [
        ("1961", "1962", Some(true)),
        ("1962", "1961", Some(false)),
        ("1961", "1961-05-03", None),
        ("1961-05-03", "1961-05-03", Some(false)),
        ("1961-05-03", "1961-05-04", Some(true)),
        ("1961", "1961", None),
        ("../1992-12-31", "1993", Some(true)),
        ("../1992-12-31", "1980", None),
        ("1993/..", "1993-01-01", Some(false)),
        ("1993/..", "1994", None),
        // The eighteenth birthday of someone born in 2008, against two days.
        ("2026", "2026-06-01", None),
        ("2026", "2027-01-01", Some(true)),
    ] {
        assert_eq!(date(left).is_before(&date(right)), answer, "{left} < {right}");
    }
}

#[test]
fn the_dossier_gets_the_narrowest_cover() {
    for (text, cover) in [
        ("1961-05-03", Some("1961-05-03")),
        ("1961-05-03?", Some("1961-05-03")),
        ("1961-05", Some("1961-05")),
        ("1961", Some("1961")),
        ("1961-05-10~", Some("1961-05")),
        ("1961-05-03~", Some("1961")),
        ("1961-05~", Some("1961")),
        ("1961-03/1961-08-15", Some("1961")),
        ("1961-03-02/1961-03-20", Some("1961-03")),
        ("1961~", None),
        ("196X", None),
        ("1961-12-31/1962-01-01", None),
        ("../1992-12-31", None),
    ] {
        assert_eq!(date(text).for_dossier().map(String::from).as_deref(), cover, "{text}");
    }
}

#[test]
fn one_possible_day_is_exact_and_doubt_is_a_flag() {
    assert_eq!(date("1961-05-03").exact(), Some(day("1961-05-03")));
    assert_eq!(date("1961-05-03?").exact(), Some(day("1961-05-03")));
    for wider in ["1961-05", "1961-05-03~", "../1961-05-03"] {
        assert_eq!(date(wider).exact(), None, "{wider}");
    }
    for (text, uncertain) in [("1961?", true), ("1961%", true), ("1961/1963?", true), ("1961~", false), ("1961", false)]
    {
        assert_eq!(date(text).is_uncertain(), uncertain, "{text}");
    }
}

#[test]
fn it_is_a_string_in_json() {
    assert_eq!(serde_json::to_string(&date("196X")).unwrap(), r#""196X""#);
    assert_eq!(serde_json::from_str::<PartialDate>(r#""196X""#).unwrap(), date("196X"));
    assert!(serde_json::from_str::<PartialDate>("1961").is_err());
    let refused = serde_json::from_str::<PartialDate>(r#""1961-13""#).unwrap_err().to_string();
    assert!(refused.starts_with(&PartialDateError::NoSuchDay.to_string()), "{refused}");
}

/// Texts of every form; some are out of range or not in the calendar.
fn forms() -> impl Strategy<Value = String> {
    let point = prop_oneof![
        "(19|20)[0-9]{2}-(0[1-9]|1[0-2])-[0-3][0-9][?~%]?",
        "(18|19|20|22)[0-9]{2}-[01][0-9][?~%]?",
        "(19|20|21)[0-9]{2}[?~%]?",
        "(19|20|21|22)[0-9X]X[?]?",
    ];
    let end = prop_oneof![8 => point.boxed(), 1 => Just("..".to_owned())];
    prop_oneof![end.clone(), (end.clone(), end).prop_map(|(from, to)| format!("{from}/{to}"))]
}

proptest! {
    #[test]
    fn what_is_read_is_written_back_and_ordered(text in forms()) {
        if let Ok(read) = text.parse::<PartialDate>() {
            prop_assert_eq!(read.to_string(), text);
            if let (Some(earliest), Some(latest)) = (read.earliest(), read.latest()) {
                prop_assert!(EARLIEST_DAY <= earliest && earliest <= latest && latest <= LATEST_DAY);
            }
            if let Some(cover) = read.for_dossier() {
                prop_assert!(cover.earliest() <= read.earliest() && cover.latest() >= read.latest());
            }
        }
    }

    #[test]
    fn no_text_makes_the_readers_fail(text in "\\PC{0,14}|[0-9X/.?~%-]{0,14}") {
        let day = parse_day(&text);
        let read = text.parse::<PartialDate>();
        if let Ok(day) = day {
            prop_assert_eq!(read.map(|date| date.exact()), Ok(Some(day)));
        }
    }

    #[test]
    fn before_agrees_with_every_pair_of_possible_days(a in 0u64..4000, b in 0u64..4000, x in 0u64..4000, y in 0u64..4000) {
        let at = |n: u64| EARLIEST_DAY + Days::new(n);
        let range = |from: u64, to: u64| date(&format!("{}/{}", at(from.min(to)), at(from.max(to))));
        let answer = range(a, b).is_before(&range(x, y));
        let pairs = [a, b].into_iter().flat_map(|mine| [x, y].map(|theirs| mine < theirs)).collect::<Vec<_>>();
        let expected = pairs.iter().all(|before| *before == pairs[0]).then_some(pairs[0]);
        prop_assert_eq!(answer, expected);
    }
}
