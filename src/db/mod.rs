//! The database: two products behind one synchronous code, and the only door to them.
//!
//! A request's handler never holds a connection. It sends one closure, which runs on a database thread as one transaction with one `now`
//! (`threads.rs`), and gets back only what the transaction's kind lets out (`tx.rs`).

mod checkpoint;
mod conn;
mod error;
mod facts;
mod journal;
mod migrate;
mod safety;
pub(crate) mod schema;
mod scope;
mod threads;
mod tx;
mod types;
mod unit;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Sender, TrySendError, bounded};
use tokio::sync::oneshot;

pub use self::conn::{AnyConn, Target, sqlite_version};
pub(crate) use self::conn::{MultiBackend, on};
pub(crate) use self::facts::facts;
pub use self::journal::{Action, Actor, Event, Journal};
pub use self::migrate::{
    Schema, Unfit, grant, installation, names as migration_names, run as migrate, status as schema_status,
};
pub use self::safety::refusals;
pub use self::scope::{Reach, Scope};
pub use self::tx::{Audited, Caller, ReadTx, UnderGrant, Viewed, WriteTx};
pub use self::types::TextEnum;
pub(crate) use self::types::text_enum;

use self::conn::Use;
use self::threads::{Commit, Worker};
use self::unit::{Mode, ReadUnit, Task, Unit, ViewUnit, Work, WriteUnit};
use crate::clock::Clock;
use crate::error::{Code, Error, Result};
use crate::keys::Keys;

/// How many threads, how much may wait.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Threads that read an SQLite file.
    pub sqlite_readers: usize,
    /// Connections to PostgreSQL.
    pub postgres_threads: usize,
    /// Units that may wait for a lane before more are refused.
    pub queue: usize,
}

/// Threads of their own for what must answer when the rest is busy: sign-in and health.
const RESERVED: usize = 2;

/// The database threads of a running program.
pub struct Db {
    target: Target,
    clock: Clock,
    journal: Arc<Journal>,
    read: Sender<Work>,
    write: Sender<Work>,
    looks: Sender<Work>,
    reserved: Sender<Work>,
    /// For writes without which nobody gets in.
    urgent: Sender<Work>,
    // Last: dropped after the channels, so that the threads have nothing more to wait for.
    _threads: Threads,
}

/// Lets the threads finish what they have and close their connections.
struct Threads(Vec<JoinHandle<()>>);

impl Drop for Threads {
    fn drop(&mut self) {
        for thread in self.0.drain(..) {
            drop(thread.join());
        }
    }
}

impl Db {
    /// Opens the connections and starts the threads. The schema must be current.
    pub(crate) fn open(target: Target, sizes: Sizes, clock: Clock, keys: Arc<Keys>) -> Result<Self> {
        let journal = Arc::new(Journal::new(keys));
        let (reserved, reserved_work) = bounded(sizes.queue);
        let (write, write_work) = bounded(sizes.queue);
        let worker =
            |purpose| Worker { target: target.clone(), purpose, clock: clock.clone(), journal: Arc::clone(&journal) };
        let mut threads = Vec::new();
        let (read, looks, urgent);
        if matches!(target, Target::Sqlite(_)) {
            // The writer opens first: it alone may have to recover the write-ahead log.
            let (committed, commits) = bounded(1);
            threads.push(worker(Use::Write).start("db-write", Commit::Logged(committed), write_work)?);
            threads.push(checkpoint::start(&target, commits)?);
            let (read_lane, read_work) = bounded(sizes.queue);
            for number in 0..sizes.sqlite_readers.max(1) {
                threads.push(worker(Use::Read).start(&format!("db-read-{number}"), Commit::Each, read_work.clone())?);
            }
            threads.push(worker(Use::Read).start("db-reserved", Commit::Each, reserved_work)?);
            read = read_lane;
            looks = write.clone();
            urgent = write.clone();
        } else {
            let (looks_lane, looks_work) = bounded(sizes.queue);
            let size = sizes.postgres_threads.max(1);
            for number in 0..size {
                let name = format!("db-{number}");
                threads.push(worker(Use::Write).start(&name, Commit::Shared(size), write_work.clone())?);
            }
            threads.push(worker(Use::Write).start("db-looks", Commit::Gathered, looks_work)?);
            for number in 0..RESERVED {
                let name = format!("db-reserved-{number}");
                threads.push(worker(Use::Write).start(&name, Commit::Each, reserved_work.clone())?);
            }
            read = write.clone();
            looks = looks_lane;
            urgent = reserved.clone();
        }
        Ok(Self { target, clock, journal, read, write, looks, reserved, urgent, _threads: Threads(threads) })
    }

    /// Where the data lives.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The clock of every transaction.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The installation's keys.
    pub(crate) fn keys(&self) -> &Keys {
        self.journal.keys()
    }

