//! `sakin config`: what is set, what could be set, whether it would be accepted.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::config::{self, Config, ConfigFault, Mode};

/// A configuration that is wrong, or too weak for production.
const REFUSED: u8 = 3;

/// Arguments of `sakin config`.
#[derive(Args, Debug)]
pub(super) struct ConfigArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Print every setting, its value and where it came from; secrets are masked
    #[command(after_help = "Example: sakin config show --json")]
    Show {
        /// Print JSON: [{"key", "value", "source"}]
        #[arg(long)]
        json: bool,
    },
    /// Print a commented sample of the configuration file
    #[command(after_help = "Example: sakin config example > config.toml")]
    Example,
    /// Say whether the configuration would be accepted, without starting anything
    #[command(after_help = "Example: sakin config check --json")]
    Check {
        /// Print JSON: {"accepted", "mode", "faults": [{"source", "message"}], "refusals": […]}
        #[arg(long)]
        json: bool,
    },
}

/// Runs `sakin config`. `file` and `flags` are those of [`Config::load`].
pub(super) fn run(args: ConfigArgs, file: Option<&Path>, flags: &[(String, String)]) -> ExitCode {
    let load = || Config::load(file, flags, config::environment());
    let ConfigArgs { command } = args;
    let (code, text) = match command {
        Command::Example => (ExitCode::SUCCESS, config::example()),
        Command::Show { json } => match load() {
            Ok(config) => (ExitCode::SUCCESS, show(&config, json)),
            Err(faults) => {
                for fault in faults {
                    eprintln!("{fault}");
                }
                (ExitCode::from(REFUSED), String::new())
            }
        },
        Command::Check { json } => check(&load(), json),
    };
    // A reader that closed the pipe has all it wanted.
    match io::stdout().write_all(text.as_bytes()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("standard output: {e}");
            ExitCode::FAILURE
        }
        _ => code,
    }
}

fn show(config: &Config, json: bool) -> String {
    let settings = config.sources();
    if json {
        let list: Vec<_> =
            settings.iter().map(|s| json!({"key": s.path, "value": s.value, "source": s.source.to_string()})).collect();
        return format!("{:#}\n", json!(list));
    }
    let width = |of: fn(&config::Shown) -> usize| settings.iter().map(of).max().unwrap_or_default();
    let (paths, values) = (width(|s| s.path.len()), width(|s| s.value.chars().count()));
    let lines = settings.iter().map(|s| format!("{:paths$}  {:values$}  {}", s.path, s.value, s.source));
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// The verdict as text for standard output. Outside production the refusals are told, not enforced.
fn check(loaded: &Result<Config, Vec<ConfigFault>>, json: bool) -> (ExitCode, String) {
    let (mode, faults, refusals) = match loaded {
        Ok(config) => (Some(config.mode), [].as_slice(), config::refusals(config)),
        Err(faults) => (None, faults.as_slice(), Vec::new()),
    };
    let accepted = faults.is_empty() && (refusals.is_empty() || mode != Some(Mode::Production));
    let code = if accepted { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) };
    if json {
        let faults: Vec<_> =
            faults.iter().map(|f| json!({"source": f.source.to_string(), "message": f.message})).collect();
        let mode = mode.map(Mode::as_str);
        return (
            code,
            format!("{:#}\n", json!({"accepted": accepted, "mode": mode, "faults": faults, "refusals": refusals})),
        );
    }
    for fault in faults {
        eprintln!("{fault}");
    }
    for refusal in &refusals {
        eprintln!("{}: {refusal}", if accepted { "production would refuse" } else { "refused" });
    }
    let verdict = match (accepted, mode) {
        (true, Some(mode)) => format!("accepted (mode = {})\n", mode.as_str()),
        _ => "refused\n".to_owned(),
    };
    (code, verdict)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exit codes have no equality; their debug form does.
    fn same(a: ExitCode, b: ExitCode) -> bool {
        format!("{a:?}") == format!("{b:?}")
    }

    /// On top of a file in which nothing is weak.
    fn load(flags: &[(&str, &str)]) -> Result<Config, Vec<ConfigFault>> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, b"[auth]\nsecond_factor = \"required\"\n").unwrap();
        let flags: Vec<_> = flags.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        Config::load(Some(file.path()), &flags, std::iter::empty())
    }

    #[test]
    fn weak_settings_are_refused_in_production_only() {
        let weak = ("server.bind", "0.0.0.0:8080");
        let (code, text) = check(&load(&[weak]), false);
        assert!(same(code, ExitCode::SUCCESS) && text == "accepted (mode = trial)\n", "{text}");
        let (code, text) = check(&load(&[weak, ("mode", "production")]), false);
        assert!(same(code, ExitCode::from(3)) && text == "refused\n", "{text}");
        let (code, text) = check(&load(&[("mode", "production")]), false);
        assert!(same(code, ExitCode::SUCCESS) && text == "accepted (mode = production)\n", "{text}");
    }

    #[test]
    fn json_has_one_shape_for_both_verdicts() {
        for (flags, accepted, faults, refusals) in [
            (vec![], true, 0, 0),
            (vec![("server.bind", "0.0.0.0:1"), ("mode", "production")], false, 0, 1),
            (vec![("server.bnid", "x"), ("mode", "y")], false, 2, 0),
        ] {
            let (_, text) = check(&load(&flags), true);
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(value["accepted"], accepted, "{text}");
            assert_eq!(value["faults"].as_array().unwrap().len(), faults, "{text}");
            assert_eq!(value["refusals"].as_array().unwrap().len(), refusals, "{text}");
        }
    }

    #[test]
    fn show_prints_value_and_source() {
        let config = load(&[("server.workers", "3")]).unwrap();
        let text = show(&config, false);
        let line = text.lines().find(|line| line.starts_with("server.workers")).unwrap();
        assert_eq!(line.split_whitespace().collect::<Vec<_>>(), ["server.workers", "3", "flag", "server.workers"]);
        let value: serde_json::Value = serde_json::from_str(&show(&config, true)).unwrap();
        assert_eq!(value[0], json!({"key": "config_version", "value": "1", "source": "default"}));
    }
}
