//! Registering, finding, showing and changing persons.

use serde_json::json;

use crate::harness::{Backend, TestApp, on_both};

on_both! {
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
