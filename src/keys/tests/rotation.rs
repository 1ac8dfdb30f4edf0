use std::path::PathBuf;

use super::*;

const NOW: u64 = 1_800_000_000;
const OVERLAP: u64 = 605;

fn installation() -> (tempfile::TempDir, TokenFolder) {
    let dir = tempfile::tempdir().unwrap();
    Keys::open_or_create(dir.path()).unwrap();
    let folder = TokenFolder::new(dir.path());
    (dir, folder)
}

fn files(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn file(dir: &Path, kid: &Kid) -> PathBuf {
    dir.join(format!("token-{}.ed25519", kid.as_str()))
}

#[test]
fn a_name_says_from_when_its_key_signs_and_has_one_spelling() {
    let fresh = Kid::fresh(NOW);
    assert_eq!(Kid::parse(fresh.as_str()), Some(fresh.clone()));
    assert!(fresh.as_str().starts_with("1800000000-") && fresh.as_str().len() == 19);
    assert_ne!(Kid::fresh(NOW), fresh);
    assert_eq!(Kid::parse("0001").unwrap().signs_from(), 0);
    assert!(Kid::first() < fresh && fresh < Kid::fresh(NOW + 1));
    for wrong in [
        "",
        "1",
        "0002",
        "1800000000",
        "1800000000-",
        "1800000000-0123456",
        "1800000000-012345678",
        "1800000000-0123456A",
        "180000000-01234567",
        "01800000000-01234567",
        "+800000000-01234567",
        " 1800000000-01234567",
        "1800000000_01234567",
        "18000000ə0-01234567",
        "1800000000-../../ab",
    ] {
        assert_eq!(Kid::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn a_new_key_is_private_and_comes_beside_the_old_one() {
    let (dir, folder) = installation();
    let before = Keys::open_or_create(dir.path()).unwrap();
    let kid = folder.rotate(NOW).unwrap();
    assert_eq!(mode(&file(dir.path(), &kid)), 0o400);
    let after = Keys::open_or_create(dir.path()).unwrap();
    assert_eq!(after.token_keys().iter().map(|key| key.kid.as_str()).collect::<Vec<_>>(), ["0001", kid.as_str()]);
    assert_eq!(after.token_keys()[0].public, before.token_keys()[0].public);
    assert_ne!(after.token_keys()[1].public, before.token_keys()[0].public);
    assert_eq!(before.mac("test", &[b"x"]), after.mac("test", &[b"x"]), "only token keys change");
    assert_eq!(before.sealing_key_id(), after.sealing_key_id());
}

#[test]
fn stages_follow_from_names_and_time() {
    let (_dir, folder) = installation();
    let kid = folder.rotate(NOW).unwrap();
    let stages = |now| folder.describe(now, OVERLAP).unwrap().iter().map(|key| key.stage).collect::<Vec<_>>();
    assert_eq!(stages(NOW + 9), [Stage::Signing, Stage::Waiting]);
    assert_eq!(stages(NOW + 10), [Stage::Ending, Stage::Signing]);
    assert_eq!(stages(NOW + 10 + OVERLAP - 1), [Stage::Ending, Stage::Signing]);
    assert_eq!(stages(NOW + 10 + OVERLAP), [Stage::Ended, Stage::Signing]);
    assert_eq!(stages(u64::MAX - 1), [Stage::Ended, Stage::Signing]);
    let described = folder.describe(NOW, OVERLAP).unwrap();
    assert_eq!((described[0].ends_at, described[1].ends_at), (NOW + 10 + OVERLAP, u64::MAX));
    assert_eq!(described[1].kid, kid);
}

#[test]
fn only_keys_that_have_ended_are_removed_and_never_the_one_that_signs() {
    let (dir, folder) = installation();
    assert_eq!(folder.retire(u64::MAX - 1, OVERLAP).unwrap(), []);
    let second = folder.rotate(NOW).unwrap();
    let third = folder.rotate(NOW + 700).unwrap();
    assert_eq!(folder.retire(NOW + 614, OVERLAP).unwrap(), []);
    assert_eq!(folder.retire(NOW + 615, OVERLAP).unwrap(), [Kid::first()]);
    assert!(!dir.path().join("token-0001.ed25519").exists());
    assert_eq!(folder.retire(u64::MAX - 1, OVERLAP).unwrap(), [second]);
    assert_eq!(folder.retire(u64::MAX - 1, OVERLAP).unwrap(), []);
    assert_eq!(Keys::open_or_create(dir.path()).unwrap().token_keys()[0].kid, third);
}

#[test]
fn a_fifth_key_is_refused_with_the_remedy_and_changes_nothing() {
    let (dir, folder) = installation();
    let kids: Vec<Kid> = (0..3).map(|i| folder.rotate(NOW + i).unwrap()).collect();
    assert!(kids.is_sorted_by(|a, b| a.signs_from() < b.signs_from()), "each begins after the one before");
    let before = files(dir.path());
    let error = folder.rotate(NOW + 3).unwrap_err();
    assert!(matches!(error, KeysError::NoRoom { .. }) && error.to_string().contains("sakin keys retire"), "{error}");
    assert_eq!(files(dir.path()), before);
    assert_eq!(folder.retire(NOW + 700, OVERLAP).unwrap().len(), 3);
    folder.rotate(NOW + 700).unwrap();
}

#[test]
fn a_clock_that_stepped_back_does_not_put_a_new_key_before_an_old_one() {
    let (_dir, folder) = installation();
    let first = folder.rotate(NOW).unwrap();
    let second = folder.rotate(NOW - 3600).unwrap();
    assert_eq!(second.signs_from(), first.signs_from() + 1);
}

#[test]
fn rotations_at_once_lose_no_key_and_exceed_no_limit() {
    for _ in 0..10 {
        let (dir, folder) = installation();
        let made: Vec<_> = std::thread::scope(|scope| {
            let rotations: Vec<_> = (0..6).map(|_| scope.spawn(|| folder.rotate(NOW))).collect();
            rotations.into_iter().map(|rotation| rotation.join().unwrap()).collect()
        });
        let mut kids: Vec<Kid> = made.into_iter().filter_map(Result::ok).collect();
        assert_eq!(kids.len(), 3, "three find room beside the first key, three are told that there is none");
        kids.sort();
        let keys = Keys::open_or_create(dir.path()).unwrap();
        assert_eq!(
            keys.token_keys()[1..].iter().map(|key| &key.kid).collect::<Vec<_>>(),
            kids.iter().collect::<Vec<_>>()
        );
    }
}

#[test]
fn processes_that_start_at_once_on_an_empty_folder_have_one_set() {
    let dir = tempfile::tempdir().unwrap();
    let tags: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| Keys::open_or_create(dir.path()).map(|keys| keys.mac("test", &[b"x"]))))
            .collect();
        starts.into_iter().filter_map(|start| start.join().unwrap().ok()).collect()
    });
    let settled = Keys::open_or_create(dir.path()).unwrap().mac("test", &[b"x"]);
    assert!(!tags.is_empty() && tags.iter().all(|tag| *tag == settled));
}

