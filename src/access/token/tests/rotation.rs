//! Keys that change while several instances use them (row S6), by an injected clock.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::keys::{Stage, TokenFolder};

/// Instances of one installation: each has read the folder by itself, at its own time.
struct Instances {
    dir: tempfile::TempDir,
    rings: Vec<KeyRing>,
}

impl Instances {
    fn start(number: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let rings = (0..number).map(|_| ring(dir.path())).collect();
        Self { dir, rings }
    }

    fn folder(&self) -> TokenFolder {
        TokenFolder::new(self.dir.path())
    }
}

fn ring(dir: &std::path::Path) -> KeyRing {
    KeyRing::new(&Keys::open_or_create(dir).unwrap(), "sakin", BUILT)
}

fn issued(at: u64) -> Claims {
    let kind = Kind::Access;
    Claims { iat: at, nbf: at, exp: at + kind.life_s(), jti: Uuid::from_u64_pair(1, at), ..claims(kind) }
}

fn token(ring: &KeyRing, at: u64) -> String {
    ring.sign(Kind::Access, &issued(at)).unwrap()
}

fn kid(token: &str) -> String {
    let head = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    serde_json::from_slice::<Value>(&head).unwrap()["kid"].as_str().unwrap().to_owned()
}

/// Two instances sign every second, one of them five seconds behind; each judges what either has signed since the start and
/// is still in its time. Three rotations go by, and each old key is removed in the first second that allows it: not one good token is refused.
#[test]
fn no_good_token_is_refused_through_rotation_and_retirement() {
    let instances = Instances::start(2);
    let folder = instances.folder();
    let (mut living, mut kids, mut judged) = (Vec::<(u64, String)>::new(), Vec::new(), 0_u32);
    for second in 0..2400 {
        let now = NOW + second;
        folder.retire(now, OVERLAP_S).unwrap();
        let clocks = [now - LEEWAY_S, now];
        for (i, (ring, at)) in instances.rings.iter().zip(clocks).enumerate() {
            // After the first instance has looked at the folder in this second, and before the second one does.
            if i == 1 && [100, 900, 1700].contains(&second) {
                kids.push(folder.rotate(now).unwrap());
            }
            living.push((at + Kind::Access.life_s(), token(ring, at)));
        }
        // With the leeway, by the clock that is ahead.
        living.retain(|(exp, _)| now < *exp + LEEWAY_S);
        // All of them each second would be 3 million signatures: the oldest, the youngest and some in between.
        let some = living.iter().enumerate().filter(|(i, _)| *i < 3 || i + 3 > living.len() || i % 97 == 0);
        for (_, (exp, token)) in some {
            for (i, (ring, at)) in instances.rings.iter().zip(clocks).enumerate() {
                judged += 1;
                assert!(ring.verify(Kind::Access, token, at).is_ok(), "{second} s: instance {i}, token until {exp}");
            }
        }
    }
    println!("{judged} judgements, 0 false refusals");
    assert!(judged > 50_000, "{judged}");
    let left: Vec<_> = folder.describe(NOW + 2400, OVERLAP_S).unwrap().into_iter().map(|key| key.kid).collect();
    assert_eq!(left, kids[2..], "the last key is left, the others went by themselves");
    assert_eq!(kid(&living.last().unwrap().1), kids[2].as_str());
}

#[test]
fn a_new_key_is_accepted_at_once_and_signs_ten_seconds_later() {
    let instances = Instances::start(2);
    let [a, b] = &instances.rings[..] else { unreachable!() };
    assert_eq!(kid(&token(a, NOW)), "0001");
    let new = instances.folder().rotate(NOW).unwrap();
    assert_eq!(new.signs_from(), NOW + 10);
    assert_eq!(kid(&token(a, NOW + 9)), "0001");
    let first = token(a, NOW + 10);
    assert_eq!(kid(&first), new.as_str());
    // An instance that was idle all the time looks before it judges, and one that starts only now has read it.
    assert!(b.verify(Kind::Access, &first, NOW + 10).is_ok());
    assert!(ring(instances.dir.path()).verify(Kind::Access, &first, NOW + 10).is_ok());
    // A key is accepted from the moment it is seen, before it signs: by a clock that is behind, too.
    assert!(b.verify(Kind::Access, &first, NOW + 5).is_ok());
}

