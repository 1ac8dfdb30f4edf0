//! AU7: whoever holds an account learns of a new device, of a success after failures, and of a new second factor.

use serde_json::{Value, json};

use crate::harness::{Actor, Authenticator, Backend, PASSWORD, TestApp, on_both};

const SIGN_IN: &str = "/api/v1/sign-in";
const NOTICES: &str = "/api/v1/me/notices";

async fn kinds(who: &Actor) -> Vec<String> {
    let page = who.get(NOTICES).await.expect(200).json();
    let items = page["items"].as_array().unwrap();
    items.iter().map(|notice| notice["kind"].as_str().unwrap().to_owned()).collect()
}

async fn unread(who: &Actor) -> i64 {
    who.get("/api/v1/me").await.expect(200).json()["unread_notices"].as_i64().unwrap()
}

async fn sign_in(who: &Actor, device: Option<&Value>) -> Value {
    let mut body = json!({ "email": who.email, "password": PASSWORD });
    if let Some(device) = device {
        body["device_token"] = device.clone();
    }
    who.post(SIGN_IN, &body).await.expect(200).json()
}

async fn guess(app: &TestApp, who: &Actor, times: usize) {
    let body = json!({ "email": who.email, "password": "a guess that is long enough" });
    for _ in 0..times {
        who.post(SIGN_IN, &body).await.problem(401, "sign_in_failed");
        app.later(3);
    }
}

on_both! {
    async fn a_device_is_new_once(app: TestApp) {
        let officer = app.official("Bakı").await;
        assert_eq!(kinds(&officer).await, ["new_device"], "the first there is");
        app.later(1);
        let device = sign_in(&officer, None).await["device_token"].clone();
        assert_eq!(kinds(&officer).await, ["new_device", "new_device"]);
        sign_in(&officer, Some(&device)).await;
        assert_eq!(unread(&officer).await, 2);
        // Another's device is new here.
        let other = app.official("Bakı").await;
        sign_in(&other, Some(&device)).await;
        assert_eq!(unread(&other).await, 2);
        assert_eq!(unread(&officer).await, 2, "each has their own");
    }

    async fn a_success_after_three_failures_is_told(app: TestApp) {
        let officer = app.official("Bakı").await;
        let device = sign_in(&officer, None).await["device_token"].clone();
        guess(&app, &officer, 2).await;
        sign_in(&officer, None).await;
        assert!(!kinds(&officer).await.contains(&"sign_in_after_failures".to_owned()));
        guess(&app, &officer, 3).await;
        sign_in(&officer, Some(&device)).await;
        assert!(!kinds(&officer).await.contains(&"sign_in_after_failures".to_owned()), "the failures were elsewhere");
        sign_in(&officer, None).await;
        assert_eq!(kinds(&officer).await.iter().filter(|kind| *kind == "sign_in_after_failures").count(), 1);
    }

    async fn a_new_factor_is_told_and_so_is_a_guessed_code(app: TestApp) {
        let officer = app.official("Bakı").await;
        let (authenticator, admitted) = Authenticator::enrol(&app, &officer).await;
        let admitted = officer.with_token(admitted["access_token"].as_str().unwrap());
        assert_eq!(kinds(&admitted).await.iter().filter(|kind| *kind == "factor_changed").count(), 1);
        app.later(60);
        let mfa = sign_in(&officer, None).await["mfa_token"].clone();
        let second = format!("{SIGN_IN}/second-factor");
        for _ in 0..3 {
            let wrong = json!({ "mfa_token": mfa, "recovery_code": "0000-0000-0000-0000-0000-0000" });
            officer.post(&second, &wrong).await.problem(401, "sign_in_failed");
            let wrong = json!({ "mfa_token": mfa, "totp": authenticator.does_not_show(app.clock.now()) });
            officer.post(&second, &wrong).await.problem(401, "sign_in_failed");
            app.later(31);
        }
        let right = json!({ "mfa_token": mfa, "totp": authenticator.shows(app.clock.now()) });
        let admitted = officer.post(&second, &right).await.expect(200).json();
        let admitted = officer.with_token(admitted["access_token"].as_str().unwrap());
        assert_eq!(kinds(&admitted).await.iter().filter(|kind| *kind == "sign_in_after_failures").count(), 1);
    }

    async fn a_notice_is_put_away_by_its_holder_alone(app: TestApp) {
        let (officer, other) = (app.official("Bakı").await, app.official("Bakı").await);
        app.later(1);
        sign_in(&officer, None).await;
        let first = officer.get(&format!("{NOTICES}?limit=1")).await.expect(200).json();
        let newest = first["items"][0].clone();
        let next = officer.get(first["next"].as_str().unwrap()).await.expect(200).json();
        assert!(newest["at"].as_str() > next["items"][0]["at"].as_str(), "{first} {next}");
        assert_eq!(next["next"], Value::Null);
        assert_eq!(newest["read_at"], Value::Null);

        let read = format!("{NOTICES}/{}/read", newest["id"].as_str().unwrap());
        other.post(&read, &Value::Null).await.problem(404, "not_found");
        assert_eq!((unread(&officer).await, unread(&other).await), (2, 1));
        let put_away = officer.post(&read, &Value::Null).await.expect(200).json();
        assert_eq!(put_away["read_at"], json!(app.clock.now().rfc3339()));
        app.later(1);
        assert_eq!(officer.post(&read, &Value::Null).await.expect(200).json(), put_away);
        assert_eq!(unread(&officer).await, 1);
        let again = officer.get(&format!("{NOTICES}?limit=1")).await.expect(200).json();
        assert_eq!(again["items"][0], put_away);
    }
}
