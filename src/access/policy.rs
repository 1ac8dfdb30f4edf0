//! The whole policy: every permission, every role, every grant. `tests/it/policy.rs` prints it as a checked-in table.

use super::membership::{Membership, State};
use crate::db::{Reach, text_enum};
use crate::id::{OfficeId, OrganisationId};

/// What a permission lets its holder do with the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Read what is no person's file.
    Read,
    /// Look at persons' files: every look is in the log.
    View,
    /// Change something: every change is in the log.
    Write,
}

/// A permission as a type, so that a handler names what it needs in its signature.
pub trait Permission: Send + Sync + 'static {
    /// The permission as a value.
    const GRANT: Grant;
}

/// Permissions that read what is no person's file.
pub trait Reads: Permission {}
/// Permissions that look at persons' files.
pub trait Views: Permission {}
/// Permissions that change something.
pub trait Writes: Permission {}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident: $kind:ident = $text:literal,)+) => {
        /// A permission as a value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Grant { $($(#[$doc])* $name,)+ }

        impl Grant {
            /// Every permission.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its name in `operations.txt`, the OpenAPI document and the log.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What it lets its holder do with the database.
            pub const fn kind(self) -> Kind {
                match self { $(Self::$name => permissions!(@kind $kind),)+ }
            }
        }

        $($(#[$doc])*
        #[derive(Debug)]
        pub struct $name;

        impl Permission for $name {
            const GRANT: Grant = Grant::$name;
        }

        impl $kind for $name {})+
    };
    (@kind Reads) => { Kind::Read };
    (@kind Views) => { Kind::View };
    (@kind Writes) => { Kind::Write };
}

