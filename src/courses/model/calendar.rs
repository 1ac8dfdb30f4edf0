//! Meetings as a calendar (RFC 5545). It says what, when and where; no name of a person and no text that somebody wrote stands in a title, because a
//! phone shows titles to whoever sits beside it.

use chrono_tz::Tz;
use icalendar::{Calendar, Class, Component, Event, EventLike, EventStatus};

use super::CefrLevel;
use crate::clock::Instant;
use crate::db::TextEnum;
use crate::id::MeetingId;

/// Who made the calendar, for the program that reads it.
const PRODID: &str = "-//sakin//courses//EN";

/// A meeting as a calendar shows it.
#[derive(Clone, Debug)]
pub(in crate::courses) struct Entry {
    pub(in crate::courses) id: MeetingId,
    /// Its version, 1 for the first.
    pub(in crate::courses) version: i32,
    /// From which level to which its course leads.
    pub(in crate::courses) levels: (CefrLevel, CefrLevel),
    pub(in crate::courses) place: Option<String>,
    pub(in crate::courses) starts_at: Instant,
    pub(in crate::courses) ends_at: Instant,
    pub(in crate::courses) recorded_at: Instant,
    pub(in crate::courses) cancelled: bool,
}

/// The calendar of these meetings. Instants are in UTC, which every program shows in its user's zone; `zone` is the country's.
pub(in crate::courses) fn calendar(entries: &[Entry], zone: Tz) -> String {
    let mut calendar = Calendar::empty();
    calendar.append_property(("VERSION", "2.0")).append_property(("PRODID", PRODID)).timezone(zone.name());
    for entry in entries {
        let (from, to) = (entry.levels.0.text(), entry.levels.1.text());
        let mut event = Event::new();
        event
            .uid(&format!("{}@sakin", entry.id))
            .sequence(u32::try_from(entry.version.saturating_sub(1)).unwrap_or_default())
            .timestamp(entry.recorded_at.utc())
            .starts(entry.starts_at.utc())
            .ends(entry.ends_at.utc())
            .summary(&format!("Dil kursu · Language course {from} – {to}"))
            .class(Class::Private)
            .status(if entry.cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed });
        if let Some(place) = &entry.place {
            event.location(place);
        }
        calendar.push(event.done());
    }
    calendar.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meeting_is_told_with_its_times_and_place() {
        let at = |text: &str| Instant::from(chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc());
        let entry = Entry {
            id: uuid::Uuid::nil().into(),
            version: 2,
            levels: (CefrLevel::PreA1, CefrLevel::A1),
            place: Some("Nizami küç. 5; otaq 2,\nhəyət".to_owned()),
            starts_at: at("2026-12-01T14:30:00Z"),
            ends_at: at("2026-12-01T16:00:00Z"),
            recorded_at: at("2026-11-24T09:00:00Z"),
            cancelled: true,
        };
        let told = calendar(&[entry], chrono_tz::Asia::Baku);
        let expected = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//sakin//courses//EN\r\nX-WR-TIMEZONE:Asia/Baku\r\nBEGIN:VEVENT\r\n\
            CLASS:PRIVATE\r\nDTEND:20261201T160000Z\r\nDTSTAMP:20261124T090000Z\r\nDTSTART:20261201T143000Z\r\n\
            LOCATION:Nizami küç. 5\\; otaq 2\\,\\nhəyət\r\nSEQUENCE:1\r\nSTATUS:CANCELLED\r\n\
            SUMMARY:Dil kursu · Language course Pre-A1 – A1\r\nUID:00000000-0000-0000-0000-000000000000@sakin\r\n\
            END:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(told, expected);
    }
}
