//! How our values stand in both databases: ids as 16 bytes, instants as 64-bit microseconds, states as text with a CHECK.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{BigInt, Binary};
use uuid::Uuid;

use crate::clock::Instant;
use crate::id;

impl<DB: Backend> FromSql<BigInt, DB> for Instant
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i64::from_sql(bytes).map(Self::from_micros)
    }
}

impl<DB: Backend> ToSql<BigInt, DB> for Instant
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.micros_ref().to_sql(out)
    }
}

macro_rules! ids_to_sql {
    ($($name:ident)+) => {$(
        impl<DB: Backend> FromSql<Binary, DB> for id::$name
        where
            Vec<u8>: FromSql<Binary, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(Uuid::from_slice(&Vec::<u8>::from_sql(bytes)?)?.into())
            }
        }

        impl<DB: Backend> ToSql<Binary, DB> for id::$name
        where
            [u8]: ToSql<Binary, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.uuid().as_bytes().as_slice().to_sql(out)
            }
        }
    )+};
}

ids_to_sql! {
    PersonId NameId NationalityId PermitId AddressId CrossingId GapId EvidenceId FactId EventId AccountId OfficeId AuditEventId
    OrganisationId MembershipId SessionId ChallengeId PasskeyId AssignmentId ExclusionId ProtectionId AccessGrantId ConsentId NoticeId
    AccreditationId CourseId MeetingId EnrolmentId PlacementId CertificateId LanguageNeedId CalendarFeedId CourseHoursId
    RelationshipId DwellingId HostConsentId PermitEventId DocumentId ReceiptId CaseId DecisionId TaskId QueueId
}

/// An enum that stands as text in JSON and in the database, where a CHECK repeats its values.
pub trait TextEnum: Copy + Sized + 'static {
    /// Every value as written, in order.
    const TEXTS: &'static [&'static str];

    /// The value as written.
    fn text(self) -> &'static str;

    /// The value of a text.
    fn of(text: &str) -> Option<Self>;
}

/// Declares a [`TextEnum`].
macro_rules! text_enum {
    ($(#[$doc:meta])* $vis:vis enum $name:ident { $($(#[$item_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow, utoipa::ToSchema)]
        $(#[$doc])*
        #[diesel(sql_type = diesel::sql_types::Text)]
        $vis enum $name { $($(#[$item_doc])* #[schema(rename = $text)] $variant,)+ }

        impl $crate::db::TextEnum for $name {
            const TEXTS: &'static [&'static str] = &[$($text,)+];

            fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            fn of(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::db::TextEnum::text(*self))
            }
        }

        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let text = String::from_sql(bytes)?;
                <Self as $crate::db::TextEnum>::of(&text)
                    .ok_or_else(|| format!("{} has no value {text:?}", stringify!($name)).into())
            }
        }

        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<diesel::sql_types::Text, DB>::to_sql(
                    $crate::db::TextEnum::text(*self),
                    out,
                )
            }
        }
    };
}
pub(crate) use text_enum;
