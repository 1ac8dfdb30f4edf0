//! The layers a value can come from, read into one map of texts: file, then environment, then flags, each over the last.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::{ConfigFault, SECTIONS, SPECS, Source, closest};

/// Variables with our prefix that are no settings.
const OTHER_VARIABLES: &[&str] = &["SAKIN_CONFIG", "SAKIN_MIGRATE", "SAKIN_TEST_POSTGRES"];

/// Secrets, each with the twin that names a file to read it from.
const SECRETS: &[(&str, &str)] = &[("database.url", "database.url_file")];

/// A value as a layer gave it.
pub(crate) struct Raw {
    pub(super) text: String,
    pub(super) source: Source,
    /// Whether the configuration file had it in quotes; the other layers have no quotes.
    pub(super) quoted: Option<bool>,
    /// The text comes from the file that the layer named, not from the layer itself.
    twin: bool,
}

impl Raw {
    fn new(text: impl Into<String>, source: Source) -> Self {
        Self { text: text.into(), source, quoted: None, twin: false }
    }

    /// Whether the text stood on the command line.
    pub(super) fn in_argv(&self) -> bool {
        matches!(self.source, Source::Flag(_)) && !self.twin
    }
}

/// All layers, merged.
pub(super) struct Layers {
    pub(super) values: BTreeMap<&'static str, Raw>,
    pub(super) file: Option<PathBuf>,
    pub(super) exposed: Vec<PathBuf>,
}

/// This process's variables with our prefix. Bytes that are not UTF-8 become U+FFFD, which [`Layers::read`] refuses.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
        .filter(|(name, _)| name.starts_with("SAKIN_"))
}

/// The configuration file and its text. A file that somebody named must be there; `./config.toml` need not.
pub(super) fn find_file(
    flag: Option<&Path>,
    env: &[(String, String)],
    faults: &mut Vec<ConfigFault>,
) -> Option<(PathBuf, String)> {
    let variable = env.iter().find(|(name, value)| name == "SAKIN_CONFIG" && !value.is_empty());
    let (path, source) = match (flag, variable) {
        (Some(path), _) => (path.to_owned(), Source::Flag("--config".to_owned())),
        (None, Some((name, path))) => (PathBuf::from(path), Source::Env(name.clone())),
        (None, None) => (PathBuf::from("./config.toml"), Source::Default),
    };
    match fs::read_to_string(&path) {
        Ok(text) => Some((path, text)),
        Err(e) if source == Source::Default && e.kind() == std::io::ErrorKind::NotFound => None,
        Err(e) => {
            faults.push(ConfigFault { source, message: format!("cannot read {}: {e}", path.display()) });
            None
        }
    }
}

impl Layers {
    /// Reads every layer and reports every fault in them.
    pub(super) fn read(
        file: Option<(PathBuf, String)>,
        flags: &[(String, String)],
        env: &[(String, String)],
        faults: &mut Vec<ConfigFault>,
    ) -> Self {
        let mut layers = Self { values: BTreeMap::new(), file: None, exposed: Vec::new() };
        if let Some((path, text)) = file {
            let values = read_file(&path, &text, faults);
            let secret =
                values.iter().any(|(key, raw)| SECRETS.iter().any(|(secret, _)| secret == key) && !raw.text.is_empty());
            if secret && readable_by_others(&path) {
                layers.exposed.push(path.clone());
            }
            layers.file = Some(path);
            layers.add(values, faults);
        }
        let variables: Vec<_> = env.iter().filter_map(|(name, value)| read_variable(name, value, faults)).collect();
        layers.add(variables, faults);
        let flags = flags.iter().map(|(path, text)| (path.clone(), Raw::new(text, Source::Flag(path.clone()))));
        layers.add(flags.collect(), faults);
        layers
    }

