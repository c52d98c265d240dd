//! Figures that must not get worse: stored once, compared on every run of the checks.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::results::Count;

/// A figure may be so much worse than what was stored: how many requests a worker finds when it
/// wakes is chance, which makes a percent or two.
pub const TOLERANCE: f64 = 0.05;

/// What Purlin took per request when it was stored, by scenario.
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Baselines {
    /// The compiler they were stored with.
    pub rustc: String,
    /// By scenario.
    pub scenarios: BTreeMap<String, Baseline>,
}

/// What one scenario took.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Baseline {
    /// Instructions in user space.
    pub instructions: f64,
    /// Allocations, and growths of allocations.
    pub allocations: f64,
}

impl Baseline {
    /// What is guarded of a count.
    pub fn of(count: &Count) -> Self {
        let allocations = count.allocations + count.reallocations;
        let rounded = |value: f64| (value * 100.0).round() / 100.0;
        Self { instructions: count.instructions.round(), allocations: rounded(allocations) }
    }
}

impl Baselines {
    /// Where they are stored.
    pub fn path() -> PathBuf {
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/baselines.json"))
    }

    /// Reads what was stored.
    pub fn read() -> Result<Self, String> {
        let path = Self::path();
        let text = fs::read_to_string(&path);
        let text = text.map_err(|error| format!("{}: {error}", path.display()))?;
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Stores it.
    pub fn write(&self) -> Result<(), String> {
        let mut text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        text.push('\n');
        let path = Self::path();
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Of these counts.
    pub fn of(counts: &[Count], rustc: &str) -> Self {
        let scenarios = counts.iter().map(|count| (count.scenario.clone(), Baseline::of(count)));
        Self { rustc: rustc.to_owned(), scenarios: scenarios.collect() }
    }

    /// What is worse than stored, one line each: a scenario that was not measured, or has no
    /// baseline, is a line as well, so that nothing goes unguarded.
    pub fn compare(&self, measured: &Self) -> Vec<String> {
        let mut problems = Vec::new();
        for (name, baseline) in &self.scenarios {
            let Some(now) = measured.scenarios.get(name) else {
                problems.push(format!("`{name}` has a baseline and was not measured"));
                continue;
            };
            let pairs = [
                ("instructions", baseline.instructions, now.instructions),
                ("allocations", baseline.allocations, now.allocations),
            ];
            for (what, before, now) in pairs {
                if now > before * (1.0 + TOLERANCE) + 0.01 {
                    let percent = (now / before - 1.0) * 100.0;
                    problems.push(format!(
                        "`{name}` takes {now} {what} per request, {percent:.1} % more than {before}"
                    ));
                }
            }
        }
        let is_new = |name: &&String| !self.scenarios.contains_key(*name);
        for name in measured.scenarios.keys().filter(is_new) {
            problems.push(format!("`{name}` has no baseline"));
        }
        problems
    }

    /// Scenarios that got better by more than the tolerance, whose baselines are due.
    pub fn improved(&self, measured: &Self) -> Vec<String> {
        let pairs = self.scenarios.iter().filter_map(|(name, before)| {
            Some((name, before.instructions, measured.scenarios.get(name)?.instructions))
        });
        pairs
            .filter(|(_, before, now)| *now < before * (1.0 - TOLERANCE))
            .map(|(name, before, now)| {
                format!("`{name}` takes {now} instructions per request, {before} before")
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn baselines(instructions: f64, allocations: f64) -> Baselines {
        let baseline = Baseline { instructions, allocations };
        let scenarios = BTreeMap::from([("text".to_owned(), baseline)]);
        Baselines { rustc: String::new(), scenarios }
    }

    #[test]
    fn a_slowdown_of_a_fifth_is_found_and_noise_is_not() {
        let stored = baselines(8000.0, 5.0);
        assert_eq!(stored.compare(&baselines(8000.0, 5.0)), [""; 0]);
        assert_eq!(stored.compare(&baselines(8100.0, 5.0)), [""; 0]);
        let slow = "`text` takes 9600 instructions per request, 20.0 % more than 8000";
        assert_eq!(stored.compare(&baselines(9600.0, 5.0)), [slow]);
        assert_eq!(stored.compare(&baselines(8401.0, 5.0)).len(), 1);
    }

    #[test]
    fn one_more_allocation_is_found() {
        let problem = "`text` takes 6 allocations per request, 20.0 % more than 5";
        assert_eq!(baselines(8000.0, 5.0).compare(&baselines(8000.0, 6.0)), [problem]);
        assert_eq!(baselines(8000.0, 0.0).compare(&baselines(8000.0, 1.0)).len(), 1);
    }

    #[test]
    fn nothing_goes_unguarded() {
        let (stored, none) = (baselines(8000.0, 5.0), Baselines::default());
        assert_eq!(stored.compare(&none), ["`text` has a baseline and was not measured"]);
        assert_eq!(none.compare(&stored), ["`text` has no baseline"]);
    }

    #[test]
    fn what_got_better_is_said() {
        let stored = baselines(8000.0, 5.0);
        assert_eq!(stored.compare(&baselines(7000.0, 5.0)), [""; 0]);
        assert_eq!(stored.improved(&baselines(7000.0, 5.0)).len(), 1);
        assert_eq!(stored.improved(&baselines(7900.0, 5.0)), [""; 0]);
    }
}
