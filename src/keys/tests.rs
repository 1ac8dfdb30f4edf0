use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::*;

mod rotation;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Puts a file in the place of another: key files cannot be written to.
fn write(path: &Path, bytes: &[u8]) {
    if path.exists() {
        fs::remove_file(path).unwrap();
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o400).open(path).unwrap();
    file.write_all(bytes).unwrap();
}

#[test]
fn a_first_set_is_made_private_and_found_again() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("data/keys");
    let first = Keys::open_or_create(&dir).unwrap();
    assert_eq!(mode(&dir), 0o700);
    let mut names: Vec<_> = fs::read_dir(&dir).unwrap().map(|e| e.unwrap()).collect();
    names.sort_by_key(fs::DirEntry::file_name);
    let names: Vec<_> = names.iter().map(|e| (e.file_name().into_string().unwrap(), mode(&e.path()))).collect();
    let expected = [(".lock", 0o600), ("mac.key", 0o400), ("seal-1.key", 0o400), ("token-0001.ed25519", 0o400)];
    assert_eq!(names, expected.map(|(name, mode)| (name.to_owned(), mode)));

    let second = Keys::open_or_create(&dir).unwrap();
    assert_eq!(first.mac("test", &[b"x"]), second.mac("test", &[b"x"]));
    assert_eq!(second.open("t.c.1", &first.seal("t.c.1", b"field").unwrap()).unwrap(), b"field");
    assert_eq!(first.token_keys()[0].public, second.token_keys()[0].public);
}

#[test]
fn keys_open_to_others_are_refused_with_the_remedy() {
    for (name, permission) in [("mac.key", 0o640), ("seal-1.key", 0o604), ("token-0001.ed25519", 0o620)] {
        let dir = tempfile::tempdir().unwrap();
        Keys::open_or_create(dir.path()).unwrap();
        fs::set_permissions(dir.path().join(name), Permissions::from_mode(permission)).unwrap();
        let error = Keys::open_or_create(dir.path()).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains("chmod 400"), "{error}");
    }
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o770)).unwrap();
    assert!(matches!(Keys::open_or_create(dir.path()), Err(KeysError::FolderOpenToOthers { mode: 0o770, .. })));
}

#[test]
fn a_key_of_the_wrong_length_or_kind_is_refused() {
    let other = TokenKey::generate().unwrap();
    let cases: [(&str, &[u8]); 6] = [
        ("mac.key", &[7; 31]),
        ("mac.key", &[7; 5000]),
        ("seal-1.key", b""),
        ("seal-1.key", &[7; 33]),
        ("token-0001.ed25519", &[7; 32]),
        ("token-0001.ed25519", &other[..other.len() - 1]),
    ];
    for (name, bytes) in cases {
        let dir = tempfile::tempdir().unwrap();
        Keys::open_or_create(dir.path()).unwrap();
        write(&dir.path().join(name), bytes);
        let error = Keys::open_or_create(dir.path()).unwrap_err();
        assert!(matches!(&error, KeysError::Malformed { path, .. } if path.ends_with(name)), "{error}");
    }
}

#[test]
fn a_lost_key_is_never_replaced() {
    for name in ["mac.key", "seal-1.key", "token-0001.ed25519"] {
        let dir = tempfile::tempdir().unwrap();
        Keys::open_or_create(dir.path()).unwrap();
        fs::remove_file(dir.path().join(name)).unwrap();
        assert!(matches!(Keys::open_or_create(dir.path()), Err(KeysError::Incomplete { .. })), "{name}");
        assert!(!dir.path().join(name).exists());
    }
}

#[test]
fn at_most_four_token_keys_in_order_of_the_time_from_which_they_sign() {
    let dir = tempfile::tempdir().unwrap();
    Keys::open_or_create(dir.path()).unwrap();
    for kid in ["1800000300-00000000", "1800000100-ffffffff", "1800000200-77777777"] {
        write(&dir.path().join(format!("token-{kid}.ed25519")), &TokenKey::generate().unwrap());
    }
    let keys = Keys::open_or_create(dir.path()).unwrap();
    let from: Vec<_> = keys.token_keys().iter().map(|key| key.kid.signs_from()).collect();
    assert_eq!(from, [0, 1_800_000_100, 1_800_000_200, 1_800_000_300]);
    write(&dir.path().join("token-1800000400-00000000.ed25519"), &TokenKey::generate().unwrap());
    assert!(matches!(Keys::open_or_create(dir.path()), Err(KeysError::TooManyTokenKeys { found: 5, .. })));
}

