use proptest::prelude::*;

use super::*;

/// Forms that must meet on their sounds, with the keys; then forms that meet on their consonants only.
const MEETING: &[(&[&str], [&str; 2], &[&str])] = &[
    (
        &["Əliyev", "Aliyev", "Eliyev", "Aliev", "Алиев", "Әлијев", "\u{1DD}liyev", "ƏLİYEV"],
        ["aliv", "lf"],
        &["ალიევი", "علی\u{200C}اف", "علييف"],
    ),
    (
        &["İsmayılov", "ISMAYILOV", "İSMAYILOV", "I\u{307}SMAYILOV", "ismayilov", "Ismailov", "Исмаилов", "Исмајылов"],
        ["ismalov", "smlf"],
        &["ისმაილოვი"],
    ),
    (&["Hüseynov", "Huseinov", "Һүсејнов"], ["hosanov", "gsnf"], &["Guseynov", "Гусейнов", "ჰუსეინოვი"]),
    (&["Cəfərov", "Jafarov", "Dzhafarov", "Джафаров", "Ҹәфәров"], ["cafarov", "cfrf"], &["ჯაფაროვი"]),
    (&["Qasımov", "Gasimov", "Гасымов"], ["gasimov", "gsmf"], &["Kasumov", "Касумов", "ყასუმოვი"]),
    (&["Xəlilov", "Khalilov", "Halilov", "Халилов"], ["halilov", "glf"], &[]),
    (&["Məmmədov", "Mammadov", "Mamedov", "Мамедов", "Мәммәдов"], ["mamadov", "mdf"], &["მამედოვი"]),
    (&["Şəhriyar", "Shahriyar", "Шахрияр"], ["sahrir", "sgr"], &[]),
    (&["Çobanzadə", "Chobanzade", "Чобанзаде"], ["cobanzada", "cbnzd"], &[]),
    (&["Məhəmməd Əli"], ["mahamad ali", "mgmd l"], &["Мухаммед Али", "محمد علی"]),
];

fn matched(query: &str, candidate: &str) -> Option<MatchedOn> {
    rank(&words(query), &words(candidate)).map(|(kind, _)| kind)
}

#[test]
fn written_forms_meet() {
    for (forms, [fold, skel], skeletons) in MEETING {
        for form in *forms {
            let keys = Keys::of(form);
            assert_eq!((keys.fold.as_str(), keys.skel.as_str()), (*fold, *skel), "{form}");
            for other in *forms {
                assert!(
                    matched(form, other) <= Some(MatchedOn::Fold) && matched(form, other).is_some(),
                    "{form}, {other}"
                );
            }
        }
        for form in *skeletons {
            assert_eq!(Keys::of(form).skel, *skel, "{form}");
            for other in *forms {
                assert!(matched(form, other).is_some() && matched(other, form).is_some(), "{form}, {other}");
            }
        }
    }
}

#[test]
fn stems_meet_without_their_endings() {
    for (forms, stem) in [
        (&["Əliyev", "Əliyeva", "Aliev", "Алиева", "Әлијев", "Əlizadə", "Əli", "ალიევი"] as &[&str], "ali"),
        (&["Məmmədov", "Mamedov", "Məmmədli", "Məmmədzadə", "მამედოვი"], "mamad"),
        (&["Həsənov", "Hasanova", "Həsənzadə", "Həsənli", "Həsənoğlu", "Həsən"], "hasan"),
        (&["Gelashvili", "გელაშვილი"], "gala"),
        (&["Gelovani"], "galovani"),
    ] {
        for form in forms {
            assert_eq!(Keys::of(form).stem, stem, "{form}");
            assert!(matched(form, forms[0]) <= Some(MatchedOn::Stem), "{form}");
        }
    }
}

#[test]
fn different_people_do_not_rank_as_the_same() {
    for (one, other, same_skeleton) in
        [("Hüseynov", "Həsənov", true), ("Quliyev", "Xəlilov", true), ("Məmmədov", "Məhəmmədov", false)]
    {
        let (a, b) = (Keys::of(one), Keys::of(other));
        assert_ne!(a.fold, b.fold, "{one}, {other}");
        assert_ne!(a.stem, b.stem, "{one}, {other}");
        assert_eq!(a.skel == b.skel, same_skeleton, "{one}, {other}");
        assert!(matched(one, other).is_none_or(|kind| kind == MatchedOn::Skel), "{one}, {other}");
    }
    assert_eq!(matched("Quliyev", "Xəlilov"), None, "the same consonants, but too far apart");
}

