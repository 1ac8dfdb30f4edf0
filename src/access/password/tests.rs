use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use super::*;

const LONG: Duration = Duration::from_mins(1);

fn hasher() -> Hasher {
    Hasher::start(Params::FLOOR, 1, LONG).unwrap()
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

fn is_busy<T>(result: &Result<T>) -> bool {
    matches!(result, Err(error) if error.code == Code::Busy && error.members["retry_after_s"] == 2)
}

/// The refusals for the form alone; what the blocklist says has tests of its own.
fn form(password: &str, second_factor: bool) -> Vec<Refusal> {
    let mut refusals = acceptable(password, second_factor, &Context::new(&[])).err().unwrap_or_default();
    refusals.retain(|refusal| !matches!(refusal, Refusal::Pattern | Refusal::Context | Refusal::Common));
    refusals
}

#[test]
fn length_is_the_only_rule_of_form() {
    let short = [Refusal::TooShort(15)].as_slice();
    for (password, expected) in [
        ("a".repeat(14), short),
        ("a".repeat(15), &[]),
        (" ".repeat(15), &[]),
        ("ə".repeat(14), short),
        ("ə".repeat(15), &[]),
        ("🦀".repeat(15), &[]),
        ("g\u{306}".repeat(14), short), // 28 code points as sent, 14 letters ğ
        ("g\u{306}".repeat(15), &[]),
        ("a".repeat(1024), &[]),
        ("a".repeat(1025), &[Refusal::TooLong]),
        ("ə".repeat(512), &[]),
        (format!("{}a", "ə".repeat(512)), &[Refusal::TooLong]),
        (format!("{}\0", "a".repeat(20)), &[Refusal::Nul]),
        ("a\tb\u{7f}\u{202e}\u{200d}cdefghijkl".to_owned(), &[]),
        ("correct horse b".to_owned(), &[]),
    ] {
        assert_eq!(form(&password, false), expected, "{password:?}");
    }
    assert_eq!(form("otter42", true), [Refusal::TooShort(8)]);
    assert_eq!(form("otter-42", true), []);
}

#[test]
fn every_reason_is_told_at_once() {
    let reasons = |password| acceptable(password, false, &Context::new(&["officer@office.example"])).unwrap_err();
    assert_eq!(reasons("dragon\0"), [Refusal::Nul, Refusal::TooShort(15), Refusal::Common]);
    assert_eq!(reasons("Officer2026!")[..2], [Refusal::TooShort(15), Refusal::Context]);
    assert_eq!(acceptable("seven otters knit", false, &Context::new(&[])), Ok(()));
}

proptest::proptest! {
    #[test]
    fn any_text_of_15_to_256_characters_has_an_allowed_form(password in "[^\\x00\\p{M}]{15,256}") {
        proptest::prop_assume!(password.len() <= MAX_BYTES && password.nfc().count() >= MIN_CHARS);
        proptest::prop_assert_eq!(form(&password, false), []);
    }
}

#[tokio::test]
async fn the_password_and_nothing_else_matches_to_the_last_byte() {
    let hasher = hasher();
    let long = "ə".repeat(512);
    let at_73 = format!("{}x", "a".repeat(72));
    let at_1024 = format!("{}x", &"a".repeat(1023));
    for (chosen, wrong) in [
        (at_73.as_str(), "a".repeat(72)),
        (&at_73, format!("{}y", "a".repeat(72))),
        (&at_1024, format!("{}y", "a".repeat(1023))),
        (&long, "ə".repeat(511)),
        ("Şəki–Qax–Zaqatala", "şəki–qax–zaqatala".to_owned()),
        (" with spaces around ", "with spaces around".to_owned()),
    ] {
        let stored = hasher.hash(secret(chosen)).await.unwrap();
        assert!(hasher.verify(secret(chosen), Some(stored.clone())).await.unwrap(), "{chosen}");
        assert!(!hasher.verify(secret(&wrong), Some(stored)).await.unwrap(), "{wrong}");
    }
}

#[tokio::test]
async fn a_decomposed_spelling_is_the_same_password() {
    let hasher = hasher();
    let stored = hasher.hash(secret("dağ çiçəyi ödül")).await.unwrap();
    let decomposed: String = "dağ çiçəyi ödül".chars().flat_map(|c| c.to_string().nfd().collect::<Vec<_>>()).collect();
    assert_ne!(decomposed, "dağ çiçəyi ödül");
    assert!(hasher.verify(secret(&decomposed), Some(stored)).await.unwrap());
}

#[tokio::test]
async fn the_stored_string_names_its_cost_and_has_its_own_salt() {
    let hasher = hasher();
    let first = hasher.hash(secret("fifteen letters")).await.unwrap();
    let second = hasher.hash(secret("fifteen letters")).await.unwrap();
    assert!(first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{first}");
    let (first, second) = (PasswordHash::new(&first).unwrap(), PasswordHash::new(&second).unwrap());
    assert_eq!((first.salt.unwrap().len(), first.hash.unwrap().len()), (16, 32));
    assert_ne!(first.salt, second.salt);
}

#[tokio::test]
async fn a_hash_made_elsewhere_with_another_cost_is_read() {
    // Published test vector of the reference implementation: password "password", salt "somesalt".
    let reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    let hasher = hasher();
    assert!(hasher.verify(secret("password"), Some(reference.to_owned())).await.unwrap());
    assert!(!hasher.verify(secret("Password"), Some(reference.to_owned())).await.unwrap());
    hasher.verify(secret("password"), None).await.unwrap();
    let kept = hasher.run(|memory| Ok(memory.0.capacity())).await.unwrap();
    assert_eq!(kept, 19_456, "the larger memory was given back");
}

#[tokio::test]
async fn without_a_stored_hash_nothing_matches_and_the_work_is_done() {
    let hasher = hasher();
    assert!(!hasher.verify(secret("fifteen letters"), None).await.unwrap());
    let filled = hasher.run(|memory| Ok(memory.0.len())).await.unwrap();
    assert_eq!(filled, 19_456, "the dummy was hashed with the current memory cost");
}

#[tokio::test]
async fn an_unreadable_stored_hash_is_a_defect_and_not_shown() {
    let hasher = hasher();
    let tail = "c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    for stored in [
        String::new(),
        "fifteen letters".to_owned(),
        format!("$argon2i$v=19$m=65536,t=2,p=1${tail}"),
        format!("$argon2id$v=16$m=65536,t=2,p=1${tail}"),
        format!("$argon2id$v=19$m=4000000,t=2,p=1${tail}"),
        format!("$argon2id$v=19$m=65536,t=1000000,p=1${tail}"),
        format!("$argon2id$m=65536,t=2,p=1${tail}"),
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ".to_owned(),
    ] {
        let error = hasher.verify(secret("fifteen letters"), Some(stored.clone())).await.unwrap_err();
        assert_eq!(error.code, Code::InternalError, "{stored}");
        assert!(!error.to_string().contains(tail));
    }
}

#[test]
fn weak_or_ruinous_costs_are_refused() {
    let Params { m_kib, t, p } = Params::FLOOR;
    for (params, allowed) in [
        (Params::FLOOR, true),
        (Params { m_kib: m_kib - 1, t, p }, false),
        (Params { m_kib, t: t - 1, p }, false),
        (Params { m_kib, t, p: p - 1 }, false),
        (Params::default(), true),
        (Params::CEILING, true),
        (Params { m_kib: u32::MAX, t, p }, false),
        (Params { m_kib, t: 17, p }, false),
    ] {
        assert_eq!(Hasher::new(params).is_ok(), allowed, "{params:?}");
    }
    let error = Hasher::new(Params { m_kib: 1024, t, p }).unwrap_err().to_string();
    assert!(error.contains("m = 1024 KiB, t = 2, p = 1") && error.contains("m = 19456 KiB"), "{error}");
}

/// Keeps the only thread busy until the returned end is used or dropped.
async fn occupied(hasher: &Arc<Hasher>) -> mpsc::Sender<()> {
    let (release, gate) = mpsc::channel::<()>();
    let (entered, inside) = oneshot::channel();
    let occupier = Arc::clone(hasher);
    tokio::spawn(async move {
        let work = move |_: &mut Memory| {
            entered.send(()).unwrap();
            gate.recv().ok();
            Ok(())
        };
        occupier.run(work).await
    });
    inside.await.unwrap();
    release
}

#[tokio::test]
async fn the_thirty_third_waiting_job_is_refused_at_once() {
    let hasher = Arc::new(hasher());
    let release = occupied(&hasher).await;
    let waiting: Vec<_> = (0..QUEUE)
        .map(|n| {
            let hasher = Arc::clone(&hasher);
            tokio::spawn(async move { hasher.run(move |_| Ok(n)).await })
        })
        .collect();
    tokio::task::yield_now().await;
    assert!(is_busy(&hasher.verify(secret("fifteen letters"), None).await));
    release.send(()).unwrap();
    for (n, job) in waiting.into_iter().enumerate() {
        assert_eq!(job.await.unwrap().unwrap(), n);
    }
}

#[tokio::test]
async fn whoever_waits_too_long_is_refused_and_costs_nothing_more() {
    let hasher = Arc::new(Hasher::start(Params::FLOOR, 1, Duration::from_millis(200)).unwrap());
    let release = occupied(&hasher).await;
    let done = Arc::new(AtomicUsize::new(0));
    let count = |done: &Arc<AtomicUsize>| {
        let done = Arc::clone(done);
        move |_: &mut Memory| Ok(done.fetch_add(1, Ordering::SeqCst))
    };
    assert!(is_busy(&hasher.run(count(&done)).await));
    release.send(()).unwrap();
    // One thread, first in first out: when this one is answered, the abandoned one has been passed over.
    assert_eq!(hasher.run(count(&done)).await.unwrap(), 0);
}

#[tokio::test]
async fn a_client_that_leaves_does_not_free_the_thread() {
    let hasher = Arc::new(Hasher::start(Params::FLOOR, 1, Duration::from_millis(200)).unwrap());
    let (release, gate) = mpsc::channel::<()>();
    let (entered, inside) = oneshot::channel();
    let leaving = Arc::clone(&hasher);
    let client = tokio::spawn(async move {
        let work = move |_: &mut Memory| {
            entered.send(()).unwrap();
            gate.recv().ok();
            Ok(())
        };
        leaving.run(work).await
    });
    inside.await.unwrap();
    client.abort();
    assert!(client.await.unwrap_err().is_cancelled());
    assert!(is_busy(&hasher.run(|_| Ok(())).await), "the hash still runs");
    release.send(()).unwrap();
    hasher.run(|_| Ok(())).await.unwrap();
}

#[tokio::test]
async fn a_panic_in_a_job_leaves_the_thread_alive() {
    let hasher = hasher();
    let error = hasher.run::<()>(|_| panic!("on purpose")).await.unwrap_err();
    assert_eq!(error.code, Code::InternalError);
    assert_eq!(hasher.run(|_| Ok(1)).await.unwrap(), 1);
}

#[test]
fn dropping_the_hasher_ends_its_threads() {
    let mut hasher = Hasher::start(Params::FLOOR, 3, LONG).unwrap();
    let threads: Vec<_> = hasher.threads.drain(..).collect();
    drop(hasher);
    assert!(threads.into_iter().all(|thread| thread.join().is_ok()));
}
