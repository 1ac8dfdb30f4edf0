//! Lists come in pages by key, never by offset: no row is shown twice or skipped when others come and go.

use std::borrow::Cow;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::answer::Answer;
use super::ctx::{Basis, Ctx};
use super::fields::{Fields, Input, Member};
use super::time::{AsOf, ClockView, TimeQuery};
use crate::access::policy::{Permission, Views};
use crate::clock::Instant;
use crate::error::{Code, Error, Result};
use crate::id::AccountId;
use crate::keys::Keys;

/// Rows of a page when the client does not say.
const DEFAULT: usize = 50;
/// Most rows of a page.
const MOST: usize = 100;

/// Which page.
#[derive(Clone, Debug)]
pub struct PageQuery {
    /// Most rows, 1 to 100.
    pub limit: usize,
    /// Where the page before ended.
    pub after: Option<Cursor>,
}

/// A cursor as the client sent it: opaque until it is opened.
#[derive(Clone, Debug)]
pub struct Cursor(String);

impl Member for Cursor {
    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let text = super::fields::text(value)?;
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Value {
        json!({ "type": "string" })
    }
}

struct Limit(usize);

impl Member for Limit {
    const ECHO: bool = true;

    fn parse(value: &Value) -> Result<Self, (&'static str, String)> {
        let limit = value.as_str().and_then(|text| text.parse().ok()).filter(|limit| (1..=MOST).contains(limit));
        limit.map(Self).ok_or_else(|| ("out_of_range", format!("1 to {MOST} is expected here.")))
    }

    fn schema() -> Value {
        json!({ "type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT })
    }
}

impl Input for PageQuery {
    const NAME: &'static str = "PageQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let limit = fields.optional::<Limit>("limit", "Most rows of the page.");
        let after = fields.optional("after", "The cursor in next of the page before.");
        Some(Self { limit: limit.map_or(DEFAULT, |limit| limit.0), after })
    }
}

/// A page of a list.
#[derive(Debug, Serialize)]
pub struct Page<T: ToSchema> {
    /// The rows.
    pub items: Vec<T>,
    /// Address of the next page; null at the end.
    pub next: Option<String>,
    /// The three times the answer holds for, where they can be chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockView>,
}

/// By hand, because the name says what is in the page: one `Page` for every list would describe the items of one of them.
impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        let items = T::name();
        Cow::Owned(format!("{}Page", items.strip_suffix("View").unwrap_or(&items)))
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
        schemas.push((ClockView::name().into_owned(), ClockView::schema()));
        ClockView::schemas(schemas);
    }
}

impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let items = ArrayBuilder::new().items(Ref::from_schema_name(T::name()));
        let next = ObjectBuilder::new()
            .schema_type(SchemaType::Array(vec![Type::String, Type::Null]))
            .description(Some("Address of the next page; null at the end."));
        ObjectBuilder::new()
            .description(Some("A page of a list."))
            .property("items", items)
            .required("items")
            .property("next", next)
            .required("next")
            .property("clock", Ref::from_schema_name(ClockView::name()))
            .into()
    }
}

/// A page of facts as the record stood then.
#[derive(Clone, Debug)]
pub struct ListQuery {
    page: PageQuery,
    as_of: Option<AsOf>,
}

impl Input for ListQuery {
    const NAME: &'static str = "ListQuery";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let as_of =
            fields.optional("as_of", "What the record said then; default now. A date means the end of that day.");
        Some(Self { page: PageQuery::read(fields)?, as_of })
    }
}

/// A list that was asked for, with its cursor opened.
pub struct Opened<'a, K> {
    bound: Bound<'a>,
    after: Option<K>,
    limit: usize,
}

impl PageQuery {
    /// Opens the cursor. `path` is the list's address.
    pub fn open<'a, P: Permission, B: Basis, K: SortKey>(
        &self,
        ctx: &'a Ctx<P, B>,
        path: impl Into<String>,
    ) -> Result<Opened<'a, K>> {
        let bound = Bound { keys: ctx.keys(), account: ctx.standing().account.id, list: path.into() };
        let after = self.after.as_ref().map(|cursor| bound.open_key(cursor)).transpose()?;
        Ok(Opened { bound, after, limit: self.limit })
    }
}

impl<K: SortKey + Clone> Opened<'_, K> {
    /// The key after which the page begins.
    pub fn after(&self) -> Option<K> {
        self.after.clone()
    }

    /// Rows to load: one more than the page has, to know whether there is a next one.
    pub fn limit(&self) -> usize {
        self.limit + 1
    }

    /// The page.
    pub fn answer<R, V>(self, rows: &[R], key: impl Fn(&R) -> K) -> Result<Answer<Page<V>>>
    where
        V: for<'r> From<&'r R> + Serialize + ToSchema,
    {
        self.fill(rows, key, None)
    }

    /// The rows of the page and the address of the next one, for lists that say more than their rows.
    pub fn cut<R>(self, mut rows: Vec<R>, key: impl Fn(&R) -> K) -> Result<(Vec<R>, Option<String>)> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let last = rows.last().filter(|_| more);
        let next = last.map(|row| self.bound.next(key(row).write().as_bytes(), self.limit)).transpose()?;
        Ok((rows, next))
    }

    fn fill<R, V>(self, rows: &[R], key: impl Fn(&R) -> K, clock: Option<ClockView>) -> Result<Answer<Page<V>>>
    where
        V: for<'r> From<&'r R> + Serialize + ToSchema,
    {
        let shown = rows.get(..self.limit).unwrap_or(rows);
        let more = rows.len() > shown.len();
        let last = shown.last().filter(|_| more);
        let next = last.map(|row| self.bound.next(key(row).write().as_bytes(), self.limit)).transpose()?;
        let items = shown.iter().map(V::from).collect();
        Ok(Answer::ok(&Page { items, next: next.clone(), clock })?.with_next(next))
    }
}

