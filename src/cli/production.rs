//! What a production start refuses beyond its settings: the environment, the clock, who can reach the files, and a database that does not
//! keep what it acknowledges. `serve` stops on these reasons, `check` lists them.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::open;
use crate::clock::Instant;
use crate::config::{self, Config};
use crate::web::BUILD_TIME;

/// Variables by which libpq would go elsewhere than `database.url` says, or takes a password that children and dumps show.
const LIBPQ: &[&str] = &["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGPASSWORD"];

/// What must not be true of the demonstration's database.
pub(super) const DEMONSTRATION: &str = "this is the demonstration's database: production needs one of its own";

/// Every reason that can be found before anything is opened or made, one clear line each.
pub(super) fn refusals(config: &Config, now: Instant) -> Vec<String> {
    let mut found = config::refusals(config);
    let set = |name: &&&str| std::env::var_os(name).is_some();
    found.extend(
        LIBPQ
            .iter()
            .filter(set)
            .map(|name| format!("{name} is set, so database.url alone does not say where the data is: unset {name}")),
    );
    found.extend(clock_fault(now));
    found.extend(reach(config));
    found
}

/// A clock before the build would date everything wrongly, and accept tokens that have ended.
pub(super) fn clock_fault(now: Instant) -> Option<String> {
    let line = "the clock stands before this program was built: set it, else every date it records is wrong";
    (now.unix_seconds() < BUILD_TIME).then(|| line.to_owned())
}

/// Files and folders that other users of the machine can reach.
fn reach(config: &Config) -> Vec<String> {
    let mut found = Vec::new();
    let data = &config.data.dir;
    if let Some(mode) = open_bits(data, 0o007) {
        found.push(format!(
            "other users can reach into the data folder {0} (mode {mode:04o}): run chmod 700 {0}",
            data.display()
        ));
    }
    let keys = open::key_folder(config);
    if let Some(mode) = open_bits(&keys, 0o077) {
        found.push(format!(
            "other users can look into the key folder {0} (mode {mode:04o}): run chmod 700 {0}",
            keys.display()
        ));
    }
    if let Some(key) = &config.server.tls_key
        && let Some(mode) = open_bits(key, 0o077)
    {
        found.push(format!("other users can read the TLS key {0} (mode {mode:04o}): run chmod 400 {0}", key.display()));
    }
    // In the data folder the folder protects it, which is checked above.
    let elsewhere = config.database.url.sqlite_path(data).filter(|path| !path.starts_with(data));
    if let Some(path) = elsewhere
        && let Some(mode) = open_bits(&path, 0o007)
    {
        found.push(format!(
            "other users can read or change the database {0} (mode {mode:04o}): run chmod 600 {0}",
            path.display()
        ));
    }
    found
}

/// The permission bits, if some of the `unwanted` ones are set. What does not exist yet is made with good ones.
fn open_bits(path: &Path, unwanted: u32) -> Option<u32> {
    let mode = std::fs::metadata(path).ok()?.mode() & 0o7777;
    (mode & unwanted != 0).then_some(mode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_must_stand_after_the_build() {
        let at = |seconds: u64| clock_fault(Instant::from_micros(i64::try_from(seconds).unwrap() * 1_000_000));
        assert!(at(0).is_some());
        assert!(at(BUILD_TIME - 1).is_some());
        assert_eq!(at(BUILD_TIME), None);
        let epoch = Instant::from_micros(-1);
        assert_eq!(refusals(&Config::default(), epoch).iter().filter(|line| line.contains("clock")).count(), 1);
    }
}
