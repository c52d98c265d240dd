//! `cargo xtask ci`: every check that a change has to pass, in order.
//!
//! A check that fails does not stop those after it; the summary at the end names them all.

mod steps;

use std::time::{Duration, Instant};

use crate::printer;
use crate::repository::root;
use steps::{Step, steps};

struct Outcome {
    name: String,
    passed: bool,
    took: Duration,
}

/// Runs every check and prints a summary; whether all passed.
pub(crate) fn run() -> Result<bool, String> {
    let root = root()?;
    let outcomes: Vec<_> = steps(&root)?.into_iter().map(|step| outcome(&step)).collect();
    printer::talk("");
    for outcome in &outcomes {
        printer::status(verb(outcome), &outcome_text(outcome));
    }
    printer::talk(&summary(&outcomes));
    Ok(outcomes.iter().all(|outcome| outcome.passed))
}

fn outcome(step: &Step) -> Outcome {
    printer::status("Running", &step.text());
    let start = Instant::now();
    let passed = step.run().unwrap_or_else(|problem| {
        printer::talk(&format!("error: {problem}"));
        false
    });
    let outcome = Outcome { name: step.name.clone(), passed, took: start.elapsed() };
    printer::status(verb(&outcome), &outcome_text(&outcome));
    outcome
}

fn verb(outcome: &Outcome) -> &'static str {
    if outcome.passed { "Passed" } else { "Failed" }
}

fn outcome_text(outcome: &Outcome) -> String {
    format!("{} in {:.1}s", outcome.name, outcome.took.as_secs_f64())
}

/// The last line: what happened, and what failed.
fn summary(outcomes: &[Outcome]) -> String {
    let failed: Vec<_> = outcomes.iter().filter(|outcome| !outcome.passed).collect();
    let names: Vec<_> = failed.iter().map(|outcome| outcome.name.as_str()).collect();
    let took: Duration = outcomes.iter().map(|outcome| outcome.took).sum();
    let took = took.as_secs_f64();
    let count = outcomes.len();
    match names.len() {
        0 => format!("ci: {count} checks passed in {took:.1}s"),
        some => {
            format!("error: {some} of {count} checks failed in {took:.1}s: {}", names.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Outcome, summary};

    fn outcome(name: &str, passed: bool) -> Outcome {
        Outcome { name: name.to_owned(), passed, took: Duration::from_millis(1500) }
    }

    #[test]
    fn the_summary_names_what_failed() {
        let outcomes = [outcome("fmt", true), outcome("tidy", false), outcome("test", false)];
        assert_eq!(summary(&outcomes), "error: 2 of 3 checks failed in 4.5s: tidy, test");
    }

    #[test]
    fn the_summary_counts_what_passed() {
        let outcomes = [outcome("fmt", true), outcome("tidy", true)];
        assert_eq!(summary(&outcomes), "ci: 2 checks passed in 3.0s");
    }
}
