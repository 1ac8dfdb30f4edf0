use aws_lc_rs::hmac;
use jsonwebtoken::EncodingKey;
use serde_json::{Map, Value, json};

use super::*;

mod mutants;
mod rotation;

const BUILT: u64 = 1_760_000_000;
const NOW: u64 = 1_800_000_000;
const KINDS: [Kind; 2] = [Kind::Access, Kind::MfaPending];

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

    fn good(&self, kind: Kind) -> String {
        self.ring.sign(kind, &claims(kind)).unwrap()
    }

    fn refuses(&self, kind: Kind, token: &str) -> bool {
        self.ring.verify(kind, token, NOW) == Err(Refused)
    }

    /// How many tokens are remembered.
    fn remembered(&self) -> usize {
        self.ring.current.at(NOW).verified.len()
    }

    /// A token with any header and payload, signed with the real key.
    fn signed(&self, header: &str, payload: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let key = EncodingKey::from_ed_der(self.keys.token_keys()[0].private());
        let signature = crypto::sign(message.as_bytes(), &key, Algorithm::EdDSA).unwrap();
        format!("{message}.{signature}")
    }
}

fn claims(kind: Kind) -> Claims {
    Claims {
        sub: Uuid::from_u128(0x0190_0000_0000_4000_8000_0000_0000_0001),
        sid: Uuid::from_u128(0x0190_0000_0000_4000_8000_0000_0000_0003),
        jti: Uuid::from_u128(0x0190_0000_0000_4000_8000_0000_0000_0002),
        iat: NOW,
        exp: NOW + kind.life_s(),
        nbf: NOW,
        authz_version: 7,
        auth_time: NOW - 60,
    }
}

fn good_header(kind: Kind) -> String {
    let typ = match kind {
        Kind::Access => "at+jwt",
        Kind::MfaPending => "mfa+jwt",
    };
    format!(r#"{{"alg":"EdDSA","typ":"{typ}","kid":"0001"}}"#)
}

fn good_payload(kind: Kind) -> Map<String, Value> {
    let (aud, life) = match kind {
        Kind::Access => ("sakin:access", 600),
        Kind::MfaPending => ("sakin:mfa", 300),
    };
    let claims = claims(kind);
    let Value::Object(payload) = json!({
        "iss": "sakin", "aud": aud,
        "sub": claims.sub.to_string(), "sid": claims.sid.to_string(), "jti": claims.jti.to_string(),
        "iat": NOW, "nbf": NOW, "exp": NOW + life, "authz_version": 7, "auth_time": NOW - 60,
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
    for kind in KINDS {
        let bench = Bench::new();
        let token = bench.good(kind);
        assert_eq!(bench.ring.verify(kind, &token, NOW), Ok(claims(kind)));
        assert_eq!(bench.remembered(), 1);
        assert_eq!(bench.ring.verify(kind, &token, NOW), Ok(claims(kind)));
        // The hand-made token below is the yardstick of every negative test: it must be the one the ring makes.
        assert_eq!(bench.signed(&good_header(kind), &text(&good_payload(kind))), token);
    }
}

#[test]
fn a_token_of_one_kind_is_no_token_of_another() {
    let bench = Bench::new();
    for (kind, other) in [(Kind::Access, Kind::MfaPending), (Kind::MfaPending, Kind::Access)] {
        // Remembered as what it is, and still refused as what it is not.
        let token = bench.good(kind);
        assert!(!bench.refuses(kind, &token) && bench.refuses(other, &token));
        // The audience alone, or the type alone, does not make it one.
        let mut short = good_payload(kind);
        short.insert("exp".to_owned(), json!(NOW + 1));
        assert!(bench.refuses(other, &bench.signed(&good_header(other), &text(&short))));
        let mut moved = short;
        moved.insert("aud".to_owned(), good_payload(other)["aud"].clone());
        assert!(bench.refuses(other, &bench.signed(&good_header(kind), &text(&moved))));
        assert!(bench.refuses(kind, &bench.signed(&good_header(kind), &text(&moved))));
    }
}

#[test]
fn time_is_judged_by_the_given_clock_with_five_seconds_of_leeway() {
    let bench = Bench::new();
    let token = bench.ring.sign(Kind::Access, &Claims { nbf: NOW + 100, ..claims(Kind::Access) }).unwrap();
    let at = |now: u64| bench.ring.verify(Kind::Access, &token, now).is_ok();
    assert_eq!([NOW + 94, NOW + 95, NOW + 604, NOW + 605, u64::MAX].map(at), [false, true, true, false, false]);
    // Known since NOW + 95 and forgotten at NOW + 605: the answers must not depend on it.
    assert_eq!([NOW + 94, NOW + 604, NOW + 605].map(at), [false, true, false]);
    assert_eq!(bench.remembered(), 0);
}

#[test]
fn a_clock_before_the_build_refuses_everything() {
    let bench = Bench::new();
    let early = Claims { iat: BUILT - 10, nbf: BUILT - 10, exp: BUILT + 10, ..claims(Kind::Access) };
    let token = bench.ring.sign(Kind::Access, &early).unwrap();
    let at = |now: u64| bench.ring.verify(Kind::Access, &token, now).is_ok();
    assert_eq!([BUILT, BUILT - 1, 0, BUILT].map(at), [true, false, false, true]);
}

#[test]
fn a_life_beyond_the_kinds_is_neither_given_nor_accepted() {
    let bench = Bench::new();
    for (kind, life) in [(Kind::Access, 600), (Kind::MfaPending, 300)] {
        for (iat, exp, allowed) in [
            (NOW, NOW + life, true),
            (NOW, NOW + life + 1, false),
            (NOW + life + 1, NOW + life, false),
            (0, u64::MAX, false),
            (u64::MAX, u64::MAX, true),
            (u64::MAX, NOW + life, false),
        ] {
            let claims = Claims { iat, exp, ..claims(kind) };
            assert_eq!(bench.ring.sign(kind, &claims).is_ok(), allowed, "{iat} {exp}");
            let mut payload = good_payload(kind);
            payload.insert("iat".to_owned(), json!(iat));
            payload.insert("exp".to_owned(), json!(exp));
            let token = bench.signed(&good_header(kind), &text(&payload));
            assert_eq!(bench.refuses(kind, &token), !allowed, "{iat} {exp}");
        }
    }
    assert!(KINDS.iter().all(|kind| kind.life_s() <= Kind::LONGEST_LIFE_S), "a key must outlast its tokens");
}

#[test]
fn another_installation_or_issuer_is_refused() {
    let bench = Bench::new();
    for kind in KINDS {
        assert!(bench.refuses(kind, &Bench::new().good(kind)), "same kid, other key");
        let other = KeyRing::new(&bench.keys, "sakin-b", BUILT);
        assert!(bench.refuses(kind, &other.sign(kind, &claims(kind)).unwrap()), "same key, other issuer");
        let odd = KeyRing::new(&bench.keys, r#"a "quoted" \ issuer"#, BUILT);
        assert_eq!(odd.verify(kind, &odd.sign(kind, &claims(kind)).unwrap(), NOW), Ok(claims(kind)));
    }
}

#[test]
fn a_refusal_says_nothing() {
    assert_eq!(Refused.to_string(), "token refused");
    let error = Error::from(Refused);
    assert_eq!((error.code, error.detail.as_str(), error.log), (Code::AuthenticationRequired, "", None));
    assert_eq!(format!("{:?}", Bench::new().ring), "KeyRing { issuer: \"sakin\", .. }");
}
