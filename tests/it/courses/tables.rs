//! Lists as tables, and tables that are sent: what leaves a spreadsheet comes in again, and every row is known by its line.

use reqwest::Method;
use sakin::access::policy::Role;
use sakin::web::endpoints;
use serde_json::{Value, json};

use super::{a_course, client, enrol, id_of, made, meets, published, states};
use crate::harness::{Actor, Answered, Backend, TestApp, keeps_the_contract, on_both};

const TABLE: &str = "text/csv; charset=utf-8; header=present";
/// Events: clients were looked at, who takes part was looked at, somebody was enrolled, attendance was noted.
const CLIENTS_VIEWED: &str = "audit_event WHERE action = 108";
const ENROLMENTS_VIEWED: &str = "audit_event WHERE action = 206";
const MARKED: &str = "audit_event WHERE action = 207";

async fn asked(who: &Actor, path: &str, accept: &str) -> Answered {
    who.send(Method::GET, path, None, |request| request.header("accept", accept)).await
}

async fn sent(who: &Actor, path: &str, accept: &str, table: &[u8]) -> Answered {
    let (key, table) = (uuid::Uuid::new_v4().to_string(), table.to_vec());
    let with = |request: reqwest::RequestBuilder| {
        request.header("content-type", "text/csv").header("accept", accept).header("idempotency-key", key).body(table)
    };
    who.send(Method::POST, path, None, with).await
}