#[test]
fn azerbaijani_cyrillic_folds_as_its_latin_twin() {
    let latin = "a b c ç d e ə f g ğ h x ı i k q l m n o ö p r s ş t u ü v y z";
    let cyrillic = "а б ҹ ч д е ә ф ҝ ғ һ х ы и к г л м н о ө п р с ш т у ү в ј з";
    for (latin, cyrillic) in latin.split(' ').zip(cyrillic.split(' ')) {
        assert_eq!(
            Keys::of(&format!("a{latin}ar")).fold,
            Keys::of(&format!("а{cyrillic}ар")).fold,
            "{latin}, {cyrillic}"
        );
    }
}

#[test]
fn words_stand_in_any_order_and_may_be_left_out() {
    assert_eq!(matched("Əliyev Murad", "Murad Əliyev"), Some(MatchedOn::Exact));
    assert_eq!(matched("murad aliyev", "Əliyev Murad Həsən oğlu"), Some(MatchedOn::Fold));
    assert_eq!(matched("Murad Əliyev", "Əliyev"), None);
    assert_eq!(matched("Əli Əli", "Əli Həsən"), None, "one word of the candidate answers one word looked for");
    assert_eq!(matched("Əli Əliyev", "Əliyev Əli"), Some(MatchedOn::Exact));
    assert_eq!(matched("Əli-Həsən", "Həsən Əli"), Some(MatchedOn::Exact));
    assert_eq!(matched("Murad Guseynov", "Hüseynov Murad"), Some(MatchedOn::Skel), "the weakest word decides");
}

#[test]
fn son_of_and_daughter_of_meet_in_every_spelling() {
    for spelling in ["oğlu", "oglu", "ogly", "оглы", "oghlu", "оғлу"] {
        assert_eq!(Keys::of(spelling).stem, "oglo", "{spelling}");
    }
    for spelling in ["qızı", "qizi", "gizi", "kyzy", "кызы", "гызы"] {
        assert_eq!(Keys::of(spelling).stem, "gizi", "{spelling}");
    }
    assert!(matched("Leyla Rashid kyzy", "Leyla Rəşid qızı").is_some());
}

#[test]
fn normal_forms_and_nothing_make_no_difference() {
    let composed = "Şükür İsmayılov";
    let decomposed = "S\u{327}u\u{308}ku\u{308}r I\u{307}smayılov";
    assert_eq!(Keys::of(composed), Keys::of(decomposed));
    assert!(words("").is_empty() && words("— 12").is_empty());
    assert_eq!(matched("", "Əli"), None);
    assert_eq!(matched("Əli", ""), None);
}

#[test]
fn keys_to_store_are_distinct_and_not_empty() {
    assert_eq!(
        keys_of("Əli Əliyev"),
        [
            ("exact", "eli".to_owned()),
            ("exact", "eliyev".to_owned()),
            ("fold", "ali".to_owned()),
            ("fold", "aliv".to_owned()),
            ("skel", "l".to_owned()),
            ("skel", "lf".to_owned()),
            ("stem", "ali".to_owned()),
        ]
    );
    assert!(keys_of("Ia").iter().all(|(kind, _)| *kind != "skel"));
}

#[test]
fn jaro_winkler_gives_the_measured_values() {
    for (one, other, measured) in [
        ("huseynov", "guseynov", 0.917),
        ("mammadov", "mamedov", 0.908),
        ("aliyev", "eliyev", 0.889),
        ("martha", "marhta", 0.961),
        ("dixon", "dicksonx", 0.813),
        ("", "", 0.0),
        ("a", "b", 0.0),
        ("a", "a", 1.0),
    ] {
        assert!((jaro_winkler(one, other) - measured).abs() < 0.0006, "{one}, {other}: {}", jaro_winkler(one, other));
    }
}

proptest! {
    #[test]
    fn every_name_is_found_under_itself(name in "[A-Za-zƏəİıŞşÇçĞğÖöÜüА-Яа-яა-ჰ '-]{0,30}|\\PC{0,12}") {
        let keys = words(&name);
        for word in &keys {
            for kind in MatchedOn::ALL {
                prop_assert!(word.key(kind).bytes().all(|byte| byte.is_ascii_lowercase()));
            }
        }
        let found = rank(&keys, &keys);
        prop_assert_eq!(found.map(|(kind, _)| kind), (!keys.is_empty()).then_some(MatchedOn::Exact));
        prop_assert!(found.is_none_or(|(_, similarity)| (similarity - 1.0).abs() < 1e-9));
    }

    #[test]
    fn similarity_is_a_share_and_the_same_both_ways(one in "[a-e]{0,9}", other in "[a-e]{0,9}") {
        let (there, back) = (jaro_winkler(&one, &other), jaro_winkler(&other, &one));
        prop_assert!((0.0..=1.0).contains(&there));
        prop_assert!((there - back).abs() < 0.1, "{there} {back}");
        prop_assert_eq!(there > 0.999_999, one == other && !one.is_empty());
    }
}
