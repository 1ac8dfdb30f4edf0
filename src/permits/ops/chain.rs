//! A person's permits of residence as a chain.

use chrono::NaiveDate;

use super::ends::law_status;
use crate::clock::Instant;
use crate::db::{Action, Event, ReadTx, Viewed};
use crate::error::Result;
use crate::grounds;
use crate::id::PersonId;
use crate::law::{self, Dossier, Names, Pack, ResidenceTime, Value};
use crate::people;
use crate::permits::model::{Chain, ChainGap, chain as in_a_row};
use crate::permits::store::{self, PermitRow};

/// The parameter of the law pack that says whether a pending application keeps a stay lawful.
const PENDING: &str = "stay.pending_application";

/// The chain, and what its time counts for.
#[derive(Debug)]
pub(in crate::permits) struct PermitChain {
    pub(in crate::permits) chain: Chain,
    /// Time by what it counts for; the last entry, without an outcome, counts for nothing.
    pub(in crate::permits) time: Vec<ResidenceTime>,
    pub(in crate::permits) rows: Vec<PermitRow>,
}

/// The chain of a person's permits of residence up to a day.
pub(in crate::permits) fn chain(
    tx: &mut ReadTx<'_>,
    pack: &Pack,
    person: PersonId,
    as_of: Instant,
    (on, law_at): (NaiveDate, Option<NaiveDate>),
) -> Result<Viewed<PermitChain>> {
    people::visible(tx, person)?;
    let mut rows = store::all(tx, person, as_of)?;
    rows.retain(|row| row.kind.is_residence() && row.valid_from <= on);
    let events = grounds::events(tx, person, as_of)?;
    let bridges = |gap: NaiveDate| pack.parameter(PENDING, law_at.unwrap_or(gap)) == Some(&Value::Boolean(true));
    let chain = in_a_row(rows.iter().map(PermitRow::stretch).collect(), &events, on, bridges);
    let dossier = Dossier { statuses: rows.iter().map(law_status).collect(), ..Dossier::default() };
    let time = law::residence_time(pack, &dossier, on, law_at);
    tx.viewed(&Event::about(Action::PermitChainViewed, person), PermitChain { chain, time, rows })
}

/// The sources of the rule that bridges a gap.
pub(in crate::permits) fn bridging(pack: &Pack, gap: &ChainGap, law_at: Option<NaiveDate>) -> Names {
    let version = pack.parameter_version(PENDING, law_at.unwrap_or(gap.from));
    version.map(|version| version.source.clone()).unwrap_or_default()
}
