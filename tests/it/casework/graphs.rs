//! Random staff, families and exclusions: no decision is reached by one person or by somebody who must keep away, through the service or beside it.
//! The test reckons the ties itself, from what it recorded.

use std::collections::BTreeSet;

use serde_json::json;

use super::{filed, office};
use crate::harness::{Actor, Backend, Database, TestApp, on_both};

/// A small generator: the run names its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }
}

const KINDS: [&str; 6] = ["parent", "sibling", "grandparent", "uncle_or_aunt", "guardian", "sibling_in_law"];
const STAFF: usize = 6;
const PERSONS: usize = 9;

/// Who is who, as the test recorded it.
#[derive(Default)]
struct World {
    ties: BTreeSet<(usize, usize)>,
    files_of: Vec<Option<usize>>,
    excluded: BTreeSet<(usize, usize)>,
}

impl World {
    fn tied(&self, one: usize, other: usize) -> bool {
        self.ties.contains(&(one, other)) || self.ties.contains(&(other, one))
    }

    /// Must the colleague keep away from the person's file?
    fn keeps_away(&self, colleague: usize, person: usize) -> bool {
        if self.excluded.contains(&(colleague, person)) {
            return true;
        }
        let Some(own) = self.files_of[colleague] else { return false };
        own == person
            || self.tied(own, person)
            || (0..PERSONS).any(|between| self.tied(own, between) && self.tied(between, person))
    }
}

fn id(database: &Database, path: &str) -> String {
    let uuid: uuid::Uuid = path.rsplit('/').next().unwrap().parse().unwrap();
    match database {
        Database::Sqlite { .. } => format!("X'{}'", uuid.simple()),
        Database::Postgres { .. } => format!("'\\x{}'::bytea", uuid.simple()),
    }
}

fn is_true(database: &Database) -> &'static str {
    match database {
        Database::Sqlite { .. } => "1",
        Database::Postgres { .. } => "TRUE",
    }
}

/// What the database says to a statement: nothing, or the rule it is against.
fn refused(database: &Database, statement: &str) -> Option<String> {
    database.execute(statement).err().map(|error| error.to_string())
}

async fn told(app: &TestApp, random: &mut Random) -> (World, Vec<Actor>, Vec<String>, Actor, Actor) {
    let (officer, first, supervisor, _) = office(app).await;
    let mut staff = vec![first];
    while staff.len() < STAFF {
        staff.push(app.official("Bakı").await);
    }
    let mut persons = Vec::new();
    while persons.len() < PERSONS {
        persons.push(officer.register("Nümunə").await);
    }
    let mut world = World { files_of: vec![None; STAFF], ..World::default() };
    for _ in 0..5 {
        let (one, other) = (random.below(PERSONS), random.below(PERSONS));
        let body = json!({ "kind": KINDS[random.below(KINDS.len())], "valid_from": "2001-01-01",
            "other_person_id": persons[other].rsplit('/').next().unwrap() });
        let made = officer.post(&format!("{}/relationships", persons[one]), &body).await;
        if made.status.as_u16() == 201 {
            world.ties.insert((one, other));
            // An ended tie keeps away as well.
            if random.below(2) == 0 {
                let path = format!("{}/relationships/{}", persons[one], made.json()["id"].as_str().unwrap());
                officer.patch(&path, 1, &json!({ "valid_to": "2010-01-01", "end_ground": "other" })).await.expect(200);
            }
        }
    }
    for (colleague, actor) in staff.iter().enumerate().take(4) {
        let own = random.below(PERSONS);
        let body = json!({ "person_id": persons[own].rsplit('/').next().unwrap() });
        supervisor.post(&format!("/api/v1/accounts/{}/person-link", actor.id().await), &body).await.expect(201);
        world.files_of[colleague] = Some(own);
    }
    for _ in 0..3 {
        let (colleague, person) = (random.below(STAFF), random.below(PERSONS));
        let body = json!({ "account_id": staff[colleague].id().await, "ground": "other" });
        if supervisor.post(&format!("{}/exclusions", persons[person]), &body).await.status.as_u16() == 201 {
            world.excluded.insert((colleague, person));
        }
    }
    (world, staff, persons, officer, supervisor)
}

