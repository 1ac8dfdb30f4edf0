//! Facts keep every version: a change closes one row and inserts the next, so that `as_of` is a WHERE clause. The tables differ, the
//! queries do not; this macro is those queries for one table.

/// The store of one versioned table. `$order` is the column its lists are sorted by; with `versions` alone the slice has lists of its own.
macro_rules! facts {
    ($table:ident, $row:ty, $id:ty, $order:ident: $order_type:ty) => {
        $crate::db::facts!(versions $table, $row, $id);

        use $crate::error::Code;

        /// A page of the rows as the record stood at `as_of`, from the one after `after` on.
        pub(crate) fn page(
            tx: &mut ReadTx<'_>,
            person: PersonId,
            as_of: Instant,
            after: Option<&($order_type, $id)>,
            limit: usize,
        ) -> Result<Vec<$row>> {
            let mut query = $table::table
                .filter($table::person_id.eq(person))
                .filter($table::recorded_at.le(as_of))
                .filter($table::superseded_at.is_null().or($table::superseded_at.gt(as_of)))
                .filter($table::withdrawn.eq(false))
                .order(($table::$order.asc(), $table::id.asc()))
                .limit(i64::try_from(limit).unwrap_or(i64::MAX))
                .select(<$row>::as_select())
                .into_boxed();
            if let Some((key, id)) = after {
                let here = $table::$order.eq(key.clone()).and($table::id.gt(*id));
                query = query.filter($table::$order.gt(key.clone()).or(here));
            }
            Ok(query.load(tx.conn())?)
        }

        /// The live row: 404 if there is none, 410 if it was withdrawn.
        pub(crate) fn live(tx: &mut ReadTx<'_>, person: PersonId, id: $id) -> Result<$row> {
            let row: $row = $table::table
                .filter($table::person_id.eq(person))
                .filter($table::id.eq(id))
                .filter($table::superseded_at.is_null())
                .select(<$row>::as_select())
                .first(tx.conn())?;
            if row.withdrawn { Err(Error::new(Code::Gone)) } else { Ok(row) }
        }
    };
    (versions $table:ident, $row:ty, $id:ty) => {
        use diesel::prelude::*;

        use $crate::clock::Instant;
        use $crate::db::schema::$table;
        use $crate::db::{ReadTx, WriteTx};
        use $crate::error::{Error, Result};
        use $crate::id::PersonId;

        /// One version of a row.
        pub(crate) fn version(tx: &mut ReadTx<'_>, person: PersonId, id: $id, version: i32) -> Result<Option<$row>> {
            Ok($table::table.find((person, id, version)).select(<$row>::as_select()).first(tx.conn()).optional()?)
        }

        /// Stores the first version of a row.
        pub(crate) fn insert(tx: &mut WriteTx<'_>, mut row: $row) -> Result<$row> {
            row.version = 1;
            row.recorded_at = tx.now();
            row.recorded_by = tx.account();
            row.superseded_at = None;
            $crate::db::on!(tx.conn(), c => diesel::insert_into($table::table).values(&row).execute(c))?;
            Ok(row)
        }

        /// Closes a version and stores the next one. Of two at once one finds the version closed.
        pub(crate) fn replace(tx: &mut WriteTx<'_>, before: &$row, mut after: $row) -> Result<$row> {
            let now = tx.now().after(before.recorded_at);
            let closed = diesel::update($table::table.find((before.person_id, before.id, before.version)))
                .set($table::superseded_at.eq(now))
                .filter($table::superseded_at.is_null())
                .execute(tx.conn())?;
            if closed != 1 {
                return Err(Error::overtaken());
            }
            after.version = before.version.saturating_add(1);
            after.recorded_at = now;
            after.recorded_by = tx.account();
            after.superseded_at = None;
            diesel::insert_into($table::table).values(&after).execute(tx.conn())?;
            Ok(after)
        }
    };
}
pub(crate) use facts;
