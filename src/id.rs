//! One newtype per kind of record. Ids of records are random (`UUIDv4`), so that they tell nothing; only append-only rows whose
//! time is visible anyway have time-ordered ones (`UUIDv7`).

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident,)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Binary)]
        pub struct $name(Uuid);

        impl $name {
            /// A new random id.
            pub fn random() -> Self {
                Self(Uuid::new_v4())
            }

            /// The id's value.
            pub const fn uuid(&self) -> &Uuid {
                &self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(value: Uuid) -> Self {
                Self(value)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            /// Only the hyphenated form, so that one record has one address.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                if text.len() == uuid::fmt::Hyphenated::LENGTH {
                    Uuid::parse_str(text).map(Self)
                } else {
                    Uuid::parse_str("").map(Self)
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )+};
}

ids! {
    /// A person whose file is kept.
    PersonId,
    /// One name of a person.
    NameId,
    /// One nationality of a person.
    NationalityId,
    /// A permit or other status a person held.
    PermitId,
    /// A registration at an address.
    AddressId,
    /// A crossing of the border.
    CrossingId,
    /// A stretch for which nobody knows where the person was.
    GapId,
    /// A proof that a rule asks for.
    EvidenceId,
    /// A yes or no that a rule asks for.
    FactId,
    /// An event that starts a legal term.
    EventId,
    /// An account that signs in.
    AccountId,
    /// An office of the authority.
    OfficeId,
    /// An organisation that enrols people in courses.
    OrganisationId,
    /// What an account acts as.
    MembershipId,
    /// One proof of who somebody is, and what followed it.
    SessionId,
    /// A passkey, as its holder names it.
    PasskeyId,
    /// A challenge that a passkey is to answer.
    ChallengeId,
    /// The duty to keep a file.
    AssignmentId,
    /// The duty to keep away from a file.
    ExclusionId,
    /// A file's protection.
    ProtectionId,
    /// Leave to see one file for a while.
    AccessGrantId,
    /// A person's consent.
    ConsentId,
    /// What one person is to another.
    RelationshipId,
    /// A dwelling at which people are registered.
    DwellingId,
    /// A host's consent to a registration in their dwelling.
    HostConsentId,
    /// What happened to a permit's document.
    PermitEventId,
    /// A document that was handed in.
    DocumentId,
    /// A receipt for what was handed in.
    ReceiptId,
    /// A case.
    CaseId,
    /// A proposed decision.
    DecisionId,
    /// A task of a case.
    TaskId,
    /// A saved filter of a work queue.
    QueueId,
    /// What lets an organisation give courses that count.
    AccreditationId,
    /// A language course.
    CourseId,
    /// A meeting of a course.
    MeetingId,
    /// Somebody's place in a course, or in its queue.
    EnrolmentId,
    /// Somebody's result of a placement test.
    PlacementId,
    /// A certificate of a course.
    CertificateId,
    /// What course somebody needs.
    LanguageNeedId,
    /// An address under which a calendar is read.
    CalendarFeedId,
    /// Hours of courses that somebody was granted.
    CourseHoursId,
    /// A notice to the holder of an account (time-ordered).
    NoticeId,
    /// An audit event (time-ordered).
    AuditEventId,
}

impl AuditEventId {
    /// A time-ordered id. Audit events are append-only and show their time anyway.
    pub fn in_order(unix_millis: u64) -> Self {
        Self(in_order(unix_millis))
    }
}

impl NoticeId {
    /// A time-ordered id. Notices are listed by time and show it anyway.
    pub fn in_order(unix_millis: u64) -> Self {
        Self(in_order(unix_millis))
    }
}

fn in_order(unix_millis: u64) -> Uuid {
    let mut random = [0_u8; 10];
    random.copy_from_slice(Uuid::new_v4().as_bytes().first_chunk::<10>().unwrap_or(&[0; 10]));
    uuid::Builder::from_unix_timestamp_millis(unix_millis, &random).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_record_has_one_address() {
        let id = PersonId::random();
        assert_eq!(id.to_string().parse::<PersonId>().unwrap(), id);
        assert!(id.uuid().simple().to_string().parse::<PersonId>().is_err());
        assert!(format!("{{{id}}}").parse::<PersonId>().is_err());
    }

    #[test]
    fn audit_ids_follow_time() {
        assert!(AuditEventId::in_order(1_000) < AuditEventId::in_order(1_001));
        assert_ne!(AuditEventId::in_order(1_000), AuditEventId::in_order(1_000));
    }
}
