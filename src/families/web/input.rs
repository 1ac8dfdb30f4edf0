//! Ties as clients send them.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::db::TextEnum;
use crate::families::model::{EndGround, Tie, TieKind};
use crate::http::{Fields, Input, Line, Member, Patch, Term};

/// A kind that can be recorded.
struct RecordedKind(TieKind);

impl RecordedKind {
    fn all() -> Vec<&'static str> {
        let known = TieKind::TEXTS.iter().copied();
        known.filter(|text| TieKind::of(text).is_some_and(TieKind::is_recorded)).collect()
    }
}

impl Member for RecordedKind {
    const ECHO: bool = true;

    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let kind = TieKind::of(crate::http::text(value)?).filter(|kind| kind.is_recorded());
        kind.map(Self).ok_or_else(|| ("not_in_list", format!("One of {} is expected here.", Self::all().join(", "))))
    }

    fn schema() -> Value {
        json!({ "type": "string", "enum": Self::all() })
    }
}

/// A new tie.
#[derive(Clone)]
pub(crate) struct NewTie(pub(crate) Tie);

impl Input for NewTie {
    const NAME: &'static str = "NewRelationship";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let kind = fields.required::<RecordedKind>("kind", "What the other is to the person of the file.");
        let other = fields.required("other_person_id", "The other.");
        let scope = fields.optional::<Line>("scope", "What a guardian or representative may do, in a line.");
        let evidence = fields.optional::<Term>("evidence", "What shows it: marriage_certificate, court_decision, …");
        let valid_from =
            fields.required("valid_from", "First day of the tie: of a marriage its day, of a child its birth.");
        let valid_to = fields.optional("valid_to", "Last day of the tie; absent: it goes on.");
        let end_ground = fields.optional("end_ground", "Why it ended.");
        Some(Self(Tie {
            kind: kind?.0,
            other: other?,
            scope: scope.map(|line| line.0),
            evidence: evidence.map(|term| term.0),
            valid_from: valid_from?,
            valid_to,
            end_ground,
        }))
    }
}

/// A change of a tie's record. Kind and persons stay: another kind or person is another tie.
#[derive(Clone)]
pub(super) struct TiePatch {
    scope: Patch<Line>,
    evidence: Patch<Term>,
    valid_from: Option<NaiveDate>,
    valid_to: Patch<NaiveDate>,
    end_ground: Patch<EndGround>,
}

impl Input for TiePatch {
    const NAME: &'static str = "RelationshipPatch";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            scope: fields.patch("scope", "What a guardian or representative may do, in a line."),
            evidence: fields.patch("evidence", "What shows it."),
            valid_from: fields.change("valid_from", "First day of the tie."),
            valid_to: fields.patch("valid_to", "Last day of the tie: with end_ground it ends. null: it goes on."),
            end_ground: fields.patch("end_ground", "Why it ended."),
        })
    }
}

impl TiePatch {
    pub(super) fn apply(&self, before: Tie) -> Tie {
        Tie {
            scope: self.scope.apply(before.scope.map(Line)).map(|line| line.0),
            evidence: self.evidence.apply(before.evidence.map(Term)).map(|term| term.0),
            valid_from: self.valid_from.unwrap_or(before.valid_from),
            valid_to: self.valid_to.apply(before.valid_to),
            end_ground: self.end_ground.apply(before.end_ground),
            kind: before.kind,
            other: before.other,
        }
    }
}
