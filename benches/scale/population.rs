//! The invented people: everything about each follows from a seed and the person's number, in whatever order it is asked for, so that both
//! databases get the same ones and no list of them is kept.

use chrono::{Days, NaiveDate};
use sakin::people::model::keys_of;
use uuid::{Builder, Uuid};

/// Offices; the first keeps a tenth of all files, the last few.
pub(crate) const OFFICES: u64 = 100;
/// Colleagues of each office who keep cases.
pub(crate) const KEEPERS: u64 = 3;
/// Crossings of each person.
pub(crate) const CROSSINGS: u64 = 20;
/// Every so many persons have a case.
const WITH_CASE: u64 = 5;
/// Every so many cases are open.
const OPEN: u64 = 4;
/// The day before the first on record.
const BEGIN: NaiveDate = NaiveDate::from_ymd_opt(2016, 1, 1).unwrap();
/// Days from there to the last on record.
const DAYS: u64 = 3_950;
const DAY_US: u64 = 86_400_000_000;
/// Microseconds at [`BEGIN`].
const BEGIN_US: u64 = 16_801 * DAY_US;
/// Distinct given names, and surnames without their endings.
const GIVEN: u64 = 2_000;
const SURNAMES: u64 = 20_000;

/// What is drawn: each has numbers of its own.
#[derive(Clone, Copy)]
pub(crate) enum Of {
    Person,
    Office,
    Keeper,
    Name,
    Nationality,
    Permit,
    Address,
    Crossing,
    Event,
    Evidence,
    Fact,
    Case,
    FileNumber,
    Gap,
    Tie,
    Assignment,
    Exclusion,
    Protection,
    Grant,
}

/// All of them.
#[derive(Clone, Copy)]
pub(crate) struct Population {
    pub(crate) seed: u64,
    pub(crate) people: u64,
}

/// A name: as it is printed, and its parts.
pub(crate) struct Name {
    pub(crate) printed: String,
    pub(crate) given: String,
    pub(crate) surname: String,
    pub(crate) patronymic: Option<String>,
    pub(crate) form: Option<&'static str>,
}

/// A case as it stands.
pub(crate) struct Case {
    pub(crate) kind: &'static str,
    pub(crate) term: Option<&'static str>,
    pub(crate) state: &'static str,
    pub(crate) open: bool,
    /// Days, see [`day`].
    pub(crate) filed: u64,
    pub(crate) due: NaiveDate,
    pub(crate) keeper: Option<Uuid>,
}

/// The last step of `SplitMix64`: every bit of the number counts.
const fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

/// A day by its number.
pub(crate) fn day(number: u64) -> NaiveDate {
    BEGIN.checked_add_days(Days::new(number)).unwrap_or(BEGIN)
}

impl Population {
    /// A number that follows from what it is for.
    pub(crate) fn draw(&self, of: Of, person: u64, which: u64) -> u64 {
        let stream = mixed(self.seed ^ ((of as u64 + 1) << 32) ^ which);
        mixed(stream ^ mixed(person.wrapping_add(0x9E37_79B9_7F4A_7C15)))
    }

    /// An id of the same form as every other.
    pub(crate) fn id(&self, of: Of, person: u64, which: u64) -> Uuid {
        let (high, low) = (self.draw(of, person, 2 * which + 1), self.draw(of, person, 2 * which + 2));
        let bits = u128::from(high) << 64 | u128::from(low);
        Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
    }

    /// One of so many, the first ones more often: names and offices are not equally common.
    fn skewed(drawn: u64, of: u64) -> u64 {
        let part = drawn & 0xFFFF_FFFF;
        (((part * part) >> 32) * of) >> 32
    }

    pub(crate) fn office(&self, person: u64) -> u64 {
        Self::skewed(self.draw(Of::Office, person, 0), OFFICES)
    }

    pub(crate) fn office_id(&self, office: u64) -> Uuid {
        self.id(Of::Office, u64::MAX, office)
    }

    /// The first day in the country.
    pub(crate) fn arrived(&self, person: u64) -> u64 {
        self.draw(Of::Person, person, 99) % 1_500
    }

    pub(crate) fn birth_date(&self, person: u64) -> NaiveDate {
        let before = 20 * 365 + self.draw(Of::Person, person, 98) % (40 * 365);
        BEGIN.checked_sub_days(Days::new(before)).unwrap_or(BEGIN)
    }

    /// An instant on a day, or soon after.
    pub(crate) fn at(&self, of: Of, person: u64, which: u64, day: u64) -> i64 {
        let after = self.draw(of, person, 1_000 + which) % (5 * DAY_US);
        i64::try_from(BEGIN_US + day * DAY_US + after).unwrap_or(i64::MAX)
    }

