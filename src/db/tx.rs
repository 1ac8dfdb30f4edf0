//! Transactions as capabilities. What a unit of work may do is what its transaction has methods for: a [`ReadTx`] cannot record, a
//! [`WriteTx`] ends in an [`Audited`] value, and looking at a person's file ends in a [`Viewed`] one.

use std::ops::{Deref, DerefMut};

use super::conn::AnyConn;
use super::journal::{Actor, Entry, Event, Journal};
use super::scope::Scope;
use crate::clock::Instant;
use crate::error::Result;
use crate::id::{AccountId, PersonId};
use crate::keys::Keys;

/// Who a unit of work is done for.
#[derive(Clone, Debug)]
pub struct Caller {
    /// As the log names the caller.
    pub actor: Actor,
    /// Which rows the caller may know of.
    pub scope: Scope,
    /// Set while the account holds a grant: tells the looks made under it from the others.
    pub under_grant: Option<UnderGrant>,
}

/// Which of these persons' files a caller sees by a grant alone. `access/scope` knows.
pub type UnderGrant = fn(&mut ReadTx<'_>, &[PersonId]) -> Result<Vec<PersonId>>;

impl Caller {
    /// The program itself: it sees no file.
    pub fn program(what: &'static str) -> Self {
        Self { actor: Actor::program(what), scope: Scope::NOTHING, under_grant: None }
    }
}

/// A value that may leave because the act behind it stands in the log. Only [`WriteTx::record`] makes one.
#[derive(Debug)]
pub struct Audited<T>(T);

impl<T> Audited<T> {
    /// The same act with another view of its result.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Audited<U> {
        Audited(f(self.0))
    }

    pub(crate) fn into_inner(self) -> T {
        self.0
    }
}

/// A value that may leave once the look behind it stands in the log. Only [`ReadTx::viewed`] makes one.
#[derive(Debug)]
pub struct Viewed<T> {
    value: T,
    entry: Entry,
    subjects: Vec<PersonId>,
}

impl<T> Viewed<T> {
    /// The persons whose files it shows.
    pub(crate) fn subjects(&self) -> &[PersonId] {
        &self.subjects
    }

    pub(super) fn into_parts(self) -> (T, Entry) {
        (self.value, self.entry)
    }
}

/// A transaction that can read.
pub struct ReadTx<'a> {
    conn: &'a mut AnyConn,
    now: Instant,
    caller: &'a Caller,
    journal: &'a Journal,
}

impl<'a> ReadTx<'a> {
    pub(super) fn new(conn: &'a mut AnyConn, now: Instant, caller: &'a Caller, journal: &'a Journal) -> Self {
        Self { conn, now, caller, journal }
    }

    /// The connection, for the `store` modules.
    pub(crate) fn conn(&mut self) -> &mut AnyConn {
        self.conn
    }

    /// The instant of this transaction.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Which rows the caller may know of.
    pub fn scope(&self) -> Scope {
        self.caller.scope
    }

    /// May the caller see files by a grant? Where no grant is known of, none is honoured, so that every look under one can be marked.
    pub(crate) fn holds_grant(&self) -> bool {
        self.caller.under_grant.is_some()
    }

    /// The pseudonym under which a person's events are found.
    pub(crate) fn subject_tag(&self, person: PersonId) -> Vec<u8> {
        self.journal.subject_tag(person)
    }

    /// Hashes and seals an event of this caller.
    fn entry(&mut self, event: &Event) -> Result<Entry> {
        let granted = match self.caller.under_grant {
            Some(under_grant) => under_grant(self, &event.subjects)?,
            None => Vec::new(),
        };
        self.journal.entry(event, &self.caller.actor, &granted, self.now)
    }

    /// The account that acts; none for the program itself.
    pub fn account(&self) -> Option<AccountId> {
        self.caller.actor.account
    }

    /// The installation's keys.
    pub fn keys(&self) -> &Keys {
        self.journal.keys()
    }

    /// Binds a look at persons' files to the value that shows them. The value leaves only after the event is durable.
    pub fn viewed<T>(&mut self, event: &Event, value: T) -> Result<Viewed<T>> {
        let entry = self.entry(event)?;
        Ok(Viewed { value, entry, subjects: event.subjects.clone() })
    }
}

/// A transaction that can read and write.
pub struct WriteTx<'a> {
    read: ReadTx<'a>,
    discarded: bool,
    entries: Vec<Entry>,
    subjects: Vec<PersonId>,
}

impl<'a> WriteTx<'a> {
    pub(super) fn new(read: ReadTx<'a>) -> Self {
        Self { read, discarded: false, entries: Vec::new(), subjects: Vec::new() }
    }

    /// Lets the unit answer as if it had happened, and undoes it: a dry run.
    pub(crate) fn discard(&mut self) {
        self.discarded = true;
    }

    /// The persons whose files the recorded acts concern.
    pub(crate) fn subjects(&self) -> &[PersonId] {
        &self.subjects
    }

    /// The entries of the recorded acts; none if the unit is to be undone.
    pub(super) fn into_entries(self) -> Option<Vec<Entry>> {
        (!self.discarded).then_some(self.entries)
    }

    /// Binds the audit event of an act to the act's own transaction, which is not committed without it, and releases the act's result.
    pub fn record<T>(&mut self, event: &Event, value: T) -> Result<Audited<T>> {
        let entry = self.read.entry(event)?;
        self.entries.push(entry);
        self.subjects.extend(&event.subjects);
        Ok(Audited(value))
    }
}

impl<'a> Deref for WriteTx<'a> {
    type Target = ReadTx<'a>;

    fn deref(&self) -> &Self::Target {
        &self.read
    }
}

impl DerefMut for WriteTx<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.read
    }
}
