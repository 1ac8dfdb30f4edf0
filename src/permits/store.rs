//! Tables `permit` and `permit_event`.

pub(super) mod cards;

use chrono::NaiveDate;

use super::model::{End, EndKind, Permit, StatusKind, Stretch, Validity};
use crate::db::facts;
use crate::id::{AccountId, PermitId};

facts!(permit, PermitRow, PermitId, valid_from: NaiveDate);

/// One version of a permit.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = permit, treat_none_as_default_value = false)]
pub(crate) struct PermitRow {
    pub(super) person_id: PersonId,
    pub(super) id: PermitId,
    pub(super) version: i32,
    pub(super) kind: StatusKind,
    pub(super) ground: Option<String>,
    pub(super) sponsor_ground: Option<String>,
    pub(super) document_number: Option<String>,
    pub(super) valid_from: NaiveDate,
    pub(super) valid_to: Option<NaiveDate>,
    pub(super) withdrawn: bool,
    pub(super) recorded_at: Instant,
    pub(super) recorded_by: Option<AccountId>,
    pub(super) superseded_at: Option<Instant>,
    pub(super) granted_to: Option<NaiveDate>,
    pub(super) ended_on: Option<NaiveDate>,
    pub(super) end_kind: Option<EndKind>,
    pub(super) end_ground: Option<String>,
    pub(super) end_note: Option<String>,
    pub(super) end_recorded_at: Option<Instant>,
}

impl PermitRow {
    /// A row for a permit; its version is given when it is stored.
    pub(super) fn of(tx: &WriteTx<'_>, person_id: PersonId, id: PermitId, permit: Permit) -> Self {
        let Permit { kind, ground, sponsor_ground, document_number, valid_from, valid_to } = permit;
        Self {
            person_id,
            id,
            version: 1,
            kind,
            ground,
            sponsor_ground,
            document_number,
            valid_from,
            valid_to,
            withdrawn: false,
            recorded_at: tx.now(),
            recorded_by: tx.account(),
            superseded_at: None,
            granted_to: None,
            ended_on: None,
            end_kind: None,
            end_ground: None,
            end_note: None,
            end_recorded_at: None,
        }
    }

    /// The same permit with other particulars.
    pub(super) fn with(&self, permit: Permit) -> Self {
        let Permit { kind, ground, sponsor_ground, document_number, valid_from, valid_to } = permit;
        Self { kind, ground, sponsor_ground, document_number, valid_from, valid_to, ..self.clone() }
    }

    /// The same permit after its end. One that ends on or before its first day was never valid: it is withdrawn, and keeps its days.
    pub(super) fn ended(&self, end: End, now: Instant) -> Self {
        let before = end.on.pred_opt().filter(|last| *last >= self.valid_from);
        Self {
            valid_to: before.or(self.valid_to),
            withdrawn: before.is_none(),
            granted_to: self.valid_to,
            ended_on: Some(end.on),
            end_kind: Some(end.kind),
            end_ground: end.ground,
            end_note: end.note,
            end_recorded_at: Some(now.after(self.recorded_at)),
            ..self.clone()
        }
    }

    /// The days from which its state follows.
    pub(super) fn validity(&self) -> Validity {
        Validity { from: self.valid_from, to: self.valid_to, end: self.end_kind.zip(self.ended_on) }
    }

    /// Its place in the chain.
    pub(super) fn stretch(&self) -> Stretch {
        Stretch {
            permit: self.id,
            kind: self.kind,
            ground: self.ground.clone(),
            sponsor_ground: self.sponsor_ground.clone(),
            from: self.valid_from,
            to: self.valid_to,
        }
    }

    /// The permit's particulars.
    pub(super) fn permit(&self) -> Permit {
        Permit {
            kind: self.kind,
            ground: self.ground.clone(),
            sponsor_ground: self.sponsor_ground.clone(),
            document_number: self.document_number.clone(),
            valid_from: self.valid_from,
            valid_to: self.valid_to,
        }
    }
}

/// A permit as the record stood at `as_of`, also one that was withdrawn.
pub(super) fn at(tx: &mut ReadTx<'_>, person: PersonId, id: PermitId, as_of: Instant) -> Result<PermitRow> {
    Ok(permit::table
        .filter(permit::person_id.eq(person))
        .filter(permit::id.eq(id))
        .filter(permit::recorded_at.le(as_of))
        .filter(permit::superseded_at.is_null().or(permit::superseded_at.gt(as_of)))
        .select(PermitRow::as_select())
        .first(tx.conn())?)
}

/// All permits of a person as the record stood at `as_of`, in order of their days.
pub(super) fn all(tx: &mut ReadTx<'_>, person: PersonId, as_of: Instant) -> Result<Vec<PermitRow>> {
    Ok(permit::table
        .filter(permit::person_id.eq(person))
        .filter(permit::recorded_at.le(as_of))
        .filter(permit::superseded_at.is_null().or(permit::superseded_at.gt(as_of)))
        .filter(permit::withdrawn.eq(false))
        .order((permit::valid_from, permit::id))
        .select(PermitRow::as_select())
        .load(tx.conn())?)
}

/// Days of live permits of the same kind that share a day with this one.
pub(super) fn overlapping(
    tx: &mut ReadTx<'_>,
    person: PersonId,
    except: PermitId,
    permit: &Permit,
) -> Result<Vec<(PermitId, NaiveDate, Option<NaiveDate>)>> {
    let mut query = permit::table
        .filter(permit::person_id.eq(person))
        .filter(permit::superseded_at.is_null())
        .filter(permit::withdrawn.eq(false))
        .filter(permit::kind.eq(permit.kind))
        .filter(permit::id.ne(except))
        .filter(permit::valid_to.is_null().or(permit::valid_to.ge(permit.valid_from)))
        .order((permit::valid_from, permit::id))
        .limit(10)
        .select((permit::id, permit::valid_from, permit::valid_to))
        .into_boxed();
    if let Some(last) = permit.valid_to {
        query = query.filter(permit::valid_from.le(last));
    }
    Ok(query.load(tx.conn())?)
}

/// Live permits of several persons that reach a day.
pub(super) fn not_ended_before(tx: &mut ReadTx<'_>, persons: &[PersonId], day: NaiveDate) -> Result<Vec<PermitRow>> {
    Ok(permit::table
        .filter(permit::person_id.eq_any(persons))
        .filter(permit::superseded_at.is_null())
        .filter(permit::withdrawn.eq(false))
        .filter(permit::valid_to.is_null().or(permit::valid_to.ge(day)))
        .order((permit::valid_from, permit::id))
        .select(PermitRow::as_select())
        .load(tx.conn())?)
}