#[test]
fn misnamed_keys_are_errors_and_other_files_are_not() {
    let long = format!("token-{}.ed25519", "k".repeat(65));
    for name in ["token-.ed25519", "token-0002.ed25519", "token-ə.ed25519", &long, "seal-01.key", "seal-0.key"] {
        let dir = tempfile::tempdir().unwrap();
        Keys::open_or_create(dir.path()).unwrap();
        write(&dir.path().join("README"), b"kept by the operator");
        Keys::open_or_create(dir.path()).unwrap();
        write(&dir.path().join(name), &[7; 32]);
        assert!(matches!(Keys::open_or_create(dir.path()), Err(KeysError::Name { .. })), "{name}");
    }
}

#[test]
fn a_new_sealing_key_seals_and_the_old_one_still_opens() {
    let dir = tempfile::tempdir().unwrap();
    let old = Keys::open_or_create(dir.path()).unwrap();
    let sealed = old.seal("c", b"before").unwrap();
    write(&dir.path().join("seal-10.key"), &[9; 32]);
    write(&dir.path().join("seal-9.key"), &[8; 32]);
    let new = Keys::open_or_create(dir.path()).unwrap();
    assert_eq!(new.sealing_key_id(), 10);
    assert_eq!(new.open("c", &sealed).unwrap(), b"before");
    let error = old.open("c", &new.seal("c", b"after").unwrap()).unwrap_err();
    assert!(error.log.unwrap().contains("seal-10.key"));
}

#[test]
fn a_sealed_field_opens_only_unchanged_and_in_its_place() {
    let keys = Keys::ephemeral().unwrap();
    let sealed = keys.seal("person.document.7", b"AZE0000000").unwrap();
    assert_eq!(sealed.len(), 4 + 12 + 10 + 16);
    assert_eq!(keys.open("person.document.7", &sealed).unwrap(), b"AZE0000000");
    assert!(keys.open("person.document.8", &sealed).is_err());
    assert!(Keys::ephemeral().unwrap().open("person.document.7", &sealed).is_err());
    for i in 0..sealed.len() {
        assert!(keys.open("person.document.7", &sealed[..i]).is_err(), "cut to {i}");
        let mut changed = sealed.clone();
        changed[i] ^= 1;
        assert!(keys.open("person.document.7", &changed).is_err(), "byte {i}");
    }
    assert_ne!(keys.seal("c", b"same").unwrap(), keys.seal("c", b"same").unwrap());
    assert_eq!(keys.open("c", &keys.seal("c", b"").unwrap()).unwrap(), b"");
}

#[test]
fn the_mac_is_hmac_sha256_over_the_framed_parts() {
    // Computed with Python's hmac module: key 32 × 0x0b, message = u64be(4) "test" u64be(2) "ab" u64be(0).
    let token = TokenKey::parse(Kid::first(), &TokenKey::generate().unwrap()).unwrap();
    let sealing = SealingKey::new(1, &[1; 32]).unwrap();
    let keys = Keys::assemble(vec![token], None, &[0x0b; 32], vec![sealing]).unwrap();
    assert_eq!(
        hex(keys.mac("test", &[b"ab", b""])),
        "f3101ad82ecce8d05d8f94d702990459be3e27bcde03a245aa54e2cf7f518f74"
    );
    assert_eq!(hex(sha256(&[b"a", b"bc"])), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn another_domain_or_split_gives_another_mac() {
    let keys = Keys::ephemeral().unwrap();
    let tag = keys.mac("audit", &[b"ab", b"c"]);
    let others: [(&str, &[&[u8]]); 5] = [
        ("cursor", &[b"ab", b"c"]),
        ("audit", &[b"a", b"bc"]),
        ("audit", &[b"abc"]),
        ("audit", &[b"ab", b"c", b""]),
        ("auditab", &[b"c"]),
    ];
    for (domain, parts) in others {
        assert_ne!(keys.mac(domain, parts), tag, "{domain} {parts:?}");
    }
    assert!(keys.mac_matches("audit", &[b"ab", b"c"], &tag));
    assert!(!keys.mac_matches("audit", &[b"ab", b"c"], &tag[..31]));
    assert!(!keys.mac_matches("audit", &[b"ab", b"d"], &tag));
}

#[test]
fn debug_shows_nothing() {
    assert_eq!(format!("{:?}", Keys::ephemeral().unwrap()), "Keys { .. }");
}

fn hex(bytes: [u8; 32]) -> String {
    let [high, low] = [0, 16].map(|i| u128::from_be_bytes(bytes[i..i + 16].try_into().unwrap()));
    format!("{high:032x}{low:032x}")
}
