//! The card of a permit: what happens to it changes no day of the permit.

use chrono::NaiveDate;

use crate::db::text_enum;
use crate::id::PermitId;

text_enum! {
    /// What happened to a card.
    pub enum CardEventKind {
        /// It was lost.
        Lost = "lost",
        /// It was stolen.
        Stolen = "stolen",
        /// It was damaged.
        Damaged = "damaged",
        /// Another one was handed out.
        Replaced = "replaced",
        /// It was given back.
        Returned = "returned",
    }
}

/// Something that happened to the card of a permit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::permits) struct CardEvent {
    /// Whose card.
    pub(in crate::permits) permit: PermitId,
    /// What happened.
    pub(in crate::permits) kind: CardEventKind,
    /// The day.
    pub(in crate::permits) on: NaiveDate,
    /// Number of the card that was handed out instead.
    pub(in crate::permits) document_number: Option<String>,
}

/// The card as it is on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::permits) struct Card {
    /// Number of the present card.
    pub(in crate::permits) document_number: Option<String>,
    /// What happened to it last; none: nothing is on record.
    pub(in crate::permits) last: Option<(CardEventKind, NaiveDate)>,
}

/// The card on a day, from the number on the permit and what happened, in order of days.
pub(in crate::permits) fn card<'e>(
    printed: Option<String>,
    events: impl IntoIterator<Item = (CardEventKind, NaiveDate, Option<&'e str>)>,
    on: NaiveDate,
) -> Card {
    let mut card = Card { document_number: printed, last: None };
    for (kind, day, number) in events.into_iter().filter(|(_, day, _)| *day <= on) {
        card.last = Some((kind, day));
        if let Some(number) = number {
            card.document_number = Some(number.to_owned());
        }
    }
    card
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_present_card_is_the_one_that_was_handed_out_last() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let events =
            [(CardEventKind::Lost, day("2024-02-01"), None), (CardEventKind::Replaced, day("2024-03-01"), Some("B2"))];
        let on = |on: &str| card(Some("A1".to_owned()), events, day(on));
        assert_eq!(on("2024-01-31"), Card { document_number: Some("A1".to_owned()), last: None });
        assert_eq!(on("2024-02-29").last, Some((CardEventKind::Lost, day("2024-02-01"))));
        assert_eq!(on("2024-02-29").document_number.as_deref(), Some("A1"));
        assert_eq!(on("2024-03-01").document_number.as_deref(), Some("B2"));
    }
}
