//! The attendance sheet that is printed.

use reqwest::Method;
use sakin::access::policy::Role;
use sakin::db::Reach;
use sakin::web::endpoints;
use serde_json::json;

use super::{a_course, client, enrol, id_of, made, meets, moved, place, published, step};
use crate::harness::{Actor, Answered, Backend, TestApp, keeps_the_contract, on_both};

/// Events: a sheet was looked at.
const SHEET_VIEWED: &str = "audit_event WHERE action = 216";

async fn printed(who: &Actor, course: &str, language: &str) -> Answered {
    let path = format!("{course}/attendance-sheet");
    let with =
        |request: reqwest::RequestBuilder| request.header("accept", "text/html").header("accept-language", language);
    who.send(Method::GET, &path, None, with).await
}

/// What stands in the learner's row, in the order of meetings.
fn fields(page: &str, name: &str) -> Vec<String> {
    let row = page
        .lines()
        .find(|line| line.contains(&format!(">{name}</th>")))
        .unwrap_or_else(|| panic!("no {name}: {page}"));
    row.split("<td>").skip(1).map(|field| field.split_once('<').unwrap().0.to_owned()).collect()
}

on_both! {
    async fn a_sheet_has_what_is_noted_and_room_for_the_rest(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let course = published(&ngo, 2, "waiting_list").await;
        let early = meets(&ngo, &course, "2026-11-20T14:00:00Z", "2026-11-20T15:30:00Z").await;
        let today = meets(&ngo, &course, "2026-11-24T05:00:00Z", "2026-11-24T06:30:00Z").await;
        let off = meets(&ngo, &course, "2026-11-25T05:00:00Z", "2026-11-25T06:30:00Z").await;
        // Past midnight in the country.
        let coming = meets(&ngo, &course, "2026-12-01T20:30:00Z", "2026-12-01T22:00:00Z").await;
        ngo.delete(&format!("{course}/meetings/{}", off["id"].as_str().unwrap()), 1).await.expect(200);
        let mut files = Vec::new();
        for name in ["Zaur", "Çingiz", "Cavad"] {
            let file = client(&officer, &ngo, name).await;
            enrol(&ngo, &course, &file).await.expect(201);
            files.push(file);
        }
        let mark = async |meeting: &serde_json::Value, file: &str, mark: &str| {
            let path = format!("{course}/meetings/{}/attendance", meeting["id"].as_str().unwrap());
            ngo.post(&path, &json!({ "person_id": id_of(file), "mark": mark, "reason": "Bəli." })).await.expect(201);
        };
        mark(&today, &files[0], "late").await;
        mark(&today, &files[1], "absent").await;
        mark(&today, &files[1], "present").await;
        mark(&coming, &files[1], "excused").await;
        let viewed = app.database.count(SHEET_VIEWED);
        let subjects = app.database.count("audit_subject");
        let page = printed(&ngo, &course, "en").await.expect(200);
        assert_eq!(app.database.count(SHEET_VIEWED) - viewed, 1);
        assert_eq!(app.database.count("audit_subject") - subjects, 2, "whoever waits is not on the sheet");
        assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(page.headers["content-language"], "en");
        assert_eq!(fields(&page.text, "Zaur"), ["–", "L", ""]);
        assert_eq!(fields(&page.text, "Çingiz"), ["–", "+", "E"]);
        assert!(page.text.find("Çingiz").unwrap() < page.text.find("Zaur").unwrap(), "by name");
        assert!(!page.text.contains("Cavad"), "{}", page.text);
        for text in ["Axşam kursu", "NGO of Bakı", "24.11.2026<br>09:00–10:30", "02.12.2026<br>00:30–02:00", "before the enrolment"] {
            assert!(page.text.contains(text), "{text} is missing: {}", page.text);
        }
        for hidden in ["25.11.2026", id_of(&files[0]), "Bəli.", early["id"].as_str().unwrap()] {
            assert!(!page.text.contains(hidden), "{hidden} is shown");
        }
        let here = printed(&ngo, &course, "az").await.expect(200);
        assert_eq!((here.headers["content-language"].to_str().unwrap(), fields(&here.text, "Zaur")[1].as_str()), ("az", "G"));
        assert!(here.text.contains("Davamiyyət vərəqi") && here.text.contains("<html lang=\"az\">"), "{}", here.text);
        let endpoint = endpoints().into_iter().find(|endpoint| endpoint.operation_id == "printAttendanceSheet").unwrap();
        keeps_the_contract(&endpoint, &page);
        // Who leaves is no learner any more, and the seat that was offered is nobody's yet.
        let own = ngo.get(&format!("{course}/enrolments")).await.json()["items"][0].clone();
        step(&ngo, &place(&files[0], &own), "left").await.expect(200);
        let after = printed(&ngo, &course, "en").await.expect(200);
        assert!(!after.text.contains("Zaur") && !after.text.contains("Cavad"), "{}", after.text);
    }

    async fn nothing_on_a_sheet_is_markup_but_its_own(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let mut body = a_course(2, "first_come");
        body["title"] = json!("<script>alert(1)</script> & \"A1\"");
        let course = made(&ngo, &body).await;
        moved(&ngo, &course, "published").await.expect(200);
        let file = client(&officer, &ngo, "<script>x</script>").await;
        enrol(&ngo, &course, &file).await.expect(201);
        let page = printed(&ngo, &course, "en").await.expect(200);
        assert!(!page.text.contains("<script"), "{}", page.text);
        assert!(page.text.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;A1&quot;</h1>"), "{}", page.text);
        assert_eq!(fields(&page.text, "&lt;script&gt;x&lt;/script&gt;"), [""; 0]);
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
        assert_eq!((page.text.matches("<style>").count(), page.text.matches("style=").count()), (1, 0));
    }

    async fn a_sheet_is_for_the_course_s_organisation_alone(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let stranger = app.account(Role::NgoCoordinator, Reach::Organisation, "Gəncə", None).await;
        let course = published(&ngo, 2, "first_come").await;
        let file = client(&officer, &ngo, "Nümunə").await;
        enrol(&ngo, &course, &file).await.expect(201);
        printed(&stranger, &course, "en").await.expect(404);
        let learner = app.applicant(&file).await;
        printed(&learner, &course, "en").await.expect(404);
        printed(&officer, &course, "en").await.expect(403);
        let path = format!("{course}/attendance-sheet");
        let json = ngo.send(Method::GET, &path, None, |request| request.header("accept", "application/json")).await;
        assert_eq!(json.problem(406, "not_acceptable")["available"], "text/html");
        assert!(ngo.get(&path).await.expect(200).text.starts_with("<!doctype html>"));
    }

    async fn many_meetings_take_several_sheets(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let course = published(&ngo, 2, "first_come").await;
        assert!(printed(&ngo, &course, "en").await.expect(200).text.contains("No meeting is planned yet."));
        let file = client(&officer, &ngo, "Nümunə").await;
        enrol(&ngo, &course, &file).await.expect(201);
        for day in 1..=14 {
            let at = |hour: u32| format!("2026-12-{day:02}T{hour}:00:00Z");
            meets(&ngo, &course, &at(14), &at(15)).await;
        }
        let page = printed(&ngo, &course, "en").await.expect(200).text;
        assert_eq!((page.matches("<section>").count(), page.matches(">Nümunə</th>").count()), (2, 2));
        let (first, second) = page.split_once("</section>").unwrap();
        assert_eq!((first.matches("class=\"meeting\"").count(), second.matches("class=\"meeting\"").count()), (12, 2));
        assert!(first.contains("1/2") && second.contains("2/2"), "{page}");
    }
}
