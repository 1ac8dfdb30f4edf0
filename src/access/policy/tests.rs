use super::*;
use crate::clock::Instant;
use crate::db::TextEnum as _;
use crate::id::{AccountId, MembershipId};

const REACHES: [Reach; 6] =
    [Reach::None, Reach::Own, Reach::Assigned, Reach::Office, Reach::National, Reach::Organisation];

fn member(role: Role, office: Option<OfficeId>) -> Membership {
    let then = Instant::from_micros(0);
    Membership {
        id: MembershipId::random(),
        version: 1,
        account_id: AccountId::random(),
        role,
        reach: Reach::None,
        office_id: office,
        organisation_id: None,
        person_id: None,
        invited_at: then,
        invited_by: None,
        accepted_at: Some(then),
        confirmed_at: Some(then),
        confirmed_by: None,
        ended_at: None,
        ended_by: None,
    }
}

/// What an administrator may hand out, of every combination there is, as `role reach office organisation`.
fn handed_out(administrator: &Membership, own: OfficeId) -> Vec<String> {
    let offices = [("-", None), ("own", Some(own)), ("other", Some(OfficeId::random()))];
    let organisations = [("-", None), ("some", Some(OrganisationId::random()))];
    let mut found = Vec::new();
    for role in Role::ALL {
        for reach in REACHES {
            for (office_name, office) in offices {
                for (organisation_name, organisation) in organisations {
                    if may_appoint(administrator, *role, reach, office, organisation) {
                        found.push(format!("{} {} {office_name} {organisation_name}", role.text(), reach.text()));
                    }
                }
            }
        }
    }
    found
}

#[test]
fn an_office_s_administrator_hands_out_no_more_than_the_office_has() {
    let own = OfficeId::random();
    assert_eq!(
        handed_out(&member(Role::Administrator, Some(own)), own),
        [
            "official assigned own -",
            "official office own -",
            "caseworker assigned own -",
            "caseworker office own -",
            "supervisor assigned own -",
            "supervisor office own -",
        ]
    );
}

#[test]
fn an_administrator_of_all_appoints_everybody_but_immigrants() {
    let own = OfficeId::random();
    let found = handed_out(&member(Role::Administrator, None), own);
    assert!(found.iter().all(|line| !line.starts_with("applicant ")), "{found:?}");
    assert_eq!(found.len(), 6 * REACHES.len() * 3 * 2);
}

#[test]
fn nobody_else_appoints_anybody() {
    let own = OfficeId::random();
    for role in Role::ALL.iter().filter(|role| **role != Role::Administrator) {
        for office in [None, Some(own)] {
            assert_eq!(handed_out(&member(*role, office), own), [""; 0], "{}", role.text());
        }
    }
}

#[test]
fn an_administrator_counts_while_confirmed() {
    let own = OfficeId::random();
    for office in [None, Some(own)] {
        let confirmed = member(Role::Administrator, office);
        let invited = Membership { accepted_at: None, confirmed_at: None, ..confirmed.clone() };
        let accepted = Membership { confirmed_at: None, ..confirmed.clone() };
        let ended = Membership { ended_at: Some(Instant::from_micros(1)), ..confirmed };
        for other in [invited, accepted, ended] {
            assert_eq!(handed_out(&other, own), [""; 0], "{:?}", other.state());
        }
    }
}

#[test]
fn what_gives_rights_needs_a_fresh_proof() {
    let sensitive: Vec<&str> =
        Grant::ALL.iter().filter(|grant| grant.is_sensitive()).map(|grant| grant.name()).collect();
    assert_eq!(
        sensitive,
        [
            "self.password",
            "self.factors",
            "protections.record",
            "access_grants.make",
            "accounts.manage",
            "decisions.judge"
        ]
    );
}