permissions! {
    /// See one's own account and sessions.
    ReadSelf: Reads = "self.read",
    /// End one's own sessions, change one's own password.
    OwnSessions: Writes = "sessions.own",
    /// Change the own password.
    ChangePassword: Writes = "self.password",
    /// Add and remove one's own second factors.
    OwnFactors: Writes = "self.factors",
    /// Put one's own notices away as read.
    OwnNotices: Writes = "notices.own",
    /// See the law packs.
    ReadLaw: Reads = "law.read",
    /// Search for persons.
    SearchPeople: Views = "people.search",
    /// See persons' particulars.
    ReadPeople: Views = "people.read",
    /// Register persons.
    RegisterPeople: Writes = "people.register",
    /// Change persons' particulars.
    ChangePeople: Writes = "people.change",
    /// See permits.
    ReadPermits: Views = "permits.read",
    /// Record and change permits.
    RecordPermits: Writes = "permits.record",
    /// See addresses.
    ReadAddresses: Views = "addresses.read",
    /// Register and end addresses.
    RecordAddresses: Writes = "addresses.record",
    /// See crossings, trips and unknown stretches.
    ReadPresence: Views = "presence.read",
    /// Record and correct crossings and unknown stretches.
    RecordPresence: Writes = "presence.record",
    /// See proofs, facts and events.
    ReadGrounds: Views = "grounds.read",
    /// Record and change proofs, facts and events.
    RecordGrounds: Writes = "grounds.record",
    /// See documents that were handed in, what is in them, and receipts.
    ReadDocuments: Views = "documents.read",
    /// Hand documents in, change their particulars, give receipts.
    RecordDocuments: Writes = "documents.record",
    /// Accept or reject documents that somebody else handed in.
    VerifyDocuments: Writes = "documents.verify",
    /// Ask for eligibility, watches and deadlines.
    ReadEligibility: Views = "eligibility.read",
    /// See who somebody's family is, and what follows from it.
    ReadFamilies: Views = "families.read",
    /// Record and end what persons are to each other.
    RecordFamilies: Writes = "families.record",
    /// Say which colleague has which file.
    RecordStaffPersons: Writes = "staff_persons.record",
    /// Give files to keep, and take them away.
    AssignFiles: Writes = "caseload.assign",
    /// See who keeps a file.
    ReadAssignments: Views = "caseload.read",
    /// Say that somebody must keep away from a file.
    RecordExclusions: Writes = "exclusions.record",
    /// Lift what keeps somebody else away from a file.
    LiftExclusions: Writes = "exclusions.lift",
    /// See who must keep away from a file.
    ReadExclusions: Views = "exclusions.read",
    /// Protect files, and lift their protection.
    ProtectFiles: Writes = "protections.record",
    /// See the protections of a file.
    ReadProtections: Views = "protections.read",
    /// Break the glass of a file.
    BreakGlass: Writes = "access_grants.make",
    /// End one's own grant before its time.
    EndGrants: Writes = "access_grants.end",
    /// See one's own grants; supervisors see those that wait for a review.
    ReadGrants: Views = "access_grants.read",
    /// Judge others' grants.
    ReviewGrants: Writes = "access_grants.review",
    /// Record and withdraw a person's consents.
    RecordConsents: Writes = "consents.record",
    /// See a person's consents.
    ReadConsents: Views = "consents.read",
    /// See who consented to one's organisation.
    ReadClients: Views = "clients.read",
    /// Hand a person a code for an account of their own.
    IssueActivations: Writes = "activations.issue",
    /// See who looked at a file.
    ReadAccesses: Views = "accesses.read",
    /// See the events of the log, without what they are about.
    ReadEvents: Views = "events.read",
    /// See accounts of colleagues and what they act as.
    ReadAccounts: Reads = "accounts.read",
    /// Invite, appoint, disable, hand out codes, end others' sessions: within [`may_appoint`].
    ManageAccounts: Writes = "accounts.manage",
    /// See cases, their papers, decisions and timeline.
    ReadCases: Views = "cases.read",
    /// File an application.
    FileCases: Writes = "cases.file",
    /// Move cases, as far as the kind of case lets the role.
    MoveCases: Writes = "cases.move",
    /// Give, offer and take cases.
    AssignCases: Writes = "cases.assign",
    /// Ask for papers and judge them; hand them in.
    HandlePapers: Writes = "cases.papers",
    /// Add tasks to cases and do them.
    RecordTasks: Writes = "cases.tasks",
    /// See work queues.
    ReadQueues: Views = "queues.read",
    /// Save and remove one's own filters of work queues.
    KeepQueues: Writes = "queues.keep",
    /// Propose decisions.
    ProposeDecisions: Writes = "decisions.propose",
    /// Approve others' proposed decisions, or send them back.
    JudgeDecisions: Writes = "decisions.judge",
    /// See the catalogue of courses.
    ReadCourses: Reads = "courses.read",
    /// Make courses, change them, plan their meetings.
    ManageCourses: Writes = "courses.manage",
    /// See of courses what is their organisation's alone: earlier versions, addresses for calendars.
    ReadOwnCourses: Reads = "own_courses.read",
    /// Say which organisations are accredited.
    RecordAccreditations: Writes = "accreditations.record",
    /// See who takes part in courses.
    ReadEnrolments: Views = "enrolments.read",
    /// Enrol people in courses.
    EnrolPeople: Writes = "enrolments.record",
    /// Take, decline and leave places in courses.
    MoveEnrolments: Writes = "enrolments.move",
    /// Note who was at a meeting of a course.
    RecordAttendance: Writes = "attendance.record",
    /// Say before a meeting that somebody cannot come.
    AnnounceAbsences: Writes = "absences.announce",
    /// Make and end addresses under which a calendar reads a learner's meetings.
    KeepCalendars: Writes = "calendar_feeds.keep",
    /// Record results of placement tests.
    RecordPlacements: Writes = "placements.record",
    /// Issue certificates of courses.
    IssueCertificates: Writes = "certificates.issue",
    /// See certificates of courses.
    ReadCertificates: Views = "certificates.read",
    /// Accept certificates of courses, revoke them: as far as the state lets the role.
    MoveCertificates: Writes = "certificates.move",
    /// Record what course a person needs.
    RecordNeeds: Writes = "language_needs.record",
    /// See what course a person needs.
    ReadNeeds: Views = "language_needs.read",
    /// See how many need what course where, and that nobody gives it.
    ReadDemand: Reads = "course_demand.read",
    /// Grant people hours of courses.
    GrantHours: Writes = "course_hours.grant",
    /// See how many hours of courses a person was granted, and what became of them.
    ReadHours: Views = "course_hours.read",
    /// See counts of refused demands and of deviations.
    ReadFigures: Reads = "figures.read",
    /// See offices and organisations.
    ReadPlaces: Reads = "places.read",
    /// Make offices and organisations.
    ManagePlaces: Writes = "places.manage",
}

