//! The law this server works with: its rules in force on a day, each value with its source, and sources that wait for a second look.

use serde_json::{Value, json};

use crate::harness::{Backend, TestApp, json_at, noon, on_both};

on_both! {
    async fn the_packs_are_listed_with_their_hash(app: TestApp) {
        let auditor = app.actor(sakin::access::policy::Role::Auditor, "Bakı").await;
        let index = app.nobody().get("/api/v1").await.expect(200).json();
        let address = index["links"]["law_packs"].as_str().unwrap();
        app.nobody().get(address).await.problem(401, "authentication_required");
        let answer = auditor.get(address).await.expect(200);
        let packs = answer.json();
        assert_eq!(packs["items"].as_array().unwrap().len(), 1);
        let pack = &packs["items"][0];
        assert_eq!(pack["id"], "az");
        assert_eq!(pack["hash"], index["law"]["hash"]);
        assert_eq!(pack["draft"], false);
        for count in ["sources", "routes", "watches", "deadlines", "parameters"] {
            assert!(pack["counts"][count].as_u64().unwrap() > 0, "{count}: {pack}");
        }
        let tag = answer.headers["etag"].to_str().unwrap();
        assert_eq!(tag, format!("\"{}\"", pack["hash"].as_str().unwrap()));
        let unchanged = auditor.send(reqwest::Method::GET, address, None, |request| request.header("if-none-match", tag)).await;
        assert_eq!(unchanged.expect(304).text, "");
        let whole = auditor.get(pack["href"].as_str().unwrap()).await.expect(200).json();
        assert_eq!(pack["counts"]["calendar_years"], whole["calendar_years"].as_array().unwrap().len());
        auditor.get("/api/v1/law/packs/none").await.problem(404, "not_found");
    }

    async fn a_pack_shows_the_values_in_force_on_a_day(app: TestApp) {
        let officer = app.official("Bakı").await;
        let show = async |on: &str| officer.get(&format!("/api/v1/law/packs/az?on={on}")).await.expect(200).json();
        let now = show("2026-11-23").await;
        let general = json_at(&now, "/routes/[id=citizenship.general]").unwrap();
        assert_eq!(general["in_force"], json!({ "from": "2016-08-05", "to": null }));
        let residence = json_at(general, "/stated/requirement/[id=residence]").unwrap();
        assert_eq!((&residence["kind"], &residence["length"]), (&json!("term"), &json!("P5Y")));
        let limits = json_at(general, "/stated/reading/[id=rolling]/limits").unwrap();
        assert_eq!(*limits, json!([ { "days": 90, "per": "rolling:P1Y", "on_breach": "lookback" } ]));
        let cited = json_at(general, "/stated/reading/[id=rolling]/source").unwrap().as_array().unwrap();
        for id in cited {
            let source = json_at(&now, &format!("/sources/[id={}]", id.as_str().unwrap())).unwrap();
            assert!(source["confidence"].is_string() && source["verified_on"].is_string(), "{source}");
        }
        assert_eq!(json_at(&now, "/watches/[id=trp.absence]/stated/limit/per").unwrap(), "rolling:P180D");
        assert_eq!(json_at(&now, "/deadlines/[id=stay.registration]/stated/within").unwrap(), "P15D");
        let parameter = json_at(&now, "/parameters/[id=citizenship.nationality]").unwrap();
        assert_eq!(parameter["stated"], json!({ "value": "AZE" }));

        let then = show("2010-01-01").await;
        assert_eq!(json_at(&then, "/routes/[id=citizenship.general]/in_force/from").unwrap(), "1998-10-07");
        assert!(json_at(&then, "/watches/[id=trp.absence]").is_none(), "the code of 2013 was not in force");
        assert!(json_at(&then, "/sources/[id=mc.50.1.8]").is_none(), "nor is its source cited");
    }

    async fn sources_nobody_looked_at_for_long_are_overdue(app: TestApp) {
        let official = app.official("Bakı").await;
        let fresh = official.get("/api/v1/law/packs/az").await.expect(200);
        assert_eq!(fresh.json()["overdue"], 0);
        assert_eq!(fresh.json()["overdue_before"], "2025-11-24");
        app.clock.set(noon().plus_seconds(400 * 24 * 3600));
        let official = app.official("Bakı").await;
        let later = official.get("/api/v1/law/packs/az?on=2026-11-24").await.expect(200);
        let sources = later.json()["sources"].as_array().unwrap().clone();
        let overdue = sources.iter().filter(|source| source["overdue"] == true).count();
        assert!(overdue > 0 && later.json()["overdue"] == overdue, "{overdue}");
        let is_old = |source: &Value| source["verified_on"].as_str() < later.json()["overdue_before"].as_str();
        assert!(sources.iter().all(|source| source["overdue"] == is_old(source)));
        assert_ne!(fresh.headers["etag"], later.headers["etag"], "the answer is another one");
    }
}
