//! The law packs inside the program, and the one in force here.

use std::path::Path;
use std::sync::Arc;

use crate::http::Law;
use crate::keys::{hex, sha256};
use crate::law::{Pack, PackFault};

#[derive(rust_embed::Embed)]
#[folder = "config/law/"]
#[include = "**/*.toml"]
struct Packs;

/// The files of a pack inside the program: name and text, in the order of their names.
pub fn embedded(pack: &str) -> Vec<(String, String)> {
    directly_in(pack)
}

/// The files of the tests of a pack inside the program.
pub fn embedded_tests(pack: &str) -> Vec<(String, String)> {
    directly_in(&format!("{pack}/tests"))
}

fn directly_in(folder: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Packs::iter()
        .filter(|name| name.rsplit_once('/').is_some_and(|(place, _)| place == folder))
        .filter_map(|name| {
            let text = String::from_utf8(Packs::get(&name)?.data.into_owned()).ok()?;
            Some((name.into_owned(), text))
        })
        .collect();
    files.sort();
    files
}

/// Why the law cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LawError {
    /// There is no such pack.
    #[error(
        "there is no law pack {0:?}: set law.dir to a folder that holds it, or law.pack to one of the packs inside this program"
    )]
    Unknown(String),
    /// A file cannot be read.
    #[error("{0}")]
    Unreadable(std::io::Error),
    /// The pack has faults.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Faulty(Vec<PackFault>),
}

/// Loads the pack in force: from a folder of packs, or from inside the program.
pub fn load(dir: Option<&Path>, pack: &str) -> Result<Arc<Law>, LawError> {
    let files = match dir {
        None => embedded(pack),
        Some(dir) => read(&dir.join(pack)).map_err(LawError::Unreadable)?,
    };
    if files.is_empty() {
        return Err(LawError::Unknown(pack.to_owned()));
    }
    let loaded = Pack::from_files(&files).map_err(LawError::Faulty)?;
    let mut parts: Vec<&[u8]> = Vec::new();
    for (name, text) in &files {
        // The file's own name, so that the hash is the same inside the program and in a folder.
        parts.push(name.rsplit('/').next().unwrap_or(name).as_bytes());
        parts.push(b"\0");
        parts.push(text.as_bytes());
        parts.push(b"\0");
    }
    let hash = hex(&sha256(&parts));
    let zone = loaded.zone();
    Ok(Arc::new(Law { pack: loaded, hash, zone, files }))
}

fn read(dir: &Path) -> std::io::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((name, std::fs::read_to_string(&path)?));
        }
    }
    files.sort();
    Ok(files)
}
