//! How long the law engine takes, and how much it allocates.
//!
//! `cargo bench --bench engine [-- NAME…]` measures single evaluations against the pack `az`, with the allocations of each;
//! `cargo bench --bench engine -- lines` answers dossiers through `sakin law evaluate --jsonl --brief`, reading and writing included;
//! `cargo bench --bench engine -- population [COUNT]` judges a million invented people (or COUNT) in one run.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a bench that cannot prepare its data stops")]

mod lines;
mod people;
mod population;

use std::path::Path;

use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher, black_box};
use mimalloc::MiMalloc;
use sakin::law::{Dossier, Pack, Question, evaluate, watch};

/// Counts allocations per evaluation. What it costs is in the times: some nanoseconds per allocation.
#[global_allocator]
static ALLOCATIONS: AllocProfiler<MiMalloc> = AllocProfiler::new(MiMalloc);

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    match words.first().map(String::as_str) {
        Some("lines") => lines::run(),
        Some("population") => population::run(words.get(1).map(|count| count.parse().expect("a number of people"))),
        _ => divan::main(),
    }
}

/// The shipped pack of Azerbaijan.
fn az() -> Pack {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/law/az");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("the pack").map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let text = |path: &Path| std::fs::read_to_string(path).expect("a file of the pack");
    let files: Vec<_> = paths.iter().map(|path| (path.display().to_string(), text(path))).collect();
    Pack::from_files(&files).expect("a sound pack")
}

fn question(brief: bool) -> Question {
    Question { brief, ..Question::on(people::today()) }
}

/// All routes and readings, with windows and earliest dates.
fn all_routes(bencher: Bencher<'_, '_>, dossier: &Dossier, brief: bool) {
    let (pack, question) = (az(), question(brief));
    bencher.counter(ItemsCount::new(1_usize)).bench(|| evaluate(&pack, black_box(dossier), &question));
}

mod typical {
    use super::{Bencher, all_routes, people};

    #[divan::bench]
    fn brief(bencher: Bencher<'_, '_>) {
        all_routes(bencher, &people::typical(1), true);
    }

    #[divan::bench]
    fn full(bencher: Bencher<'_, '_>) {
        all_routes(bencher, &people::typical(1), false);
    }

    /// A hundred different people in turn, so that nothing is learnt by heart.
    #[divan::bench]
    fn brief_mixed(bencher: Bencher<'_, '_>) {
        let (pack, question) = (super::az(), super::question(true));
        let mut crowd = (0..100).map(people::typical).collect::<Vec<_>>().into_iter().cycle();
        let next = move || crowd.next().expect("a crowd without end");
        bencher
            .counter(super::ItemsCount::new(1_usize))
            .with_inputs(next)
            .bench_local_refs(|dossier| super::evaluate(&pack, dossier, &question));
    }

    #[divan::bench]
    fn uncertain_brief(bencher: Bencher<'_, '_>) {
        all_routes(bencher, &people::uncertain(1), true);
    }
}

mod heavy {
    use super::{Bencher, all_routes, people};

    #[divan::bench]
    fn brief(bencher: Bencher<'_, '_>) {
        all_routes(bencher, &people::heavy(), true);
    }

    #[divan::bench]
    fn full(bencher: Bencher<'_, '_>) {
        all_routes(bencher, &people::heavy(), false);
    }

    /// Time and allocations grow with the number of trips, not of days: thirty years in every row.
    #[divan::bench(args = [0, 40, 400, 3_000])]
    fn trips(bencher: Bencher<'_, '_>, count: usize) {
        all_routes(bencher, &people::with_trips(count), true);
    }
}

mod watches {
    use super::{Bencher, Dossier, ItemsCount, az, black_box, people, question, watch};

    fn all(bencher: Bencher<'_, '_>, dossier: &Dossier) {
        let (pack, question) = (az(), question(true));
        bencher.counter(ItemsCount::new(1_usize)).bench(|| watch(&pack, black_box(dossier), &question));
    }

    #[divan::bench]
    fn typical(bencher: Bencher<'_, '_>) {
        all(bencher, &people::typical(1));
    }

    #[divan::bench]
    fn heavy(bencher: Bencher<'_, '_>) {
        all(bencher, &people::heavy());
    }
}
