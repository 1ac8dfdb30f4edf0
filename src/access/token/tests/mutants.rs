//! Corrupted and forged tokens (fault F16): of each kind at least 10,000, always the same ones, none accepted.

use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding,
};

use super::*;

/// Shows mutants to a ring that knows the original, and counts.
struct Range {
    bench: Bench,
    kind: Kind,
    original: String,
    spent: Vec<Duration>,
}

impl Range {
    fn of(kind: Kind) -> Self {
        let bench = Bench::new();
        let original = bench.good(kind);
        assert!(!bench.refuses(kind, &original), "the original is accepted, and from now on known");
        Self { bench, kind, original, spent: Vec::new() }
    }

    fn refuses(&mut self, mutant: &str, what: &str) {
        let begun = Instant::now();
        let refused = self.bench.refuses(self.kind, mutant);
        self.spent.push(begun.elapsed());
        assert!(refused, "{:?} token accepted: {what}", self.kind);
    }

    /// The mutant with a good signature, without one, and with an empty one.
    fn refuses_signed(&mut self, header: &str, payload: &str, what: &str) {
        let token = self.bench.signed(header, payload);
        self.refuses(&token, what);
        let (unsigned, _) = token.rsplit_once('.').unwrap();
        self.refuses(unsigned, what);
        self.refuses(&format!("{unsigned}."), what);
    }

    fn header(&self) -> String {
        good_header(self.kind)
    }

    fn payload(&self) -> Map<String, Value> {
        good_payload(self.kind)
    }

    fn typ(&self) -> &'static str {
        self.kind.rules().typ
    }
}

#[test]
fn no_mutant_of_an_access_token_is_accepted() {
    attack(Kind::Access);
}

#[test]
fn no_mutant_of_an_mfa_pending_token_is_accepted() {
    attack(Kind::MfaPending);
}

fn attack(kind: Kind) {
    let mut range = Range::of(kind);
    characters(&mut range);
    decoded_bits(&mut range);
    headers(&mut range);
    kids(&mut range);
    shared_secrets(&mut range);
    other_algorithms(&mut range);
    malleable_signature(&mut range);
    claim_types(&mut range);
    payloads(&mut range);
    shapes(&mut range);

    assert_eq!(range.bench.remembered(), 1, "no mutant is remembered");
    assert!(!range.bench.refuses(kind, &range.original), "the original is still good");
    let Range { mut spent, .. } = range;
    spent.sort();
    let p99 = spent[spent.len() * 99 / 100];
    println!("{kind:?}: {} mutants, 0 accepted, p99 {p99:?}", spent.len());
    assert!(spent.len() >= 10_000, "only {} mutants", spent.len());
}

/// Every character changed by each bit and into each other one of the alphabet, cut, dropped, doubled.
fn characters(range: &mut Range) {
    let token = range.original.clone();
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n\0";
    for (i, original) in token.bytes().enumerate() {
        let flips = (0..7).map(|bit| original ^ (1 << bit));
        for byte in flips.chain(alphabet.iter().copied()).filter(|byte| *byte != original) {
            let mut changed = token.clone().into_bytes();
            changed[i] = byte;
            range.refuses(&String::from_utf8(changed).unwrap(), &format!("byte {i} as {byte:#04x}"));
        }
        let (before, after) = token.split_at(i);
        for changed in [before.to_owned(), format!("{before}{}", &after[1..]), format!("{before}A{after}")] {
            range.refuses(&changed, &format!("cut, dropped or inserted at {i}"));
        }
    }
}

/// Every bit of what the segments encode: the base64 stays well formed, so this reaches further than a changed character.
fn decoded_bits(range: &mut Range) {
    let segments: Vec<Vec<u8>> = range.original.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
    for (s, segment) in segments.iter().enumerate() {
        for bit in 0..8 * segment.len() {
            let mut changed = segments.clone();
            changed[s][bit / 8] ^= 1 << (bit % 8);
            let token: Vec<String> = changed.iter().map(|part| URL_SAFE_NO_PAD.encode(part)).collect();
            range.refuses(&token.join("."), &format!("bit {bit} of segment {s}"));
        }
    }
}

