//! Everything the engine needs to know of a person, as one statement: one round trip, one snapshot, prepared once. It reads tables of the
//! slices below and writes none.

use chrono::NaiveDate;
use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, Bool, Date, HasSqlType, Nullable, SmallInt, Text};

use super::model::Part;
use crate::access::scope::{Visible, visible};
use crate::addresses::{AddressKind, Consented, Dwelt};
use crate::clock::Instant;
use crate::db::{ReadTx, TextEnum as _, on};
use crate::error::{Error, Result};
use crate::id::{AddressId, PersonId};

struct Dossier {
    person: PersonId,
    as_of: Instant,
    visible: Visible,
}

type Row = (
    SmallInt,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Date>,
    Nullable<Date>,
    Nullable<Bool>,
    Nullable<BigInt>,
    Nullable<Binary>,
);

#[derive(Queryable)]
struct Raw {
    tag: i16,
    text1: Option<String>,
    text2: Option<String>,
    text3: Option<String>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    flag: Option<bool>,
    at: Option<Instant>,
    id: Option<AddressId>,
}

/// The columns of each part, in the statement's order: tag, table, columns. The first also gives the columns their types.
const PARTS: &[&str] = &[
    "1 person_record AS t JOIN person ON person.id = t.person_id|t.birth_date, CAST(NULL AS TEXT), CAST(NULL AS TEXT), \
     CAST(NULL AS DATE), CAST(NULL AS DATE), CAST(NULL AS BOOLEAN), CAST(NULL AS BIGINT), CAST(NULL AS BYTEA)",
    "2 nationality AS t|t.code, NULL, NULL, t.valid_from, t.valid_to, NULL, NULL, NULL",
    "3 permit AS t|t.kind, t.ground, t.sponsor_ground, t.valid_from, t.valid_to, NULL, NULL, NULL",
    "4 crossing AS t|t.direction, NULL, NULL, t.crossed_on, NULL, NULL, NULL, NULL",
    "5 presence_gap AS t|NULL, NULL, NULL, t.valid_from, t.valid_to, NULL, NULL, NULL",
    "6 evidence AS t|t.kind, t.level, NULL, t.valid_from, t.valid_to, NULL, NULL, NULL",
    "7 rule_fact AS t|t.name, NULL, NULL, NULL, NULL, t.value, NULL, NULL",
    "8 legal_event AS t|t.kind, NULL, NULL, t.happened_on, NULL, NULL, t.happened_at, NULL",
    "9 address AS t LEFT JOIN dwelling ON dwelling.id = t.dwelling_id|t.kind, coalesce(dwelling.key, t.division || '|' || t.as_printed), NULL, \
     t.certain_from, t.certain_to, t.basis = 'host', NULL, t.id",
    "10 host_consent AS t|NULL, NULL, NULL, t.given_on, coalesce(t.withdrawn_on, t.refused_on), NULL, NULL, t.address_id",
];

impl<DB> QueryFragment<DB> for Dossier
where
    DB: Backend + HasSqlType<Binary> + HasSqlType<BigInt>,
    PersonId: ToSql<Binary, DB>,
    Instant: ToSql<BigInt, DB>,
    Visible: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for (index, part) in PARTS.iter().enumerate() {
            let (head, columns) = part.split_once('|').unwrap_or((part, ""));
            let (tag, table) = head.split_once(' ').unwrap_or((head, ""));
            if index > 0 {
                out.push_sql(" UNION ALL ");
            }
            out.push_sql(&format!("SELECT CAST({tag} AS SMALLINT), {columns} FROM {table} WHERE t.person_id = "));
            out.push_bind_param::<Binary, _>(&self.person)?;
            out.push_sql(" AND t.recorded_at <= ");
            out.push_bind_param::<BigInt, _>(&self.as_of)?;
            out.push_sql(" AND (t.superseded_at IS NULL OR t.superseded_at > ");
            out.push_bind_param::<BigInt, _>(&self.as_of)?;
            if index > 0 {
                out.push_sql(") AND NOT t.withdrawn");
            } else {
                out.push_sql(") AND ");
                self.visible.walk_ast(out.reborrow())?;
            }
        }
        Ok(())
    }
}

impl QueryId for Dossier {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Dossier {
    type SqlType = Row;
}

impl<C> RunQueryDsl<C> for Dossier {}

/// The parts of a person's dossier as the record stood at `as_of`; no person among them if there is no such file, or the caller may not know
/// of it.
pub(super) fn dossier(tx: &mut ReadTx<'_>, person: PersonId, as_of: Instant) -> Result<Vec<Part>> {
    let dossier = Dossier { person, as_of, visible: visible(tx) };
    let rows: Vec<Raw> = on!(tx.conn(), c => dossier.load(c))?;
    rows.into_iter()
        .map(|raw| typed(raw).ok_or_else(|| Error::internal("a row of the dossier lacks a column")))
        .collect()
}

fn typed(raw: Raw) -> Option<Part> {
    Some(match raw.tag {
        1 => Part::Person { birth_date: raw.text1 },
        2 => Part::Nationality { code: raw.text1?, from: raw.from, to: raw.to },
        3 => {
            Part::Status { kind: raw.text1?, ground: raw.text2, sponsor_ground: raw.text3, from: raw.from?, to: raw.to }
        }
        4 => Part::Crossing { exit: raw.text1? == "exit", on: raw.from? },
        5 => Part::Gap { from: raw.from?, to: raw.to? },
        6 => Part::Evidence { kind: raw.text1?, level: raw.text2, from: raw.from?, to: raw.to },
        7 => Part::Fact { name: raw.text1?, value: raw.flag? },
        8 => Part::Event { kind: raw.text1?, on: raw.from?, at: raw.at },
        9 => {
            let (id, key, by_host) = (raw.id?, raw.text2?, raw.flag?);
            let dwelt = raw.from.map(|from| Dwelt { id, by_host, key, from, to: raw.to });
            Part::Registration { kind: AddressKind::of(&raw.text1?)?, dwelt }
        }
        // A refusal has no registration.
        _ => Part::Consent(raw.id.zip(raw.from).map(|(address, given_on)| Consented {
            address,
            given_on,
            ended_on: raw.to,
        })),
    })
}
