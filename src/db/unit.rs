//! Units of work: what travels to a database thread. One unit is one transaction and one `now`.

use std::time::{Duration, Instant as Monotonic};

use crossbeam_channel::Sender;
use tokio::sync::oneshot;

use super::conn::AnyConn;
use super::journal::{Entry, Journal};
use super::tx::{Audited, Caller, ReadTx, Viewed, WriteTx};
use crate::clock::Clock;
use crate::error::{Code, Error, Result};

/// A unit that waited longer is answered with 503 instead of being done: its client has given up or will.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// What a thread takes from its channel.
pub(super) enum Work {
    Unit(Box<dyn Unit>),
    Look(Look),
}

/// How a unit is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// One statement, which is its own snapshot: no transaction around it.
    Glance,
    /// Several statements on one snapshot.
    Read,
    /// A transaction that writes.
    Write,
}

/// What is to happen to a unit's writes.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The unit's events are written before the commit, or nothing is.
    Keep(Vec<Entry>),
    Undo,
    /// Others held for too long what the unit needs, or so it may be: undo.
    Blocked,
    /// The database gave up for a passing reason: undo, and run the unit again.
    Again,
    /// The connection is gone.
    Lost,
}

pub(super) trait Unit: Send {
    fn mode(&self) -> Mode;
    /// Nobody waits for the answer any more, or has waited too long.
    fn abandoned(&self) -> bool;
    fn run(&mut self, conn: &mut AnyConn, clock: &Clock, journal: &Journal) -> Verdict;
    /// `run` panicked: that is what is answered.
    fn panicked(&mut self);
    /// Answers: with what `run` found if the transaction's end was good.
    fn finish(self: Box<Self>, end: Result<()>);
}

/// A look at persons' files that waits for its event to be durable.
pub(super) struct Look {
    pub(super) entry: Entry,
    pub(super) done: Box<dyn FnOnce(Result<()>) + Send>,
}

type Answer<T> = oneshot::Sender<Result<T>>;

/// Everything a closure of a slice becomes.
pub(super) struct Task<F, R, T> {
    act: F,
    caller: Caller,
    mode: Mode,
    queued: Monotonic,
    found: Option<Result<R>>,
    answer: Answer<T>,
    looks: Option<Sender<Work>>,
}

impl<F, R, T> Task<F, R, T> {
    pub(super) fn new(mode: Mode, caller: Caller, act: F, answer: Answer<T>, looks: Option<Sender<Work>>) -> Self {
        Self { act, caller, mode, queued: Monotonic::now(), found: None, answer, looks }
    }

    fn is_abandoned(&self) -> bool {
        self.answer.is_closed() || self.queued.elapsed() > LONGEST_WAIT
    }

    fn judge(&mut self, found: Result<R>, entries: Option<Vec<Entry>>) -> Verdict {
        let verdict = match &found {
            Ok(_) => entries.map_or(Verdict::Undo, Verdict::Keep),
            Err(error) if error.transient => Verdict::Again,
            Err(error) if error.code == Code::Unavailable => Verdict::Lost,
            // A server that speaks another language than English names a lock that was not given in words we do not know.
            Err(error) if matches!(error.code, Code::Busy | Code::InternalError) => Verdict::Blocked,
            Err(_) => Verdict::Undo,
        };
        self.found = Some(found);
        verdict
    }

    fn outcome(found: Option<Result<R>>, end: Result<()>) -> Result<R> {
        match found {
            // What the unit itself found wrong is the answer, whatever became of its transaction.
            Some(Err(error)) => Err(error),
            Some(Ok(value)) => end.map(|()| value),
            None => Err(end.err().unwrap_or_else(|| Error::new(Code::Busy))),
        }
    }
}

/// A read: the value itself is the answer.
pub(super) struct ReadUnit<F, T>(pub(super) Task<F, T, T>);

impl<F, T> Unit for ReadUnit<F, T>
where
    F: Fn(&mut ReadTx<'_>) -> Result<T> + Send,
    T: Send,
{
    fn mode(&self) -> Mode {
        self.0.mode
    }

    fn abandoned(&self) -> bool {
        self.0.is_abandoned()
    }

    fn run(&mut self, conn: &mut AnyConn, clock: &Clock, journal: &Journal) -> Verdict {
        let found = (self.0.act)(&mut ReadTx::new(conn, clock.now(), &self.0.caller, journal));
        self.0.judge(found, Some(Vec::new()))
    }

    fn panicked(&mut self) {
        self.0.found = Some(Err(Error::panicked()));
    }

    fn finish(self: Box<Self>, end: Result<()>) {
        let task = self.0;
        drop(task.answer.send(Task::<F, T, T>::outcome(task.found, end)));
    }
}

/// A read of persons' files: the value leaves when its event is durable.
pub(super) struct ViewUnit<F, T>(pub(super) Task<F, Viewed<T>, T>);

impl<F, T> Unit for ViewUnit<F, T>
where
    F: Fn(&mut ReadTx<'_>) -> Result<Viewed<T>> + Send,
    T: Send + 'static,
{
    fn mode(&self) -> Mode {
        self.0.mode
    }

    fn abandoned(&self) -> bool {
        self.0.is_abandoned()
    }

    fn run(&mut self, conn: &mut AnyConn, clock: &Clock, journal: &Journal) -> Verdict {
        let found = (self.0.act)(&mut ReadTx::new(conn, clock.now(), &self.0.caller, journal));
        self.0.judge(found, Some(Vec::new()))
    }

    fn panicked(&mut self) {
        self.0.found = Some(Err(Error::panicked()));
    }

    fn finish(self: Box<Self>, end: Result<()>) {
        let task = self.0;
        let (value, entry) = match Task::<F, Viewed<T>, T>::outcome(task.found, end) {
            Ok(viewed) => viewed.into_parts(),
            Err(error) => return drop(task.answer.send(Err(error))),
        };
        let answer = task.answer;
        let done = Box::new(move |written: Result<()>| {
            let shown = written.map(|()| value).map_err(|error| Error::new(Code::AuditUnavailable).with_log(error));
            drop(answer.send(shown));
        });
        let look = Work::Look(Look { entry, done });
        if let Some(Err(refused)) = task.looks.map(|looks| looks.try_send(look))
            && let Work::Look(look) = refused.into_inner()
        {
            (look.done)(Err(Error::new(Code::Busy)));
        }
    }
}

/// A write: the value leaves when its transaction, event included, is committed.
pub(super) struct WriteUnit<F, T>(pub(super) Task<F, Audited<T>, T>);

impl<F, T> Unit for WriteUnit<F, T>
where
    F: Fn(&mut WriteTx<'_>) -> Result<Audited<T>> + Send,
    T: Send,
{
    fn mode(&self) -> Mode {
        Mode::Write
    }

    fn abandoned(&self) -> bool {
        self.0.is_abandoned()
    }

    fn run(&mut self, conn: &mut AnyConn, clock: &Clock, journal: &Journal) -> Verdict {
        let read = ReadTx::new(conn, clock.now(), &self.0.caller, journal);
        let mut tx = WriteTx::new(read);
        let found = (self.0.act)(&mut tx);
        let entries = tx.into_entries();
        self.0.judge(found, entries)
    }

    fn panicked(&mut self) {
        self.0.found = Some(Err(Error::panicked()));
    }

    fn finish(self: Box<Self>, end: Result<()>) {
        let task = self.0;
        drop(task.answer.send(Task::<F, Audited<T>, T>::outcome(task.found, end).map(Audited::into_inner)));
    }
}
