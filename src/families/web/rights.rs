//! What follows from ties, over HTTP.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::RelativeView;
use crate::access::policy::ReadFamilies;
use crate::error::Result;
use crate::families::model::{Listed, Stand, TieKind};
use crate::families::ops::{self, OfTie, Seen, Signatory, Signing};
use crate::http::{Answer, Ctx, Endpoint, Fields, Input, Law, LawView, Method, Path, Query, endpoint};
use crate::id::{PersonId, RelationshipId};
use crate::law::{Name, Names, Shared, Source, Text};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let (rights, signatories) = ("/api/v1/people/{person_id}/family-rights", "/api/v1/people/{person_id}/signatories");
    vec![
        endpoint(Method::GET, rights, "showFamilyRights", "What do a person's ties give, and by which article?", show),
        endpoint(Method::GET, signatories, "showSignatories", "Who may sign for a person?", signatories_on),
    ]
}

/// The day that is asked about.
struct DayQuery(Option<NaiveDate>);

impl Input for DayQuery {
    const NAME: &'static str = "FamilyDayQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self(fields.optional("valid_at", "What was true on that day; default today.")))
    }
}

/// A tie, in short.
#[derive(Debug, Serialize, ToSchema)]
struct TieView {
    #[schema(value_type = String, format = Uuid)]
    relationship_id: RelationshipId,
    /// What the other is to the person.
    kind: TieKind,
    other: RelativeView,
    #[schema(value_type = String, format = Date)]
    valid_from: NaiveDate,
    /// Until when, if the tie ended.
    #[schema(value_type = Option<String>, format = Date)]
    valid_to: Option<NaiveDate>,
}

impl From<&Seen> for TieView {
    fn from(seen: &Seen) -> Self {
        Self {
            relationship_id: seen.row.id,
            kind: seen.kind,
            other: RelativeView::of(seen.other, seen.name.as_ref()),
            valid_from: seen.row.valid_from,
            valid_to: seen.row.valid_to,
        }
    }
}

/// A list of relatives that the tie meets.
#[derive(Debug, Serialize, ToSchema)]
struct KinListView {
    list: Name,
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    title: Option<Text>,
    source: Names,
    state: Stand,
    /// What a paper must show, or what is not known here.
    needs: Vec<&'static str>,
}

/// A ground that the tie gives to apply on.
#[derive(Debug, Serialize, ToSchema)]
struct FamilyRightView {
    /// The article.
    right: Name,
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    title: Option<Text>,
    source: Names,
    state: Stand,
    /// What a paper must show, or what is not known here.
    needs: Vec<&'static str>,
    /// What the other is to the person: through whom it comes.
    given_by: TieKind,
    /// Until when, if the tie ended.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<NaiveDate>,
}

/// A tie that holds on the day, the lists it meets and the rights it gives.
#[derive(Debug, Serialize, ToSchema)]
struct RightsOfTieView {
    tie: TieView,
    /// What the person is to the other: lists are read in this direction.
    own_kind: TieKind,
    lists: Vec<KinListView>,
    rights: Vec<FamilyRightView>,
}

impl From<&OfTie> for RightsOfTieView {
    fn from(of: &OfTie) -> Self {
        let OfTie { seen, own_kind, lists } = of;
        let (rights, lists): (Vec<&Listed>, Vec<&Listed>) = lists.iter().partition(|one| one.is_right);
        let list = |listed: &Listed| {
            let Listed { id, title, source, stand, needs, .. } = listed.clone();
            KinListView { list: id, title, source, state: stand, needs }
        };
        let right = |listed: &Listed| {
            let Listed { id, title, source, stand, needs, .. } = listed.clone();
            let (given_by, until) = (seen.kind, seen.row.valid_to);
            FamilyRightView { right: id, title, source, state: stand, needs, given_by, until }
        };
        Self {
            tie: TieView::from(seen),
            own_kind: *own_kind,
            lists: lists.into_iter().map(list).collect(),
            rights: rights.into_iter().map(right).collect(),
        }
    }
}

/// What a person's ties give on a day: grounds to apply on, never a permit, and no citizenship.
#[derive(Debug, Serialize, ToSchema)]
struct FamilyRightsView {
    #[schema(value_type = String, format = Date)]
    valid_at: NaiveDate,
    ties: Vec<RightsOfTieView>,
    /// Every source the answer cites.
    #[schema(value_type = Vec<Source>)]
    sources: Vec<Shared<Source>>,
    law: LawView,
}

/// Somebody who may sign, or may not any more or not yet.
#[derive(Debug, Serialize, ToSchema)]
struct SignatoryView {
    /// By which tie; null: the person themselves.
    tie: Option<TieView>,
    may_sign: Signing,
    /// Within what, where an order or a power says so.
    scope: Option<String>,
}

impl From<&Signatory> for SignatoryView {
    fn from(signatory: &Signatory) -> Self {
        let seen = signatory.seen.as_ref();
        Self {
            tie: seen.map(TieView::from),
            may_sign: signatory.may_sign,
            scope: seen.and_then(|seen| seen.row.scope.clone()),
        }
    }
}

/// Who may sign for a person on a day.
#[derive(Debug, Serialize, ToSchema)]
struct SignatoriesView {
    #[schema(value_type = String, format = Date)]
    valid_at: NaiveDate,
    signatories: Vec<SignatoryView>,
    law: LawView,
}

async fn show(
    ctx: Ctx<ReadFamilies>,
    Path(person): Path<PersonId>,
    Query(DayQuery(valid_at)): Query<DayQuery>,
) -> Result<Answer<FamilyRightsView>> {
    let (law, on) = (Arc::clone(ctx.law()), valid_at.unwrap_or_else(|| ctx.today()));
    let ties = ctx.view(move |tx| ops::family_rights(tx, &law.pack, person, on)).await?;
    let view = FamilyRightsView {
        valid_at: on,
        ties: ties.iter().map(RightsOfTieView::from).collect(),
        sources: sources(ctx.law(), &ties),
        law: ctx.law().view(),
    };
    Answer::ok(&view)
}

fn sources(law: &Law, ties: &[OfTie]) -> Vec<Shared<Source>> {
    let cited: BTreeSet<&Name> = ties.iter().flat_map(|of| &of.lists).flat_map(|one| one.source.iter()).collect();
    cited.into_iter().filter_map(|id| law.pack.source(id).cloned()).collect()
}

async fn signatories_on(
    ctx: Ctx<ReadFamilies>,
    Path(person): Path<PersonId>,
    Query(DayQuery(valid_at)): Query<DayQuery>,
) -> Result<Answer<SignatoriesView>> {
    let (law, on) = (Arc::clone(ctx.law()), valid_at.unwrap_or_else(|| ctx.today()));
    let found = ctx.view(move |tx| ops::signatories(tx, &law.pack, person, on)).await?;
    let signatories = found.iter().map(SignatoryView::from).collect();
    Answer::ok(&SignatoriesView { valid_at: on, signatories, law: ctx.law().view() })
}
