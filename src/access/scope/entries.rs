//! What stands on record about a file until it is ended: never changed, never removed. The tables differ, the queries do not; this macro is
//! those queries for one table.

/// The store of one table of entries.
macro_rules! entries {
    ($table:ident, $row:ty, $id:ty) => {
        use diesel::prelude::*;

        use $crate::clock::Instant;
        use $crate::db::schema::$table;
        use $crate::db::{ReadTx, WriteTx};
        use $crate::error::{Code, Error, Result};
        use $crate::id::{AccountId, PersonId};

        impl $row {
            /// 1 while it stands, 2 once it was ended.
            pub(crate) fn version(&self) -> i32 {
                if self.ended_at.is_none() { 1 } else { 2 }
            }
        }

        /// A page of the entries about a person, ended ones too, oldest first.
        pub(crate) fn page(
            tx: &mut ReadTx<'_>,
            person: PersonId,
            after: Option<(i64, $id)>,
            limit: usize,
        ) -> Result<Vec<$row>> {
            let mut query = $table::table
                .filter($table::person_id.eq(person))
                .order(($table::recorded_at.asc(), $table::id.asc()))
                .limit(i64::try_from(limit).unwrap_or(i64::MAX))
                .select(<$row>::as_select())
                .into_boxed();
            if let Some((at, id)) = after {
                let at = Instant::from_micros(at);
                let here = $table::recorded_at.eq(at).and($table::id.gt(id));
                query = query.filter($table::recorded_at.gt(at).or(here));
            }
            Ok(query.load(tx.conn())?)
        }

        /// An entry that stands: 404 if there is none, 410 if it was ended.
        pub(crate) fn standing(tx: &mut ReadTx<'_>, person: PersonId, id: $id) -> Result<$row> {
            let row: $row = $table::table.find((person, id)).select(<$row>::as_select()).first(tx.conn())?;
            if row.ended_at.is_some() { Err(Error::new(Code::Gone)) } else { Ok(row) }
        }

        /// Stores a new entry.
        pub(crate) fn insert(tx: &mut WriteTx<'_>, row: &$row) -> Result<()> {
            diesel::insert_into($table::table).values(row).execute(tx.conn())?;
            Ok(())
        }

        /// Ends an entry. Of two at once one finds it ended.
        pub(crate) fn end(tx: &mut WriteTx<'_>, mut row: $row) -> Result<$row> {
            let (now, by): (_, Option<AccountId>) = (tx.now(), tx.account());
            let ended = diesel::update($table::table.find((row.person_id, row.id)))
                .set(($table::ended_at.eq(now), $table::ended_by.eq(by)))
                .filter($table::ended_at.is_null())
                .execute(tx.conn())?;
            if ended != 1 {
                return Err(Error::overtaken());
            }
            row.ended_at = Some(now);
            row.ended_by = by;
            Ok(row)
        }
    };
}
pub(super) use entries;
