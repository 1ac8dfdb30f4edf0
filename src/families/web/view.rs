//! Ties as they are shown.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Instant;
use crate::families::model::{EndGround, Listed, Stand, Tie, TieKind};
use crate::families::ops::{Affected, Seen};
use crate::id::{PermitId, PersonId, RelationshipId};
use crate::law::{Name, Names, Text};
use crate::permits::{Held, StatusKind};

/// The other person of a tie.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Relative)]
pub(super) struct RelativeView {
    #[schema(value_type = String, format = Uuid)]
    id: PersonId,
    /// The name they go by; null where it is not for the reader.
    name: Option<String>,
}

impl RelativeView {
    pub(super) fn of(id: PersonId, name: Option<&String>) -> Self {
        Self { id, name: name.cloned() }
    }
}

/// What somebody is to the person.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RelationshipView {
    #[schema(value_type = String, format = Uuid)]
    id: RelationshipId,
    version: i32,
    /// What the other is to the person whose file this was asked of.
    kind: TieKind,
    other: RelativeView,
    /// What a guardian or representative may do.
    scope: Option<String>,
    evidence: Option<String>,
    #[schema(value_type = String, format = Date)]
    valid_from: NaiveDate,
    #[schema(value_type = Option<String>, format = Date)]
    valid_to: Option<NaiveDate>,
    end_ground: Option<EndGround>,
    withdrawn: bool,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Instant,
    /// Its address, in the file in which it stands.
    pub(super) href: String,
    /// After a change: the rights that end by it. Nothing ends by itself; the permits want a review.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    affected: Option<Vec<AffectedView>>,
}

impl From<&Seen> for RelationshipView {
    fn from(seen: &Seen) -> Self {
        let row = &seen.row;
        let Tie { scope, evidence, valid_from, valid_to, end_ground, .. } = row.tie();
        Self {
            id: row.id,
            version: row.version,
            kind: seen.kind,
            other: RelativeView::of(seen.other, seen.name.as_ref()),
            scope,
            evidence,
            valid_from,
            valid_to,
            end_ground,
            withdrawn: row.withdrawn,
            updated_at: row.recorded_at,
            href: format!("/api/v1/people/{}/relationships/{}", row.person_id, row.id),
            affected: None,
        }
    }
}

impl RelationshipView {
    /// The same with the rights that end.
    pub(super) fn ending(self, affected: Vec<AffectedView>) -> Self {
        Self { affected: Some(affected), ..self }
    }
}

/// A right that ends with a tie.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EndedRight)]
pub(super) struct AffectedView {
    /// Whose right.
    person: RelativeView,
    /// The article.
    right: Name,
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    title: Option<Text>,
    source: Names,
    /// Was the right sure, or did it depend on what `needs` names?
    state: Stand,
    needs: Vec<&'static str>,
    /// Permits on this ground that are in force, or will be.
    permits: Vec<PermitOnGroundView>,
}

impl From<&Affected> for AffectedView {
    fn from(affected: &Affected) -> Self {
        let Affected { person, name, right, permits } = affected;
        let Listed { id, title, source, stand, needs, .. } = right.clone();
        Self {
            person: RelativeView::of(*person, name.as_ref()),
            right: id,
            title,
            source,
            state: stand,
            needs,
            permits: permits.iter().map(PermitOnGroundView::from).collect(),
        }
    }
}

/// A permit that wants a review.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PermitOnGround)]
struct PermitOnGroundView {
    #[schema(value_type = String, format = Uuid)]
    id: PermitId,
    kind: StatusKind,
    #[schema(value_type = String, format = Date)]
    valid_from: NaiveDate,
    #[schema(value_type = Option<String>, format = Date)]
    valid_to: Option<NaiveDate>,
}

impl From<&Held> for PermitOnGroundView {
    fn from(held: &Held) -> Self {
        let permit = &held.permit;
        Self { id: held.id, kind: permit.kind, valid_from: permit.valid_from, valid_to: permit.valid_to }
    }
}
