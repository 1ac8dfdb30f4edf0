//! Registering, finding, showing and changing persons.

use serde_json::{Value, json};

use crate::harness::{Backend, TestApp, on_both};

on_both! {
    async fn a_file_is_shown_as_it_was_on_a_day(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let person = officer.register("Nümunə").await;
        for (version, (code, from, to)) in [("RUS", "1990-01-01", "1998-06-30"), ("GEO", "1998-07-01", "2010-01-01")].into_iter().enumerate() {
            let body = json!({ "code": code, "valid_from": from, "valid_to": to });
            officer.act(&format!("{person}/nationalities"), i64::try_from(version).unwrap() + 1, &body).await.expect(200);
        }
        let codes = |file: &Value| {
            let codes = file["nationalities"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned());
            codes.collect::<Vec<_>>()
        };
        let whole = officer.get(&person).await.expect(200);
        assert_eq!(codes(&whole.json()).len(), 2);
        assert!(whole.headers.contains_key("etag") && whole.json().get("clock").is_none());
        for (day, expected) in [("1998-06-30", vec!["RUS"]), ("1998-07-01", vec!["GEO"]), ("2010-01-02", vec![])] {
            let then = officer.get(&format!("{person}?valid_at={day}")).await.expect(200);
            assert_eq!(codes(&then.json()), expected, "{day}");
            assert_eq!(then.json()["clock"]["valid_at"], day);
            assert!(!then.headers.contains_key("etag"), "it depends on the day it is asked");
        }
    }

    async fn a_person_is_registered_found_shown_and_changed(app: TestApp) {
        let officer = app.caseworker("Bakı").await;
        let path = officer.register("Əliyev Murad").await;

        let shown = officer.get(&path).await.expect(200);
        assert_eq!(shown.headers["etag"], "\"v1\"");
        let file = shown.json();
        assert_eq!(file["names"][0]["full_name_as_printed"], "Əliyev Murad");

        let found = officer.post("/api/v1/people/search", &json!({ "name": "murad aliyev" })).await.expect(200).json();
        assert_eq!(found["items"][0]["id"], file["id"], "{found}");
        assert_eq!(found["items"][0]["matched_on"], json!(["fold"]));

        let changed = officer.patch(&path, 1, &json!({ "birth_date": "1961" })).await.expect(200).json();
        assert_eq!(changed["birth_date_bounds"], json!({ "earliest": "1961-01-01", "latest": "1961-12-31" }));
        assert_eq!(changed["version"], 2);
        assert_eq!(officer.get(&path).await.json(), changed);
        let first = officer.get(&format!("{path}/versions/1")).await.expect(200).json();
        assert_eq!(first["birth_date"], json!(null));
    }
}
