//! What one should know happened to one's own account, over HTTP.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::access::notices::{self, Kind, Notice};
use crate::access::policy::{OwnNotices, ReadSelf};
use crate::clock::Instant;
use crate::db::{Action, Event};
use crate::error::{Code, Error, Result};
use crate::http::{Answer, Bound, Ctx, Done, Endpoint, Method, Page, PageQuery, Path, Query, endpoint};
use crate::id::NoticeId;

const LIST: &str = "/api/v1/me/notices";

pub(super) fn endpoints() -> Vec<Endpoint> {
    let read = "/api/v1/me/notices/{notice_id}/read";
    vec![
        endpoint(Method::GET, LIST, "listNotices", "List notices about one's own account", list),
        endpoint(Method::POST, read, "readNotice", "Put a notice away as read", put_away).making_nothing(),
    ]
}

/// Something that happened to one's own account. Whoever did not do it should change the password and tell an administrator.
#[derive(Debug, Serialize, ToSchema)]
struct NoticeView {
    #[schema(value_type = String, format = Uuid)]
    id: NoticeId,
    /// What happened.
    kind: Kind,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    /// When it was put away as read; null until then.
    #[schema(value_type = Option<String>, format = DateTime)]
    read_at: Option<Instant>,
}

impl From<&Notice> for NoticeView {
    fn from(notice: &Notice) -> Self {
        let Notice { id, kind, at, read_at } = *notice;
        Self { id, kind, at, read_at }
    }
}

async fn list(ctx: Ctx<ReadSelf>, Query(query): Query<PageQuery>) -> Result<Answer<Page<NoticeView>>> {
    let account = ctx.standing().account.id;
    let bound = Bound { keys: ctx.keys(), account, list: LIST.to_owned() };
    let refused = || Error::new(Code::InvalidCursor);
    let after = query.after.as_ref().map(|cursor| bound.open(cursor)).transpose()?;
    let after = after.map(|key| uuid::Uuid::from_slice(&key)).transpose().map_err(|_| refused())?.map(NoticeId::from);
    let limit = query.limit;
    let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let rows = ctx.read(move |tx| notices::list(tx, account, after, most)).await?;
    let shown = rows.get(..limit).unwrap_or(&rows);
    let last = shown.last().filter(|_| rows.len() > limit);
    let next = last.map(|notice| bound.next(notice.id.uuid().as_bytes(), limit)).transpose()?;
    let items = shown.iter().map(NoticeView::from).collect();
    Ok(Answer::ok(&Page { items, next: next.clone(), clock: None })?.with_next(next))
}

async fn put_away(ctx: Ctx<OwnNotices>, Path(id): Path<NoticeId>) -> Result<Answer<NoticeView>> {
    let account = ctx.standing().account.id;
    ctx.create(
        move |tx| notices::by_id(tx, account, id)?.ok_or_else(Error::not_found),
        move |tx, notice| {
            let notice = notices::put_away(tx, account, &notice)?;
            let event = Event::plain(Action::NoticeRead).with(json!({ "notice": id }));
            tx.record(&event, Done::ended(NoticeView::from(&notice)))
        },
    )
    .await
}
