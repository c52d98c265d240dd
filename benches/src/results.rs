//! The data: everything that was measured, as it is stored in `results.json`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What was measured, part by part; a part that is measured again replaces its old figures.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Results {
    /// Where and with what.
    pub environment: Environment,
    /// What is counted per request.
    pub counts: Vec<Count>,
    /// What is timed.
    pub timed: Vec<Timed>,
    /// Resident memory.
    pub memory: Vec<Memory>,
    /// What a call of the application costs, without a connection.
    pub in_process: Vec<InProcess>,
    /// What building costs.
    pub builds: Vec<Build>,
}

/// The class of machine, and the versions.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Environment {
    /// The name of the processor, as it says.
    pub processor: String,
    /// How many CPUs there are.
    pub cpus: usize,
    /// In GiB.
    pub memory: u64,
    /// The version of the kernel.
    pub kernel: String,
    /// The version of the compiler.
    pub rustc: String,
    /// The libraries that are compared, with their versions.
    pub versions: BTreeMap<String, String>,
}

/// Counts per request.
#[derive(Debug, Deserialize, Serialize)]
pub struct Count {
    /// Which server.
    pub server: String,
    /// Which scenario.
    pub scenario: String,
    /// Instructions in user space.
    pub instructions: f64,
    /// Calls of `malloc`, `calloc` and their like.
    pub allocations: f64,
    /// Calls of `realloc`.
    pub reallocations: f64,
    /// System calls by name; empty where they were not counted.
    #[serde(default)]
    pub calls: BTreeMap<String, f64>,
}

/// The rounds of one server in one scenario.
#[derive(Debug, Deserialize, Serialize)]
pub struct Timed {
    /// Which server.
    pub server: String,
    /// Which scenario.
    pub scenario: String,
    /// In the order of time.
    pub rounds: Vec<Round>,
}

/// One round.
#[derive(Debug, Deserialize, Serialize)]
pub struct Round {
    /// Microseconds of the server's CPU per request, outside of the kernel.
    pub user: f64,
    /// Microseconds of the server's CPU per request, in the kernel.
    pub system: f64,
    /// Requests answered.
    pub requests: u64,
    /// Requests answered per second.
    pub per_second: f64,
    /// The 99th percentile of the response time in milliseconds.
    pub p99: f64,
    /// Requests without an answer.
    pub errors: u64,
    /// Answers of another status than 2xx.
    pub not_2xx: u64,
    /// The server's share of its CPU.
    pub busy: f64,
}

/// Resident memory of one server.
#[derive(Debug, Deserialize, Serialize)]
pub struct Memory {
    /// Which server.
    pub server: String,
    /// With so many routes beside the five.
    pub routes: usize,
    /// After the start, in KiB.
    pub start: u64,
    /// With so many idle connections, in KiB.
    pub connections: BTreeMap<usize, u64>,
}

/// What one call costs.
#[derive(Debug, Deserialize, Serialize)]
pub struct InProcess {
    /// What is called.
    pub name: String,
    /// Nanoseconds, the best of all rounds.
    pub nanoseconds: f64,
    /// Allocations.
    pub allocations: f64,
}

/// What building one crate costs.
#[derive(Debug, Deserialize, Serialize)]
pub struct Build {
    /// What is built.
    pub name: String,
    /// How many crates, its own included.
    pub crates: usize,
    /// CPU seconds of a debug build from nothing.
    pub clean: Option<f64>,
    /// CPU seconds of a debug build after one changed handler: the median.
    pub changed: Option<f64>,
    /// The size of the debug binary in bytes.
    pub debug_size: Option<u64>,
    /// The size of the stripped release binary in bytes.
    pub release_size: Option<u64>,
}

impl Results {
    /// Where they are stored.
    pub fn path() -> PathBuf {
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/results.json"))
    }

    /// Reads what was stored; nothing if there is no file.
    pub fn read() -> Result<Self, String> {
        let path = Self::path();
        match fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(format!("{}: {error}", path.display())),
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| format!("{}: {error}", path.display())),
        }
    }

    /// Changes what is stored; parts that others have stored in the meantime stay.
    pub(crate) fn update(change: impl FnOnce(&mut Self)) -> Result<(), String> {
        let mut results = Self::read()?;
        change(&mut results);
        results.write()
    }

    fn write(&self) -> Result<(), String> {
        let mut text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        text.push('\n');
        let path = Self::path();
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// The counts of a server in a scenario.
    pub fn count(&self, server: &str, scenario: &str) -> Option<&Count> {
        self.counts.iter().find(|count| count.server == server && count.scenario == scenario)
    }

    /// The rounds of a server in a scenario.
    pub fn timed(&self, server: &str, scenario: &str) -> Option<&Timed> {
        self.timed.iter().find(|timed| timed.server == server && timed.scenario == scenario)
    }
}

/// The middle one; `None` of nothing.
pub fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median([3.0, 1.0, 20.0]), Some(3.0));
        assert_eq!(median([4.0, 1.0, 2.0, 30.0]), Some(3.0));
        assert_eq!(median([]), None);
    }
}
