//! Run with: `cargo run -p conformance -- --port 8000 --routes 500 --middleware`

use conformance::Options;

fn main() -> purlin::Result {
    let (options, rest) = Options::take(std::env::args_os().skip(1));
    purlin::run_with(rest, || conformance::app(&options))
}
