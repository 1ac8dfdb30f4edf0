//! Which files a caller may know of, as a value that travels with each transaction. `access/scope.rs` makes SQL of it.

use super::types::text_enum;
use crate::id::{AccountId, OfficeId, OrganisationId, PersonId};

text_enum! {
    /// How far an account sees.
    pub enum Reach {
        /// No file.
        None = "none",
        /// The own file.
        Own = "own",
        /// Files it has to keep.
        Assigned = "assigned",
        /// The files of its office.
        Office = "office",
        /// Every file.
        National = "national",
        /// Files whose persons consented to its organisation.
        Organisation = "organisation",
    }
}

/// Which rows a caller may know of: how far the account sees, and from where. An id that a reach does not need may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// How far.
    pub reach: Reach,
    /// Who: for assignments, exclusions and grants.
    pub account: Option<AccountId>,
    /// Whose office's files, and where new files belong.
    pub office: Option<OfficeId>,
    /// Whose clients.
    pub organisation: Option<OrganisationId>,
    /// Whose own file.
    pub person: Option<PersonId>,
}

impl Scope {
    /// No file at all.
    pub const NOTHING: Self =
        Self { reach: Reach::None, account: None, office: None, organisation: None, person: None };

    /// The files of an office, for what the program itself does there.
    pub const fn office(office: OfficeId) -> Self {
        Self { reach: Reach::Office, office: Some(office), ..Self::NOTHING }
    }
}
