//! Courses of an organisation, and who takes part.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Cast, World};
use crate::harness::TestApp;

/// A course that takes people today.
fn course(title: &str) -> Value {
    json!({ "title": title, "level_from": "A1", "level_to": "A2", "language_of_instruction": "ru", "division": "Bakı",
        "mode": "classroom", "price_qepik": 0, "capacity": 5, "enrol_from": "2026-11-01", "enrol_to": "2026-12-31",
        "order_rule": "waiting_list", "offer_hours": 48, "required_share": 80 })
}

fn certificate() -> Value {
    json!({ "level": "A2", "listening": "A2", "reading": "B1", "writing": "A2", "speaking": "A2" })
}

/// A body that an operation on courses accepts.
pub(super) fn body_of(operation: &str, world: &World) -> Option<Value> {
    Some(match operation {
        "recordAccreditation" => json!({ "organisation_id": world.ids["organisation_id"], "number": "AK-1",
            "valid_from": "2026-01-01", "valid_to": "2027-12-31" }),
        "createCourse" => course("Yeni kurs"),
        "changeCourse" => json!({ "title": "Axşam kursu" }),
        "moveCourse" => json!({ "to": "running" }),
        "planMeeting" => json!({ "starts_at": "2026-12-02T14:00:00Z", "ends_at": "2026-12-02T15:30:00Z" }),
        "enrolPerson" => json!({ "person_id": world.ids["relative_id"] }),
        "enrolPeople" => {
            json!({ "items": [{ "person_id": world.ids["person_id"] }, { "person_id": world.ids["relative_id"] }], "atomic": "item" })
        }
        "transferEnrolment" => json!({ "course_id": world.ids["other_course_id"] }),
        "moveEnrolment" => json!({ "to": "left", "reason": "moved away" }),
        "markAttendance" => json!({ "person_id": world.ids["person_id"], "mark": "late", "reason": "The bus." }),
        "announceAbsence" => json!({ "meeting_id": world.ids["coming_meeting_id"], "reason": "The doctor." }),
        "markAttendances" => {
            json!({ "items": [{ "person_id": world.ids["person_id"], "mark": "excused", "reason": "The bus." },
            { "person_id": world.ids["relative_id"], "mark": "absent" }], "atomic": "item" })
        }
        "recordPlacement" => json!({ "listening": "A2", "reading": "A1", "writing": "A1", "speaking": "A2",
            "placed_level": "A2", "deviation_reason": "Learns fast.", "tested_on": "2026-11-20" }),
        "recordLanguageNeed" => json!({ "level": "A1", "language_of_instruction": "ka", "division": "AZ-BA",
            "hours_per_week": 4, "childcare": false }),
        "grantCourseHours" => json!({ "hours": 40, "reason": "first" }),
        "issueCertificate" => certificate(),
        "moveCertificate" => json!({ "to": "revoked", "reason": "Somebody else sat the test." }),
        _ => return None,
    })
}

impl Cast {
    /// People enough for a course that nobody gives, once for all worlds.
    pub(super) async fn called_for(&self, app: &TestApp) {
        let group = "language_need WHERE division_code = 'AZ-BA' AND level = 'A1' AND language_of_instruction = 'ka'";
        for _ in app.database.count(group)..8 {
            let file = self.officer.register("Ehtiyac").await;
            let need = json!({ "level": "A1", "language_of_instruction": "ka", "division": "AZ-BA", "hours_per_week": 4,
                "childcare": true });
            self.officer.post(&format!("{file}/language-needs"), &need).await.expect(201);
        }
    }

    /// Three courses of the coordinator's that take people, and a draft. The person takes part in two of them.
    pub(super) async fn lessons(&self, ids: &mut HashMap<&'static str, String>) {
        let Self { officer, coordinator, .. } = self;
        for file in ["person_id", "relative_id"] {
            let consents = json!({ "organisation_id": ids["organisation_id"], "purpose": "language_course",
                "expires_on": "2027-01-31" });
            officer.post(&format!("/api/v1/people/{}/consents", ids[file]), &consents).await.expect(201);
        }
        let made = async |path: &str, body: &Value| {
            let made = coordinator.post(path, body).await.expect(201).json();
            made["id"].as_str().unwrap().to_owned()
        };
        let published = async |title: &str| {
            let id = made("/api/v1/courses", &course(title)).await;
            let step = format!("/api/v1/courses/{id}/transitions");
            coordinator.act(&step, 1, &json!({ "to": "published" })).await.expect(200);
            id
        };
        ids.insert("draft_course_id", made("/api/v1/courses", &course("Qaralama")).await);
        let (main, other, third) = (published("Səhər").await, published("Günorta").await, published("Axşam").await);
        let meeting = json!({ "starts_at": "2026-11-24T05:00:00Z", "ends_at": "2026-11-24T06:30:00Z" });
        ids.insert("meeting_id", made(&format!("/api/v1/courses/{main}/meetings"), &meeting).await);
        let coming = json!({ "starts_at": "2026-12-08T14:00:00Z", "ends_at": "2026-12-08T15:30:00Z" });
        ids.insert("coming_meeting_id", made(&format!("/api/v1/courses/{main}/meetings"), &coming).await);
        let feed = async |path: String| coordinator.post(&path, &Value::Null).await.expect(201).json();
        let feeds = feed(format!("/api/v1/courses/{main}/calendar-feeds")).await;
        ids.insert("course_feed_id", feeds["id"].as_str().unwrap().to_owned());
        let feeds = feed(format!("/api/v1/people/{}/calendar-feeds", ids["person_id"])).await;
        ids.insert("learner_feed_id", feeds["id"].as_str().unwrap().to_owned());
        // Those are ended; this one is read.
        let feeds = feed(format!("/api/v1/courses/{main}/calendar-feeds")).await;
        ids.insert("secret", feeds["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned());
        let learner = json!({ "person_id": ids["person_id"] });
        ids.insert("enrolment_id", made(&format!("/api/v1/courses/{main}/enrolments"), &learner).await);
        ids.insert("moved_enrolment_id", made(&format!("/api/v1/courses/{third}/enrolments"), &learner).await);
        // Two more that are over for the person, one of them with a certificate.
        let person = format!("/api/v1/people/{}/enrolments", ids["person_id"]);
        let completed = async |title: &str| {
            let course = published(title).await;
            let id = made(&format!("/api/v1/courses/{course}/enrolments"), &learner).await;
            let step = format!("{person}/{id}/transitions");
            coordinator.act(&step, 1, &json!({ "to": "completed" })).await.expect(200);
            id
        };
        ids.insert("completed_enrolment_id", completed("Bitmiş").await);
        let certified = completed("Təsdiqlənmiş").await;
        let issued =
            coordinator.post(&format!("{person}/{certified}/certificates"), &certificate()).await.expect(201).json();
        ids.insert("certificate_id", issued["id"].as_str().unwrap().to_owned());
        ids.insert("number", issued["number"].as_str().unwrap().to_owned());
        let hours = format!("/api/v1/people/{}/course-hours", ids["person_id"]);
        let hours = officer.post(&hours, &json!({ "hours": 100, "reason": "first" })).await.expect(201).json();
        ids.insert("course_hours_id", hours["id"].as_str().unwrap().to_owned());
        for (name, value) in [("division", "AZ-BA"), ("level", "A1"), ("language", "ka")] {
            ids.insert(name, value.to_owned());
        }
        ids.insert("course_id", main);
        ids.insert("other_course_id", other);
    }
}
