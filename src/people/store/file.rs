//! A person's file as one statement: one round trip, one snapshot, prepared once.

use chrono::NaiveDate;
use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, Bool, Date, HasSqlType, Integer, Nullable, SmallInt, Text};

use crate::access::scope::{Visible, visible};
use crate::clock::Instant;
use crate::db::{ReadTx, on};
use crate::error::{Error, Result};
use crate::id::{NameId, NationalityId, OfficeId, PersonId};

/// One typed row of the statement.
#[derive(Clone, Debug)]
pub(in crate::people) enum FilePart {
    /// The anchor and the particulars of one value each.
    Record {
        office: OfficeId,
        version: i32,
        file_number: String,
        birth_date: Option<String>,
        sex: i16,
        created_at: Instant,
        recorded_at: Instant,
    },
    /// A name.
    Name {
        id: NameId,
        version: i32,
        kind: String,
        full_name_as_printed: String,
        given: Option<String>,
        surname: Option<String>,
        patronymic: Option<String>,
        patronymic_form: Option<String>,
        no_surname: bool,
        script: Option<String>,
        language: Option<String>,
        valid_from: Option<NaiveDate>,
        valid_to: Option<NaiveDate>,
    },
    /// A nationality.
    Nationality {
        id: NationalityId,
        version: i32,
        code: String,
        valid_from: Option<NaiveDate>,
        valid_to: Option<NaiveDate>,
    },
}

struct File {
    person: PersonId,
    as_of: Instant,
    visible: Visible,
}

type Row = (
    SmallInt,
    Binary,
    Integer,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    SmallInt,
    Bool,
    Nullable<Date>,
    Nullable<Date>,
    BigInt,
    BigInt,
);

#[derive(Queryable)]
struct Part {
    tag: i16,
    id: Vec<u8>,
    version: i32,
    text1: Option<String>,
    text2: Option<String>,
    text3: Option<String>,
    text4: Option<String>,
    text5: Option<String>,
    text6: Option<String>,
    text7: Option<String>,
    text8: Option<String>,
    number: i16,
    flag: bool,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    at: Instant,
    created: Instant,
}

const RECORD: i16 = 1;
const NAME: i16 = 2;

impl File {
    /// The version that the record showed at `as_of`.
    fn at<'b, DB>(&'b self, table: &str, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<Binary> + HasSqlType<BigInt>,
        PersonId: ToSql<Binary, DB>,
        Instant: ToSql<BigInt, DB>,
    {
        out.push_sql(&format!(" WHERE {table}.person_id = "));
        out.push_bind_param::<Binary, _>(&self.person)?;
        out.push_sql(&format!(" AND {table}.recorded_at <= "));
        out.push_bind_param::<BigInt, _>(&self.as_of)?;
        out.push_sql(&format!(" AND ({table}.superseded_at IS NULL OR {table}.superseded_at > "));
        out.push_bind_param::<BigInt, _>(&self.as_of)?;
        out.push_sql(")");
        Ok(())
    }
}

impl<DB> QueryFragment<DB> for File
where
    DB: Backend + HasSqlType<Binary> + HasSqlType<BigInt>,
    PersonId: ToSql<Binary, DB>,
    Instant: ToSql<BigInt, DB>,
    Visible: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(
            "SELECT CAST(1 AS SMALLINT), person.office_id, r.version, person.file_number, r.birth_date, CAST(NULL AS TEXT), CAST(NULL AS TEXT), \
             CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), r.sex, (1 = 0), CAST(NULL AS DATE), \
             CAST(NULL AS DATE), r.recorded_at, person.created_at \
             FROM person_record AS r JOIN person ON person.id = r.person_id",
        );
        self.at("r", &mut out)?;
        out.push_sql(" AND ");
        self.visible.walk_ast(out.reborrow())?;
        out.push_sql(
            " UNION ALL SELECT CAST(2 AS SMALLINT), n.id, n.version, n.kind, n.full_name_as_printed, n.given, n.surname, n.patronymic, \
             n.patronymic_form, n.script, n.language, CAST(0 AS SMALLINT), n.no_surname, n.valid_from, n.valid_to, n.recorded_at, \
             n.recorded_at FROM person_name AS n",
        );
        self.at("n", &mut out)?;
        out.push_sql(" AND NOT n.withdrawn");
        out.push_sql(
            " UNION ALL SELECT CAST(3 AS SMALLINT), c.id, c.version, c.code, CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), \
             CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(0 AS SMALLINT), (1 = 0), c.valid_from, \
             c.valid_to, c.recorded_at, c.recorded_at FROM nationality AS c",
        );
        self.at("c", &mut out)?;
        out.push_sql(" AND NOT c.withdrawn");
        Ok(())
    }
}

impl QueryId for File {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for File {
    type SqlType = Row;
}

impl<C> RunQueryDsl<C> for File {}

/// The parts of a file as the record stood at `as_of`; none of them is the record's if there is no such file, or the caller may not know of it.
pub(in crate::people) fn file(tx: &mut ReadTx<'_>, person: PersonId, as_of: Instant) -> Result<Vec<FilePart>> {
    let file = File { person, as_of, visible: visible(tx) };
    let parts: Vec<Part> = on!(tx.conn(), c => file.load(c))?;
    parts.into_iter().map(typed).collect()
}

fn typed(part: Part) -> Result<FilePart> {
    let id = uuid::Uuid::from_slice(&part.id).map_err(Error::internal)?;
    let text = |text: Option<String>| text.ok_or_else(|| Error::internal("a part of a file lacks its text"));
    Ok(match part.tag {
        RECORD => FilePart::Record {
            office: id.into(),
            version: part.version,
            file_number: text(part.text1)?,
            birth_date: part.text2,
            sex: part.number,
            created_at: part.created,
            recorded_at: part.at,
        },
        NAME => FilePart::Name {
            id: id.into(),
            version: part.version,
            kind: text(part.text1)?,
            full_name_as_printed: text(part.text2)?,
            given: part.text3,
            surname: part.text4,
            patronymic: part.text5,
            patronymic_form: part.text6,
            script: part.text7,
            language: part.text8,
            no_surname: part.flag,
            valid_from: part.from,
            valid_to: part.to,
        },
        _ => FilePart::Nationality {
            id: id.into(),
            version: part.version,
            code: text(part.text1)?,
            valid_from: part.from,
            valid_to: part.to,
        },
    })
}
