//! Who may do what with whose records (row F17): every operation that needs a permission, called by every role with every reach and every state of
//! a membership, on rows that stand ever further away. The decisions and the members of the answers are checked-in tables, so that a change of
//! either is read as a diff. What is let in is a dry run: the rows are the same for everybody.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use reqwest::RequestBuilder;
use sakin::access::policy::{Grant, Role};
use sakin::db::{Reach, TextEnum};
use sakin::http::{Door, Endpoint};
use sakin::people::FileNumber;
use sakin::web::endpoints;
use serde_json::{Value, json};

use super::world::{Cast, World, body_of, passkey_of};
use super::{Case, parameters};
use crate::golden::same;
use crate::harness::{Actor, Answered, Backend, PASSWORD, TestApp, on_both};

/// Whose rows: the caller's own or assigned ones; others of the same office; those of another; protected ones of the same; nobody's.
const ROWS: [&str; 5] = ["own", "sibling", "other", "protected", "absent"];
/// The state of a membership, and what turns a confirmed one into it.
type State = (&'static str, &'static str);

const CONFIRMED: State = ("confirmed", "version = version");
const UNCONFIRMED: [State; 3] = [
    ("accepted", "confirmed_at = NULL"),
    ("invited", "confirmed_at = NULL, accepted_at = NULL"),
    ("ended", "ended_at = confirmed_at"),
];

/// Somebody who tries everything.
struct Tryer {
    name: String,
    actor: Actor,
    /// Whether the membership counts.
    counts: bool,
    /// Whether a search is open to them, which registering a person begins with.
    searches: bool,
    /// The rows that are the caller's own.
    own: World,
}

/// Everybody, and the rows that are not theirs.
struct Stage {
    tryers: Vec<Tryer>,
    sibling: World,
    other: World,
    protected: World,
    absent: World,
}

impl Stage {
    async fn of(app: &TestApp) -> Self {
        let cast = Cast::of(app, "Bakı").await;
        let own = World::made_by(app, &cast).await;
        let mut sibling = World::made_by(app, &cast).await;
        let mut other = World::made_by(app, &Cast::of(app, "Gəncə").await).await;
        let mut protected = World::made_by(app, &cast).await;
        cast.protect(&protected).await;
        let mut absent = sibling.clone();
        absent
            .ids
            .insert("file_number", FileNumber::generate(|| *uuid::Uuid::new_v4().as_bytes()).compact().to_owned());
        let mut tryers = Vec::new();
        for role in Role::ALL {
            let mut reaches: Vec<Option<Reach>> = role.reaches().iter().map(|reach| Some(*reach)).collect();
            if *role == Role::Administrator {
                // One of an office, and one of the whole service.
                reaches.push(None);
            }
            for reach in &reaches {
                tryers.push(Tryer::of(app, &cast, (*role, *reach), CONFIRMED, &own).await);
            }
            for state in UNCONFIRMED {
                tryers.push(Tryer::of(app, &cast, (*role, reaches[reaches.len() - 1]), state, &own).await);
            }
        }
        let passkey = passkey_of(app, &cast.officer).await;
        for world in [&mut sibling, &mut other, &mut protected, &mut absent] {
            world.ids.insert("passkey_id", passkey.clone());
        }
        Self { tryers, sibling, other, protected, absent }
    }
}

