//! Load bench.
fn main() {}