    /// Lays one layer over those before it.
    fn add(&mut self, layer: Vec<(String, Raw)>, faults: &mut Vec<ConfigFault>) {
        let mut seen: BTreeMap<&'static str, Source> = BTreeMap::new();
        for (path, mut raw) in layer {
            let twin = SECRETS.iter().find(|(_, twin)| *twin == path).map(|(secret, _)| *secret);
            let wanted = twin.unwrap_or(&path);
            let Some(spec) = SPECS.iter().find(|spec| spec.path == wanted) else {
                faults.push(unknown(raw.source, &path, known_paths()));
                continue;
            };
            if let Some(first) = seen.insert(spec.path, raw.source.clone()) {
                let message = format!("{} is set here and by {first}: keep one of them", spec.path);
                faults.push(ConfigFault { source: raw.source, message });
                continue;
            }
            if twin.is_some() {
                let file = PathBuf::from(&raw.text);
                match fs::read_to_string(&file) {
                    Ok(text) => {
                        raw = Raw { quoted: None, twin: true, ..Raw::new(text.trim_end(), raw.source) };
                        self.exposed.extend(Some(file).filter(|file| readable_by_others(file)));
                    }
                    Err(e) => {
                        let message = format!("cannot read {}: {e}", file.display());
                        faults.push(ConfigFault { source: raw.source, message });
                        continue;
                    }
                }
            }
            self.values.insert(spec.path, raw);
        }
    }
}

/// Every pair in the file. If it is not TOML, only that is reported: what follows from a broken line would mislead.
fn read_file(path: &Path, text: &str, faults: &mut Vec<ConfigFault>) -> Vec<(String, Raw)> {
    let source = |at: usize| {
        let line = 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        Source::File(path.to_owned(), line)
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        faults.extend(errors.iter().map(|e| ConfigFault {
            source: source(e.span().map_or(0, |span| span.start)),
            message: format!("not TOML: {}", e.message()),
        }));
        return Vec::new();
    }
    let mut values = Vec::new();
    for (key, value) in table.get_ref() {
        match value.get_ref() {
            DeValue::Table(section) if SECTIONS.iter().any(|(name, _)| name == key.get_ref()) => {
                for (inner, value) in section {
                    let path = format!("{}.{}", key.get_ref(), inner.get_ref());
                    values.push((path, file_value(value.get_ref(), source(inner.span().start))));
                }
            }
            DeValue::Table(_) => {
                faults.push(unknown(source(key.span().start), key.get_ref(), SECTIONS.iter().map(|(name, _)| *name)));
            }
            value => values.push((key.get_ref().to_string(), file_value(value, source(key.span().start)))),
        }
    }
    values
}

fn file_value(value: &DeValue<'_>, source: Source) -> Raw {
    let (text, quoted) = match value {
        DeValue::String(text) => (text.to_string(), true),
        DeValue::Integer(n) => {
            let number = i64::from_str_radix(n.as_str(), n.radix());
            (number.map_or_else(|_| n.to_string(), |n| n.to_string()), false)
        }
        // No setting has another type; the setting itself says what it wants instead.
        other => (other.type_str().to_owned(), false),
    };
    Raw { quoted: Some(quoted), ..Raw::new(text, source) }
}

/// The setting a variable names. Variables without our prefix and those of [`OTHER_VARIABLES`] are none of our business.
fn read_variable(name: &str, value: &str, faults: &mut Vec<ConfigFault>) -> Option<(String, Raw)> {
    if !name.starts_with("SAKIN_") || OTHER_VARIABLES.contains(&name) {
        return None;
    }
    let source = Source::Env(name.to_owned());
    if value.contains('\u{FFFD}') {
        faults.push(ConfigFault { source, message: "is not UTF-8".to_owned() });
        return None;
    }
    let names: Vec<(String, &str)> = known_paths().map(|path| (variable(path), path)).collect();
    if let Some((_, path)) = names.iter().find(|(known, _)| known == name) {
        return Some(((*path).to_owned(), Raw::new(value, source)));
    }
    let known = names.iter().map(|(known, _)| known.as_str()).chain(OTHER_VARIABLES.iter().copied());
    faults.push(unknown(source, name, known));
    None
}

/// Every name a value can be given under.
fn known_paths() -> impl Iterator<Item = &'static str> {
    SPECS.iter().map(|spec| spec.path).chain(SECRETS.iter().map(|(_, twin)| *twin))
}

/// `SAKIN_<SECTION>_<KEY>`.
fn variable(path: &str) -> String {
    format!("SAKIN_{}", path.replace('.', "_").to_uppercase())
}

fn unknown<'a>(source: Source, name: &str, known: impl Iterator<Item = &'a str>) -> ConfigFault {
    let hint = match closest(name, known) {
        Some(near) => format!("did you mean {near}?"),
        None => "`sakin config example` lists them all".to_owned(),
    };
    ConfigFault { source, message: format!("{name} is no setting; {hint}") }
}

/// Whether every user of the machine may read a file.
fn readable_by_others(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o007 != 0)
}
