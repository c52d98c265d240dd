//! The parts of the suite, each of which replaces its figures in the data.

use std::fs;
use std::process::Command;

use crate::baseline::Baselines;
use crate::contract::scenarios;
use crate::results::{Environment, Results};
use crate::server::{self, Kind};
use crate::{builds, counts, in_process, memory, timed};

/// Which part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Instructions, allocations and system calls per request.
    Counts,
    /// A call of the application without a connection.
    InProcess,
    /// Resident memory.
    Memory,
    /// CPU time, percentiles; wants a machine that does nothing else.
    Timed,
    /// What building costs.
    Builds,
}

impl Part {
    /// In the order in which they are run.
    pub const ALL: [Self; 5] =
        [Self::Counts, Self::InProcess, Self::Memory, Self::Timed, Self::Builds];

    /// As on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Counts => "counts",
            Self::InProcess => "in-process",
            Self::Memory => "memory",
            Self::Timed => "timed",
            Self::Builds => "builds",
        }
    }
}

/// How the suite is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which parts.
    pub parts: Vec<Part>,
    /// Which servers, by name; all if there are none.
    pub servers: Vec<String>,
    /// Requests per scenario that are counted.
    pub requests: usize,
    /// How often everything is timed.
    pub rounds: usize,
    /// How long each time.
    pub seconds: f64,
    /// Whether the servers are built already, beside this program.
    pub are_built: bool,
}

impl Default for Options {
    fn default() -> Self {
        let parts = Part::ALL.to_vec();
        Self {
            parts,
            servers: Vec::new(),
            requests: 2000,
            rounds: 5,
            seconds: 3.0,
            are_built: false,
        }
    }
}

/// Runs parts of the suite, and stores what was measured after each.
///
/// # Errors
///
/// A server that cannot be built, or that answers unlike the contract; a request without a 2xx; a
/// tool that is not installed.
pub fn run(options: &Options) -> Result<Results, String> {
    let kinds = kinds(&options.servers)?;
    let environment = environment()?;
    Results::update(|results| results.environment = environment)?;
    let asks_servers = |part: &Part| !matches!(part, Part::Builds | Part::InProcess);
    if !options.are_built && options.parts.iter().any(asks_servers) {
        server::build(&kinds)?;
    }
    options.parts.iter().try_for_each(|part| run_part(*part, &kinds, options))?;
    Results::read()
}

fn run_part(part: Part, kinds: &[Kind], options: &Options) -> Result<(), String> {
    match part {
        Part::Counts => {
            let effort = counts::Effort { requests: options.requests, system_calls: true };
            kinds.iter().try_for_each(|kind| {
                println!("counting {}", kind.name());
                let counted = counts::count(*kind, &scenarios(), effort)?;
                Results::update(|results| {
                    results.counts.retain(|old| old.server != kind.name());
                    results.counts.extend(counted);
                })
            })
        }
        Part::InProcess => {
            if !options.are_built {
                server::build_package(in_process::PACKAGE)?;
            }
            let measured = in_process::measure()?;
            Results::update(|results| results.in_process = measured)
        }
        Part::Memory => kinds.iter().try_for_each(|kind| {
            println!("idle connections of {}", kind.name());
            let measured = memory::measure(*kind)?;
            Results::update(|results| {
                results.memory.retain(|old| old.server != kind.name());
                results.memory.extend(measured);
            })
        }),
        Part::Timed => {
            let Options { rounds, seconds, .. } = *options;
            let timed = timed::time(kinds, timed::Effort { rounds, seconds })?;
            Results::update(|results| {
                results.timed.retain(|old| !kinds.iter().any(|kind| kind.name() == old.server));
                results.timed.extend(timed);
            })
        }
        Part::Builds => {
            let measured = builds::measure()?;
            Results::update(|results| results.builds = measured)
        }
    }
}

/// What is guarded: the scenarios of Purlin, with fewer requests; builds it unless it is built.
///
/// # Errors
///
/// As [`run`].
pub fn guarded(is_built: bool) -> Result<Baselines, String> {
    if !is_built {
        server::build_package(&Kind::Purlin.package())?;
    }
    let effort = counts::Effort { requests: 400, system_calls: false };
    let counted = counts::count(Kind::Purlin, &scenarios(), effort)?;
    Ok(Baselines::of(&counted, &first_line("rustc", &["--version"])?))
}

fn kinds(names: &[String]) -> Result<Vec<Kind>, String> {
    if names.is_empty() {
        return Ok(Kind::ALL.to_vec());
    }
    let known = Kind::ALL.map(Kind::name).join("`, `");
    let find = |name: &String| {
        Kind::named(name).ok_or_else(|| format!("no server `{name}`; there are `{known}`"))
    };
    names.iter().map(find).collect()
}

/// The class of machine; nothing that says which one it is.
fn environment() -> Result<Environment, String> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let memory = field(&read("/proc/meminfo"), "MemTotal").unwrap_or_default();
    let memory = memory.trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1_048_576.0;
    let release = read("/proc/sys/kernel/osrelease");
    let kernel = release.trim().split('-').next().unwrap_or_default().to_owned();
    let rustc = first_line("rustc", &["--version"])?;
    Ok(Environment {
        processor: field(&read("/proc/cpuinfo"), "model name").unwrap_or_default(),
        cpus: std::thread::available_parallelism().map_or(1, usize::from),
        memory: memory.round() as u64,
        kernel,
        rustc,
        versions: server::versions()?,
    })
}

fn first_line(program: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program).args(arguments).output();
    let output = output.map_err(|error| format!("{program}: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
