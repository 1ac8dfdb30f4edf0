//! Families over HTTP.

mod input;
mod rights;
mod staff;
mod view;

use serde_json::Value;

pub(crate) use self::input::NewTie;
use self::input::TiePatch;
use self::view::{AffectedView, RelationshipView};
use super::ops::{self, Seen};
use crate::access::policy::{ReadFamilies, RecordFamilies};
use crate::db::ReadTx;
use crate::error::{Error, Result};
use crate::http::{
    Answer, Ctx, Done, Endpoint, Json, ListQuery, Method, OnVersion, Page, Path, Query, Record, endpoint,
};
use crate::id::{PersonId, RelationshipId};
use std::sync::Arc;

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    let all = "/api/v1/people/{person_id}/relationships";
    let one = "/api/v1/people/{person_id}/relationships/{relationship_id}";
    let mut endpoints = vec![
        endpoint(Method::POST, all, "recordRelationship", "Record what somebody is to the person", record),
        endpoint(Method::GET, all, "listRelationships", "List a person's ties, from both sides", list),
        endpoint(Method::GET, one, "showRelationship", "Show a tie", show),
        endpoint(Method::PATCH, one, "changeRelationship", "End a tie, or change its record", change),
        endpoint(Method::DELETE, one, "withdrawRelationship", "Withdraw a tie recorded by mistake", withdraw),
    ];
    endpoints.extend(rights::endpoints());
    endpoints.extend(staff::endpoints());
    endpoints
}

impl Record for Seen {
    fn version(&self) -> i32 {
        self.row.version
    }

    fn person(&self) -> Option<PersonId> {
        Some(self.row.person_id)
    }

    fn members_at(&self, tx: &mut ReadTx<'_>, version: i32) -> Result<Option<Value>> {
        let seen = ops::at_version(tx, self, version)?;
        seen.map(|seen| serde_json::to_value(RelationshipView::from(&seen)).map_err(Error::internal)).transpose()
    }
}

async fn record(
    ctx: Ctx<RecordFamilies>,
    Path(person): Path<PersonId>,
    Json(new): Json<NewTie>,
) -> Result<Answer<RelationshipView>> {
    let today = ctx.today();
    ctx.create(
        move |tx| crate::people::visible(tx, person),
        move |tx, ()| {
            let recorded = ops::record(tx, person, new.0.clone(), today)?;
            Ok(recorded.map(|seen| {
                let view = RelationshipView::from(&seen);
                Done::created(view.href.clone(), seen.row.version, view)
            }))
        },
    )
    .await
}

async fn list(
    ctx: Ctx<ReadFamilies>,
    Path(person): Path<PersonId>,
    Query(query): Query<ListQuery>,
) -> Result<Answer<Page<RelationshipView>>> {
    let page = query.open(&ctx, &format!("/api/v1/people/{person}/relationships"))?;
    let (as_of, after, limit) = (page.record(), page.after(), page.limit());
    let rows = ctx.view(move |tx| ops::list(tx, person, as_of, after.as_ref(), limit)).await?;
    page.answer(&rows, |seen| (seen.row.valid_from, seen.row.id))
}

async fn show(
    ctx: Ctx<ReadFamilies>,
    Path((person, relationship)): Path<(PersonId, RelationshipId)>,
) -> Result<Answer<RelationshipView>> {
    let seen = ctx.view(move |tx| ops::show(tx, person, relationship)).await?;
    Ok(Answer::ok(&RelationshipView::from(&seen))?.with_version(seen.row.version))
}

async fn change(
    ctx: Ctx<RecordFamilies, OnVersion>,
    Path((person, relationship)): Path<(PersonId, RelationshipId)>,
    Json(patch): Json<TiePatch>,
) -> Result<Answer<RelationshipView>> {
    let (law, today) = (Arc::clone(ctx.law()), ctx.today());
    ctx.change(
        move |tx| ops::find(tx, person, relationship),
        move |tx, before| {
            let changed = ops::change(tx, &law.pack, &before, patch.apply(before.row.tie()), today)?;
            Ok(changed.map(|after| done(&after)))
        },
    )
    .await
}

async fn withdraw(
    ctx: Ctx<RecordFamilies, OnVersion>,
    Path((person, relationship)): Path<(PersonId, RelationshipId)>,
) -> Result<Answer<RelationshipView>> {
    let (law, today) = (Arc::clone(ctx.law()), ctx.today());
    ctx.change(
        move |tx| ops::find(tx, person, relationship),
        move |tx, before| Ok(ops::withdraw(tx, &law.pack, &before, today)?.map(|after| done(&after))),
    )
    .await
}

fn done((seen, affected): &(Seen, Vec<ops::Affected>)) -> Done<RelationshipView> {
    let affected = affected.iter().map(AffectedView::from).collect();
    Done::changed(seen.row.version, RelationshipView::from(seen).ending(affected))
}
