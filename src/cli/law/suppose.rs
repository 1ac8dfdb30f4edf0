//! `--trip` and `--status`: facts that are only supposed.

use chrono::NaiveDate;
use clap::Args;
use serde::Serialize;

use super::Answer;

use crate::law::{
    self, Brief, Dossier, DossierFault, Pack, Question, RouteMoved, RouteResult, SafeReturn, Supposed, SupposedStatus,
    SupposedTrip, WatchMoved, WatchResult, WhatIf,
};

#[derive(Args, Debug)]
pub(super) struct Suppose {
    /// A trip that is only supposed; ENTRY may be empty: not back. May be repeated.
    #[arg(long, value_name = "EXIT:ENTRY", value_parser = trip)]
    trip: Vec<SupposedTrip>,
    /// A status that is only supposed; GROUND and TO may be empty. May be repeated.
    #[arg(long, value_name = "KIND:GROUND:FROM:TO", value_parser = status)]
    status: Vec<SupposedStatus>,
}

/// Plain answers, or with supposed facts both answers and what moved.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Answers<R, M> {
    Plain(Vec<R>),
    WhatIf(WhatIf<R, M>),
}

impl Answer for Answers<WatchResult, WatchMoved> {}

impl Answer for Answers<RouteResult, RouteMoved> {
    fn write(&self, brief: &mut Brief, out: &mut Vec<u8>) -> serde_json::Result<()> {
        match self {
            Self::Plain(results) if results.iter().all(|result| result.assumptions.is_none()) => {
                brief.write(results, out)
            }
            _ => serde_json::to_writer(out, self),
        }
    }
}

impl Suppose {
    fn supposed(&self) -> Supposed {
        Supposed { trips: self.trip.clone(), statuses: self.status.clone() }
    }

    pub(super) fn evaluate(
        &self,
        pack: &Pack,
        dossier: &Dossier,
        question: &Question,
    ) -> Result<Answers<RouteResult, RouteMoved>, Vec<DossierFault>> {
        let supposed = self.supposed();
        if supposed.is_empty() {
            return law::evaluate(pack, dossier, question).map(Answers::Plain);
        }
        law::evaluate_if(pack, dossier, &supposed, question).map(Answers::WhatIf)
    }

    pub(super) fn watch(
        &self,
        pack: &Pack,
        dossier: &Dossier,
        question: &Question,
    ) -> Result<Answers<WatchResult, WatchMoved>, Vec<DossierFault>> {
        let supposed = self.supposed();
        if supposed.is_empty() {
            return law::watch(pack, dossier, question).map(Answers::Plain);
        }
        law::watch_if(pack, dossier, &supposed, question).map(Answers::WhatIf)
    }

    pub(super) fn safe_return(
        &self,
        pack: &Pack,
        dossier: &Dossier,
        question: &Question,
        exit: NaiveDate,
    ) -> Result<SafeReturn, Vec<DossierFault>> {
        law::safe_return(pack, &self.supposed().added_to(dossier, question.on)?, question, exit)
    }
}

fn trip(text: &str) -> Result<SupposedTrip, String> {
    let (exit, entry) = text.split_once(':').ok_or(TRIP)?;
    let entry = if entry.is_empty() { None } else { Some(entry.parse().map_err(|_| TRIP)?) };
    Ok(SupposedTrip { exit: exit.parse().map_err(|_| TRIP)?, entry })
}

const TRIP: &str = "write EXIT:ENTRY, such as 2026-12-01:2027-01-22, or 2026-12-01: for a trip without return";

fn status(text: &str) -> Result<SupposedStatus, String> {
    let parts: Vec<&str> = text.split(':').collect();
    let [kind, ground, from, to] = parts[..] else { return Err(STATUS.to_owned()) };
    let to = if to.is_empty() { None } else { Some(to.parse().map_err(|_| STATUS)?) };
    let ground = (!ground.is_empty()).then(|| ground.to_owned());
    let from = from.parse().map_err(|_| STATUS)?;
    if kind.is_empty() {
        return Err(STATUS.to_owned());
    }
    Ok(SupposedStatus { kind: kind.to_owned(), ground, sponsor_ground: None, from, to })
}

const STATUS: &str = "write KIND:GROUND:FROM:TO, such as permanent_residence_permit:52.1.1:2027-02-01:2032-01-31; GROUND and TO may be empty";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_parts_are_open() {
        let open = trip("2026-12-01:").unwrap();
        assert_eq!((open.exit.to_string(), open.entry), ("2026-12-01".to_owned(), None));
        let held = status("refugee_status::2027-02-01:").unwrap();
        assert_eq!((held.kind.as_str(), held.ground, held.to), ("refugee_status", None, None));
        let held = status("permanent_residence_permit:52.1.1:2027-02-01:2032-01-31").unwrap();
        assert_eq!(
            (held.ground.as_deref(), held.to.map(|to| to.to_string())),
            (Some("52.1.1"), Some("2032-01-31".into()))
        );
    }

    #[test]
    fn what_is_wrong_is_told_how_to_write() {
        for text in ["2026-12-01", ":2027-01-01", "2026-12-01:2027-02-30", "2026-12-01:2027-01-01:", ""] {
            assert_eq!(trip(text).unwrap_err(), TRIP, "{text}");
        }
        for text in
            ["kind:2027-01-01:", ":52.1.1:2027-01-01:", "kind:g:x:", "kind:g:2027-01-01:y", "kind:g:2027-01-01::"]
        {
            assert_eq!(status(text).unwrap_err(), STATUS, "{text}");
        }
    }
}
