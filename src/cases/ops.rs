//! What officers and applicants do with cases.

mod clock;
mod decide;
mod figures;
mod moves;
mod papers;
mod queue;
mod tasks;
mod whole;

use chrono::NaiveDate;

pub(super) use self::clock::{Clock, Opinion, clock, opinion};
pub(super) use self::decide::{
    Again, Decided, Found, Proposal, Wish, again, decisions, find_decision, judge, propose, required, show_decision,
};
pub(super) use self::figures::figures;
pub(super) use self::moves::{Filing, Request, assign, file, shift};
pub(super) use self::papers::{Checked, Handled, checklist, handle, refuse_demand};
pub(super) use self::queue::{COUNTED, keep_queue, list, own_queue, queues, queues_seen, remove_queue, size, states};
pub(super) use self::tasks::{add_task, change_task, find_task, list_tasks};
pub(super) use self::whole::{CaseFile, Entry, Missing, Tidings, missing, of_person, show, tidings, timeline};
use super::model::{Catalogue, State};
use super::store::files::{self, CaseRow};
pub(super) use super::store::timeline::{NAMES as ENTRIES, Place};
use crate::access::policy::Role;
use crate::db::ReadTx;
use crate::error::{Code, Result};
use crate::id::CaseId;
use crate::law::Pack;

/// The law in force, as a decision names and keeps it.
#[derive(Clone, Copy)]
pub(super) struct Lawbook<'a> {
    pub(super) pack: &'a Pack,
    pub(super) version: &'a str,
    pub(super) hash: &'a str,
    pub(super) files: &'a [(String, String)],
}

/// Who acts: the role decides which moves are open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Acting {
    pub(super) role: Role,
    pub(super) today: NaiveDate,
}

/// Is there such a record? A database that does not answer is no answer.
fn is_there<T>(found: Result<T>) -> Result<bool> {
    match found {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.code, Code::NotFound | Code::Gone) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The case with an id, if the caller may know of the person.
pub(super) fn find(tx: &mut ReadTx<'_>, id: CaseId) -> Result<CaseRow> {
    files::by_id(tx, id)
}

/// The moves open from a state, each with the roles that may make it.
pub(super) fn open_moves(catalogue: &Catalogue, row: &CaseRow, state: State) -> Vec<(&'static str, Vec<&'static str>)> {
    use crate::db::TextEnum;
    let moves = catalogue.moves(row.kind, state);
    moves.map(|one| (one.event.text(), one.who.iter().map(|role| role.text()).collect())).collect()
}
