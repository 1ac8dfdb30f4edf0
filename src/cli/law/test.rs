//! `sakin law test`: the cases that lawyers write beside a pack, asked and compared.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::law::{Ask, Case, Failure, Pack, read_cases};
use crate::web;

/// Some answer is not the expected one.
const SOME_FAIL: u8 = 1;

/// A pack with its files and those of its tests, read but not understood.
struct Folder {
    /// How the command line names it; `None` for the pack inside the program.
    path: Option<PathBuf>,
    pack: Vec<(String, String)>,
    tests: Vec<(String, String)>,
}

/// What came of one pack.
struct Report {
    summary: Value,
    /// What to tell about each answer that is not the expected one.
    failures: Vec<String>,
}

/// Runs the tests of one pack or of every pack in a folder. Counts on stdout, failures and faults on stderr.
pub(super) fn run(dir: Option<&Path>, embedded: &[(String, String)]) -> ExitCode {
    let folders = match dir {
        Some(dir) => folders(dir),
        None => Ok(vec![Folder { path: None, pack: embedded.to_vec(), tests: web::law::embedded_tests("az") }]),
    };
    let (mut summaries, mut failures, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    match folders {
        Ok(folders) => folders.iter().map(Folder::report).for_each(|report| match report {
            Ok(report) => {
                summaries.push(report.summary);
                failures.extend(report.failures);
            }
            Err(fault) => faults.push(fault),
        }),
        Err(fault) => faults.push(fault),
    }
    faults.extend(super::print(&summaries).err());
    for told in faults.iter().chain(&failures) {
        // A closed stderr leaves nobody to tell.
        let _ = writeln!(io::stderr(), "{told}");
    }
    match (faults.is_empty(), failures.is_empty()) {
        (true, true) => ExitCode::SUCCESS,
        (true, false) => ExitCode::from(SOME_FAIL),
        (false, _) => ExitCode::from(super::BAD_INPUT),
    }
}

/// The pack in a folder, or the packs in its folders.
fn folders(dir: &Path) -> Result<Vec<Folder>, String> {
    let told = |error: io::Error| format!("{}: {error}; name the folder of a pack or of packs", dir.display());
    if let Some(folder) = folder(dir).map_err(told)? {
        return Ok(vec![folder]);
    }
    let mut inner: Vec<PathBuf> =
        fs::read_dir(dir).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect()).map_err(told)?;
    inner.retain(|path| path.is_dir());
    inner.sort();
    let found: Vec<Folder> =
        inner.iter().filter_map(|path| folder(path).transpose()).collect::<Result<_, _>>().map_err(told)?;
    if found.is_empty() {
        return Err(format!("{}: holds no pack; name the folder of a pack or of packs", dir.display()));
    }
    Ok(found)
}

/// `None` if no pack is here.
fn folder(path: &Path) -> io::Result<Option<Folder>> {
    let pack = super::read_pack(path)?;
    let tests = path.join("tests");
    let tests = if tests.is_dir() { super::read_pack(&tests)? } else { Vec::new() };
    Ok((!pack.is_empty()).then(|| Folder { path: Some(path.to_owned()), pack, tests }))
}

impl Folder {
    /// Every case asked. The error is the list of faults of the files, a line each.
    fn report(&self) -> Result<Report, String> {
        let pack = Pack::from_files(&self.pack).map_err(|faults| super::lines(&faults))?;
        let (mut cases, mut faults) = (Vec::new(), Vec::new());
        for (name, text) in &self.tests {
            match read_cases(name, text, &pack) {
                Ok(read) => cases.extend(read),
                Err(wrong) => faults.extend(wrong),
            }
        }
        if !faults.is_empty() {
            return Err(super::lines(&faults));
        }
        let mut failures: Vec<String> = cases
            .iter()
            .flat_map(|case| case.run(&pack).iter().map(|one| self.told(case, one)).collect::<Vec<_>>())
            .collect();
        let summary = json!({
            "pack": pack.id(),
            "files": self.tests.len(),
            "cases": cases.len(),
            "answers": cases.iter().map(Case::answers).sum::<usize>(),
            "failed": failures.len(),
        });
        if cases.is_empty() {
            let here = self.path.as_deref().map_or_else(|| pack.id().to_owned(), |path| path.display().to_string());
            failures.push(format!("{here}: has no test; write tests/*.toml as config/law/README.md tells"));
        }
        Ok(Report { summary, failures })
    }

    /// A failure with the command that shows the sum behind the answer.
    fn told(&self, case: &Case, failure: &Failure) -> String {
        let reading = failure.reading.as_ref().map(|id| format!(", reading {id}")).unwrap_or_default();
        let mut lines = vec![
            format!("{}:{}: {}: {}{reading}", case.file, failure.line, case.name, failure.ask),
            format!("  why: {}", case.why),
        ];
        for one in &failure.differences {
            lines.push(format!("  {}: expected {}, came {}", one.key, one.expected, one.came));
        }
        lines.push(format!("  see: {}", self.command(case, &failure.ask)));
        lines.join("\n")
    }