impl Tryer {
    async fn of(
        app: &TestApp,
        cast: &Cast,
        (role, reach): (Role, Option<Reach>),
        (state, change): State,
        own: &World,
    ) -> Self {
        let name = format!("{}/{} {state}", role.text(), reach.map_or("national", TextEnum::text));
        // Everybody has a file, a session and an organisation of their own.
        let mut own = if role == Role::Applicant { World::made_by(app, cast).await } else { own.clone() };
        let person = own.ids["person_id"].clone();
        let mut actor = match (role, reach) {
            (_, None) => app.administrator().await,
            (Role::Applicant, _) => app.applicant(&person).await,
            (Role::NgoCoordinator, Some(reach)) => app.account(role, reach, &name, None).await,
            (_, Some(reach)) => app.account(role, reach, "Bakı", None).await,
        };
        let account = actor.id().await;
        if role == Role::NgoCoordinator {
            let organisation = actor.get("/api/v1/me").await.json()["organisation_id"].clone();
            cast.consent(&own, &organisation).await;
        }
        if role.may(Grant::ReadAssignments) {
            cast.assign(&own, &account).await;
        }
        if role.may(Grant::BreakGlass) && state == "confirmed" {
            let opens =
                json!({ "file_number": own.ids["file_number"], "purpose": "emergency", "reason": "The police asks." });
            let grant = actor.post("/api/v1/access-grants", &opens).await.expect(201).json();
            own.ids.insert("own_access_grant_id", grant["id"].as_str().unwrap().to_owned());
        }
        let who = format!("account_id = (SELECT id FROM account WHERE email = '{}')", actor.email);
        app.database.execute(&format!("UPDATE membership SET {change} WHERE {who}")).unwrap();
        // Rights are remembered for a second by session: this one is new.
        actor.sign_in(PASSWORD).await;
        let own_id = async |path: &str, fits: &dyn Fn(&Value) -> bool| {
            let items = actor.get(path).await.expect(200).json()["items"].take();
            items.as_array().unwrap().iter().find(|item| fits(item)).unwrap()["id"].as_str().unwrap().to_owned()
        };
        own.ids.insert("session_id", own_id("/api/v1/sessions", &|session| session["current"] == false).await);
        own.ids.insert("notice_id", own_id("/api/v1/me/notices", &|_| true).await);
        own.ids.insert("passkey_id", passkey_of(app, &actor).await);
        let counts = (state, change) == CONFIRMED;
        Self { name, actor, counts, searches: counts && role.may(Grant::SearchPeople), own }
    }
}

/// The decision on one call: its status, after a second try where only the version was wrong.
async fn decide(case: &Case<'_>, caller: &Actor, path: &str) -> Answered {
    let path = if case.endpoint.writes() { format!("{path}?dry_run=true") } else { path.to_owned() };
    let answer = case.call(caller, &path, 1, |request: RequestBuilder| request).await;
    if answer.status != 412 {
        return answer;
    }
    let version = answer.json()["current_version"].as_i64().unwrap();
    case.call(caller, &path, version, |request: RequestBuilder| request).await
}

/// An answer without what differs between two refusals of the same kind.
fn masked(answer: &Answered) -> (Value, Vec<String>) {
    let mut problem = answer.json();
    problem["request_id"] = Value::Null;
    let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    names.sort();
    (problem, names)
}

/// The members of an answer, those of a list's elements together.
fn members(value: &Value, at: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let here = format!("{at}.{name}");
                members(value, &here, into);
                into.insert(here);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| members(item, &format!("{at}[]"), into)),
        _ => (),
    }
}

/// Whether the operation asks for a row at all.
fn has_row(endpoint: &Endpoint) -> bool {
    endpoint.operation_id == "breakGlass" || !parameters(endpoint).is_empty()
}

