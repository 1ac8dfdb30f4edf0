//! Where courses are missing, without a word of who misses them.

use sakin::access::policy::Role;
use serde_json::{Value, json};

use super::{a_course, made, moved};
use crate::harness::{Actor, Backend, TestApp, on_both};

fn need(level: &str, language: &str) -> Value {
    json!({ "level": level, "language_of_instruction": language, "division": "Bakı", "hours_per_week": 4, "childcare": true })
}

async fn says(officer: &Actor, count: usize, level: &str, language: &str) -> Vec<String> {
    let mut files = Vec::new();
    for _ in 0..count {
        let file = officer.register("Nümunə").await;
        officer.post(&format!("{file}/language-needs"), &need(level, language)).await.expect(201);
        files.push(file);
    }
    files
}

on_both! {
    async fn what_is_missing_is_told_and_no_small_group(app: TestApp) {
        let (officer, ngo) = (app.caseworker("Bakı").await, app.actor(Role::NgoCoordinator, "Bakı").await);
        let demand = async || ngo.get("/api/v1/course-demand/AZ-BA").await.expect(200).json();
        says(&officer, 5, "A1", "ka").await;
        let small = says(&officer, 4, "A1", "ru").await;
        let hidden = json!({ "count": null, "suppressed": true });
        let told = |count: i64| json!({ "count": count, "suppressed": false });
        let first = demand().await;
        let groups = |answer: &Value| -> Vec<Value> {
            answer["groups"].as_array().unwrap().iter().map(|group| group["people"].clone()).collect()
        };
        assert_eq!(groups(&first), [told(5), hidden.clone()]);
        assert_eq!(first["people"], hidden, "nine less five would be four");
        // Two small groups hide each other.
        says(&officer, 3, "B1", "ru").await;
        assert_eq!(demand().await["people"], told(12));
        // Whoever answers anew is counted once, where the new answer is.
        officer.post(&format!("{}/language-needs", small[0]), &need("A1", "ka")).await.expect(201);
        assert_eq!(groups(&demand().await)[0], told(6));
        let said = officer.get(&format!("{}/language-needs", small[0])).await.expect(200).json();
        let stands = said["items"].as_array().unwrap().iter().filter(|item| item["superseded_at"].is_null()).count();
        assert_eq!((said["items"].as_array().unwrap().len(), stands), (2, 1));
        // A course that begins there is seen beside the group.
        assert_eq!(demand().await["groups"][0]["courses"], 0);
        let mut body = a_course(12, "waiting_list");
        (body["division"], body["level_from"]) = (json!("Bakı"), json!("A1"));
        body["level_to"] = json!("A2");
        let course = made(&ngo, &body).await;
        moved(&ngo, &course, "published").await.expect(200);
        assert_eq!(demand().await["groups"][0]["courses"], 1);
        ngo.get("/api/v1/course-demand/Atlantis").await.problem(404, "not_found");
        ngo.get(&format!("{}/language-needs", small[0])).await.problem(403, "role_not_permitted");
        let applicant = app.applicant(&small[1]).await;
        applicant.post(&format!("{}/language-needs", small[1]), &need("A2", "ka")).await.expect(201);
        applicant.get("/api/v1/course-demand/AZ-BA").await.problem(403, "role_not_permitted");
    }
}