on_both! {
    async fn no_decision_is_reached_alone_or_by_whoever_must_keep_away(app: TestApp) {
        let seed = std::env::var("SAKIN_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand_seed);
        println!("SAKIN_SEED={seed}");
        let mut random = Random(seed);
        let (world, staff, persons, officer, _) = told(&app, &mut random).await;
        let database = &app.database;
        let mut accounts = Vec::new();
        for actor in &staff {
            accounts.push(id(database, &actor.id().await));
        }
        let (mut away, mut approved) = (0, 0);
        for (person, path) in persons.iter().enumerate() {
            for (proposer, actor) in staff.iter().enumerate() {
                let case = filed(&officer, path, &json!({ "kind": "correction_request" })).await;
                case.moved(&officer, &json!({ "transition": "accept" })).await.expect(200);
                let finding = json!({ "requirement": "record_is_wrong", "finding": "met", "reason": "Seen." });
                let body = json!({ "outcome": "grant", "reasons": "It is wrong.", "requirements": [finding] });
                let proposal = actor.act(&format!("{}/decisions", case.path), 2, &body).await;
                if world.keeps_away(proposer, person) {
                    away += 1;
                    if world.excluded.contains(&(proposer, person)) {
                        proposal.problem(404, "not_found");
                    } else {
                        proposal.problem(403, "conflict_of_interest");
                    }
                    continue;
                }
                let decision = format!("/api/v1/decisions/{}", proposal.expect(200).json()["id"].as_str().unwrap());
                let row = id(database, &decision);
                // Beside the service: nobody grants a case by writing so.
                let alone = format!("UPDATE case_file SET state = 'granted', closed = {} WHERE id = {} AND superseded_at IS NULL",
                    is_true(database), id(database, &case.path));
                assert!(refused(database, &alone).unwrap().contains("four_eyes"));
                let mut impartial = None;
                for (judge, colleague) in staff.iter().enumerate() {
                    let keeps_away = world.keeps_away(judge, person);
                    let tried = colleague.act(&format!("{decision}/verdicts?dry_run=true"), 3, &json!({ "verdict": "approved" })).await;
                    let verdict = format!("INSERT INTO decision_verdict (person_id, decision_id, verdict, letter_az, letter_en, recorded_at, recorded_by)
                        SELECT person_id, id, 'approved', 'a', 'e', recorded_at, {} FROM decision WHERE id = {row}", accounts[judge]);
                    match (world.excluded.contains(&(judge, person)), keeps_away, judge == proposer) {
                        (true, ..) => drop(tried.problem(404, "not_found")),
                        (_, true, _) => drop(tried.problem(403, "conflict_of_interest")),
                        (.., true) => drop(tried.problem(409, "four_eyes")),
                        _ => {
                            tried.expect(200);
                            impartial = Some((judge, verdict));
                            continue;
                        }
                    }
                    // The same without the program's checks.
                    let rule = refused(database, &verdict).unwrap_or_else(|| panic!("{judge} approved {proposer}'s decision on {person}"));
                    assert!(rule.contains(if keeps_away { "conflict_of_interest" } else { "four_eyes" }), "{rule}");
                    if keeps_away {
                        let proposal = format!("INSERT INTO decision SELECT person_id, {row_id}, case_id, seq + 100, office_id, outcome, proposed_on, reasons,
                            requirements, effect, computed, deviation, deviation_note, calculation, calculation_hash, pack, pack_version, pack_hash,
                            recorded_at, {by} FROM decision WHERE id = {row}",
                            row_id = id(database, &uuid::Uuid::new_v4().to_string()), by = accounts[judge]);
                        assert!(refused(database, &proposal).unwrap().contains("conflict_of_interest"));
                    }
                }
                // And an impartial second official may: the rules do not refuse everybody.
                if let Some((_, verdict)) = impartial {
                    assert_eq!(refused(database, &verdict), None);
                    approved += 1;
                }
            }
        }
        assert!(away > 0 && approved > 0, "{away} kept away, {approved} approved");
        let alone = database.count("decision_verdict AS v JOIN decision AS d ON d.person_id = v.person_id AND d.id = v.decision_id
            WHERE v.verdict = 'approved' AND v.recorded_by = d.recorded_by");
        assert_eq!(alone, 0);
    }
}

fn rand_seed() -> u64 {
    u64::from_be_bytes(uuid::Uuid::new_v4().as_bytes()[..8].try_into().unwrap())
}
