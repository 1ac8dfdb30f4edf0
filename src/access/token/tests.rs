use aws_lc_rs::hmac;
use serde_json::{Map, Value, json};

use super::*;

const BUILT: u64 = 1_760_000_000;
const NOW: u64 = 1_800_000_000;

struct Bench {
    keys: Keys,
    ring: KeyRing,
}

impl Bench {
    fn new() -> Self {
        let keys = Keys::ephemeral().unwrap();
        let ring = KeyRing::new(&keys, "sakin", BUILT);
        Self { keys, ring }
    }

    fn good(&self) -> String {
        self.ring.sign(Kind::Access, &claims()).unwrap()
    }

    fn refuses(&self, token: &str) -> bool {
        self.ring.verify(Kind::Access, token, NOW) == Err(Refused)
    }

    /// A token with any header and payload, signed with the real key.
    fn signed(&self, header: &str, payload: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let signature = crypto::sign(message.as_bytes(), &self.ring.signing, Algorithm::EdDSA).unwrap();
        format!("{message}.{signature}")
    }
}

fn claims() -> Claims {
    Claims {
        sub: Uuid::from_u128(0x0190_0000_0000_4000_8000_0000_0000_0001),
        sid: Uuid::from_u128(0x0190_0000_0000_4000_8000_0000_0000_0003),
        jti: Uuid::from_u128(0x0190_0000_0000_4000_8000_0000_0000_0002),
        iat: NOW,
        exp: NOW + 600,
        nbf: NOW,
        authz_version: 7,
        auth_time: NOW - 60,
    }
}

fn good_header() -> String {
    r#"{"alg":"EdDSA","typ":"at+jwt","kid":"0001"}"#.to_owned()
}

fn good_payload() -> Map<String, Value> {
    let Value::Object(payload) = json!({
        "iss": "sakin", "aud": "sakin:access",
        "sub": claims().sub.to_string(), "sid": claims().sid.to_string(), "jti": claims().jti.to_string(),
        "iat": NOW, "nbf": NOW, "exp": NOW + 600, "authz_version": 7, "auth_time": NOW - 60,
    }) else {
        unreachable!()
    };
    payload
}

fn text(payload: &Map<String, Value>) -> String {
    serde_json::to_string(payload).unwrap()
}

#[test]
fn what_was_signed_is_read_back_from_the_store_and_without_it() {
    let bench = Bench::new();
    let token = bench.good();
    assert_eq!(bench.ring.verify(Kind::Access, &token, NOW), Ok(claims()));
    assert_eq!(bench.ring.verified.len(), 1);
    assert_eq!(bench.ring.verify(Kind::Access, &token, NOW), Ok(claims()));
    // The hand-made token below is the yardstick of every negative test: it must be the one the ring makes.
    assert_eq!(bench.signed(&good_header(), &text(&good_payload())), token);
}

#[test]
fn no_single_change_of_a_character_is_accepted() {
    let bench = Bench::new();
    let token = bench.good();
    assert!(!bench.refuses(&token), "the original is accepted, and from now on known");
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n\0";
    let mut mutants = 0_u32;
    for (i, original) in token.bytes().enumerate() {
        let flips = (0..7).map(|bit| original ^ (1 << bit));
        for byte in flips.chain(alphabet.iter().copied()).filter(|byte| *byte != original) {
            let mut changed = token.clone().into_bytes();
            changed[i] = byte;
            assert!(bench.refuses(&String::from_utf8(changed).unwrap()), "byte {i} as {byte:#04x}");
            mutants += 1;
        }
        let (before, after) = token.split_at(i);
        for changed in [before.to_owned(), format!("{before}{}", &after[1..]), format!("{before}A{after}")] {
            assert!(bench.refuses(&changed), "cut, dropped or inserted at {i}");
            mutants += 1;
        }
    }
    assert!(mutants >= 10_000, "{mutants}");
    assert_eq!(bench.ring.verified.len(), 1, "no mutant is remembered");
}

