//! HTTP, once for every operation: a slice writes a function whose signature says who may call it, what it takes and what it answers.

mod accept;
mod answer;
mod app;
mod call;
mod client;
mod csv_in;
mod csv_out;
mod ctx;
mod endpoint;
mod etag;
mod fields;
mod html;
pub(crate) mod idempotency;
mod json;
mod language;
mod looks;
mod many;
mod openapi;
mod page;
pub mod problem;
mod router;
mod service;
mod time;
mod upload;

pub use actix_web::http::Method;

pub use self::answer::{Answer, Done, File, Rendered};
pub use self::app::{App, Law, Limits};
pub use self::csv_in::Columns;
pub use self::csv_out::Sheet;
pub use self::ctx::{Basis, Ctx, Door, Guard, New, OnVersion, Public, SignIn};
pub use self::endpoint::{Endpoint, Handler, Json, NamedSchema, Path, Query, Reply, ReplySpec, endpoint};
pub use self::etag::Record;
pub use self::fields::{Fields, Input, LanguageTag, Line, Member, Patch, Property, Several, Term, read_body, text};
pub use self::html::{Html, Markup};
pub use self::language::Spoken;
pub use self::many::{Atomic, Item, Many, Outcome};
pub use self::openapi::document;
pub use self::page::{Bound, Cursor, ListQuery, OpenList, Opened, Page, PageQuery, SortKey};
pub use self::router::Router;
pub use self::service::{configure, is_open};
pub use self::time::{AsOf, BoundsView, ClockView, LawView, TimeQuery, WarningView};
pub use self::upload::{Download, MOST as MOST_UPLOADED, Upload};
