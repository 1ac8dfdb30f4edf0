//! What clients send about persons.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::calendar::partial::PartialDate;
use crate::db::text_enum;
use crate::http::{Fields, Input, Line, Member, Patch, TimeQuery, text};
use crate::people::model::{
    DocumentNumber, FileNumber, NameKind, NameParts, NationalityCode, PatronymicForm, PersonName, Sex,
};
use crate::people::ops::{Criteria, DatedName, DatedNationality, NewPerson, Particulars};
use crate::people::store::RecordRow;

/// A text whose rules its own type knows.
struct Raw(String);

impl Member for Raw {
    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let text = text(value)?;
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Value {
        json!({ "type": "string" })
    }
}

impl Member for Sex {
    const ECHO: bool = false;

    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let code = value.as_i64().and_then(|code| i16::try_from(code).ok()).and_then(Self::of_code);
        code.ok_or_else(|| ("not_in_list", "0, 1, 2 or 9 of ISO/IEC 5218 is expected here.".to_owned()))
    }

    fn schema() -> Value {
        json!({ "type": "integer", "enum": [0, 1, 2, 9] })
    }
}

impl Member for NationalityCode {
    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let text = text(value)?;
        text.parse().map_err(|error: <Self as std::str::FromStr>::Err| ("unknown_code", error.to_string()))
    }

    fn schema() -> Value {
        json!({ "type": "string", "pattern": "^[A-Z]{3}$" })
    }
}

impl Member for FileNumber {
    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let text = text(value)?;
        text.parse().map_err(|error: <Self as std::str::FromStr>::Err| ("not_a_file_number", error.to_string()))
    }

    fn schema() -> Value {
        json!({ "type": "string", "examples": ["7Q4-M2K-XDRZ"] })
    }
}

impl Member for DocumentNumber {
    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let text = text(value)?;
        text.parse().map_err(|error: <Self as std::str::FromStr>::Err| ("not_a_document_number", error.to_string()))
    }

    fn schema() -> Value {
        json!({ "type": "string", "minLength": 1, "maxLength": 30 })
    }
}

/// A name.
pub(super) struct NameInput(pub(super) DatedName);

impl Input for NameInput {
    const NAME: &'static str = "NewName";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let mut text = |name, description| fields.optional::<Raw>(name, description).map(|raw| raw.0);
        let given = text("given", "Given names.");
        let surname = text("surname", "Surname.");
        let patronymic = text("patronymic", "Patronymic without its particle.");
        let script = text("script", "ISO 15924, for example Latn or Cyrl.");
        let language = text("language", "BCP 47, for example az or ru.");
        let kind = fields.optional("kind", "What the name is to the person; default current.");
        let patronymic_form = fields.optional::<PatronymicForm>("patronymic_form", "How the patronymic is formed.");
        let no_surname = fields.optional::<bool>("no_surname", "The person has no surname.").unwrap_or(false);
        let full_name_as_printed = fields.required::<Raw>("full_name_as_printed", "The whole name as it is printed.");
        let valid_from = fields.optional("valid_from", "First day on which the name was borne.");
        let valid_to = fields.optional("valid_to", "Last day on which the name was borne.");
        fields.in_order(valid_from, valid_to, "valid_to");
        let kind = kind.unwrap_or(NameKind::Current);
        let full_name_as_printed = full_name_as_printed?.0;
        let parts = NameParts {
            kind,
            full_name_as_printed,
            given,
            surname,
            patronymic,
            patronymic_form,
            no_surname,
            script,
            language,
        };
        match PersonName::new(parts) {
            Ok(name) => Some(Self(DatedName { name, valid_from, valid_to })),
            Err(faults) => {
                for (member, code, message) in faults {
                    fields.fault(member, code, message);
                }
                None
            }
        }
    }
}

/// A nationality.
pub(super) struct NationalityInput(pub(super) DatedNationality);

impl Input for NationalityInput {
    const NAME: &'static str = "NewNationality";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let code = fields.required("code", "ISO 3166-1 alpha-3, former state or ICAO code (XXA stateless).");
        let valid_from = fields.optional("valid_from", "First day on which it was held.");
        let valid_to = fields.optional("valid_to", "Last day on which it was held.");
        fields.in_order(valid_from, valid_to, "valid_to");
        Some(Self(DatedNationality { code: code?, valid_from, valid_to }))
    }
}