/// The records of a table, read by another reader than the service's.
fn records(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The column of that name, without its header.
fn column(text: &str, name: &str) -> Vec<String> {
    let records = records(text);
    let at = records[0].iter().position(|column| column == name).unwrap_or_else(|| panic!("no {name} in {text}"));
    records[1..].iter().map(|record| record[at].clone()).collect()
}

/// The next page's address in the header.
fn linked(answer: &Answered) -> Option<String> {
    let link = answer.headers.get("link")?.to_str().unwrap();
    let address = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap();
    Some(address.to_owned())
}

/// Line, column or parameter, and code of each fault.
fn faults(problem: &Value) -> Vec<(i64, &str, &str)> {
    let named = problem["errors"].as_array().unwrap().iter().map(|fault| {
        let at = ["column", "parameter", "pointer"].iter().find_map(|name| fault[*name].as_str()).unwrap_or_default();
        (fault["line"].as_i64().unwrap_or_default(), at, fault["code"].as_str().unwrap())
    });
    named.collect()
}

on_both! {
    async fn the_list_of_clients_is_a_table_page_by_page(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let empty = asked(&ngo, "/api/v1/clients", "text/csv").await.expect(200);
        assert_eq!(empty.text, "id,name,purpose,scope,consent_expires_at,languages,contact,needs.level,needs.language_of_instruction,needs.division_code,\
            needs.hours_per_week,needs.availability,needs.childcare\r\n");
        assert_eq!((&empty.headers["content-type"], &empty.headers["vary"]), (&TABLE.parse().unwrap(), &"accept".parse().unwrap()));
        let names = ["Əli \"Şir\" Çobanzadə", "O'Neill, Ağa", "Ülkər İbrahimova"];
        for name in names {
            client(&officer, &ngo, name).await;
        }
        officer.register("Razı deyil").await;
        let json = ngo.get("/api/v1/clients").await.expect(200).json();
        let viewed = app.database.count(CLIENTS_VIEWED);
        let (first, second) = {
            let first = asked(&ngo, "/api/v1/clients?limit=2", "text/csv").await.expect(200);
            let second = asked(&ngo, &linked(&first).unwrap(), "text/csv;q=0.9, */*;q=0.1").await.expect(200);
            (first, second)
        };
        assert_eq!(app.database.count(CLIENTS_VIEWED) - viewed, 2, "each page is a look");
        assert_eq!(linked(&second), None);
        let (mut shown, mut ids) = (column(&first.text, "name"), column(&first.text, "id"));
        assert_eq!((shown.len(), records(&second.text)[0].len()), (2, 13));
        shown.extend(column(&second.text, "name"));
        ids.extend(column(&second.text, "id"));
        let members = |name: &str| json["items"].as_array().unwrap().iter().map(|item| item[name].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!((shown, ids), (members("name"), members("id")));
        assert!(first.text.contains("\r\n") && !first.text.replace("\r\n", "").contains('\n'), "{}", first.text);
        let endpoint = endpoints().into_iter().find(|endpoint| endpoint.operation_id == "listClients").unwrap();
        keeps_the_contract(&endpoint, &first);
    }

    async fn a_form_is_chosen_by_its_weight_and_what_there_is_not_is_refused(app: TestApp) {
        let ngo = app.actor(Role::NgoCoordinator, "Bakı").await;
        let course = published(&ngo, 1, "first_come").await;
        for accept in ["*/*", "application/json, text/csv", "text/csv;q=0.5, application/json;q=0.6", "text/csv;q=0, */*"] {
            let answer = asked(&ngo, "/api/v1/courses", accept).await.expect(200);
            assert_eq!(answer.headers["content-type"], "application/json", "{accept}");
        }
        let marked = asked(&ngo, "/api/v1/courses", "text/csv;bom=true").await.expect(200);
        assert!(marked.bytes.starts_with(b"\xEF\xBB\xBFid,"), "{}", marked.text);
        let refused = asked(&ngo, "/api/v1/courses", "image/png").await.problem(406, "not_acceptable");
        assert_eq!(refused["available"], "application/json, text/csv");
        // One record is no list.
        let refused = asked(&ngo, &course, "text/csv").await.problem(406, "not_acceptable");
        assert_eq!(refused["available"], "application/json");
        // An error is a problem whatever was asked for.
        asked(&ngo, "/api/v1/courses?limit=0", "text/csv").await.problem(400, "invalid_query");
        asked(&app.nobody(), "/api/v1/courses", "text/csv").await.problem(401, "authentication_required");
    }

    async fn a_title_that_a_spreadsheet_would_compute_is_text(app: TestApp) {
        let ngo = app.actor(Role::NgoCoordinator, "Bakı").await;
        let mut titles = vec!["=1+1", "@SUM(A1:A9)", "+994", "-x", "Axşam, \"A1\"; şənbə"];
        for title in &titles {
            let mut body = a_course(3, "first_come");
            body["title"] = json!(title);
            made(&ngo, &body).await;
        }
        let table = asked(&ngo, "/api/v1/courses", "text/csv").await.expect(200);
        let mut shown = column(&table.text, "title");
        shown.sort_unstable();
        titles.sort_unstable();
        let mut expected: Vec<String> = titles[..4].iter().map(|title| format!("'{title}")).collect();
        expected.push(titles[4].to_owned());
        assert_eq!(shown, expected);
        let json = ngo.get("/api/v1/courses").await.expect(200).json();
        assert!(json["items"].as_array().unwrap().iter().any(|item| item["title"] == "=1+1"), "JSON is no spreadsheet");
        assert_eq!(column(&table.text, "allowed"), ["published; cancelled"; 5]);
        assert_eq!(column(&table.text, "price_qepik"), ["4500"; 5]);
    }

    async fn who_takes_part_is_a_table_of_whom_json_shows(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let stranger = app.account(Role::NgoCoordinator, sakin::db::Reach::Organisation, "Gəncə", None).await;
        let course = published(&ngo, 1, "waiting_list").await;
        let (one, two) = (client(&officer, &ngo, "Nərgiz").await, officer.register("Ömər").await);
        let consented = crate::confidentiality::consent(&officer, &two, &ngo).await;
        enrol(&ngo, &course, &one).await.expect(201);
        enrol(&ngo, &course, &two).await.expect(201);
        let path = format!("{course}/enrolments");
        let table = asked(&ngo, &path, "text/csv").await.expect(200);
        assert_eq!(column(&table.text, "name"), ["Nərgiz", "Ömər"]);
        assert_eq!(column(&table.text, "state"), ["enrolled", "waiting"]);
        let json = ngo.get(&path).await.expect(200).json();
        assert_eq!(column(&table.text, "meaning.az")[1], json["items"][1]["meaning"]["az"].as_str().unwrap());
        assert_eq!(column(&table.text, "ahead"), ["", "0"]);
        let header = &records(&table.text)[0];
        let item = json["items"][0].as_object().unwrap();
        let known = |column: &String| item.contains_key(column.split('.').next().unwrap());
        assert!(header.iter().all(known), "{header:?} are members of {item:?}");
        asked(&stranger, &path, "text/csv").await.problem(404, "not_found");
        officer.delete(&consented, 1).await.expect(200);
        let viewed = app.database.count(ENROLMENTS_VIEWED);
        let table = asked(&ngo, &path, "text/csv").await.expect(200);
        assert_eq!(column(&table.text, "name"), ["Nərgiz"]);
        assert!(!table.text.contains("Ömər") && !table.text.contains(id_of(&two)), "{}", table.text);
        assert_eq!(app.database.count(ENROLMENTS_VIEWED) - viewed, 1);
    }

    async fn what_is_left_of_the_list_of_clients_is_enrolled(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        for name in ["Bir", "İki, \"ikinci\"", "Üç"] {
            client(&officer, &ngo, name).await;
        }
        let course = published(&ngo, 5, "first_come").await;
        let path = format!("{course}/enrolments/bulk?atomic=item");
        let list = asked(&ngo, "/api/v1/clients", "text/csv;bom=true").await.expect(200);
        let mut lines: Vec<&str> = list.text.lines().collect();
        lines.remove(2);
        // As a spreadsheet of this country writes it.
        let semicolons = format!("\u{FEFF}id;name;purpose;consent_expires_at\r\n{};x;;\r\n;;;\r\n", column(&list.text, "id")[1]);
        let tried = sent(&ngo, &format!("{path}&dry_run=true"), "*/*", lines.join("\n").as_bytes()).await.expect(200).json();
        assert_eq!((&tried["enrolled"], &tried["dry_run"]), (&json!(2), &json!(true)));
        assert_eq!(app.database.count("enrolment"), 0);
        let done = sent(&ngo, &path, "*/*", lines.join("\n").as_bytes()).await.expect(200).json();
        assert_eq!((&done["enrolled"], &done["refused"], &done["items"][1]["line"]), (&json!(2), &json!(0), &json!(3)));
        let done = sent(&ngo, &path, "*/*", semicolons.as_bytes()).await.expect(200).json();
        assert_eq!((&done["enrolled"], &done["items"][0]["person_id"]), (&json!(1), &json!(column(&list.text, "id")[1])));
        assert_eq!(states(&ngo, &course).await, ["enrolled"; 3]);
    }

    async fn every_row_that_is_refused_is_named_by_its_line(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let (one, two) = (client(&officer, &ngo, "Bir").await, client(&officer, &ngo, "İki").await);
        let stranger = officer.register("Üç").await;
        let course = published(&ngo, 1, "first_come").await;
        let path = format!("{course}/enrolments/bulk");
        let ids = [id_of(&one), id_of(&stranger), "no id", id_of(&two)];
        let table = format!("person_id,name\n{},\"a, b\"\n\n{},\n\n{},x\n{},\n", ids[0], ids[1], ids[2], ids[3]);
        let problem = sent(&ngo, &format!("{path}?atomic=all"), "*/*", table.as_bytes()).await.problem(422, "validation_failed");
        assert_eq!(faults(&problem), [(6, "person_id", "not_an_id")]);
        let without = table.replace("no id,x\n", "");
        let problem = sent(&ngo, &format!("{path}?atomic=all"), "*/*", without.as_bytes()).await.problem(422, "validation_failed");
        assert_eq!((&problem["line"], faults(&problem)), (&json!(4), vec![(4, "person_id", "unknown_person")]));
        assert_eq!(app.database.count("enrolment"), 0);
        let rejected = sent(&ngo, &format!("{path}?atomic=item"), "text/csv", table.as_bytes()).await.expect(200);
        assert_eq!(records(&rejected.text)[0], ["index", "line", "person_id", "state", "status", "code", "what_to_do"]);
        assert_eq!(column(&rejected.text, "line"), ["2", "4", "6", "7"]);
        assert_eq!(column(&rejected.text, "person_id"), [ids[0], ids[1], "", ids[3]]);
        assert_eq!(column(&rejected.text, "state"), ["enrolled", "", "", ""]);
        assert_eq!(column(&rejected.text, "status"), ["201", "422", "422", "409"]);
        assert_eq!(column(&rejected.text, "code"), ["", "unknown_person", "not_an_id", "seat_taken"]);
        assert!(column(&rejected.text, "what_to_do")[3].starts_with("Choose another course"), "{}", rejected.text);
        let body = json!({ "items": [{ "person_id": ids[0] }, { "person_id": ids[1] }], "atomic": "item" });
        let done = ngo.post(&path, &body).await.expect(200).json();
        assert_eq!((&done["items"][1]["line"], &done["items"][1]["problem"]["errors"][0]["pointer"]), (&Value::Null, &json!("/items/1/person_id")));
        let endpoint = endpoints().into_iter().find(|endpoint| endpoint.operation_id == "enrolPeople").unwrap();
        keeps_the_contract(&endpoint, &rejected);
    }

    async fn a_table_that_cannot_be_read_is_one_problem_with_its_lines(app: TestApp) {
        let ngo = app.actor(Role::NgoCoordinator, "Bakı").await;
        let course = published(&ngo, 1, "first_come").await;
        let path = format!("{course}/enrolments/bulk?atomic=item");
        let refused = async |table: &[u8], expected: &[(i64, &str, &str)]| {
            let problem = sent(&ngo, &path, "text/csv", table).await.problem(400, "malformed_csv");
            assert_eq!(faults(&problem), expected);
        };
        let header = [(1, "person", "unknown_column"), (1, "names", "unknown_column"), (1, "person_id", "required")];
        refused(b"person,names\na,b\n", &header).await;
        let lengths = [(2, "", "wrong_number_of_cells"), (3, "", "wrong_number_of_cells")];
        refused(b"person_id,state\na\nb,c,d\n", &lengths).await;
        refused(b"person_id\n\"a\n", &[(2, "", "open_quote")]).await;
        refused(b"person_id\na\n\xC7\n", &[(3, "", "not_utf8")]).await;
        refused(b"", &[(1, "", "required")]).await;
        let many = format!("person_id\n{}", "a\n".repeat(101));
        refused(many.as_bytes(), &[(102, "", "too_many")]).await;
        sent(&ngo, &path, "*/*", &vec![b'a'; 1024 * 1024]).await.problem(413, "body_too_large");
        // How the rows hang together is said in the address, and only there.
        let bare = format!("{course}/enrolments/bulk");
        let problem = sent(&ngo, &bare, "*/*", b"person_id\na\n").await.problem(400, "invalid_query");
        assert_eq!(faults(&problem), [(0, "atomic", "required")]);
        let problem = sent(&ngo, &format!("{bare}?atomic=some"), "*/*", b"person_id\na\n").await.problem(400, "invalid_query");
        assert_eq!(faults(&problem), [(0, "atomic", "not_in_list")]);
        let body = json!({ "items": [{ "person_id": uuid::Uuid::new_v4() }], "atomic": "item" });
        ngo.post(&path, &body).await.problem(400, "unknown_parameter");
        // A table is no body where only JSON is taken.
        let problem = sent(&ngo, &format!("{course}/enrolments"), "*/*", b"person_id\na\n").await.problem(415, "unsupported_media_type");
        assert_eq!(problem["expected"], "application/json");
        let problem = ngo.send(Method::POST, &path, None, |request| request.header("content-type", "text/plain").body("a")).await;
        assert_eq!(problem.problem(415, "unsupported_media_type")["expected"], "application/json, text/csv");
        assert_eq!(app.database.count("enrolment"), 0);
    }

    async fn a_retried_table_has_one_effect_and_the_form_that_is_asked_for(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let file = client(&officer, &ngo, "Nümunə").await;
        let course = published(&ngo, 1, "first_come").await;
        let send = async |accept: &str| {
            let (accept, table) = (accept.to_owned(), format!("person_id\n{}\n", id_of(&file)));
            let with = |request: reqwest::RequestBuilder| {
                request.header("content-type", "text/csv").header("accept", accept).header("idempotency-key", "k-7").body(table)
            };
            ngo.send(Method::POST, &format!("{course}/enrolments/bulk?atomic=all"), None, with).await.expect(200)
        };
        let first = send("application/json").await;
        let again = send("application/json").await;
        assert_eq!((&again.text, &again.headers["idempotent-replayed"]), (&first.text, &"true".parse().unwrap()));
        assert_eq!(column(&send("text/csv").await.text, "status"), ["201"]);
        assert_eq!(app.database.count("enrolment"), 1);
    }

    async fn a_whole_meeting_is_noted_at_once(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let stranger = app.account(Role::NgoCoordinator, sakin::db::Reach::Organisation, "Gəncə", None).await;
        let course = published(&ngo, 5, "first_come").await;
        let today = meets(&ngo, &course, "2026-11-24T05:00:00Z", "2026-11-24T06:30:00Z").await;
        let coming = meets(&ngo, &course, "2026-12-01T05:00:00Z", "2026-12-01T06:30:00Z").await;
        let mut files = Vec::new();
        for name in ["Bir", "İki", "Üç", "Dörd"] {
            let file = client(&officer, &ngo, name).await;
            enrol(&ngo, &course, &file).await.expect(201);
            files.push(file);
        }
        let outsider = client(&officer, &ngo, "Beş").await;
        let path = |meeting: &Value| format!("{course}/meetings/{}/attendance/bulk", meeting["id"].as_str().unwrap());
        let mark = |file: &str, mark: &str| json!({ "person_id": id_of(file), "mark": mark });
        let items = [mark(&files[0], "present"), mark(&outsider, "present"), mark(&files[1], "late"), mark(&files[0], "absent"),
            json!({ "person_id": id_of(&files[2]), "mark": "ill" })];
        let body = |atomic: &str| json!({ "items": items, "atomic": atomic });
        stranger.post(&path(&today), &body("item")).await.problem(404, "not_found");
        ngo.post(&path(&today), &body("all")).await.problem(422, "validation_failed");
        let tried = ngo.post(&format!("{}?dry_run=true", path(&today)), &body("item")).await.expect(200).json();
        assert_eq!((&tried["noted"], app.database.count("attendance")), (&json!(2), 0));
        let marked = app.database.count(MARKED);
        let done = ngo.post(&path(&today), &body("item")).await.expect(200).json();
        let statuses: Vec<i64> = done["items"].as_array().unwrap().iter().map(|item| item["status"].as_i64().unwrap()).collect();
        assert_eq!(statuses, [201, 422, 201, 422, 422]);
        assert_eq!((&done["noted"], &done["refused"], &done["items"][2]["mark"]["mark"]), (&json!(2), &json!(3), &json!("late")));
        assert_eq!(done["items"][3]["problem"]["errors"][0]["code"], "required", "a second mark says why");
        assert_eq!(app.database.count(MARKED) - marked, 1, "one act, one event");

        // The list of who takes part, with a column more, is the sheet that comes back.
        let list = asked(&ngo, &format!("{course}/enrolments"), "text/csv").await.expect(200);
        let marks = ["mark", "late", "present", "excused", "ill"];
        let table: Vec<String> = list.text.lines().zip(marks).map(|(line, mark)| format!("{line},{mark}\r\n")).collect();
        let table = table.concat();
        let rejected = sent(&ngo, &format!("{}?atomic=item", path(&today)), "text/csv", table.as_bytes()).await.expect(200);
        assert_eq!(column(&rejected.text, "status"), ["422", "422", "201", "422"]);
        assert_eq!(column(&rejected.text, "code"), ["required", "required", "", "not_in_list"]);
        assert_eq!(column(&rejected.text, "person_id"), files.iter().map(|file| id_of(file)).collect::<Vec<_>>());
        let excuses = format!("mark;person_id;reason\nexcused;{};Xəstəxana\n", id_of(&files[3]));
        sent(&ngo, &format!("{}?atomic=all", path(&coming)), "*/*", excuses.as_bytes()).await.expect(200);
        let early = excuses.replace("excused", "present");
        let problem = sent(&ngo, &format!("{}?atomic=all", path(&coming)), "*/*", early.as_bytes()).await.problem(422, "validation_failed");
        assert_eq!(faults(&problem), [(2, "mark", "in_the_future")]);
        assert_eq!(app.database.count("attendance"), 4);
    }

    async fn crossings_come_as_a_table_too(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        let table = "direction;crossed_on;source;place\nexit;2024-03-01;border;Qırmızı Körpü\nentry;2024-02-30;border;\nentry;2027-01-01;border;\n";
        let rejected = sent(&officer, &format!("{person}/crossings/bulk?atomic=item"), "text/csv", table.as_bytes()).await.expect(200);
        assert_eq!(column(&rejected.text, "line"), ["2", "3", "4"]);
        assert_eq!(column(&rejected.text, "code"), ["", "not_a_date", "in_the_future"]);
        assert_eq!(app.database.count("crossing"), 1);
        let list = asked(&officer, &format!("{person}/crossings"), "text/csv").await.expect(200);
        assert_eq!(column(&list.text, "place"), ["Qırmızı Körpü"]);
    }
}
