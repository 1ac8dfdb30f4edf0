//! What a tie is.

mod rights;

use chrono::NaiveDate;

pub(super) use self::rights::{Known, Listed, Sponsor, Stand, is_citizen, judge, younger_than};
use crate::db::text_enum;
use crate::error::Fault;
use crate::id::PersonId;

text_enum! {
    /// What somebody is to the person of a file.
    pub enum TieKind {
        /// Husband or wife.
        Spouse = "spouse",
        /// Father or mother.
        Parent = "parent",
        /// Son or daughter.
        Child = "child",
        /// Brother or sister.
        Sibling = "sibling",
        /// A parent's parent.
        Grandparent = "grandparent",
        /// A child's child.
        Grandchild = "grandchild",
        /// A grandparent's parent.
        GreatGrandparent = "great_grandparent",
        /// A grandchild's child.
        GreatGrandchild = "great_grandchild",
        /// A parent's sibling.
        UncleOrAunt = "uncle_or_aunt",
        /// A sibling's child.
        NephewOrNiece = "nephew_or_niece",
        /// The spouse's parent.
        ParentInLaw = "parent_in_law",
        /// The child's spouse.
        ChildInLaw = "child_in_law",
        /// The spouse's brother or sister.
        SpousesSibling = "spouses_sibling",
        /// The brother's or sister's spouse.
        SiblingsSpouse = "siblings_spouse",
        /// Guardian, by an order.
        Guardian = "guardian",
        /// Representative, by a power of attorney.
        Representative = "representative",
        /// Whose guardian the person is: seen from the other side only.
        Ward = "ward",
        /// Whose representative the person is: seen from the other side only.
        Represented = "represented",
    }
}

impl TieKind {
    /// What the person of the file is to the other.
    pub(crate) const fn inverse(self) -> Self {
        match self {
            Self::Spouse => Self::Spouse,
            Self::Parent => Self::Child,
            Self::Child => Self::Parent,
            Self::Sibling => Self::Sibling,
            Self::Grandparent => Self::Grandchild,
            Self::Grandchild => Self::Grandparent,
            Self::GreatGrandparent => Self::GreatGrandchild,
            Self::GreatGrandchild => Self::GreatGrandparent,
            Self::UncleOrAunt => Self::NephewOrNiece,
            Self::NephewOrNiece => Self::UncleOrAunt,
            Self::ParentInLaw => Self::ChildInLaw,
            Self::ChildInLaw => Self::ParentInLaw,
            Self::SpousesSibling => Self::SiblingsSpouse,
            Self::SiblingsSpouse => Self::SpousesSibling,
            Self::Guardian => Self::Ward,
            Self::Ward => Self::Guardian,
            Self::Representative => Self::Represented,
            Self::Represented => Self::Representative,
        }
    }

    /// Can it be recorded? What is only the other side of an order is recorded in the file of the person the order is about.
    pub(crate) const fn is_recorded(self) -> bool {
        !matches!(self, Self::Ward | Self::Represented)
    }

    /// Does somebody act for another by it, and is no relative by it?
    pub(crate) const fn acts_for(self) -> bool {
        matches!(self, Self::Guardian | Self::Representative)
    }

    const fn is_ancestor(self) -> bool {
        matches!(self, Self::Parent | Self::Grandparent | Self::GreatGrandparent)
    }

    /// Can nobody be both to the same person?
    pub(crate) const fn excludes(self, other: Self) -> bool {
        (self.is_ancestor() && other.inverse().is_ancestor()) || (self.inverse().is_ancestor() && other.is_ancestor())
    }
}

text_enum! {
    /// Why a tie ended.
    pub enum EndGround {
        /// Divorce.
        Divorce = "divorce",
        /// One of the two died.
        Death = "death",
        /// The marriage is held never to have been.
        Annulment = "annulment",
        /// A court ended it.
        Court = "court",
        /// The person came of age.
        Majority = "majority",
        /// The order or power was revoked.
        Revoked = "revoked",
        /// Another ground.
        Other = "other",
    }
}