    /// Reads what is no person's file.
    pub(crate) async fn read<T, F>(&self, caller: Caller, act: F) -> Result<T>
    where
        F: Fn(&mut ReadTx<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        submit(&self.read, Box::new(ReadUnit(Task::new(Mode::Read, caller, act, answer, None))))?;
        wait(answered).await
    }

    /// A read of one statement on a thread of its own: sign-in, tokens and health answer when the rest is busy.
    pub(crate) async fn glance<T, F>(&self, caller: Caller, act: F) -> Result<T>
    where
        F: Fn(&mut ReadTx<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        submit(&self.reserved, Box::new(ReadUnit(Task::new(Mode::Glance, caller, act, answer, None))))?;
        wait(answered).await
    }

    /// Reads persons' files. The answer comes after the event of the look is durable.
    pub(crate) async fn view<T, F>(&self, caller: Caller, act: F) -> Result<T>
    where
        F: Fn(&mut ReadTx<'_>) -> Result<Viewed<T>> + Send + 'static,
        T: Send + 'static,
    {
        self.look(Mode::Read, caller, act).await
    }

    /// The same for an act that is one statement.
    pub(crate) async fn view_hot<T, F>(&self, caller: Caller, act: F) -> Result<T>
    where
        F: Fn(&mut ReadTx<'_>) -> Result<Viewed<T>> + Send + 'static,
        T: Send + 'static,
    {
        self.look(Mode::Glance, caller, act).await
    }

    async fn look<T, F>(&self, mode: Mode, caller: Caller, act: F) -> Result<T>
    where
        F: Fn(&mut ReadTx<'_>) -> Result<Viewed<T>> + Send + 'static,
        T: Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let looks = Some(self.looks.clone());
        submit(&self.read, Box::new(ViewUnit(Task::new(mode, caller, act, answer, looks))))?;
        wait(answered).await
    }

    /// Writes. The answer comes after the commit.
    pub(crate) async fn write<T, F>(&self, caller: Caller, act: F) -> Result<T>
    where
        F: Fn(&mut WriteTx<'_>) -> Result<Audited<T>> + Send + 'static,
        T: Send + 'static,
    {
        wait(Self::send(&self.write, caller, act)?).await
    }

    /// The same for the program itself, which waits for as long as it takes.
    pub(crate) async fn write_patiently<T, F>(&self, caller: Caller, act: F) -> Result<T>
    where
        F: Fn(&mut WriteTx<'_>) -> Result<Audited<T>> + Send + 'static,
        T: Send + 'static,
    {
        Self::send(&self.write, caller, act)?.await.unwrap_or_else(|_| Err(Error::panicked()))
    }

    /// The same where signing in depends on it: on a thread of its own, if there are several that write.
    pub(crate) async fn write_urgent<T, F>(&self, caller: Caller, act: F) -> Result<T>
    where
        F: Fn(&mut WriteTx<'_>) -> Result<Audited<T>> + Send + 'static,
        T: Send + 'static,
    {
        wait(Self::send(&self.urgent, caller, act)?).await
    }

    fn send<T, F>(lane: &Sender<Work>, caller: Caller, act: F) -> Result<oneshot::Receiver<Result<T>>>
    where
        F: Fn(&mut WriteTx<'_>) -> Result<Audited<T>> + Send + 'static,
        T: Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        submit(lane, Box::new(WriteUnit(Task::new(Mode::Write, caller, act, answer, None))))?;
        Ok(answered)
    }
}

fn submit(lane: &Sender<Work>, unit: Box<dyn Unit>) -> Result<()> {
    lane.try_send(Work::Unit(unit)).map_err(|refused| match refused {
        TrySendError::Full(_) => Error::new(Code::Busy).with_member("retry_after_s", 1),
        TrySendError::Disconnected(_) => Error::new(Code::Unavailable).with_log("the database threads have ended"),
    })
}

/// A database that hangs does not hang its clients (F10). What is under way then may still be done: a retry under the same key finds out.
const LONGEST_ANSWER: Duration = Duration::from_secs(5);

async fn wait<T>(answered: oneshot::Receiver<Result<T>>) -> Result<T> {
    match tokio::time::timeout(LONGEST_ANSWER, answered).await {
        Ok(Ok(answer)) => answer,
        // The sender is dropped without an answer only by a panic while answering.
        Ok(Err(_)) => Err(Error::panicked()),
        Err(_) => Err(Error::new(Code::Unavailable).with_log("the database did not answer in time")),
    }
}

/// One statement, to see that the database answers.
pub(crate) fn ping(tx: &mut ReadTx<'_>) -> Result<()> {
    use diesel::RunQueryDsl;
    diesel::select(diesel::dsl::sql::<diesel::sql_types::Integer>("1")).get_result::<i32>(tx.conn())?;
    Ok(())
}