fn headers(range: &mut Range) {
    let typ = range.typ();
    let payload = text(&range.payload());
    let algorithms = [
        "none",
        "None",
        "nOnE",
        "NONE",
        "",
        " ",
        "EDDSA",
        "eddsa",
        "Ed25519",
        "Ed448",
        "HS256",
        "HS384",
        "HS512",
        "RS256",
        "RS384",
        "RS512",
        "PS256",
        "PS384",
        "PS512",
        "ES256",
        "ES384",
        "ES512",
        "ES256K",
        "dir",
        "EdDSA\\u0000",
    ];
    for alg in algorithms {
        range.refuses_signed(&format!(r#"{{"alg":"{alg}","typ":"{typ}","kid":"0001"}}"#), &payload, alg);
    }
    for alg in ["null", "true", "0", "1e308", "[]", "{}", r#"["EdDSA"]"#, r#"{"EdDSA":1}"#] {
        range.refuses_signed(&format!(r#"{{"alg":{alg},"typ":"{typ}","kid":"0001"}}"#), &payload, alg);
    }
    let upper = typ.to_uppercase();
    let application = format!("application/{typ}");
    let others =
        ["JWT", "jwt", "", "at+jwt ", "rt+jwt", "mfa+jwt\\u0000", "at+jwt,mfa+jwt", "JOSE", &upper, &application];
    let kinds = KINDS.iter().map(|kind| kind.rules().typ).filter(|other| *other != typ);
    for other in others.into_iter().chain(kinds) {
        range.refuses_signed(&format!(r#"{{"alg":"EdDSA","typ":"{other}","kid":"0001"}}"#), &payload, other);
    }
    for value in ["null", "false", "1", "[]", "{}"] {
        range.refuses_signed(&format!(r#"{{"alg":"EdDSA","typ":{value},"kid":"0001"}}"#), &payload, value);
    }
    let members = [
        r#""crit":["exp"]"#,
        r#""crit":[]"#,
        r#""crit":["b64"],"b64":false"#,
        r#""crit":"exp""#,
        r#""crit":null"#,
        r#""b64":false"#,
        r#""b64":true"#,
        r#""zip":"DEF""#,
        r#""zip":null"#,
        r#""cty":"JWT""#,
        r#""enc":"A256GCM""#,
        r#""jku":"https://example.invalid/keys""#,
        r#""x5u":"https://example.invalid/cert""#,
        r#""x5c":["AA=="]"#,
        r#""x5t":"AA""#,
        r#""x5t#S256":"AA""#,
        r#""jwk":{"kty":"OKP","crv":"Ed25519","x":"AA"}"#,
        r#""":"""#,
        r#""alg":"none""#,
        r#""alg":"EdDSA""#,
        r#""kid":"0001""#,
        r#""kid":"0002""#,
        r#""typ":"JWT""#,
    ];
    let good = range.header();
    for member in members {
        range.refuses_signed(&good.replace('}', &format!(",{member}}}")), &payload, member);
        range.refuses_signed(&good.replace('{', &format!("{{{member},")), &payload, member);
    }
    let misshapen = [
        r#"{"alg":"EdDSA","kid":"0001"}"#.to_owned(),
        format!(r#"{{"alg":"EdDSA","typ":"{typ}"}}"#),
        format!(r#"{{"typ":"{typ}","kid":"0001"}}"#),
        format!(r#"{{"kid":"0001","typ":"{typ}","alg":"EdDSA"}}"#),
        format!(r#"["EdDSA","{typ}","0001"]"#),
        good.replace(r#""alg""#, r#""\u0061lg""#),
        good.replace(':', ": "),
        format!("{good} "),
        format!(" {good}"),
        format!("\u{feff}{good}"),
        format!("{good}{good}"),
        format!("[{good}]"),
        "{}".to_owned(),
        "null".to_owned(),
        String::new(),
    ];
    for header in misshapen {
        range.refuses_signed(&header, &payload, &header);
    }
}

fn kids(range: &mut Range) {
    let (typ, payload) = (range.typ(), text(&range.payload()));
    let long = "0".repeat(1 << 20);
    let kids = [
        "",
        "0002",
        "1",
        "00001",
        "0001 ",
        " 0001",
        "0001\\u0000",
        "0001\\n",
        "０００１",
        "../../mac.key",
        "/dev/null",
        "../keys/token-0001.ed25519",
        "..%2f..%2fmac.key",
        "file:///dev/null",
        "0001' OR '1'='1",
        "0001; DROP TABLE account",
        "0001\\\" --",
        "$(id)",
        "`id`",
        "${jndi:ldap://example.invalid/a}",
        "*",
        "%",
        "1800000000-00000000",
        &long,
    ];
    for kid in kids {
        let what = kid.get(..40).unwrap_or(kid);
        range.refuses_signed(&format!(r#"{{"alg":"EdDSA","typ":"{typ}","kid":"{kid}"}}"#), &payload, what);
    }
    for kid in ["null", "1", "0001", "1e308", "-1", "[]", r#"["0001"]"#, "{}"] {
        range.refuses_signed(&format!(r#"{{"alg":"EdDSA","typ":"{typ}","kid":{kid}}}"#), &payload, kid);
    }
}

/// The public key is no shared secret, in whatever form.
fn shared_secrets(range: &mut Range) {
    let public = range.bench.keys.token_keys()[0].public;
    let der = [&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00][..], &public].concat();
    let base64 = base64::engine::general_purpose::STANDARD.encode(&der);
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{base64}\n-----END PUBLIC KEY-----\n");
    let (raw64, hex) = (URL_SAFE_NO_PAD.encode(public), public.map(|byte| format!("{byte:02x}")).concat());
    let crlf = pem.replace('\n', "\r\n");
    let texts = [&base64, &pem, pem.trim_end(), &crlf, &raw64, &hex, "", "0001", "secret"];
    let payload = URL_SAFE_NO_PAD.encode(text(&range.payload()));
    for secret in [&public[..], &der].into_iter().chain(texts.map(str::as_bytes)) {
        for (alg, algorithm) in [
            ("HS256", hmac::HMAC_SHA256),
            ("HS384", hmac::HMAC_SHA384),
            ("HS512", hmac::HMAC_SHA512),
            ("none", hmac::HMAC_SHA256),
            ("EdDSA", hmac::HMAC_SHA512), // 64 bytes, as an Ed25519 signature
        ] {
            let header = URL_SAFE_NO_PAD.encode(range.header().replace("EdDSA", alg));
            let message = format!("{header}.{payload}");
            let tag = hmac::sign(&hmac::Key::new(algorithm, secret), message.as_bytes());
            range.refuses(&format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag)), alg);
        }
    }
}

/// Good signatures of other algorithms, under their own name, under each other's and under ours.
fn other_algorithms(range: &mut Range) {
    let random = SystemRandom::new();
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let by_rsa = |encoding: &'static dyn RsaEncoding, message: &[u8]| {
        let mut signature = vec![0; rsa.public_modulus_len()];
        rsa.sign(encoding, &random, message, &mut signature).unwrap();
        signature
    };
    let by_ecdsa = |algorithm: &'static EcdsaSigningAlgorithm, message: &[u8]| {
        let pair = EcdsaKeyPair::generate(algorithm).unwrap();
        pair.sign(&random, message).unwrap().as_ref().to_vec()
    };
    let payload = URL_SAFE_NO_PAD.encode(text(&range.payload()));
    for alg in ["RS256", "PS256", "ES256", "ES384", "EdDSA", "none"] {
        let header = URL_SAFE_NO_PAD.encode(range.header().replace("EdDSA", alg));
        let message = format!("{header}.{payload}");
        for signature in [
            by_rsa(&RSA_PKCS1_SHA256, message.as_bytes()),
            by_rsa(&RSA_PSS_SHA256, message.as_bytes()),
            by_ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING, message.as_bytes()),
            by_ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING, message.as_bytes()),
            vec![0; 64],
            vec![255; 64],
        ] {
            range.refuses(&format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)), alg);
        }
    }
}

/// `S + L` solves the same equation as `S`; RFC 8032 §5.1.7 demands the smaller one, so that a token has one signature.
fn malleable_signature(range: &mut Range) {
    const L: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let token = range.original.clone();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut carry = 0;
    for (byte, order) in signature[32..].iter_mut().zip(L) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        (*byte, carry) = (sum.to_le_bytes()[0], sum >> 8);
    }
    range.refuses(&format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)), "S + L");
}

/// Every claim left out, of each wrong type (CVE-2026-25537: times as text), and given twice.
fn claim_types(range: &mut Range) {
    let wrong = [
        "null",
        "true",
        "false",
        "\"\"",
        "\" \"",
        "\"1800000000\"",
        "\"sakin \"",
        "\"Sakin\"",
        "1800000000.0",
        "1.8e9",
        "18e8",
        "1e308",
        "1e400",
        "-1e308",
        "-0",
        "-1",
        "-1800000000",
        "18446744073709551616",
        "9223372036854775808.5",
        "340282366920938463463374607431768211456",
        "[1800000000]",
        "[\"sakin\"]",
        "[\"sakin:access\"]",
        "[\"sakin:mfa\"]",
        "[]",
        "[[]]",
        "{}",
        "{\"sakin\":1}",
        "\"01900000-0000-4000-8000-00000000000g\"",
        "NaN",
        "Infinity",
        "0x6b49d200",
        "+1800000000",
        "01800000000",
    ];
    let (header, good) = (range.header(), range.payload());
    for (name, value) in &good {
        let mut dropped = good.clone();
        dropped.shift_remove(name);
        range.refuses_signed(&header, &text(&dropped), &format!("without {name}"));
        for wrong in wrong {
            let mut payload = good.clone();
            payload[name.as_str()] = json!("PLACE");
            let payload = text(&payload).replace("\"PLACE\"", wrong);
            range.refuses_signed(&header, &payload, &format!("{name} as {wrong}"));
        }
        let present = text(&good);
        for twice in [
            format!("{},\"{name}\":{value}}}", &present[..present.len() - 1]),
            format!("{{\"{name}\":{value},{}", &present[1..]),
            format!("{{\"{name}\":null,{}", &present[1..]),
        ] {
            range.refuses_signed(&header, &twice, &format!("{name} twice"));
        }
        let renamed = present.replace(&format!("\"{name}\":"), &format!("\"{}\":", name.to_uppercase()));
        range.refuses_signed(&header, &renamed, &format!("{name} in capitals"));
    }
}

fn payloads(range: &mut Range) {
    let (header, good) = (range.header(), range.payload());
    let present = text(&good);
    let with = |name: &str, value: Value| {
        let mut payload = good.clone();
        payload.insert(name.to_owned(), value);
        text(&payload)
    };
    let sub = claims(range.kind).sub;
    let values: Vec<_> = good.values().collect();
    let other_aud = KINDS.iter().map(|kind| kind.rules().aud).find(|aud| *aud != range.kind.rules().aud).unwrap();
    let mut payloads = vec![
        with("iss", json!("sakın")),
        with("aud", json!(other_aud)),
        with("aud", json!("sakin:refresh")),
        with("scope", json!("admin")),
        with("role", json!("administrator")),
        with("authz_version", json!(u64::from(u32::MAX) + 1)),
        with("jti", json!("x".repeat(36))),
        with("exp", json!(NOW - 5)),
        with("nbf", json!(NOW + 6)),
        with("iat", json!(NOW - 1)),
        with("exp", json!(u64::MAX)),
        serde_json::to_string(&values).unwrap(),
        format!("{present}{present}"),
        format!("{present}x"),
        format!("\u{feff}{present}"),
        format!("{present}\0"),
        present.replacen('"', "\u{201c}", 1),
        present[..present.len() - 1].to_owned(),
        "[".repeat(3000),
        "{\"a\":".repeat(500),
        format!("{}{present}", " ".repeat(MAX_LEN)),
        String::new(),
    ];
    for name in ["sub", "sid", "jti"] {
        payloads.push(with(name, json!(sub.simple().to_string())));
        payloads.push(with(name, json!(sub.urn().to_string())));
        payloads.push(with(name, json!(sub.braced().to_string())));
    }
    for payload in payloads {
        range.refuses_signed(&header, &payload, payload.get(..300).unwrap_or(&payload));
    }
}

fn shapes(range: &mut Range) {
    let good = range.original.clone();
    let parts: Vec<&str> = good.split('.').collect();
    let megabyte = 1 << 20;
    for shape in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "....".to_owned(),
        "A".repeat(megabyte),
        ".".repeat(megabyte),
        "\u{1f600}".repeat(megabyte / 4),
        format!("{}.{}.{}", parts[0], "A".repeat(megabyte), parts[2]),
        format!("{}.{}.{}", parts[0], parts[1], "A".repeat(megabyte)),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}..{}", parts[0], parts[2]),
        format!(".{}.{}", parts[1], parts[2]),
        format!("{}.{}.{}", parts[1], parts[0], parts[2]),
        format!("{good}.{good}"),
        format!("{good}.{}", parts[2]),
        format!("Bearer {good}"),
        format!("{good}{}", "A".repeat(MAX_LEN)),
        format!("{good}="),
        format!("{good}=="),
        format!("{good}\r\n"),
    ] {
        range.refuses(&shape, shape.get(..60).unwrap_or_default());
    }
}
