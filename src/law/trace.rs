//! A trace: steps with their sources, in the language of the question.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{OneOf, Type};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::name::{Name, Names};
use super::step::{Date, Step};
use super::wording::{self, Language};

/// The sides of uncertain facts, as a step names them.
const SIDES: [&str; 2] = [FAVOURABLE, UNFAVOURABLE];
pub(crate) const FAVOURABLE: &str = "favourable";
pub(crate) const UNFAVOURABLE: &str = "unfavourable";

/// One step of a sum, for people and for programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceStep {
    pub(crate) step: Step,
    /// With uncertain facts: which side the step is on.
    pub(crate) assuming: Option<&'static str>,
    /// Ids of the sources of the step.
    pub source: Names,
    pub(crate) language: Language,
}

impl TraceStep {
    /// The step in a sentence.
    pub fn said(&self, language: Language) -> impl fmt::Display + '_ {
        wording::Said { step: &self.step, language }
    }
}

/// In the language of the question.
impl fmt::Display for TraceStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said(self.language).fmt(f)
    }
}

impl Serialize for TraceStep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// Nothing is made into a text before it is written.
        struct Text<'a>(&'a TraceStep);

        impl Serialize for Text<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self.0)
            }
        }

        #[derive(Serialize)]
        struct Written<'a> {
            #[serde(flatten)]
            step: &'a Step,
            #[serde(skip_serializing_if = "Option::is_none")]
            assuming: Option<&'static str>,
            text: Text<'a>,
            source: &'a Names,
        }

        let Self { step, assuming, source, language: _ } = self;
        Written { step, assuming: *assuming, text: Text(self), source }.serialize(serializer)
    }
}

/// Each kind of step with exactly its figures, and with what every step has.
impl PartialSchema for TraceStep {
    fn schema() -> RefOr<Schema> {
        let mut kinds = OneOf::new();
        for group in Step::schemas().0 {
            let RefOr::T(Schema::OneOf(group)) = group else { continue };
            for kind in group.items {
                let RefOr::T(Schema::Object(mut kind)) = kind else { continue };
                let sides = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(SIDES)).build();
                kind.properties.insert("assuming".to_owned(), sides.into());
                kind.properties.insert("text".to_owned(), String::schema());
                kind.properties.insert("source".to_owned(), RefOr::Ref(Ref::from_schema_name(Names::name())));
                kind.required.extend(["text".to_owned(), "source".to_owned()]);
                kinds.items.push(RefOr::T(Schema::Object(kind)));
            }
        }
        Schema::OneOf(kinds).into()
    }
}

impl ToSchema for TraceStep {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("LawTraceStep")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.extend(Step::schemas().1);
        schemas.push((Names::name().into_owned(), Names::schema()));
    }
}

/// What is taken for granted about the days after the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    pub(crate) assumed: Assumed,
    pub(crate) language: Language,
}

/// The kinds of assumption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Assumed {
    /// A status that ends after the records is renewed without a gap.
    Renewal { status: Name, from: Date, ends: Date },
    /// A trip without return lasts.
    StaysAway { exit: Date, after: Date },
    /// There is no trip but those recorded.
    NoOtherAbsence { after: Date },
}

impl Assumption {
    /// The assumption in a sentence.
    pub fn said(&self, language: Language) -> impl fmt::Display + '_ {
        wording::SaidAssumed { assumed: &self.assumed, language }
    }
}

/// In the language of the question.
impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said(self.language).fmt(f)
    }
}

impl Serialize for Assumption {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Steps being written down.
#[derive(Debug)]
pub(crate) struct Trace<'a> {
    steps: Vec<TraceStep>,
    language: Language,
    /// What the steps rest on unless they cite something else.
    source: &'a Names,
    assuming: Option<&'static str>,
}

impl<'a> Trace<'a> {
    pub(crate) fn new(source: &'a Names, language: Language) -> Self {
        Self { steps: Vec::new(), language, source, assuming: None }
    }

    /// The steps from here on are those of one side of the uncertain facts, or again of both.
    pub(crate) fn assume(&mut self, side: Option<&'static str>) {
        self.assuming = side;
    }

    /// A step that rests on the rule itself.
    pub(crate) fn say(&mut self, step: impl Into<Step>) {
        self.cite(self.source, step);
    }

    /// A step that rests on other sources; on the rule's if there are none.
    pub(crate) fn cite(&mut self, source: &Names, step: impl Into<Step>) {
        let source = if source.is_empty() { self.source } else { source };
        let (assuming, language) = (self.assuming, self.language);
        self.steps.push(TraceStep { step: step.into(), assuming, source: source.clone(), language });
    }

    /// The step said last.
    pub(crate) fn last_mut(&mut self) -> Option<&mut Step> {
        self.steps.last_mut().map(|last| &mut last.step)
    }

    pub(crate) fn into_steps(self) -> Vec<TraceStep> {
        self.steps
    }
}
