//! Everything that was put on record in a file, as one statement: one round trip, one snapshot. It reads tables of the slices below and writes
//! none.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Bool, Date, Integer, Nullable, SmallInt, Text};

use crate::clock::Instant;
use crate::db::{MultiBackend, ReadTx};
use crate::error::Result;
use crate::id::PersonId;

/// What an entry is about: the number of its part in [`PARTS`].
pub(in crate::cases) const NAMES: &[&str] = &[
    "person",
    "permit",
    "address",
    "crossing",
    "presence_gap",
    "evidence",
    "fact",
    "event",
    "relationship",
    "case",
    "paper",
    "decision",
    "verdict",
    "document",
];

/// Table and columns of each part: id, version, two words, the day it is about, was it withdrawn. The first also gives the columns their types.
const PARTS: &[&str] = &[
    "person_record AS t|t.person_id, t.version, CAST('person' AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS DATE), CAST(FALSE AS BOOLEAN)",
    "permit AS t|t.id, t.version, t.kind, t.ground, t.valid_from, t.withdrawn",
    "address AS t|t.id, t.version, t.kind, t.division, t.certain_from, t.withdrawn",
    "crossing AS t|t.id, t.version, t.direction, t.source, t.crossed_on, t.withdrawn",
    "presence_gap AS t|t.id, t.version, 'presence_unknown', NULL, t.valid_from, t.withdrawn",
    "evidence AS t|t.id, t.version, t.kind, t.level, t.valid_from, t.withdrawn",
    "rule_fact AS t|t.id, t.version, t.name, NULL, NULL, t.withdrawn",
    "legal_event AS t|t.id, t.version, t.kind, NULL, t.happened_on, t.withdrawn",
    "relationship AS t|t.id, t.version, t.kind, t.end_ground, t.valid_from, t.withdrawn",
    "case_event AS t|t.case_id, t.seq, t.event, t.to_state, t.happened_on, FALSE",
    "case_paper AS t|t.case_id, t.seq, t.paper, t.state, NULL, FALSE",
    "decision AS t|t.id, t.seq, t.outcome, t.computed, t.proposed_on, FALSE",
    "decision_verdict AS t|t.decision_id, 1, t.verdict, NULL, NULL, FALSE",
    "document AS t|t.id, t.version, t.kind, t.issuer, t.issued_on, t.withdrawn",
];

/// One entry.
#[derive(Clone, Debug, Queryable)]
pub(in crate::cases) struct EntryRow {
    pub(in crate::cases) part: i16,
    pub(in crate::cases) id: Vec<u8>,
    pub(in crate::cases) version: i32,
    pub(in crate::cases) word: String,
    pub(in crate::cases) word2: Option<String>,
    pub(in crate::cases) day: Option<NaiveDate>,
    pub(in crate::cases) withdrawn: bool,
    pub(in crate::cases) recorded_at: Instant,
}

type Row = (SmallInt, Binary, Integer, Text, Nullable<Text>, Nullable<Date>, Bool, BigInt);

struct Timeline<'a> {
    person: PersonId,
    before: &'a Place,
    limit: i64,
}

/// Where an entry stands in the order: newest first, and of one instant by part, id and version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cases) struct Place {
    pub(in crate::cases) recorded_at: Instant,
    pub(in crate::cases) part: i16,
    pub(in crate::cases) id: Vec<u8>,
    pub(in crate::cases) version: i32,
}

impl Place {
    /// Before every entry.
    pub(in crate::cases) const BEGINNING: Self =
        Self { recorded_at: Instant::END, part: i16::MAX, id: Vec::new(), version: 0 };
}

impl EntryRow {
    /// Where the entry stands.
    pub(in crate::cases) fn place(&self) -> Place {
        let Self { recorded_at, part, version, .. } = *self;
        Place { recorded_at, part, id: self.id.clone(), version }
    }
}

impl QueryFragment<MultiBackend> for Timeline<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        for (index, part) in PARTS.iter().enumerate() {
            let (table, columns) = part.split_once('|').unwrap_or((part, ""));
            if index > 0 {
                out.push_sql(" UNION ALL ");
            }
            out.push_sql(&format!(
                "SELECT CAST({index} AS SMALLINT), {columns}, t.recorded_at FROM {table} WHERE t.person_id = "
            ));
            out.push_bind_param::<Binary, _>(&self.person)?;
            let (id, rest) = columns.split_once(", ").unwrap_or((columns, ""));
            let version = rest.split(',').next().unwrap_or_default();
            let Place { recorded_at, part, id: last, version: of } = self.before;
            out.push_sql(" AND t.recorded_at <= ");
            out.push_bind_param::<BigInt, _>(recorded_at)?;
            out.push_sql(" AND (t.recorded_at < ");
            out.push_bind_param::<BigInt, _>(recorded_at)?;
            out.push_sql(&format!(" OR {index} < "));
            out.push_bind_param::<SmallInt, _>(part)?;
            out.push_sql(&format!(" OR ({index} = "));
            out.push_bind_param::<SmallInt, _>(part)?;
            out.push_sql(&format!(" AND ({id} < "));
            out.push_bind_param::<Binary, _>(last)?;
            out.push_sql(&format!(" OR ({id} = "));
            out.push_bind_param::<Binary, _>(last)?;
            out.push_sql(&format!(" AND {version} < "));
            out.push_bind_param::<Integer, _>(of)?;
            out.push_sql("))))");
        }
        out.push_sql(" ORDER BY 8 DESC, 1 DESC, 2 DESC, 3 DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

impl QueryId for Timeline<'_> {
    type QueryId = Timeline<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Timeline<'_> {
    type SqlType = Row;
}

impl<C> RunQueryDsl<C> for Timeline<'_> {}

/// What was recorded before a place, the newest first.
pub(in crate::cases) fn before(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    before: &Place,
    limit: usize,
) -> Result<Vec<EntryRow>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(Timeline { person, before, limit }.load(tx.conn())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_a_name() {
        assert_eq!(NAMES.len(), PARTS.len());
        for (name, part) in NAMES.iter().zip(PARTS) {
            let table = part.split(' ').next().unwrap_or_default();
            let fits = table.contains(name) || ["person", "fact", "event", "case", "paper", "verdict"].contains(name);
            assert!(fits, "{name} {table}");
        }
    }
}