/// A sort key as it stands in a cursor.
pub trait SortKey: Sized {
    /// The key as text.
    fn write(&self) -> String;
    /// The key of a text.
    fn read(text: &str) -> Option<Self>;
}

impl<K: ToString + FromStr, I: ToString + FromStr> SortKey for (K, I) {
    fn write(&self) -> String {
        // Ids have no space, so the last one separates whatever the key is.
        format!("{} {}", self.0.to_string(), self.1.to_string())
    }

    fn read(text: &str) -> Option<Self> {
        let (key, id) = text.rsplit_once(' ')?;
        Some((key.parse().ok()?, id.parse().ok()?))
    }
}

/// Lists that are sorted by their ids alone.
macro_rules! id_keys {
    ($($name:ident),+) => {$(
        impl SortKey for crate::id::$name {
            fn write(&self) -> String {
                self.to_string()
            }

            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )+};
}

id_keys!(PersonId, AccessGrantId, AuditEventId, RelationshipId, DwellingId);
id_keys!(CourseId, AccreditationId, EnrolmentId, PlacementId, CertificateId, LanguageNeedId, CalendarFeedId);

/// A list that was asked for, with its cursor opened and its time fixed.
pub struct OpenList<'a, K> {
    page: Opened<'a, K>,
    clock: ClockView,
}

impl ListQuery {
    /// Opens the cursor and fixes the time. `path` is the list's address.
    pub fn open<'a, P: Views, B: Basis, K: SortKey>(&self, ctx: &'a Ctx<P, B>, path: &str) -> Result<OpenList<'a, K>> {
        let time = TimeQuery { as_of: self.as_of, ..TimeQuery::default() };
        let clock = time.fix(ctx.now(), ctx.law())?;
        let list = match self.as_of {
            None => path.to_owned(),
            // The second page must show the record as the first did.
            Some(_) => format!("{path}?as_of={}", clock.as_of.rfc3339()),
        };
        Ok(OpenList { page: self.page.open(ctx, list)?, clock })
    }
}

impl<K: SortKey + Clone> OpenList<'_, K> {
    /// The instant at which the record is read.
    pub fn record(&self) -> Instant {
        self.clock.record
    }

    /// The key after which the page begins.
    pub fn after(&self) -> Option<K> {
        self.page.after()
    }

    /// Rows to load: one more than the page has, to know whether there is a next one.
    pub fn limit(&self) -> usize {
        self.page.limit()
    }

    /// The page.
    pub fn answer<R, V>(self, rows: &[R], key: impl Fn(&R) -> K) -> Result<Answer<Page<V>>>
    where
        V: for<'r> From<&'r R> + Serialize + ToSchema,
    {
        self.page.fill(rows, key, Some(self.clock))
    }
}

/// What a cursor is good for: this list (path and filter), this caller.
pub struct Bound<'a> {
    /// Seals cursors.
    pub keys: &'a Keys,
    /// The caller.
    pub account: AccountId,
    /// Path of the list and its filter, without cursor and limit.
    pub list: String,
}

impl Bound<'_> {
    fn context(&self) -> String {
        format!("cursor|{}|{}", self.account, self.list)
    }

    /// The sort key at which the page before ended.
    pub fn open(&self, cursor: &Cursor) -> Result<Vec<u8>> {
        let refused = || Error::new(Code::InvalidCursor);
        let sealed = URL_SAFE_NO_PAD.decode(&cursor.0).map_err(|_| refused())?;
        self.keys.open(&self.context(), &sealed).map_err(|_| refused())
    }

    fn open_key<K: SortKey>(&self, cursor: &Cursor) -> Result<K> {
        let bytes = self.open(cursor)?;
        let key = std::str::from_utf8(&bytes).ok().and_then(K::read);
        key.ok_or_else(|| Error::new(Code::InvalidCursor))
    }

    /// Address of the page that begins after a sort key. The key is sealed: it may be a file number or an e-mail address, and addresses
    /// end up in the logs of whoever is on the way (H5).
    pub fn next(&self, key: &[u8], limit: usize) -> Result<String> {
        let sealed = self.keys.seal(&self.context(), key)?;
        let join = if self.list.contains('?') { '&' } else { '?' };
        Ok(format!("{}{join}limit={limit}&after={}", self.list, URL_SAFE_NO_PAD.encode(sealed)))
    }
}
