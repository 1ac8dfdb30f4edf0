//! What clients send about courses.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::addresses::division_code;
use crate::courses::model::certificate::STATE_LANGUAGE_TAG;
use crate::courses::model::{CefrLevel, CourseState, EnrolmentState, Mode, OrderRule};
use crate::courses::ops::attendance::Mark;
use crate::courses::store::catalogue::Particulars;
use crate::error::{Code, Error, Fault, Result};
use crate::http::{Fields, Input, LanguageTag, Line, Member, Patch};
use crate::id::{AccountId, PersonId};

/// A whole number between two bounds.
#[derive(Clone, Copy)]
pub(super) struct Number<const LEAST: i32, const MOST: i32>(pub(super) i32);

impl<const LEAST: i32, const MOST: i32> Member for Number<LEAST, MOST> {
    const ECHO: bool = true;

    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
        let number = number.filter(|number| (LEAST..=MOST).contains(number));
        number.map(Self).ok_or_else(|| ("out_of_range", format!("A number from {LEAST} to {MOST} is expected here.")))
    }

    fn schema() -> Value {
        json!({ "type": "integer", "minimum": LEAST, "maximum": MOST })
    }
}

/// The longest an offer is kept: thirty days.
type Hours = Number<1, 720>;
type Seats = Number<1, 1_000>;
/// At most 100,000 manat.
type Qepik = Number<0, 10_000_000>;
type Percent = Number<1, 100>;

/// A new course.
#[derive(Clone)]
pub(super) struct NewCourse(Particulars);

impl Input for NewCourse {
    const NAME: &'static str = "NewCourse";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let title = fields.required::<Line>("title", "What the course is called.");
        let level_from = fields.required::<CefrLevel>("level_from", "Level it begins with.");
        let level_to = fields.required::<CefrLevel>("level_to", "Level it leads to.");
        let taught = fields.optional::<LanguageTag>("taught_language", "Language it teaches, BCP 47. Absent: az.");
        let language = fields.required::<LanguageTag>("language_of_instruction", "Language it is taught in, BCP 47.");
        let target_group = fields.optional::<Line>("target_group", "Whom it is for.");
        let division = fields.optional::<Line>("division", "District or town: name or code of /api/v1/divisions.");
        let place = fields.optional::<Line>("place", "Where it meets.");
        let mode = fields.required::<Mode>("mode", "Where the learners are.");
        let price = fields.required::<Qepik>("price_qepik", "Price in qəpik; 0: free.");
        let childcare = fields.optional::<bool>("childcare", "Are children looked after? Absent: no.");
        let step_free = fields.optional::<bool>("step_free", "Can it be reached without steps? Absent: no.");
        let capacity = fields.required::<Seats>("capacity", "Seats.");
        let enrol_from = fields.required("enrol_from", "First day of enrolment.");
        let enrol_to = fields.required("enrol_to", "Last day of enrolment.");
        let order_rule = fields.required::<OrderRule>("order_rule", "What becomes of those who find it full.");
        let offer_hours = fields.required::<Hours>("offer_hours", "Hours for which an offered seat is kept.");
        let share = fields.required::<Percent>("required_share", "Share of meetings to attend, percent.");
        let teacher_id = fields.optional::<AccountId>("teacher_id", "Account of who teaches it.");
        Some(Self(Particulars {
            title: title?.0,
            level_from: level_from?,
            level_to: level_to?,
            taught_language: taught.map_or_else(|| STATE_LANGUAGE_TAG.to_owned(), |tag| tag.0),
            language_of_instruction: language?.0,
            target_group: target_group.map(|line| line.0),
            division_code: division.map(|line| line.0),
            place: place.map(|line| line.0),
            mode: mode?,
            price_qepik: price?.0,
            childcare: childcare.unwrap_or(false),
            step_free: step_free.unwrap_or(false),
            capacity: capacity?.0,
            enrol_from: enrol_from?,
            enrol_to: enrol_to?,
            order_rule: order_rule?,
            offer_hours: offer_hours?.0,
            required_share: share?.0,
            teacher_id,
        }))
    }
}

impl NewCourse {
    /// The course, with the code of its division.
    pub(super) fn on(self, today: NaiveDate) -> Result<Particulars> {
        let division_code = self.0.division_code.map(|text| code_of(&text, today)).transpose()?;
        Ok(Particulars { division_code, ..self.0 })
    }
}

/// The code of a division of today; 422 for what is none.
pub(super) fn code_of(text: &str, today: NaiveDate) -> Result<String> {
    let day = today.to_string().parse().map_err(Error::internal)?;
    let found = division_code(text, &day).map_err(|(code, message)| Error::invalid_at("/division", code, message))?;
    found.ok_or_else(|| {
        Error::invalid_at(
            "/division",
            "unknown_division",
            "One of the divisions of /api/v1/divisions is expected here.",
        )
    })
}

/// The same where the division is a parameter: 400 for what is none.
pub(super) fn code_of_parameter(text: &str, today: NaiveDate) -> Result<String> {
    code_of(text, today).map_err(|error| match error.code {
        Code::ValidationFailed => {
            let faults = error.faults.into_iter().map(|fault| Fault::parameter("division", fault.code, fault.message));
            Error::new(Code::InvalidQuery).with_faults(faults.collect())
        }
        _ => error,
    })
}

