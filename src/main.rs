//! The `sakin` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    sakin::cli::run()
}