text_enum! {
    /// Why an account must keep away from a file.
    pub enum Reason {
        /// It is on record that it must.
        Excluded = "excluded",
        /// The file is the account holder's own.
        OwnFile = "own_file",
        /// The two are or were tied.
        Kin = "kin",
        /// The two are or were tied to the same person.
        CommonKin = "common_kin",
    }
}

/// A tie's particulars: what `other` is to the person of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tie {
    pub(super) kind: TieKind,
    pub(super) other: PersonId,
    /// What a guardian or representative may do.
    pub(super) scope: Option<String>,
    /// By what it is shown.
    pub(super) evidence: Option<String>,
    pub(super) valid_from: NaiveDate,
    pub(super) valid_to: Option<NaiveDate>,
    pub(super) end_ground: Option<EndGround>,
}

impl Tie {
    /// Does it hold on that day?
    pub(super) fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| last >= day)
    }

    /// Do both hold on some day?
    pub(super) fn shares_a_day_with(&self, other: &Self) -> bool {
        self.valid_to.is_none_or(|last| last >= other.valid_from)
            && other.valid_to.is_none_or(|last| last >= self.valid_from)
    }

    /// Everything that is wrong with it in the file of this person, as a request's faults.
    pub(super) fn faults(&self, person: PersonId, today: NaiveDate) -> Vec<Fault> {
        let mut found = Vec::new();
        if self.other == person {
            found.push(Fault::at("/other_person_id", "own_person", "Nobody is tied to themselves."));
        }
        if self.scope.is_some() && !self.kind.acts_for() {
            let message = "Only guardians and representatives act for somebody: leave the scope out.";
            found.push(Fault::at("/scope", "not_here", message));
        }
        if let Some(last) = self.valid_to
            && last < self.valid_from
        {
            let message = format!("The last day is before the first day, {}.", self.valid_from);
            found.push(Fault::at("/valid_to", "before_start", message));
        }
        match (self.valid_to, self.end_ground) {
            (None, Some(_)) => found.push(Fault::at("/valid_to", "required", "Say the last day of the tie.")),
            // An order can be given for a while from the first day on; kin end by something that happened.
            (Some(_), None) if !self.kind.acts_for() => {
                found.push(Fault::at("/end_ground", "required", "Say why the tie ended."));
            }
            (Some(last), Some(_)) if last > today => {
                let message = format!("{last} is after today, {today}: nobody has seen it happen.");
                found.push(Fault::at("/valid_to", "in_the_future", message).with_value(last.to_string()));
            }
            _ => {}
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::TextEnum;
    use crate::law::KINDS_OF_KIN;

    fn all() -> impl Iterator<Item = TieKind> {
        TieKind::TEXTS.iter().filter_map(|text| TieKind::of(text))
    }

    #[test]
    fn the_other_side_of_the_other_side_is_this_side() {
        for kind in all() {
            assert_eq!(kind.inverse().inverse(), kind);
            assert!(kind.is_recorded() || kind.inverse().acts_for());
        }
    }

    #[test]
    fn the_law_s_lists_have_the_record_s_words() {
        let kin: Vec<&str> =
            all().filter(|kind| !kind.acts_for() && !kind.inverse().acts_for()).map(TextEnum::text).collect();
        assert_eq!(kin, KINDS_OF_KIN);
    }

    #[test]
    fn nobody_is_ancestor_and_descendant_of_the_same_person() {
        assert!(TieKind::Parent.excludes(TieKind::Child) && TieKind::Child.excludes(TieKind::GreatGrandparent));
        assert!(!TieKind::Parent.excludes(TieKind::Guardian) && !TieKind::Parent.excludes(TieKind::Parent));
        assert!(!TieKind::Sibling.excludes(TieKind::Spouse));
    }
}