    fn command(&self, case: &Case, ask: &Ask) -> String {
        let pack = self.path.as_ref().map(|path| format!(" --pack {}", path.display())).unwrap_or_default();
        let law_at =
            |law_at| Option::map_or(law_at, String::new(), |date: chrono::NaiveDate| format!(" --law-at {date}"));
        let (verb, question, route) = match ask {
            Ask::Route(question) => ("evaluate", question, &question.route),
            Ask::Watch(_, question) => ("watch", question, &None),
            Ask::Deadline { id, event, pauses, law_at: at } => {
                let pauses: Vec<_> = pauses.iter().map(|(from, to)| format!(" --pause {from}:{to}")).collect();
                return format!("sakin law deadline{pack} --id {id} --event {event}{}{}", pauses.concat(), law_at(*at));
            }
        };
        let route = route.as_ref().map(|id| format!(" --route {id}")).unwrap_or_default();
        let renewal = if question.no_renewal { " --no-renewal" } else { "" };
        let facts = facts(case).replace('\'', r"'\''");
        let (on, law_at) = (question.on, law_at(question.law_at));
        format!("echo '{facts}' | sakin law {verb}{pack} --facts - --on {on}{law_at}{route}{renewal}")
    }
}

/// The facts as one line of JSON, without what is not said.
fn facts(case: &Case) -> String {
    fn said(value: Value) -> Value {
        match value {
            Value::Object(members) => members
                .into_iter()
                .filter(|(_, value)| !(value.is_null() || value == &json!([]) || value == &json!({}) || value == ""))
                .map(|(key, value)| (key, said(value)))
                .collect(),
            Value::Array(items) => items.into_iter().map(said).collect(),
            other => other,
        }
    }
    serde_json::to_value(&case.dossier).map(|facts| said(facts).to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACK: &str = "[pack]\nid = \"t\"\ntitle = { en = \"Test\" }\nzone = \"Asia/Baku\"\ndraft = true\n[[watch]]\nid = \"w\"\nstatus = [ { kind = \"p\" } ]\nlimit = { days = 5, per = \"calendar_year\" }\nin_force = { from = 2000-01-01 }\n";

    fn folder_of(tests: &[(&str, &str)]) -> Folder {
        let tests = tests.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Folder { path: Some("law/t".into()), pack: vec![("t.toml".into(), PACK.into())], tests }
    }

    /// The folder of packs that the project keeps: whoever changes a pack or the engine answers to its cases.
    #[test]
    fn every_pack_of_the_project_gives_the_expected_answers() {
        let dir = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/config/law"));
        let folders = folders(dir).unwrap();
        assert!(folders.len() >= 9, "a pack is missing: {}", folders.len());
        let reports: Vec<Report> =
            folders.iter().map(|folder| folder.report().unwrap_or_else(|faults| panic!("{faults}"))).collect();
        let failures: Vec<String> = reports.into_iter().flat_map(|report| report.failures).collect();
        assert!(failures.is_empty(), "{} failure(s):\n{}", failures.len(), failures.join("\n\n"));
    }

    #[test]
    fn the_pack_inside_the_program_is_read_without_its_tests_and_tested_with_them() {
        let files = web::law::embedded("az");
        assert!(
            files.iter().all(|(name, _)| name.matches('/').count() == 1),
            "{:?}",
            files.iter().map(|f| &f.0).collect::<Vec<_>>()
        );
        assert!(!web::law::embedded_tests("az").is_empty());
    }

    #[test]
    fn the_example_of_the_readme_is_true() {
        let readme = include_str!("../../../config/law/README.md");
        let example = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let tests = vec![("README.md".to_owned(), example.to_owned())];
        let report = Folder { path: None, pack: web::law::embedded("az"), tests }
            .report()
            .unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!((report.summary["answers"].as_u64(), report.failures), (Some(4), Vec::new()));
    }

    #[test]
    fn a_failure_tells_file_line_case_expected_came_and_a_command() {
        let tests = "[[case]]\nname = \"seven\"\nwhy = \"more than five\"\non = 2024-12-31\ndossier = { statuses = [ { kind = \"p\", from = 2024-01-01 } ], absences = [ { exit = 2024-03-01, entry = 2024-03-08 } ] }\n[[case.expect]]\nwatch = \"w\"\nused = 7\nlimit = 5\n";
        let report = folder_of(&[("law/t/tests/a.toml", tests)]).report().unwrap();
        assert_eq!(
            report.failures,
            [concat!(
                "law/t/tests/a.toml:6: seven: watch w on 2024-12-31, reading default\n",
                "  why: more than five\n",
                "  used: expected 7, came 6\n",
                "  see: echo '{\"statuses\":[{\"kind\":\"p\",\"from\":\"2024-01-01\"}],",
                "\"absences\":[{\"exit\":\"2024-03-01\",\"entry\":\"2024-03-08\"}]}'",
                " | sakin law watch --pack law/t --facts - --on 2024-12-31"
            )],
        );
    }

    #[test]
    fn a_folder_without_a_case_fails() {
        let report = folder_of(&[]).report().unwrap();
        assert_eq!(report.failures, ["law/t: has no test; write tests/*.toml as config/law/README.md tells"]);
    }

    #[test]
    fn a_faulty_file_is_no_failure_but_a_fault() {
        let faults =
            folder_of(&[("law/t/tests/a.toml", "[[case]]\nname = \"x\"\nwhi = \"y\"\n")]).report().err().unwrap();
        assert!(faults.contains("law/t/tests/a.toml:3: case.whi: is unknown here"), "{faults}");
    }
}
