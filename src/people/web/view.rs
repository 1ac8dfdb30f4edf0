//! Persons as officers see them. The rows never leave.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::scope::{Access, Via};
use crate::clock::Instant;
use crate::db::Reach;
use crate::http::{BoundsView, ClockView};
use crate::id::{AccountId, NameId, NationalityId, OfficeId, PersonId};
use crate::people::model::FileNumber;
use crate::people::ops::{Found, Hit, PersonFile};
use crate::people::store::{FilePart, NameRow, PersonRow, RecordRow};

/// A name the person bears or bore.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NameView {
    #[schema(value_type = String, format = Uuid)]
    id: NameId,
    version: i32,
    kind: String,
    full_name_as_printed: String,
    given: Option<String>,
    surname: Option<String>,
    patronymic: Option<String>,
    patronymic_form: Option<String>,
    /// The person has no surname: not the same as one that is not known.
    no_surname: bool,
    /// ISO 15924.
    script: Option<String>,
    /// BCP 47.
    language: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    valid_from: Option<NaiveDate>,
    #[schema(value_type = Option<String>, format = Date)]
    valid_to: Option<NaiveDate>,
}

/// A nationality the person holds or held.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NationalityView {
    #[schema(value_type = String, format = Uuid)]
    id: NationalityId,
    version: i32,
    /// ISO 3166-1 alpha-3, ISO 3166-3 or ICAO code.
    code: String,
    #[schema(value_type = Option<String>, format = Date)]
    valid_from: Option<NaiveDate>,
    #[schema(value_type = Option<String>, format = Date)]
    valid_to: Option<NaiveDate>,
}

/// A person's file.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PersonView {
    #[schema(value_type = String, format = Uuid)]
    id: PersonId,
    version: i32,
    /// Random, with a check character; tells nothing about the person.
    file_number: String,
    #[schema(value_type = String, format = Uuid)]
    office_id: OfficeId,
    names: Vec<NameView>,
    /// EDTF: as exact as it is known.
    birth_date: Option<String>,
    birth_date_bounds: Option<BoundsView>,
    /// ISO/IEC 5218: 0 not known, 1 male, 2 female, 9 not applicable.
    sex: i16,
    nationalities: Vec<NationalityView>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
    /// Why the caller sees the file, if asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<AccessView>,
    /// For which times it is, if any was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<ClockView>,
}

/// Why a caller sees a file.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccessView {
    /// What lets the caller see it.
    via: Via,
    /// How far the caller sees in general.
    scope: Reach,
    /// Until when, where that is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Instant>,
}

impl PersonView {
    /// The same file with the names and nationalities of a day, if one was asked for. What has no first or last day counts without end.
    pub(super) fn on(mut self, day: Option<NaiveDate>, clock: Option<ClockView>) -> Self {
        if let Some(day) = day {
            let then = |from: Option<NaiveDate>, to: Option<NaiveDate>| {
                from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
            };
            self.names.retain(|name| then(name.valid_from, name.valid_to));
            self.nationalities.retain(|one| then(one.valid_from, one.valid_to));
        }
        self.clock = clock;
        self
    }

    /// The same file, and why the caller sees it.
    pub(super) fn explained(mut self, access: &Access) -> Self {
        let Access { via, reach, until } = *access;
        self.access = Some(AccessView { via, scope: reach, until });
        self
    }
}

impl From<&PersonFile> for PersonView {
    fn from(file: &PersonFile) -> Self {
        Self {
            id: file.id,
            version: file.version,
            file_number: shown(&file.file_number),
            office_id: file.office,
            names: file.names.iter().filter_map(name).collect(),
            birth_date: file.birth_date.clone(),
            birth_date_bounds: BoundsView::of(file.birth_date.as_deref()),
            sex: file.sex,
            nationalities: file.nationalities.iter().filter_map(nationality).collect(),
            created_at: file.created_at,
            updated_at: file.recorded_at,
            access: None,
            clock: None,
        }
    }
}

fn name(part: &FilePart) -> Option<NameView> {
    let FilePart::Name {
        id,
        version,
        kind,
        full_name_as_printed,
        given,
        surname,
        patronymic,
        patronymic_form,
        no_surname,
        script,
        language,
        valid_from,
        valid_to,
    } = part.clone()
    else {
        return None;
    };
    Some(NameView {
        id,
        version,
        kind,
        full_name_as_printed,
        given,
        surname,
        patronymic,
        patronymic_form,
        no_surname,
        script,
        language,
        valid_from,
        valid_to,
    })
}

fn nationality(part: &FilePart) -> Option<NationalityView> {
    match part.clone() {
        FilePart::Nationality { id, version, code, valid_from, valid_to } => {
            Some(NationalityView { id, version, code, valid_from, valid_to })
        }
        FilePart::Record { .. } | FilePart::Name { .. } => None,
    }
}

/// File numbers are stored without hyphens and shown with them.
fn shown(compact: &str) -> String {
    compact.parse::<FileNumber>().map_or_else(|_| compact.to_owned(), |number| number.to_string())
}

/// A person on a list: as little as tells one from another.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CardView {
    #[schema(value_type = String, format = Uuid)]
    id: PersonId,
    file_number: String,
    full_name_as_printed: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
}

impl CardView {
    pub(super) fn of(person: &PersonRow, names: &[NameRow]) -> Self {
        let name = names.iter().find(|name| name.kind == "current").or(names.first());
        Self {
            id: person.id,
            file_number: shown(&person.file_number),
            full_name_as_printed: name.map(|name| name.full_name_as_printed.clone()).unwrap_or_default(),
            created_at: person.created_at,
        }
    }
}

/// A person who may be the one looked for.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HitView {
    #[schema(value_type = String, format = Uuid)]
    id: PersonId,
    file_number: String,
    full_name_as_printed: String,
    birth_date: Option<String>,
    /// `file_number`, `exact`, `fold`, `stem` or `skel`: how the name was met.
    matched_on: Vec<&'static str>,
    /// Can the birth dates be the same? Null if one is not known.
    birth_date_agrees: Option<bool>,
}

/// What a search found, best first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SearchView {
    items: Vec<HitView>,
    /// There are more than can be shown: narrow the search.
    more: bool,
    /// Needed to register a person of this name, for half an hour.
    search_token: Option<String>,
}

impl From<Found> for SearchView {
    fn from(found: Found) -> Self {
        let items = found.hits.into_iter().map(|hit| {
            let Hit { person, file_number, name, birth_date, matched_on, birth_date_agrees } = hit;
            let file_number = shown(&file_number);
            HitView { id: person, file_number, full_name_as_printed: name, birth_date, matched_on, birth_date_agrees }
        });
        Self { items: items.collect(), more: found.more, search_token: found.search_token }
    }
}

/// A version of a person's particulars.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VersionView {
    version: i32,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    #[schema(value_type = Option<String>, format = Uuid)]
    recorded_by: Option<AccountId>,
    #[schema(value_type = Option<String>, format = DateTime)]
    superseded_at: Option<Instant>,
    reason: Option<String>,
}

impl From<&RecordRow> for VersionView {
    fn from(row: &RecordRow) -> Self {
        Self {
            version: row.version,
            recorded_at: row.recorded_at,
            recorded_by: row.recorded_by,
            superseded_at: row.superseded_at,
            reason: row.reason.clone(),
        }
    }
}
