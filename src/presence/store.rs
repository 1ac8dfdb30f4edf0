//! Tables `crossing` and `presence_gap`.

pub(super) mod crossings {
    //! Table `crossing`.

    use chrono::NaiveDate;

    use crate::db::facts;
    use crate::id::{AccountId, CrossingId};
    use crate::presence::model::{Confidence, Crossing, CrossingSource, Direction, Seen};

    facts!(crossing, CrossingRow, CrossingId, crossed_on: NaiveDate);

    /// One version of a crossing.
    #[derive(Clone, Debug, Queryable, Selectable, Insertable)]
    #[diesel(table_name = crossing, treat_none_as_default_value = false)]
    pub(crate) struct CrossingRow {
        pub(in crate::presence) person_id: PersonId,
        pub(in crate::presence) id: CrossingId,
        pub(in crate::presence) version: i32,
        pub(in crate::presence) direction: Direction,
        pub(in crate::presence) crossed_on: NaiveDate,
        pub(in crate::presence) place: Option<String>,
        pub(in crate::presence) source: CrossingSource,
        pub(in crate::presence) withdrawn: bool,
        pub(in crate::presence) recorded_at: Instant,
        pub(in crate::presence) recorded_by: Option<AccountId>,
        pub(in crate::presence) superseded_at: Option<Instant>,
        pub(in crate::presence) confidence: Confidence,
    }

    impl CrossingRow {
        /// A row for a crossing; its version is given when it is stored.
        pub(in crate::presence) fn of(
            tx: &WriteTx<'_>,
            person_id: PersonId,
            id: CrossingId,
            crossing: Crossing,
        ) -> Self {
            let Crossing { direction, crossed_on, place, source, confidence } = crossing;
            Self {
                person_id,
                id,
                version: 1,
                direction,
                crossed_on,
                place,
                source,
                withdrawn: false,
                recorded_at: tx.now(),
                recorded_by: tx.account(),
                superseded_at: None,
                confidence,
            }
        }

        /// The crossing's particulars.
        pub(in crate::presence) fn crossing(&self) -> Crossing {
            let Self { direction, crossed_on, source, confidence, .. } = *self;
            Crossing { direction, crossed_on, place: self.place.clone(), source, confidence }
        }
    }

    /// What the record says of all crossings as it stood at `as_of`, by day.
    pub(in crate::presence) fn seen(tx: &mut ReadTx<'_>, person: PersonId, as_of: Instant) -> Result<Vec<Seen>> {
        let rows: Vec<CrossingRow> = crossing::table
            .filter(crossing::person_id.eq(person))
            .filter(crossing::recorded_at.le(as_of))
            .filter(crossing::superseded_at.is_null().or(crossing::superseded_at.gt(as_of)))
            .filter(crossing::withdrawn.eq(false))
            .order((crossing::crossed_on, crossing::id))
            .select(CrossingRow::as_select())
            .load(tx.conn())?;
        let seen = rows.iter().map(|row| Seen {
            id: row.id,
            version: row.version,
            on: row.crossed_on,
            direction: row.direction,
            source: row.source,
            confidence: row.confidence,
        });
        Ok(seen.collect())
    }

    /// Days and directions of all crossings as the record stood at `as_of`.
    pub(in crate::presence) fn all(
        tx: &mut ReadTx<'_>,
        person: PersonId,
        as_of: Instant,
    ) -> Result<Vec<(NaiveDate, Direction)>> {
        Ok(crossing::table
            .filter(crossing::person_id.eq(person))
            .filter(crossing::recorded_at.le(as_of))
            .filter(crossing::superseded_at.is_null().or(crossing::superseded_at.gt(as_of)))
            .filter(crossing::withdrawn.eq(false))
            .order((crossing::crossed_on, crossing::id))
            .select((crossing::crossed_on, crossing::direction))
            .load(tx.conn())?)
    }
}

pub(super) mod gaps {
    //! Table `presence_gap`.

    use chrono::NaiveDate;

    use crate::db::facts;
    use crate::id::{AccountId, GapId};
    use crate::presence::model::Gap;

    facts!(presence_gap, GapRow, GapId, valid_from: NaiveDate);

    /// One version of a stretch of unknown presence.
    #[derive(Clone, Debug, Queryable, Selectable, Insertable)]
    #[diesel(table_name = presence_gap, treat_none_as_default_value = false)]
    pub(crate) struct GapRow {
        pub(in crate::presence) person_id: PersonId,
        pub(in crate::presence) id: GapId,
        pub(in crate::presence) version: i32,
        pub(in crate::presence) valid_from: NaiveDate,
        pub(in crate::presence) valid_to: NaiveDate,
        pub(in crate::presence) withdrawn: bool,
        pub(in crate::presence) recorded_at: Instant,
        pub(in crate::presence) recorded_by: Option<AccountId>,
        pub(in crate::presence) superseded_at: Option<Instant>,
    }

    impl GapRow {
        /// A row for a stretch; its version is given when it is stored.
        pub(in crate::presence) fn of(tx: &WriteTx<'_>, person_id: PersonId, id: GapId, gap: Gap) -> Self {
            Self {
                person_id,
                id,
                version: 1,
                valid_from: gap.valid_from,
                valid_to: gap.valid_to,
                withdrawn: false,
                recorded_at: tx.now(),
                recorded_by: tx.account(),
                superseded_at: None,
            }
        }
    }

    /// First and last day of all stretches as the record stood at `as_of`.
    pub(in crate::presence) fn all(
        tx: &mut ReadTx<'_>,
        person: PersonId,
        as_of: Instant,
    ) -> Result<Vec<(NaiveDate, NaiveDate)>> {
        Ok(presence_gap::table
            .filter(presence_gap::person_id.eq(person))
            .filter(presence_gap::recorded_at.le(as_of))
            .filter(presence_gap::superseded_at.is_null().or(presence_gap::superseded_at.gt(as_of)))
            .filter(presence_gap::withdrawn.eq(false))
            .order((presence_gap::valid_from, presence_gap::id))
            .select((presence_gap::valid_from, presence_gap::valid_to))
            .load(tx.conn())?)
    }
}