/// Someone to register.
pub(crate) struct NewPersonInput(pub(crate) NewPerson);

impl Input for NewPersonInput {
    const NAME: &'static str = "NewPerson";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let names = fields.list::<NameInput>("names", 1, "Every name the person bears or bore.");
        let birth_date = fields.optional("birth_date", "EDTF, as exact as it is known.");
        let sex = fields.optional("sex", "ISO/IEC 5218; default 0, not known.");
        let nationalities = fields.list::<NationalityInput>("nationalities", 0, "Every nationality held or once held.");
        let search_token =
            fields.optional::<Raw>("search_token", "From a search for the same name, not older than half an hour.");
        Some(Self(NewPerson {
            names: names.into_iter().map(|name| name.0).collect(),
            birth_date,
            sex: sex.unwrap_or(Sex::NotKnown),
            nationalities: nationalities.into_iter().map(|one| one.0).collect(),
            search_token: search_token.map(|raw| raw.0),
        }))
    }
}

/// A change of the particulars.
pub(super) struct PersonPatch {
    birth_date: Patch<PartialDate>,
    sex: Option<Sex>,
    reason: Option<Line>,
}

impl Input for PersonPatch {
    const NAME: &'static str = "PersonPatch";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            birth_date: fields.patch("birth_date", "EDTF, as exact as it is known; null: not known."),
            sex: fields.change("sex", "ISO/IEC 5218."),
            reason: fields.optional("reason", "Why the record is changed."),
        })
    }
}

impl PersonPatch {
    /// The first day on which the person may have been born, if the patch says.
    pub(super) fn born(&self) -> Option<NaiveDate> {
        if let Patch::Set(date) = &self.birth_date { date.earliest() } else { None }
    }

    /// The particulars after the change.
    pub(super) fn apply(&self, before: &RecordRow) -> Particulars {
        let birth_date = match &self.birth_date {
            Patch::Keep => before.birth_date.clone(),
            Patch::Clear => None,
            Patch::Set(date) => Some(date.to_string()),
        };
        let sex = self.sex.map_or(before.sex, Sex::code);
        Particulars { birth_date, sex, reason: self.reason.clone().map(|line| line.0) }
    }
}

/// The days on which a name was borne.
pub(super) struct NamePatch {
    pub(super) valid_from: Patch<NaiveDate>,
    pub(super) valid_to: Patch<NaiveDate>,
    pub(super) withdrawn: bool,
}

impl Input for NamePatch {
    const NAME: &'static str = "NamePatch";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            valid_from: fields.patch("valid_from", "First day on which the name was borne."),
            valid_to: fields.patch("valid_to", "Last day on which the name was borne."),
            withdrawn: fields.change("withdrawn", "true withdraws a name recorded by mistake.").unwrap_or(false),
        })
    }
}

text_enum! {
    /// What may be explained.
    pub enum Explained {
        /// Why the caller sees the file.
        Access = "access",
    }
}

/// When, and whether to say why.
pub(super) struct ShowQuery {
    pub(super) time: TimeQuery,
    pub(super) explain: Option<Explained>,
}

impl Input for ShowQuery {
    const NAME: &'static str = "ShowQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let explain = fields.optional("explain", "access: say why the caller sees the file.");
        Some(Self { time: TimeQuery::read(fields)?, explain })
    }
}

/// What to look for.
pub(super) struct SearchInput(pub(super) Criteria);

impl Input for SearchInput {
    const NAME: &'static str = "PersonSearch";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.optional::<Line>("name", "A name in any script and order of words.");
        let birth_date = fields.optional("birth_date", "EDTF: persons who may have been born then come first.");
        let file_number = fields.optional::<FileNumber>("file_number", "The number of a file.");
        // What could not be read was given all the same.
        if name.is_none() && file_number.is_none() && !fields.is_faulty() {
            fields.fault("name", "required", "A name or a file_number is required.");
        }
        let file_number = file_number.map(|number| number.compact().to_owned());
        Some(Self(Criteria { name: name.map(|line| line.0), birth_date, file_number }))
    }
}