#[test]
fn an_old_key_ends_by_itself_although_its_file_is_still_there() {
    let instances = Instances::start(2);
    let [a, b] = &instances.rings[..] else { unreachable!() };
    let new = instances.folder().rotate(NOW).unwrap();
    let begins = new.signs_from();
    // What a thief of the old key would make: as late and as long as the rules allow.
    let stolen =
        EncodingKey::from_ed_der(Keys::open_or_create(instances.dir.path()).unwrap().token_keys()[0].private());
    let forge = |at: u64| {
        let mut payload = good_payload(Kind::Access);
        for (name, value) in [("iat", at), ("nbf", at), ("exp", at + 600)] {
            payload[name] = json!(value);
        }
        let (head, payload) = (good_header(Kind::Access), text(&payload));
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(payload));
        let signature = crypto::sign(message.as_bytes(), &stolen, Algorithm::EdDSA).unwrap();
        format!("{message}.{signature}")
    };
    let late = forge(begins + 600);
    let end = begins + OVERLAP_S;
    assert!(a.verify(Kind::Access, &late, end - 1).is_ok(), "still a good signature, and remembered");
    for ring in [a, b] {
        assert_eq!(ring.verify(Kind::Access, &late, end), Err(Refused), "remembered or not");
        assert_eq!(ring.verify(Kind::Access, &forge(end), end), Err(Refused));
    }
    // The last token that the old key signed honestly has ended in the same second and not before.
    let last = forge(begins);
    assert!(b.verify(Kind::Access, &last, end - 1).is_ok());
    assert_eq!(b.verify(Kind::Access, &last, end), Err(Refused));
    assert_eq!(instances.folder().describe(end, OVERLAP_S).unwrap()[0].stage, Stage::Ended);
}

#[test]
fn a_key_that_was_taken_away_is_refused_a_second_later_and_nothing_of_it_is_remembered() {
    let instances = Instances::start(1);
    let ring = &instances.rings[0];
    let old = token(ring, NOW);
    instances.folder().rotate(NOW).unwrap();
    assert!(ring.verify(Kind::Access, &old, NOW + 20).is_ok());
    // Somebody has seen the old key: its file goes at once, and the tokens in circulation with it.
    fs::remove_file(instances.dir.path().join("token-0001.ed25519")).unwrap();
    assert!(ring.verify(Kind::Access, &old, NOW + 20).is_ok(), "the same second: the folder was looked at already");
    assert_eq!(ring.verify(Kind::Access, &old, NOW + 21), Err(Refused));
    assert_eq!(ring.current.at(NOW + 21).verified.len(), 0);
    let fresh = token(ring, NOW + 21);
    assert!(ring.verify(Kind::Access, &fresh, NOW + 21).is_ok());
}

#[test]
fn unknown_names_of_keys_do_not_make_it_read_the_folder() {
    let instances = Instances::start(1);
    let ring = &instances.rings[0];
    assert!(ring.verify(Kind::Access, &token(ring, NOW), NOW).is_ok());
    let new = instances.folder().rotate(NOW).unwrap();
    let forged = good_header(Kind::Access).replace("0001", new.as_str());
    let forged = format!("{}.e30.AAAA", URL_SAFE_NO_PAD.encode(forged));
    for _ in 0..1000 {
        assert_eq!(ring.verify(Kind::Access, &forged, NOW), Err(Refused));
    }
    assert_eq!(ring.current.at(NOW).keys().len(), 1, "the folder was not read a second time in this second");
    assert_eq!(ring.current.at(NOW + 1).keys().len(), 2);
}

#[test]
fn a_folder_with_something_wrong_in_it_changes_nothing_until_it_is_put_right() {
    let instances = Instances::start(1);
    let (ring, dir) = (&instances.rings[0], instances.dir.path());
    let old = token(ring, NOW);
    let new = instances.folder().rotate(NOW).unwrap();
    let path = dir.join(format!("token-{}.ed25519", new.as_str()));
    let whole = fs::read(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&path, &whole[..20]).unwrap();
    fs::write(dir.join("token-x.ed25519"), b"").unwrap();
    assert!(ring.verify(Kind::Access, &old, NOW + 1).is_ok());
    fs::remove_file(dir.join("token-x.ed25519")).unwrap();
    assert!(ring.verify(Kind::Access, &old, NOW + 2).is_ok());
    assert_eq!(kid(&token(ring, NOW + 60)), "0001", "the new one cannot be read: the old one goes on signing");
    fs::write(&path, &whole).unwrap();
    assert_eq!(kid(&token(ring, NOW + 61)), new.as_str());
    assert!(ring.verify(Kind::Access, &old, NOW + 61).is_ok());
}

/// Real threads: whoever judges in a second waits for the look of that second, so an idle instance that wakes up refuses
/// nobody.
#[test]
fn threads_that_wake_up_together_all_know_the_new_key() {
    let instances = Instances::start(2);
    let [signer, idle] = &instances.rings[..] else { unreachable!() };
    for round in 0..20 {
        let now = NOW + 1000 * round;
        let new = instances.folder().rotate(now).unwrap();
        let fresh = token(signer, now + 20);
        assert_eq!(kid(&fresh), new.as_str());
        let refused = std::thread::scope(|scope| {
            let judges: Vec<_> =
                (0..8).map(|_| scope.spawn(|| idle.verify(Kind::Access, &fresh, now + 20).is_err())).collect();
            judges.into_iter().map(|judge| judge.join().unwrap()).filter(|refused| *refused).count()
        });
        assert_eq!(refused, 0, "round {round}");
        instances.folder().retire(now + 999, OVERLAP_S).unwrap();
    }
}