/// Everybody's decisions on an operation, and what each sees of the nearest row.
async fn try_out(
    stage: &Stage,
    endpoint: &Arc<Endpoint>,
) -> (BTreeMap<String, Vec<String>>, BTreeMap<String, Vec<String>>) {
    let (mut decisions, mut shown) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
    for Tryer { name, actor, counts, searches, own } in &stage.tryers {
        let worlds = [own, &stage.sibling, &stage.other, &stage.protected, &stage.absent];
        let mut answers = Vec::new();
        for (row, world) in ROWS.iter().zip(worlds) {
            // Whoever has no right to the operation is sent to the nearest and the farthest row alone.
            if !counts && *row != "absent" && answers.first().is_some_and(|own: &Answered| own.status == 403) {
                continue;
            }
            let mut world = world.clone();
            if endpoint.operation_id == "endAccessGrant"
                && let Some(grant) = world.ids.get("own_access_grant_id").cloned()
            {
                world.ids.insert("access_grant_id", grant);
            }
            if endpoint.operation_id == "registerPerson" && *searches {
                let found = actor.post("/api/v1/people/search", &json!({ "name": "Nümunə" })).await.expect(200).json();
                found["search_token"].as_str().unwrap().clone_into(&mut world.search_token);
            }
            let names = if *row == "absent" { parameters(endpoint) } else { Vec::new() };
            let path = world.path(endpoint, &names);
            let case =
                Case { endpoint: Arc::clone(endpoint), body: body_of(endpoint.operation_id, &world), world: &world };
            answers.push(decide(&case, actor, &path).await);
            if !has_row(endpoint) {
                break;
            }
        }
        if let [_, .., absent] = &answers[..] {
            for foreign in answers.iter().filter(|answer| answer.status == 404) {
                assert_eq!(masked(foreign), masked(absent), "{} by {name}", endpoint.operation_id);
            }
        }
        let mut statuses: Vec<String> = answers.iter().map(|answer| answer.status.as_str().to_owned()).collect();
        if statuses == ["403", "403"] {
            statuses = vec!["403".to_owned(); ROWS.len()];
        }
        decisions.entry(format!("{:23}", statuses.join(" "))).or_default().push(name.clone());
        // A file has no members.
        let is_file = answers[0].headers.get("content-disposition").is_some();
        if answers[0].status.is_success() && !answers[0].text.is_empty() && !is_file {
            let mut set = BTreeSet::new();
            members(&answers[0].json(), "", &mut set);
            set.remove(".dry_run");
            let lines = set.iter().flat_map(|member| ["  ", member, "\n"]).collect::<String>();
            shown.entry(lines).or_default().push(name.clone());
        }
    }
    (decisions, shown)
}

/// Names in a line; those whose membership does not count yet or any more in one word, if it is all of them.
fn together(names: &[String]) -> String {
    let (confirmed, other): (Vec<&String>, Vec<&String>) = names.iter().partition(|name| name.ends_with(" confirmed"));
    let mut words: Vec<String> = confirmed.iter().map(|name| name.replace(" confirmed", "")).collect();
    if other.len() == Role::ALL.len() * UNCONFIRMED.len() {
        words.push("unconfirmed".to_owned());
    } else {
        words.extend(other.into_iter().cloned());
    }
    if words.len() == confirmed_reaches() + 1 { "everybody".to_owned() } else { words.join(", ") }
}

/// How many callers have a membership that counts: a role with each reach, and administrators of an office and of the whole service.
fn confirmed_reaches() -> usize {
    Role::ALL.iter().map(|role| role.reaches().len()).sum::<usize>() + 1
}

on_both! {
    async fn everybody_may_do_what_the_table_says(app: TestApp) {
        let stage = Stage::of(&app).await;
        let mut matrix = format!("{}    who\n", ROWS.map(|row| row.get(..3).unwrap()).join(" "));
        let mut fields = String::new();
        let before = app.database.contents();
        for endpoint in endpoints() {
            let Door::Permission(grant) = endpoint.door else { continue };
            let (decisions, shown) = try_out(&stage, &endpoint).await;
            assert_eq!(before, app.database.contents(), "{} changed something", endpoint.operation_id);
            writeln!(matrix, "\n{} ({})", endpoint.operation_id, grant.name()).unwrap();
            for (statuses, names) in &decisions {
                let refused = statuses.split_whitespace().all(|status| status == "403");
                let who = if refused { "the others".to_owned() } else { together(names) };
                writeln!(matrix, "{statuses}{who}").unwrap();
            }
            for (lines, names) in &shown {
                // What everybody sees is the law, or their own.
                let who = together(names);
                if who == "everybody" {
                    continue;
                }
                writeln!(fields, "{}: {who}\n{lines}", endpoint.operation_id).unwrap();
            }
        }
        same("tests/golden/matrix.txt", &matrix);
        same("tests/golden/fields.txt", &fields);
    }
}