/// How old the last proof of who somebody is may be for a sensitive act, in seconds (row S11).
pub const STEP_UP_S: u64 = 300;

text_enum! {
    /// What an account acts as.
    pub enum Role {
        /// Keeps accounts; never sees a file.
        Administrator = "administrator",
        /// Decides on applications.
        Official = "official",
        /// Keeps files.
        Caseworker = "caseworker",
        /// Watches over the work of an office.
        Supervisor = "supervisor",
        /// Enrols people in language courses, with their consent.
        NgoCoordinator = "ngo_coordinator",
        /// Sees events, never files.
        Auditor = "auditor",
        /// The person concerned.
        Applicant = "applicant",
    }
}

const EVERYONE: &[Grant] = &[
    Grant::ReadSelf,
    Grant::OwnSessions,
    Grant::ChangePassword,
    Grant::OwnFactors,
    Grant::OwnNotices,
    Grant::ReadLaw,
    Grant::ReadCourses,
];

/// None of these shows anything of a file.
const KEEPS_ACCOUNTS: &[Grant] =
    &[Grant::ReadAccounts, Grant::ManageAccounts, Grant::ReadPlaces, Grant::ManagePlaces, Grant::RecordAccreditations];

/// One's own file too.
const READS_FILES: &[Grant] = &[
    Grant::ReadPeople,
    Grant::ReadPermits,
    Grant::ReadAddresses,
    Grant::ReadPresence,
    Grant::ReadFamilies,
    Grant::ReadGrounds,
    Grant::ReadEligibility,
    Grant::ReadConsents,
    Grant::ReadCases,
    Grant::ReadDocuments,
    Grant::ReadCertificates,
];

const WORKS_WITH_FILES: &[Grant] = &[
    Grant::SearchPeople,
    Grant::ReadAssignments,
    Grant::RecordExclusions,
    Grant::BreakGlass,
    Grant::EndGrants,
    Grant::ReadGrants,
    Grant::MoveCases,
    Grant::AssignCases,
    Grant::RecordTasks,
    Grant::HandlePapers,
    Grant::ReadQueues,
    Grant::KeepQueues,
];

const KEEPS_FILES: &[Grant] = &[
    Grant::RegisterPeople,
    Grant::ChangePeople,
    Grant::RecordPermits,
    Grant::RecordAddresses,
    Grant::RecordPresence,
    Grant::RecordFamilies,
    Grant::RecordGrounds,
    Grant::RecordDocuments,
    Grant::VerifyDocuments,
    Grant::RecordConsents,
    Grant::IssueActivations,
    Grant::ReadAccesses,
    Grant::FileCases,
    Grant::ProposeDecisions,
    Grant::RecordNeeds,
    Grant::ReadNeeds,
    Grant::GrantHours,
    Grant::ReadHours,
];

/// What whoever decides does besides looking.
const DECIDES: &[Grant] =
    &[Grant::VerifyDocuments, Grant::ProposeDecisions, Grant::JudgeDecisions, Grant::MoveCertificates];

const WATCHES_OVER_FILES: &[Grant] = &[
    Grant::AssignFiles,
    Grant::LiftExclusions,
    Grant::ReadExclusions,
    Grant::ProtectFiles,
    Grant::ReadProtections,
    Grant::ReviewGrants,
    Grant::ReadAccesses,
    Grant::JudgeDecisions,
    Grant::ReadFigures,
    Grant::RecordStaffPersons,
    Grant::ReadDemand,
];

const OF_ONES_OWN: &[Grant] = &[
    Grant::RecordConsents,
    Grant::ReadAccesses,
    Grant::RecordDocuments,
    Grant::FileCases,
    Grant::MoveCases,
    Grant::HandlePapers,
    Grant::ReadEnrolments,
    Grant::MoveEnrolments,
    Grant::AnnounceAbsences,
    Grant::KeepCalendars,
    Grant::RecordNeeds,
    Grant::ReadNeeds,
    Grant::ReadHours,
];

