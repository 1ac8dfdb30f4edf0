//! An answer before it is HTTP: status, headers and bytes, made inside the transaction so that a retry gets the same bytes.

use std::marker::PhantomData;

use actix_web::web::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, Result};

/// What the client will get. Small enough to be stored beside an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendered {
    /// HTTP status.
    pub status: u16,
    /// Version of the record, sent as a strong `ETag`.
    pub version: Option<i32>,
    /// What is sent as a strong `ETag` of an answer that is no record.
    #[serde(skip)]
    pub tag: Option<String>,
    /// Address of the record that was made.
    pub location: Option<String>,
    /// Address of the next page.
    pub next: Option<String>,
    /// The body.
    pub body: String,
    /// Media type of the body.
    pub content_type: String,
    /// SHA-256 of the one style that the body may apply, if it is a page. Only looks have it, and no look is kept for a retry.
    #[serde(skip)]
    pub style: Option<[u8; 32]>,
    /// What is sent instead of the text body. Only looks have it, and no look is kept for a retry.
    #[serde(skip)]
    pub file: Option<File>,
    /// Was this answer given before?
    #[serde(skip)]
    pub replayed: bool,
}

/// Bytes that are sent to be stored as a file, never to be shown in a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The bytes.
    pub bytes: Bytes,
    /// Their SHA-256.
    pub sha256: [u8; 32],
    /// What the client may call the file: nothing of the person.
    pub name: String,
}

/// An answer whose body is a `T`: handlers name it in their signature, and the OpenAPI document reads it there.
#[derive(Debug)]
pub struct Answer<T> {
    pub(crate) rendered: Rendered,
    body: PhantomData<fn() -> T>,
}

impl<T: Serialize> Answer<T> {
    /// 200 with a record or computed answer.
    pub fn ok(view: &T) -> Result<Self> {
        Self::render(200, view)
    }

    /// The same record with its version.
    #[must_use]
    pub fn with_version(mut self, version: i32) -> Self {
        self.rendered.version = Some(version);
        self
    }

    /// The same answer, no record, with the text of its `ETag`.
    #[must_use]
    pub fn with_tag(mut self, tag: impl Into<String>) -> Self {
        self.rendered.tag = Some(tag.into());
        self
    }

    /// The same list with the address of its next page.
    #[must_use]
    pub fn with_next(mut self, next: Option<String>) -> Self {
        self.rendered.next = next;
        self
    }

    pub(crate) fn from_rendered(rendered: Rendered) -> Self {
        Self { rendered, body: PhantomData }
    }

    fn render(status: u16, view: &T) -> Result<Self> {
        let body = serde_json::to_string(view).map_err(Error::internal)?;
        let content_type = "application/json".to_owned();
        let rendered = Rendered {
            status,
            version: None,
            tag: None,
            location: None,
            next: None,
            body,
            content_type,
            style: None,
            file: None,
            replayed: false,
        };
        Ok(Self::from_rendered(rendered))
    }
}

/// What a write did.
#[derive(Debug)]
pub struct Done<T> {
    pub(crate) status: u16,
    pub(crate) version: Option<i32>,
    pub(crate) location: Option<String>,
    pub(crate) view: Result<T>,
}

impl<T: Serialize> Done<T> {
    /// A record was made.
    pub fn created(location: impl Into<String>, version: i32, view: T) -> Self {
        Self { status: 201, version: Some(version), location: Some(location.into()), view: Ok(view) }
    }

    /// A record was changed.
    pub fn changed(version: i32, view: T) -> Self {
        Self { status: 200, version: Some(version), location: None, view: Ok(view) }
    }

    /// A record was made that is never changed, or that has no address of its own.
    pub fn added(location: Option<String>, view: T) -> Self {
        Self { status: 201, version: None, location, view: Ok(view) }
    }

    /// Something was ended or changed that is no record of its own.
    pub fn ended(view: T) -> Self {
        Self { status: 200, version: None, location: None, view: Ok(view) }
    }

    /// A refusal that leaves something behind: it is committed, answered with the error, and no retry is owed it.
    pub(crate) fn refused(refusal: Error) -> Self {
        Self { status: 200, version: None, location: None, view: Err(refusal) }
    }

    pub(crate) fn render(self, dry_run: bool) -> Result<Rendered> {
        let view = self.view?;
        let mut rendered = Answer::render(self.status, &view)?.rendered;
        rendered.version = self.version;
        rendered.location = self.location;
        if dry_run {
            let mut body: Value = serde_json::to_value(&view).map_err(Error::internal)?;
            if let Value::Object(members) = &mut body {
                members.insert("dry_run".to_owned(), Value::Bool(true));
            }
            rendered.body = body.to_string();
            rendered.version = None;
            rendered.location = None;
        }
        Ok(rendered)
    }
}