    /// Which way and on which day a crossing went: ten trips of up to two months, one in each tenth of the time here.
    pub(crate) fn crossing(&self, person: u64, which: u64) -> (&'static str, u64) {
        let arrived = self.arrived(person);
        let (trip, back) = (which / 2, which % 2);
        let away = self.draw(Of::Crossing, person, 500 + trip);
        let exit = arrived + (DAYS - arrived) * trip / (CROSSINGS / 2) + 1 + away % 60;
        if back == 0 { ("exit", exit) } else { ("entry", exit + 1 + (away >> 32) % 60) }
    }

    /// Absent for all but those who keep the file.
    pub(crate) fn is_protected(person: u64) -> bool {
        person % 500 == 250
    }

    /// Permits and addresses are three for each person, of each one or two.
    pub(crate) fn permits(person: u64) -> u64 {
        1 + person % 2
    }

    pub(crate) fn addresses(person: u64) -> u64 {
        2 - person % 2
    }

    /// Days of a link of a chain: no two links share one, and the last is open.
    pub(crate) fn link(&self, person: u64, which: u64, links: u64) -> (u64, Option<u64>) {
        let arrived = self.arrived(person);
        let turn = arrived + 365 + self.draw(Of::Permit, person, 97) % 700;
        if links == 1 {
            (arrived, None)
        } else if which == 0 {
            (arrived, Some(turn))
        } else {
            (turn + 1, None)
        }
    }

    pub(crate) fn name(&self, person: u64) -> Name {
        let drawn = self.draw(Of::Name, person, 96);
        let given = word(Self::skewed(drawn, GIVEN), 0);
        let ending = ["ov", "li", "zadə", "er", "ski", "shvili"].get(usize::try_from(drawn % 6).unwrap_or(0));
        let stem = word(Self::skewed(self.draw(Of::Name, person, 95), SURNAMES), 7);
        let surname = stem + ending.unwrap_or(&"");
        let father = word(Self::skewed(self.draw(Of::Name, person, 94), GIVEN), 0);
        let (patronymic, form, printed) = match person % 3 {
            0 => (None, None, format!("{surname} {given}")),
            1 => (Some(father.clone()), Some("oglu"), format!("{surname} {given} {father} oğlu")),
            _ => (Some(format!("{father}oviç")), Some("russian"), format!("{surname} {given} {father}oviç")),
        };
        Name { printed, given, surname, patronymic, form }
    }

    /// Keys under which the name is found, by the program's own rules.
    pub(crate) fn keys(name: &Name) -> Vec<(&'static str, String)> {
        keys_of(&name.printed)
    }

    /// The case of a person who has one.
    pub(crate) fn case(&self, person: u64) -> Option<Case> {
        if !person.is_multiple_of(WITH_CASE) {
            return None;
        }
        let open = (person / WITH_CASE).is_multiple_of(OPEN);
        let drawn = self.draw(Of::Case, person, 93);
        let (kind, term) = match drawn % 6 {
            0 => ("stay_extension", Some("ext.decision_standard")),
            1 | 2 => ("temporary_permit", Some("trp.decision_standard")),
            3 => ("permanent_permit", Some("prp.decision_60_days")),
            4 => ("citizenship", None),
            _ => ("work_permit", Some("work.decision_20")),
        };
        let state = match (open, (drawn >> 8) % 10) {
            (false, _) => "withdrawn",
            (true, 0..3) => "filed",
            (true, 3..9) => "under_review",
            (true, _) => "suspended",
        };
        let filed = if open { DAYS - 90 + (drawn >> 16) % 90 } else { self.arrived(person) + (drawn >> 16) % 2_000 };
        let due = if state == "suspended" || kind == "citizenship" {
            NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(BEGIN)
        } else {
            day(filed + 20 + (drawn >> 24) % 60)
        };
        let kept = open && (drawn >> 40).is_multiple_of(2);
        let keeper = self.id(Of::Keeper, self.office(person), (drawn >> 48) % KEEPERS);
        Some(Case { kind, term, state, open, filed, due, keeper: kept.then_some(keeper) })
    }
}

/// A word of syllables, another for each number.
fn word(number: u64, turn: u64) -> String {
    const CONSONANTS: [&str; 16] = ["m", "r", "n", "l", "s", "t", "k", "d", "b", "v", "h", "z", "q", "ş", "c", "f"];
    const VOWELS: [&str; 5] = ["a", "e", "ə", "i", "u"];
    let syllable = |number: u64| {
        let at = |of: u64, place: u64| usize::try_from(place % of).unwrap_or(0);
        let consonant = CONSONANTS.get(at(16, number + turn)).copied().unwrap_or_default();
        consonant.to_owned() + VOWELS.get(at(5, number / 16)).copied().unwrap_or_default()
    };
    let (first, second, third) = (syllable(number), syllable(number / 80 + 3), syllable(number / 6_400 + 31));
    let mut letters = first.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{capital}{}{second}{third}n", letters.as_str())
}