/// A change of a course.
#[derive(Clone)]
pub(super) struct CoursePatch {
    title: Option<Line>,
    level_from: Option<CefrLevel>,
    level_to: Option<CefrLevel>,
    taught: Option<LanguageTag>,
    language: Option<LanguageTag>,
    target_group: Patch<Line>,
    division: Patch<Line>,
    place: Patch<Line>,
    mode: Option<Mode>,
    price: Option<Qepik>,
    childcare: Option<bool>,
    step_free: Option<bool>,
    capacity: Option<Seats>,
    enrol_from: Option<NaiveDate>,
    enrol_to: Option<NaiveDate>,
    order_rule: Option<OrderRule>,
    offer_hours: Option<Hours>,
    share: Option<Percent>,
    teacher_id: Patch<AccountId>,
}

impl Input for CoursePatch {
    const NAME: &'static str = "CoursePatch";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            title: fields.change("title", "What the course is called."),
            level_from: fields.change("level_from", "Level it begins with."),
            level_to: fields.change("level_to", "Level it leads to."),
            taught: fields.change("taught_language", "Language it teaches, BCP 47. Only of a draft."),
            language: fields.change("language_of_instruction", "Language it is taught in, BCP 47."),
            target_group: fields.patch("target_group", "Whom it is for."),
            division: fields.patch("division", "District or town: name or code of /api/v1/divisions."),
            place: fields.patch("place", "Where it meets."),
            mode: fields.change("mode", "Where the learners are."),
            price: fields.change("price_qepik", "Price in qəpik; 0: free."),
            childcare: fields.change("childcare", "Are children looked after?"),
            step_free: fields.change("step_free", "Can it be reached without steps?"),
            capacity: fields.change("capacity", "Seats. More of them go to those who wait."),
            enrol_from: fields.change("enrol_from", "First day of enrolment."),
            enrol_to: fields.change("enrol_to", "Last day of enrolment."),
            order_rule: fields.change("order_rule", "What becomes of those who find it full."),
            offer_hours: fields.change("offer_hours", "Hours for which an offered seat is kept."),
            share: fields.change("required_share", "Share of meetings to attend, percent."),
            teacher_id: fields.patch("teacher_id", "Account of who teaches it."),
        })
    }
}

impl CoursePatch {
    /// The course after the change.
    pub(super) fn apply(&self, before: Particulars, today: NaiveDate) -> Result<Particulars> {
        let division_code = match &self.division {
            Patch::Keep => before.division_code,
            Patch::Clear => None,
            Patch::Set(text) => Some(code_of(&text.0, today)?),
        };
        let line = |patch: &Patch<Line>, before: Option<String>| patch.apply(before.map(Line)).map(|line| line.0);
        Ok(Particulars {
            title: self.title.clone().map_or(before.title, |line| line.0),
            level_from: self.level_from.unwrap_or(before.level_from),
            level_to: self.level_to.unwrap_or(before.level_to),
            taught_language: self.taught.clone().map_or(before.taught_language, |tag| tag.0),
            language_of_instruction: self.language.clone().map_or(before.language_of_instruction, |tag| tag.0),
            target_group: line(&self.target_group, before.target_group),
            division_code,
            place: line(&self.place, before.place),
            mode: self.mode.unwrap_or(before.mode),
            price_qepik: self.price.map_or(before.price_qepik, |number| number.0),
            childcare: self.childcare.unwrap_or(before.childcare),
            step_free: self.step_free.unwrap_or(before.step_free),
            capacity: self.capacity.map_or(before.capacity, |number| number.0),
            enrol_from: self.enrol_from.unwrap_or(before.enrol_from),
            enrol_to: self.enrol_to.unwrap_or(before.enrol_to),
            order_rule: self.order_rule.unwrap_or(before.order_rule),
            offer_hours: self.offer_hours.map_or(before.offer_hours, |number| number.0),
            required_share: self.share.map_or(before.required_share, |number| number.0),
            teacher_id: self.teacher_id.apply(before.teacher_id),
        })
    }
}

/// The state a course shall have.
pub(super) struct CourseMove(pub(super) CourseState);

impl Input for CourseMove {
    const NAME: &'static str = "CourseMove";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        fields.required("to", "The state it shall have.").map(Self)
    }
}

/// The state that somebody's place shall have.
#[derive(Clone)]
pub(super) struct EnrolmentMove {
    pub(super) to: EnrolmentState,
    pub(super) reason: Option<Line>,
}

impl Input for EnrolmentMove {
    const NAME: &'static str = "EnrolmentMove";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let to = fields.required("to", "The state it shall have: enrolled, declined, left, completed.");
        let reason = fields.optional("reason", "Why, in a line. Nobody must say.");
        Some(Self { to: to?, reason })
    }
}

/// Who shall be enrolled.
#[derive(Clone, Copy)]
pub(super) struct NewEnrolment(pub(super) PersonId);

impl Input for NewEnrolment {
    const NAME: &'static str = "NewEnrolment";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        fields.required("person_id", "A client of your organisation.").map(Self)
    }
}

/// What shall be noted of somebody.
#[derive(Clone)]
pub(super) struct NewMark(pub(super) Mark);

impl Input for NewMark {
    const NAME: &'static str = "NewMark";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let person = fields.required("person_id", "Who takes part.");
        let status = fields.required("mark", "Was the person there?");
        let reason: Option<Line> = fields.optional("reason", "Why. Needed if something was noted before.");
        Some(Self(Mark { person: person?, status: status?, reason: reason.map(|line| line.0) }))
    }
}