/// What an organisation does in its own compartment.
const GIVES_COURSES: &[Grant] = &[
    Grant::ManageCourses,
    Grant::ReadOwnCourses,
    Grant::ReadHours,
    Grant::ReadEnrolments,
    Grant::EnrolPeople,
    Grant::MoveEnrolments,
    Grant::RecordAttendance,
    Grant::AnnounceAbsences,
    Grant::KeepCalendars,
    Grant::RecordPlacements,
    Grant::IssueCertificates,
    Grant::ReadCertificates,
    Grant::MoveCertificates,
    Grant::ReadDemand,
];

impl Role {
    /// Every role.
    pub const ALL: &'static [Self] = &[
        Self::Administrator,
        Self::Official,
        Self::Caseworker,
        Self::Supervisor,
        Self::NgoCoordinator,
        Self::Auditor,
        Self::Applicant,
    ];

    /// What the role may do, as bundles.
    const fn bundles(self) -> &'static [&'static [Grant]] {
        match self {
            Self::Caseworker => &[EVERYONE, READS_FILES, WORKS_WITH_FILES, KEEPS_FILES],
            Self::Official => &[EVERYONE, READS_FILES, WORKS_WITH_FILES, DECIDES],
            Self::Supervisor => &[EVERYONE, READS_FILES, WORKS_WITH_FILES, WATCHES_OVER_FILES],
            Self::Applicant => &[EVERYONE, READS_FILES, OF_ONES_OWN],
            Self::NgoCoordinator => &[EVERYONE, &[Grant::ReadClients], GIVES_COURSES],
            Self::Auditor => &[EVERYONE, &[Grant::ReadEvents]],
            Self::Administrator => &[EVERYONE, KEEPS_ACCOUNTS],
        }
    }

    /// How far the role may see, the narrowest first. A membership has one of these.
    pub const fn reaches(self) -> &'static [Reach] {
        match self {
            Self::Caseworker => &[Reach::Assigned, Reach::Office],
            Self::Official => &[Reach::Assigned, Reach::Office, Reach::National],
            Self::Supervisor => &[Reach::Office, Reach::National],
            Self::NgoCoordinator => &[Reach::Organisation],
            Self::Applicant => &[Reach::Own],
            Self::Administrator | Self::Auditor => &[Reach::None],
        }
    }

    /// Must whoever has the role sign in with a second factor, where the installation asks for one (row M1)?
    pub const fn needs_second_factor(self) -> bool {
        !matches!(self, Self::Applicant)
    }

    /// Must that factor be a passkey, where the installation has them? A code can be talked out of somebody; these roles make accounts, and
    /// read what everybody did.
    pub const fn needs_passkey(self) -> bool {
        matches!(self, Self::Administrator | Self::Auditor)
    }

    /// May the role do this?
    pub fn may(self, grant: Grant) -> bool {
        self.bundles().iter().any(|bundle| bundle.contains(&grant))
    }
}

impl Grant {
    /// Does it need a proof of who the caller is that is at most [`STEP_UP_S`] old?
    pub const fn is_sensitive(self) -> bool {
        matches!(
            self,
            Self::ManageAccounts
                | Self::ChangePassword
                | Self::OwnFactors
                | Self::ProtectFiles
                | Self::BreakGlass
                | Self::JudgeDecisions
        )
    }

    /// May an account do this that has no confirmed membership yet?
    pub fn needs_no_role(self) -> bool {
        EVERYONE.contains(&self)
    }
}

/// May an administrator make somebody this, and so change, end or take over what somebody is who is this already?
///
/// One of the whole service appoints everybody but immigrants, whose accounts come from their files. One of an office appoints those who work
/// on files there and see no further than the office: nobody hands out more than the office has, least of all other administrators.
pub fn may_appoint(
    administrator: &Membership,
    role: Role,
    reach: Reach,
    office: Option<OfficeId>,
    organisation: Option<OrganisationId>,
) -> bool {
    if administrator.role != Role::Administrator || administrator.state() != State::Confirmed {
        return false;
    }
    match administrator.office_id {
        None => role != Role::Applicant,
        Some(own) => {
            matches!(role, Role::Official | Role::Caseworker | Role::Supervisor)
                && matches!(reach, Reach::Assigned | Reach::Office)
                && office == Some(own)
                && organisation.is_none()
        }
    }
}

#[cfg(test)]
mod tests;
