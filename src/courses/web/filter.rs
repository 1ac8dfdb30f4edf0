//! Which courses of the catalogue are asked for.

use chrono::NaiveDate;

use super::input::code_of_parameter;
use crate::courses::model::{CefrLevel, CourseState, Mode};
use crate::courses::store::list::Wanted;
use crate::db::TextEnum;
use crate::error::Result;
use crate::http::{Fields, Input, LanguageTag, Line, PageQuery};
use crate::id::OrganisationId;

/// A filter of the catalogue.
pub(super) struct CourseFilter {
    level: Option<CefrLevel>,
    language: Option<LanguageTag>,
    division: Option<Line>,
    mode: Option<Mode>,
    childcare: Option<bool>,
    step_free: Option<bool>,
    free: Option<bool>,
    open: Option<bool>,
    organisation: Option<OrganisationId>,
    state: Option<CourseState>,
}

impl CourseFilter {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            level: fields.optional("level", "Only courses that begin with this level."),
            language: fields.optional("language", "Only courses taught in this language, BCP 47."),
            division: fields.optional("division", "Only in this division: name or code of /api/v1/divisions."),
            mode: fields.optional("mode", "Only where the learners are here."),
            childcare: fields.optional("childcare", "Only where children are looked after, or are not."),
            step_free: fields.optional("step_free", "Only those that can be reached without steps, or cannot."),
            free: fields.optional("free", "Only those that cost nothing, or something."),
            open: fields.optional("open", "Only those that people are enrolled in today, or are not."),
            organisation: fields.optional("organisation_id", "Only those of this organisation."),
            state: fields.optional("state", "Only those in this state."),
        }
    }

    /// What is wanted, with the code of the division.
    pub(super) fn on(self, today: NaiveDate) -> Result<Wanted> {
        Ok(Wanted {
            level: self.level,
            language: self.language.map(|tag| tag.0),
            division: self.division.map(|line| code_of_parameter(&line.0, today)).transpose()?,
            mode: self.mode,
            childcare: self.childcare,
            step_free: self.step_free,
            free: self.free,
            open: self.open,
            organisation: self.organisation,
            state: self.state,
        })
    }
}

/// Address of the list of what is wanted. None of the values has a character that would have to be escaped.
pub(super) fn query_of(path: &str, wanted: &Wanted) -> String {
    let text = |flag: Option<bool>| flag.map(|flag| flag.to_string());
    let members = [
        ("level", wanted.level.map(|level| level.text().to_owned())),
        ("language", wanted.language.clone()),
        ("division", wanted.division.clone()),
        ("mode", wanted.mode.map(|mode| mode.text().to_owned())),
        ("childcare", text(wanted.childcare)),
        ("step_free", text(wanted.step_free)),
        ("free", text(wanted.free)),
        ("open", text(wanted.open)),
        ("organisation_id", wanted.organisation.map(|id| id.to_string())),
        ("state", wanted.state.map(|state| state.text().to_owned())),
    ];
    let given = members.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
    let query: Vec<String> = given.collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// A page of the catalogue.
pub(super) struct CoursesQuery {
    pub(super) page: PageQuery,
    pub(super) filter: CourseFilter,
}

impl Input for CoursesQuery {
    const NAME: &'static str = "CoursesQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let (page, filter) = (PageQuery::read(fields), CourseFilter::read(fields));
        Some(Self { page: page?, filter })
    }
}