#[test]
fn no_other_header_is_accepted_even_with_a_good_signature() {
    let bench = Bench::new();
    let kid_1_mb = format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{}"}}"#, "0".repeat(1 << 20));
    let headers = [
        r#"{"alg":"none","typ":"at+jwt","kid":"0001"}"#,
        r#"{"alg":"None","typ":"at+jwt","kid":"0001"}"#,
        r#"{"alg":"nOnE","typ":"at+jwt","kid":"0001"}"#,
        r#"{"alg":"","typ":"at+jwt","kid":"0001"}"#,
        r#"{"alg":"ES256","typ":"at+jwt","kid":"0001"}"#,
        r#"{"alg":"RS256","typ":"at+jwt","kid":"0001"}"#,
        r#"{"alg":"PS256","typ":"at+jwt","kid":"0001"}"#,
        r#"{"alg":["EdDSA"],"typ":"at+jwt","kid":"0001"}"#,
        r#"{"alg":"EdDSA","typ":"JWT","kid":"0001"}"#,
        r#"{"alg":"EdDSA","typ":"AT+JWT","kid":"0001"}"#,
        r#"{"alg":"EdDSA","typ":"application/at+jwt","kid":"0001"}"#,
        r#"{"alg":"EdDSA","typ":"rt+jwt","kid":"0001"}"#,
        r#"{"alg":"EdDSA","typ":null,"kid":"0001"}"#,
        r#"{"alg":"EdDSA","kid":"0001"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt"}"#,
        r#"{"typ":"at+jwt","kid":"0001"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":""}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"0002"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":1}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"../../mac.key"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"0001' OR '1'='1"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"0001\u0000"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"0001","kid":"0001"}"#,
        r#"{"alg":"EdDSA","alg":"none","typ":"at+jwt","kid":"0001"}"#,
        r#"{"alg":"none","alg":"EdDSA","typ":"at+jwt","kid":"0001"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"0001","crit":["exp"]}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"0001","crit":[]}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"0001","crit":["b64"],"b64":false}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"0001","b64":false}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"0001","zip":"DEF"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"0001","cty":"JWT"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"0001","jku":"https://example.invalid/keys"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"0001","x5u":"https://example.invalid/cert"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"0001","x5c":["AA=="]}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"0001","jwk":{"kty":"OKP","crv":"Ed25519","x":"AA"}}"#,
        r#"["EdDSA","at+jwt","0001"]"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"0001"} "#,
        r#"{"\u0061lg":"EdDSA","typ":"at+jwt","kid":"0001"}"#,
        "null",
        "",
        &kid_1_mb,
    ];
    for header in headers {
        let token = bench.signed(header, &text(&good_payload()));
        assert!(bench.refuses(&token), "{}", header.get(..80).unwrap_or(header));
        let unsigned = token.rsplit_once('.').unwrap().0;
        assert!(bench.refuses(unsigned) && bench.refuses(&format!("{unsigned}.")));
    }
}

#[test]
fn the_public_key_is_no_shared_secret() {
    let bench = Bench::new();
    let public = bench.keys.signing_key().public;
    let der = [&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00][..], &public].concat();
    let base64 = base64::engine::general_purpose::STANDARD.encode(&der);
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{base64}\n-----END PUBLIC KEY-----\n");
    let payload = URL_SAFE_NO_PAD.encode(text(&good_payload()));
    for secret in [&public[..], &der, base64.as_bytes(), pem.as_bytes(), pem.trim_end().as_bytes(), b""] {
        for (alg, algorithm) in [
            ("HS256", hmac::HMAC_SHA256),
            ("HS512", hmac::HMAC_SHA512),
            ("EdDSA", hmac::HMAC_SHA512), // 64 bytes, as an Ed25519 signature
        ] {
            let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{alg}","typ":"at+jwt","kid":"0001"}}"#));
            let message = format!("{header}.{payload}");
            let tag = hmac::sign(&hmac::Key::new(algorithm, secret), message.as_bytes());
            assert!(bench.refuses(&format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag))), "{alg}");
        }
    }
}

#[test]
fn every_claim_is_required_and_has_one_type() {
    let bench = Bench::new();
    for name in good_payload().keys() {
        let mut dropped = good_payload();
        dropped.shift_remove(name);
        assert!(bench.refuses(&bench.signed(&good_header(), &text(&dropped))), "without {name}");

        let present = text(&good_payload());
        for wrong in [
            "null",
            "true",
            "\"\"",
            "\"1800000000\"",
            "\"sakin \"",
            "1800000000.0",
            "18e8",
            "1e308",
            "-0",
            "-1",
            "18446744073709551616",
            "[1800000000]",
            "[\"sakin\"]",
            "[\"sakin:access\"]",
            "[]",
            "{}",
            "{\"sakin\":1}",
        ] {
            let mut payload = good_payload();
            payload[name.as_str()] = json!("PLACE");
            let payload = text(&payload).replace("\"PLACE\"", wrong);
            assert!(bench.refuses(&bench.signed(&good_header(), &payload)), "{name} as {wrong}");
        }
        let twice = format!("{},\"{name}\":{}}}", &present[..present.len() - 1], good_payload()[name.as_str()]);
        assert!(bench.refuses(&bench.signed(&good_header(), &twice)), "{name} twice");
    }
}

