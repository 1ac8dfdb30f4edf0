//! Groups: what one unit leaves undone touches no other.

use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::sql_types::BigInt;
use tokio::sync::oneshot;

use super::*;
use crate::db::journal::{Action, Event};
use crate::db::tx::{Audited, Caller, WriteTx};
use crate::db::unit::{Task, WriteUnit};
use crate::keys::Keys;

/// What a unit comes to after it has written its row.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Kept,
    Refused,
    /// Recorded, then undone: a dry run.
    Tried,
    Panics,
}

struct Group {
    link: Link,
    _dir: tempfile::TempDir,
}

impl Group {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let target = Target::Sqlite(dir.path().join("group.db"));
        let mut conn = target.open(Use::Write).unwrap();
        conn.batch_execute(include_str!("../../../migrations/sqlite/2026-11-24-000000_audit/up.sql")).unwrap();
        conn.batch_execute("CREATE TABLE note (number INTEGER NOT NULL PRIMARY KEY) STRICT").unwrap();
        let journal = Arc::new(Journal::new(Arc::new(Keys::ephemeral().unwrap())));
        let worker = Worker { target, purpose: Use::Write, clock: Clock::system(), journal };
        Self { link: Link { conn: Some(conn), worker }, _dir: dir }
    }

    /// Runs units that write the numbers from `first` on. Answers with what each was told and how often units were run.
    fn run(&mut self, first: i64, ends: &[End]) -> (Vec<bool>, usize) {
        let runs = Arc::new(AtomicUsize::new(0));
        let (mut batch, mut answers) = (Vec::new(), Vec::new());
        for (number, end) in (first..).zip(ends.iter().copied()) {
            let runs = Arc::clone(&runs);
            let act = move |tx: &mut WriteTx<'_>| -> Result<Audited<()>> {
                runs.fetch_add(1, Ordering::Relaxed);
                tx.conn().batch_execute(&format!("INSERT INTO note VALUES ({number})"))?;
                match end {
                    End::Kept => tx.record(&Event::plain(Action::PeopleListed), ()),
                    End::Tried => {
                        tx.discard();
                        tx.record(&Event::plain(Action::PeopleListed), ())
                    }
                    End::Refused => Err(Error::new(Code::OverlappingTrip)),
                    End::Panics => panic!("on purpose"),
                }
            };
            let (answer, answered) = oneshot::channel();
            let task = Task::new(Mode::Write, Caller::program("test"), act, answer, None);
            batch.push(Work::Unit(Box::new(WriteUnit(task))));
            answers.push(answered);
        }
        self.link.grouped(batch);
        let told = ends.iter().zip(answers).map(|(end, mut answered)| {
            let told = answered.try_recv().unwrap();
            assert_eq!(told.as_ref().is_err_and(|error| error.panicked), *end == End::Panics, "that is 500, not 503");
            told.is_ok()
        });
        let told = told.collect();
        (told, runs.load(Ordering::Relaxed))
    }

    fn numbers(&mut self) -> Vec<i64> {
        self.column("SELECT number AS value FROM note ORDER BY number")
    }

    /// Where the events stand in the writer's sequence.
    fn events(&mut self) -> Vec<i64> {
        self.column("SELECT wseq AS value FROM audit_event ORDER BY wseq")
    }

    fn column(&mut self, query: &str) -> Vec<i64> {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = BigInt)]
            value: i64,
        }
        let Some(AnyConn::Sqlite(conn)) = &mut self.link.conn else { unreachable!() };
        let rows: Vec<Row> = diesel::sql_query(query).load(conn).unwrap();
        rows.into_iter().map(|row| row.value).collect()
    }
}

#[test]
fn what_is_undone_touches_no_other() {
    for bad in [End::Refused, End::Tried, End::Panics] {
        let mut group = Group::new();
        let (told, runs) = group.run(1, &[End::Kept, bad, End::Kept, End::Kept]);
        let answered = bad == End::Tried;
        assert_eq!((told, runs), (vec![true, answered, true, true], 4), "each runs once");
        assert_eq!(group.run(11, &[bad]), (vec![answered], 1));
        assert_eq!(group.run(21, &[End::Kept]), (vec![true], 1));
        assert_eq!((group.numbers(), group.events()), (vec![1, 3, 4, 21], vec![1, 2, 3, 4]), "no event is missing");
    }
}