/// A crash leaves the folder in one of these states: nothing yet, a file under a working name that is empty, half written or
/// whole, or the key itself. In each of them the program starts, running instances go on, and the next rotation works.
#[test]
fn an_interrupted_rotation_leaves_a_usable_folder() {
    let secret = TokenKey::generate().unwrap();
    let unfinished = format!(".new-token-{}.ed25519", Kid::fresh(NOW + 10).as_str());
    for written in [None, Some(&secret[..0]), Some(&secret[..40]), Some(&secret[..])] {
        let (dir, folder) = installation();
        let path = dir.path().join(&unfinished);
        if let Some(bytes) = written {
            write(&path, bytes);
            fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
        }
        let started = Keys::open_or_create(dir.path()).unwrap();
        assert_eq!(started.token_keys().len(), 1, "what was not finished is no key");
        assert!(folder.changed([&Kid::first()].into_iter()).unwrap().is_none());
        let kid = folder.rotate(NOW).unwrap();
        assert!(!path.exists(), "the remains are cleared away");
        assert_eq!(folder.changed([&Kid::first()].into_iter()).unwrap().unwrap()[1].kid, kid);
    }
    // After the renaming the rotation is done, whether or not its caller heard of it.
    let (dir, folder) = installation();
    let orphan = Kid::fresh(NOW + 10);
    write(&file(dir.path(), &orphan), &secret);
    assert_eq!(Keys::open_or_create(dir.path()).unwrap().token_keys()[1].kid, orphan);
    assert!(folder.rotate(NOW).unwrap() > orphan);
}

#[test]
fn an_interrupted_retirement_is_taken_up_again() {
    let (dir, folder) = installation();
    let kids: Vec<Kid> = (0..2).map(|i| folder.rotate(NOW + i).unwrap()).collect();
    fs::remove_file(dir.path().join("token-0001.ed25519")).unwrap();
    assert_eq!(folder.retire(NOW + 700, OVERLAP).unwrap(), kids[..1]);
    assert_eq!(Keys::open_or_create(dir.path()).unwrap().token_keys().len(), 1);
}

#[test]
fn a_folder_that_others_may_change_or_without_token_keys_is_not_rotated() {
    let (dir, folder) = installation();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o777)).unwrap();
    assert!(matches!(folder.rotate(NOW), Err(KeysError::FolderOpenToOthers { .. })));
    assert!(matches!(folder.changed([].into_iter()), Err(KeysError::FolderOpenToOthers { .. })));
    fs::set_permissions(dir.path(), Permissions::from_mode(0o700)).unwrap();
    fs::remove_file(dir.path().join("token-0001.ed25519")).unwrap();
    assert!(matches!(folder.rotate(NOW), Err(KeysError::Incomplete { .. })));
    assert!(matches!(TokenFolder::new(&dir.path().join("absent")).rotate(NOW), Err(KeysError::Io { .. })));
}