#[test]
fn other_payloads_are_refused() {
    let bench = Bench::new();
    let good = text(&good_payload());
    let values: Vec<_> = good_payload().values().cloned().collect();
    let with = |name: &str, value: Value| {
        let mut payload = good_payload();
        payload.insert(name.to_owned(), value);
        text(&payload)
    };
    let payloads = [
        with("iss", json!("sakın")),
        with("aud", json!("sakin:refresh")),
        with("scope", json!("admin")),
        with("sub", json!(claims().sub.simple().to_string())),
        with("sub", json!(claims().sub.urn().to_string())),
        with("jti", json!("x".repeat(36))),
        serde_json::to_string(&values).unwrap(),
        format!("{good}{good}"),
        format!("{good}x"),
        format!("\u{feff}{good}"),
        "[".repeat(3000),
        String::new(),
    ];
    for payload in payloads {
        assert!(bench.refuses(&bench.signed(&good_header(), &payload)), "{payload}");
    }
}

#[test]
fn long_or_misshapen_tokens_are_refused() {
    let bench = Bench::new();
    let good = bench.good();
    for token in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "....".to_owned(),
        "A".repeat(1 << 20),
        ".".repeat(1 << 20),
        format!("{good}.{good}"),
        format!("Bearer {good}"),
        format!("{good}{}", "A".repeat(MAX_LEN)),
        format!("{good}="),
    ] {
        assert!(bench.refuses(&token));
    }
    let padded = text(&good_payload()).replace(",\"aud\"", &format!("{},\"aud\"", " ".repeat(3000)));
    assert!(bench.refuses(&bench.signed(&good_header(), &padded)), "4 KiB are the limit for signed ones, too");
}

#[test]
fn time_is_judged_by_the_given_clock_with_five_seconds_of_leeway() {
    let bench = Bench::new();
    let token = bench.ring.sign(Kind::Access, &Claims { nbf: NOW + 100, ..claims() }).unwrap();
    let at = |now: u64| bench.ring.verify(Kind::Access, &token, now).is_ok();
    assert_eq!([NOW + 94, NOW + 95, NOW + 604, NOW + 605, u64::MAX].map(at), [false, true, true, false, false]);
    // Known since NOW + 95 and forgotten at NOW + 605: the answers must not depend on it.
    assert_eq!([NOW + 94, NOW + 604, NOW + 605].map(at), [false, true, false]);
    assert_eq!(bench.ring.verified.len(), 0);
}

#[test]
fn a_clock_before_the_build_refuses_everything() {
    let bench = Bench::new();
    let early = Claims { iat: BUILT - 10, nbf: BUILT - 10, exp: BUILT + 10, ..claims() };
    let token = bench.ring.sign(Kind::Access, &early).unwrap();
    let at = |now: u64| bench.ring.verify(Kind::Access, &token, now).is_ok();
    assert_eq!([BUILT, BUILT - 1, 0, BUILT].map(at), [true, false, false, true]);
}

#[test]
fn a_life_beyond_the_kinds_is_neither_given_nor_accepted() {
    let bench = Bench::new();
    for (iat, exp, allowed) in [
        (NOW, NOW + 600, true),
        (NOW, NOW + 601, false),
        (NOW + 601, NOW + 600, false),
        (0, u64::MAX, false),
        (u64::MAX, u64::MAX, true),
        (u64::MAX, NOW + 600, false),
    ] {
        let claims = Claims { iat, exp, ..claims() };
        assert_eq!(bench.ring.sign(Kind::Access, &claims).is_ok(), allowed, "{iat} {exp}");
        let mut payload = good_payload();
        payload.insert("iat".to_owned(), json!(iat));
        payload.insert("exp".to_owned(), json!(exp));
        assert_eq!(bench.refuses(&bench.signed(&good_header(), &text(&payload))), !allowed, "{iat} {exp}");
    }
}

#[test]
fn another_installation_or_issuer_is_refused() {
    let bench = Bench::new();
    assert!(bench.refuses(&Bench::new().good()), "same kid, other key");
    let other = KeyRing::new(&bench.keys, "sakin-b", BUILT);
    assert!(bench.refuses(&other.sign(Kind::Access, &claims()).unwrap()), "same key, other issuer");
    let odd = KeyRing::new(&bench.keys, r#"a "quoted" \ issuer"#, BUILT);
    assert_eq!(odd.verify(Kind::Access, &odd.sign(Kind::Access, &claims()).unwrap(), NOW), Ok(claims()));
}

#[test]
fn a_refusal_says_nothing() {
    assert_eq!(Refused.to_string(), "token refused");
    let error = Error::from(Refused);
    assert_eq!((error.code, error.detail.as_str(), error.log), (Code::AuthenticationRequired, "", None));
    assert_eq!(format!("{:?}", Bench::new().ring), "KeyRing { issuer: \"sakin\", .. }");
}
