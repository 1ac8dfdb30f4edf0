//! The rows of entries, written for all that share a commit at once.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Integer, SmallInt};

use super::{Entry, Journal, Leaf};
use crate::db::conn::AnyConn;
use crate::db::schema::{audit_body, audit_event, audit_pending, audit_subject};
use crate::error::Result;
use crate::id::AuditEventId;

/// Writes entries on the connection's open transaction.
pub(in crate::db) fn write(conn: &mut AnyConn, journal: &Journal, entries: &[&Entry]) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let leaves: Vec<Leaf<'_>> = entries.iter().map(|entry| journal.leaf(entry)).collect();
    match conn {
        AnyConn::Postgres(c) => _ = Batch::of(leaves).execute(c)?,
        AnyConn::Sqlite(c) => {
            insert(c, &leaves)?;
            let subjects: Vec<Subject> =
                entries.iter().flat_map(|entry| entry.subjects.iter().map(|tag| (tag.clone(), entry.id))).collect();
            insert(c, &subjects)?;
        }
    }
    Ok(())
}

/// Rows of one statement on SQLite: for a large group, and for a small one or what is left. A statement for each number of rows would
/// have to be prepared again and again.
const MANY: usize = 32;
const SOME: usize = 8;

fn insert<R: Rows>(c: &mut SqliteConnection, rows: &[R]) -> QueryResult<()> {
    let (many, rest) = rows.as_chunks::<MANY>();
    let (some, rest) = rest.as_chunks::<SOME>();
    let (ones, _) = rest.as_chunks::<1>();
    many.iter().try_for_each(|chunk| R::insert(c, chunk))?;
    some.iter().try_for_each(|chunk| R::insert(c, chunk))?;
    ones.iter().try_for_each(|chunk| R::insert(c, chunk))
}

/// What SQLite takes several of in one statement. diesel finds a prepared statement by its type, so the number is part of it, and the
/// values are owned.
trait Rows: Sized {
    fn insert<const N: usize>(c: &mut SqliteConnection, rows: &[Self; N]) -> QueryResult<()>;
}

impl Rows for Leaf<'_> {
    fn insert<const N: usize>(c: &mut SqliteConnection, rows: &[Self; N]) -> QueryResult<()> {
        let events = rows.each_ref().map(|leaf| {
            (
                audit_event::event_id.eq(leaf.entry.id),
                audit_event::writer.eq(leaf.writer),
                audit_event::wseq.eq(leaf.wseq),
                audit_event::at_us.eq(leaf.entry.at),
                audit_event::action.eq(leaf.entry.action),
                audit_event::leaf.eq(leaf.bytes.clone()),
                audit_event::mac.eq(leaf.mac.clone()),
            )
        });
        let bodies = rows.each_ref().map(|Leaf { entry, .. }| {
            (
                audit_body::event_id.eq(entry.id),
                audit_body::salt.eq(entry.salt.clone()),
                audit_body::key_id.eq(entry.key_id),
                audit_body::body.eq(entry.body.clone()),
            )
        });
        let pending = rows.each_ref().map(|leaf| audit_pending::event_id.eq(leaf.entry.id));
        diesel::insert_into(audit_event::table).values(events).execute(c)?;
        diesel::insert_into(audit_body::table).values(bodies).execute(c)?;
        diesel::insert_into(audit_pending::table).values(pending).execute(c)?;
        Ok(())
    }
}

/// A person's pseudonym, and an event that concerns the person.
type Subject = (Vec<u8>, AuditEventId);

impl Rows for Subject {
    fn insert<const N: usize>(c: &mut SqliteConnection, rows: &[Self; N]) -> QueryResult<()> {
        let subjects = rows
            .each_ref()
            .map(|(tag, event)| (audit_subject::subject_tag.eq(tag.clone()), audit_subject::event_id.eq(*event)));
        diesel::insert_into(audit_subject::table).values(subjects).execute(c)?;
        Ok(())
    }
}

/// A batch as one prepared statement on PostgreSQL: arrays instead of a statement per length.
#[derive(Default)]
struct Batch {
    id: Vec<Vec<u8>>,
    writer: Vec<i64>,
    wseq: Vec<i64>,
    at: Vec<i64>,
    action: Vec<i16>,
    leaf: Vec<Vec<u8>>,
    mac: Vec<Vec<u8>>,
    salt: Vec<Vec<u8>>,
    key_id: Vec<i32>,
    body: Vec<Vec<u8>>,
    subject_tag: Vec<Vec<u8>>,
    subject_event: Vec<Vec<u8>>,
}

