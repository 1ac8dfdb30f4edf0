//! Cases over HTTP.

mod case;
mod decisions;
mod file;
mod kinds;
mod papers;
mod queues;
mod tasks;

use std::sync::Arc;

pub(crate) use self::case::NewCase;
use super::ops::{Acting, Lawbook};
use crate::access::policy::Permission;
use crate::error::{Code, Error, Result};
use crate::http::{Ctx, Endpoint, Law};

/// The operations of this slice.
pub fn endpoints() -> Vec<Endpoint> {
    let parts = [
        kinds::endpoints(),
        case::endpoints(),
        papers::endpoints(),
        tasks::endpoints(),
        decisions::endpoints(),
        queues::endpoints(),
        file::endpoints(),
    ];
    parts.into_iter().flatten().collect()
}

/// As what the caller acts, and on which day.
fn acting<P: Permission, B: crate::http::Basis>(ctx: &Ctx<P, B>) -> Result<Acting> {
    let role = ctx.standing().role().ok_or_else(|| Error::new(Code::RoleNotPermitted))?;
    Ok(Acting { role, today: ctx.today() })
}

/// The law in force, for decisions. `version` is the day its oldest value was verified.
fn lawbook<'a>(law: &'a Arc<Law>, version: &'a str) -> Lawbook<'a> {
    Lawbook { pack: &law.pack, version, hash: &law.hash, files: &law.files }
}
