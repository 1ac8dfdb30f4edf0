//! What can stand in the log.

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $number:literal $text:literal,)+) => {
        /// What was done or looked at. Numbers are written into the log: never renumbered, never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Action { $($(#[$doc])* $variant = $number,)+ }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The action's name in the event's body.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The action's number in the leaf.
            pub const fn number(self) -> i16 {
                self as i16
            }
        }
    };
}

actions! {
    /// An account signed in.
    SignedIn = 1 "account.signed_in",
    /// An account was created.
    AccountCreated = 2 "account.created",
    /// A sign-in failed.
    SignInFailed = 3 "account.sign_in_failed",
    /// The database was marked as the demonstration's or as a real one.
    InstallationMarked = 6 "installation.marked",
    /// A retry got the answer that was given before.
    AnswerReplayed = 4 "request.replayed",
    /// A change was tried out (dry run): nothing changed, but its answer was seen.
    ChangeTried = 5 "request.tried",
    /// A password was right, and a second factor is due.
    SecondFactorDue = 7 "account.second_factor_due",
    /// A session was prolonged.
    SessionProlonged = 8 "session.prolonged",
    /// A spent refresh token was shown again; its session was ended.
    TokenReused = 9 "token.reused",
    /// Persons were searched for.
    PeopleSearched = 10 "people.searched",
    /// A page of persons was listed.
    PeopleListed = 11 "people.listed",
    /// A person's file was looked at.
    PersonViewed = 12 "person.viewed",
    /// A person was registered.
    PersonRegistered = 13 "person.registered",
    /// A person's particulars were changed.
    PersonChanged = 14 "person.changed",
    /// The earlier versions of a person's particulars were looked at.
    PersonHistoryViewed = 15 "person.history_viewed",
    /// A permit was recorded.
    PermitRecorded = 20 "permit.recorded",
    /// A permit's record was changed.
    PermitChanged = 21 "permit.changed",
    /// A person's permits were looked at.
    PermitsViewed = 22 "permits.viewed",
    /// A permit ended before its time.
    PermitEnded = 23 "permit.ended",
    /// Something happened to the card of a permit.
    CardEventRecorded = 24 "card_event.recorded",
    /// A record of what happened to a card was withdrawn.
    CardEventWithdrawn = 25 "card_event.withdrawn",
    /// What happened to the card of a permit was looked at.
    CardEventsViewed = 26 "card_events.viewed",
    /// The state of a permit on a day was computed and shown.
    PermitStatusViewed = 27 "permit_status.viewed",
    /// A person's permits were shown as a chain.
    PermitChainViewed = 28 "permit_chain.viewed",
    /// What must be renewed by when was computed and shown.
    RenewalsViewed = 29 "renewals.viewed",
    /// A registration at an address was recorded.
    AddressRegistered = 30 "address.registered",
    /// A registration at an address was ended or corrected.
    AddressChanged = 31 "address.changed",
    /// A person's addresses were looked at.
    AddressesViewed = 32 "addresses.viewed",
    /// A crossing of the border was recorded.
    CrossingRecorded = 40 "crossing.recorded",
    /// A crossing of the border was corrected.
    CrossingCorrected = 41 "crossing.corrected",
    /// A person's crossings and trips were looked at.
    PresenceViewed = 42 "presence.viewed",
    /// A stretch of unknown presence was recorded.
    GapRecorded = 43 "presence_gap.recorded",
    /// A stretch of unknown presence was corrected.
    GapCorrected = 44 "presence_gap.corrected",
    /// A trip was declared: an exit and an entry at once.
    TripRecorded = 45 "trip.recorded",
    /// Many crossings of the border were recorded at once.
    CrossingsRecorded = 46 "crossings.recorded",
    /// What cannot be right in a person's crossings was looked at.
    FindingsViewed = 47 "presence_findings.viewed",
    /// A proof was recorded.
    EvidenceRecorded = 50 "evidence.recorded",
    /// A proof's record was changed.
    EvidenceChanged = 51 "evidence.changed",
    /// A yes or no that a rule asks for was recorded.
    FactRecorded = 52 "fact.recorded",
    /// A yes or no that a rule asks for was changed.
    FactChanged = 53 "fact.changed",
    /// An event that starts a term was recorded.
    EventRecorded = 54 "event.recorded",
    /// An event that starts a term was changed.
    EventChanged = 55 "event.changed",
    /// A person's proofs, facts or events were looked at.
    GroundsViewed = 56 "grounds.viewed",
    /// A person's eligibility was computed and shown.
    EligibilityViewed = 60 "eligibility.viewed",
    /// A person's absence watches were computed and shown.
    WatchesViewed = 61 "watches.viewed",
    /// A person's deadlines were computed and shown.
    DeadlinesViewed = 62 "deadlines.viewed",
    /// A new second factor was handed out, to be confirmed by a code of it.
    FactorOffered = 120 "second_factor.offered",
    /// A second factor was confirmed and counts; other sessions ended.
    FactorConfirmed = 121 "second_factor.confirmed",
    /// Somebody who is signed in proved again who they are.
    ProvedAgain = 122 "session.proved_again",
    /// Somebody who is signed in failed to prove again who they are.
    ProofFailed = 123 "session.proof_failed",
    /// A passkey of the account was asked for.
    PasskeyChallenged = 124 "passkey.challenged",
    /// A new passkey was asked for.
    PasskeyOffered = 125 "passkey.offered",
    /// A passkey was registered and counts; other sessions ended.
    PasskeyRegistered = 126 "passkey.registered",
    /// A passkey's counter did not go on: there may be a copy of it.
    PasskeyCountedBack = 127 "passkey.counted_back",
    /// A passkey of an account counts no more.
    PasskeyRemoved = 128 "passkey.removed",
    /// An account was shown more files within an hour than is usual.
    ManyFilesShown = 130 "alarm.many_files_shown",
    /// An account asked for more files within an hour than are shown.
    FilesRefused = 131 "alarm.files_refused",
    /// A change came too late, and what somebody else had changed was shown.
    ConflictShown = 133 "request.conflict_shown",
    /// The program failed in the middle of a request: a defect of its own.
    RequestPanicked = 134 "request.panicked",
    /// The program removed answers that were kept for retries and are older than those it keeps.
    AnswersForgotten = 137 "answers.forgotten",
    /// Somebody was refused for want of a right, or asked for what is hidden or not there.
    RequestRefused = 139 "request.refused",
    /// The program removed sessions that expired long ago.
    SessionsForgotten = 138 "sessions.forgotten",
    /// The operator made a key that signs tokens.
    KeyMade = 135 "key.made",
    /// The operator removed keys whose last token had ended.
    KeysRemoved = 136 "keys.removed",
    /// Somebody put a notice away as read.
    NoticeRead = 132 "notice.read",
    /// A document's particulars were recorded.
    DocumentRecorded = 160 "document.recorded",
    /// A document's particulars were changed, or it was withdrawn.
    DocumentChanged = 161 "document.changed",
    /// A document's content was handed in.
    ContentReceived = 162 "document.content_received",
    /// A document was accepted or rejected.
    DocumentVerified = 163 "document.verified",
    /// A person's documents were looked at.
    DocumentsViewed = 164 "documents.viewed",
    /// A document's content was looked at.
    ContentViewed = 165 "document.content_viewed",
    /// A receipt for what was handed in was given.
    ReceiptGiven = 166 "receipt.given",
    /// A person's receipts were looked at.
    ReceiptsViewed = 167 "receipts.viewed",
    /// What trips or statuses would change for a person was computed and shown.
    EligibilitySimulated = 63 "eligibility.simulated",
    /// Who looked at a person's file was looked at.
    AccessesViewed = 90 "accesses.viewed",
    /// Events of the log were looked at.
    EventsViewed = 91 "audit_events.viewed",
    /// Somebody was given a file to keep.
    FileAssigned = 92 "file.assigned",
    /// Somebody need not keep a file any more.
    FileUnassigned = 93 "file.unassigned",
    /// Who keeps a file was looked at.
    AssignmentsViewed = 94 "assignments.viewed",
    /// Somebody must keep away from a file.
    ExclusionRecorded = 95 "exclusion.recorded",
    /// Somebody need not keep away from a file any more.
    ExclusionLifted = 96 "exclusion.lifted",
    /// Who must keep away from a file was looked at.
    ExclusionsViewed = 97 "exclusions.viewed",
    /// A file was protected.
    FileProtected = 98 "file.protected",
    /// A file's protection was lifted.
    ProtectionLifted = 99 "protection.lifted",
    /// A file's protections were looked at.
    ProtectionsViewed = 100 "protections.viewed",
    /// Somebody broke the glass of a file.
    AccessGranted = 101 "access_grant.made",
    /// A grant was ended before its time.
    AccessGrantEnded = 102 "access_grant.ended",
    /// A grant was judged.
    AccessGrantReviewed = 103 "access_grant.reviewed",
    /// Grants were looked at.
    AccessGrantsViewed = 104 "access_grants.viewed",
    /// A person's consent was recorded.
    ConsentRecorded = 105 "consent.recorded",
    /// A person's consent was withdrawn.
    ConsentWithdrawn = 106 "consent.withdrawn",
    /// A person's consents were looked at.
    ConsentsViewed = 107 "consents.viewed",
    /// An organisation looked at its clients.
    ClientsViewed = 108 "clients.viewed",
    /// A person was handed a code for an account of their own.
    ActivationIssued = 109 "activation.issued",
    /// Somebody was invited: an account without a password, and a code.
    AccountInvited = 70 "account.invited",
    /// An account was disabled or enabled again.
    AccountStateChanged = 71 "account.state_changed",
    /// A one-time code was handed out.
    CodeIssued = 72 "code.issued",
    /// A one-time code was refused: unknown, used, expired, or its account is disabled.
    CodeRefused = 73 "code.refused",
    /// Somebody set the first password of the own account.
    AccountActivated = 74 "account.activated",
    /// Somebody set a new password with a code.
    PasswordReset = 75 "password.reset",
    /// Somebody changed the own password.
    PasswordChanged = 76 "password.changed",
    /// An account was given another membership.
    MembershipBegun = 77 "membership.begun",
    /// A membership was confirmed or ended.
    MembershipChanged = 78 "membership.changed",
    /// Somebody ended own sessions.
    SignedOut = 79 "session.signed_out",
    /// An administrator ended somebody's sessions.
    SessionsRevoked = 80 "session.revoked",
    /// A case was filed.
    CaseFiled = 170 "case.filed",
    /// A case was moved to another state, or its term changed.
    CaseMoved = 171 "case.moved",
    /// A case was given or offered to a colleague.
    CaseAssigned = 172 "case.assigned",
    /// A case was looked at.
    CaseViewed = 173 "case.viewed",
    /// A page of a work queue was looked at.
    CasesListed = 174 "cases.listed",
    /// A paper of a case was asked for, handed in or judged.
    CasePaperHandled = 175 "case.paper_handled",
    /// A paper was demanded that the law does not let the office ask for.
    DemandRefused = 176 "case.demand_refused",
    /// A task of a case was added, changed or done.
    CaseTaskRecorded = 177 "case.task_recorded",
    /// A decision was proposed.
    DecisionProposed = 178 "decision.proposed",
    /// A proposed decision was approved or sent back.
    DecisionJudged = 179 "decision.judged",
    /// A decision was looked at, or its sum was done again.
    DecisionViewed = 180 "decision.viewed",
    /// Everything on record in a file was looked at in order.
    TimelineViewed = 181 "timeline.viewed",
    /// What changes of the record moved was looked at.
    TidingsViewed = 182 "tidings.viewed",
    /// A filter of the work queue was saved or removed.
    QueueChanged = 183 "queue.changed",
    /// A tie between two persons was recorded.
    RelationshipRecorded = 140 "relationship.recorded",
    /// A tie between two persons was changed, ended or withdrawn.
    RelationshipChanged = 141 "relationship.changed",
    /// A person's ties were looked at.
    RelationshipsViewed = 142 "relationships.viewed",
    /// What follows from a person's ties was computed and shown.
    FamilyRightsViewed = 143 "family_rights.viewed",
    /// Who may sign for a person was looked at.
    SignatoriesViewed = 144 "signatories.viewed",
    /// A colleague was said to have a file.
    StaffPersonLinked = 145 "staff_person.linked",
    /// A colleague was said to have no file any more.
    StaffPersonUnlinked = 146 "staff_person.unlinked",
    /// Whether a colleague must keep away from a file was looked at.
    ConflictViewed = 147 "conflict.viewed",
    /// An organisation was said to be accredited.
    AccreditationRecorded = 200 "accreditation.recorded",
    /// A course was made.
    CourseCreated = 201 "course.created",
    /// A course was changed, or moved to another state.
    CourseChanged = 202 "course.changed",
    /// A meeting of a course was planned or cancelled.
    MeetingChanged = 203 "course_meeting.changed",
    /// Somebody was enrolled in a course, or put on its waiting list.
    EnrolmentRecorded = 204 "enrolment.recorded",
    /// Somebody's place in a course changed.
    EnrolmentChanged = 205 "enrolment.changed",
    /// Who takes part in a course was looked at.
    EnrolmentsViewed = 206 "enrolments.viewed",
    /// Whether somebody was at a meeting was noted or corrected.
    AttendanceRecorded = 207 "attendance.recorded",
    /// A learner's attendance was looked at.
    AttendanceViewed = 208 "attendance.viewed",
    /// The result of a placement test was recorded.
    PlacementRecorded = 209 "placement.recorded",
    /// A person's placement tests were looked at.
    PlacementsViewed = 210 "placements.viewed",
    /// A certificate of a course was issued.
    CertificateIssued = 211 "certificate.issued",
    /// A certificate of a course was accepted or revoked.
    CertificateChanged = 212 "certificate.changed",
    /// A person's certificates were looked at.
    CertificatesViewed = 213 "certificates.viewed",
    /// What course a person needs was recorded.
    LanguageNeedRecorded = 214 "language_need.recorded",
    /// Somebody said before a meeting that they cannot come.
    AbsenceAnnounced = 230 "absence.announced",
    /// An address for a calendar was made.
    CalendarFeedMade = 231 "calendar_feed.made",
    /// An address for a calendar was ended.
    CalendarFeedEnded = 232 "calendar_feed.ended",
    /// The addresses for calendars of a learner were looked at.
    CalendarFeedsViewed = 233 "calendar_feeds.viewed",
    /// A calendar was read at its address: once a day.
    CalendarRead = 234 "calendar.read",
    /// What courses a person needs was looked at.
    LanguageNeedsViewed = 215 "language_needs.viewed",
    /// A person was granted hours of courses.
    CourseHoursGranted = 220 "course_hours.granted",
    /// Hours of courses that a person was granted were taken back.
    CourseHoursTakenBack = 223 "course_hours.taken_back",
    /// A person's hours of courses were looked at.
    CourseHoursViewed = 221 "course_hours.viewed",
    /// An organisation took up a call for a course: it made a draft.
    CourseCallAnswered = 222 "course_call.answered",
    /// The attendance of a whole course was looked at, for print.
    AttendanceSheetViewed = 216 "attendance_sheet.viewed",
    /// An office was made.
    OfficeCreated = 81 "office.created",
    /// An organisation was made.
    OrganisationCreated = 82 "organisation.created",
    /// A dwelling was looked at.
    DwellingViewed = 150 "dwelling.viewed",
    /// A host's consent or refusal was recorded.
    HostConsentRecorded = 151 "host_consent.recorded",
    /// A host's consent ended, or its record was withdrawn.
    HostConsentChanged = 152 "host_consent.changed",
    /// The consents of a person's hosts were looked at.
    HostConsentsViewed = 153 "host_consents.viewed",
    /// Whether a person must register was computed and shown.
    RegistrationDutyViewed = 154 "registration_duty.viewed",
    /// Whether a registration stands was computed and shown.
    AddressStatusViewed = 155 "address_status.viewed",
}