impl Batch {
    fn of(leaves: Vec<Leaf<'_>>) -> Self {
        let mut batch = Self::default();
        for Leaf { entry, writer, wseq, bytes, mac } in leaves {
            let id = entry.id.uuid().as_bytes().to_vec();
            for tag in &entry.subjects {
                batch.subject_tag.push(tag.clone());
                batch.subject_event.push(id.clone());
            }
            batch.id.push(id);
            batch.writer.push(writer);
            batch.wseq.push(wseq);
            batch.at.push(entry.at.micros());
            batch.action.push(entry.action);
            batch.leaf.push(bytes);
            batch.mac.push(mac);
            batch.salt.push(entry.salt.clone());
            batch.key_id.push(entry.key_id);
            batch.body.push(entry.body.clone());
        }
        batch
    }
}

impl QueryId for Batch {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<diesel::pg::Pg> for Batch {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, diesel::pg::Pg>) -> QueryResult<()> {
        out.push_sql("WITH e AS (INSERT INTO audit_event (event_id, writer, wseq, at_us, action, leaf, mac) SELECT * FROM unnest(");
        out.push_bind_param::<Array<Binary>, _>(&self.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.writer)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.wseq)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.at)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SmallInt>, _>(&self.action)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.leaf)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.mac)?;
        out.push_sql(")), b AS (INSERT INTO audit_body (event_id, salt, key_id, body) SELECT * FROM unnest(");
        out.push_bind_param::<Array<Binary>, _>(&self.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.salt)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Integer>, _>(&self.key_id)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.body)?;
        out.push_sql(")), s AS (INSERT INTO audit_subject (subject_tag, event_id) SELECT * FROM unnest(");
        out.push_bind_param::<Array<Binary>, _>(&self.subject_tag)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.subject_event)?;
        out.push_sql(")) INSERT INTO audit_pending (event_id) SELECT unnest(");
        out.push_bind_param::<Array<Binary>, _>(&self.id)?;
        out.push_sql(")");
        Ok(())
    }
}

impl RunQueryDsl<PgConnection> for Batch {}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use diesel::connection::{InstrumentationEvent, SimpleConnection as _};

    use super::*;
    use crate::clock::Clock;
    use crate::db::journal::{Action, Actor, Event, Journal};
    use crate::id::PersonId;
    use crate::keys::Keys;

    #[test]
    fn every_event_gets_its_rows_and_a_statement_is_prepared_once() {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        conn.batch_execute(include_str!("../../../migrations/sqlite/2026-11-24-000000_audit/up.sql")).unwrap();
        let prepared = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&prepared);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::CacheQuery { .. }) {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        });
        let mut conn = AnyConn::Sqlite(conn);

        let journal = Journal::new(Arc::new(Keys::ephemeral().unwrap()));
        let actor = Actor::program("test");
        let mut group = |size: usize| {
            let event = Event::about(Action::PersonViewed, PersonId::random());
            let entries: Vec<_> =
                (0..size).map(|_| journal.entry(&event, &actor, &[], Clock::system().now()).unwrap()).collect();
            write(&mut conn, &journal, &entries.iter().collect::<Vec<_>>()).unwrap();
            let AnyConn::Sqlite(c) = &mut conn else { unreachable!() };
            [
                audit_event::table.count().get_result::<i64>(c).unwrap(),
                audit_body::table.count().get_result(c).unwrap(),
                audit_pending::table.count().get_result(c).unwrap(),
                audit_subject::table.count().get_result(c).unwrap(),
            ]
        };
        assert_eq!(group(MANY + SOME + 1), [41; 4]);
        let statements = prepared.load(Ordering::Relaxed);
        assert_eq!(group(2 * MANY), [105; 4]);
        assert_eq!(group(SOME + 3), [116; 4]);
        assert_eq!(prepared.load(Ordering::Relaxed), statements);
        assert_eq!(statements, 3 * 4 + 4, "three sizes for four tables, and the counts of this test");
    }
}
