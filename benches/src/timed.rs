//! What is timed: the server on one CPU, the load on another, in rounds that take turns.

use std::fs;
use std::process::{Command, Stdio};

use crate::contract::{Scenario, scenarios};
use crate::load::Summary;
use crate::results::{Round, Timed};
use crate::server::{Kind, Server, Start, program};

/// How long and how often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    pub(crate) rounds: usize,
    pub(crate) seconds: f64,
}

/// What is asked, and how.
struct Run {
    name: &'static str,
    scenario: &'static str,
    load: &'static [&'static str],
}

const KEPT: &[&str] = &["--keep-alive", "--concurrency", "64"];

const RUNS: [Run; 9] = [
    Run { name: "text", scenario: "text", load: KEPT },
    Run { name: "JSON", scenario: "JSON", load: KEPT },
    Run { name: "path", scenario: "path", load: KEPT },
    Run { name: "query", scenario: "query", load: KEPT },
    Run { name: "echo", scenario: "echo", load: KEPT },
    Run { name: "500 routes", scenario: "500 routes", load: KEPT },
    Run { name: "5 middlewares", scenario: "5 middlewares", load: KEPT },
    Run {
        name: "16 pipelined",
        scenario: "text",
        load: &["--pipeline", "16", "--concurrency", "16"],
    },
    Run { name: "new connection", scenario: "JSON", load: &["--concurrency", "32"] },
];

/// The names of what is timed, in the order of the tables.
pub(crate) fn names() -> [&'static str; 9] {
    RUNS.map(|run| run.name)
}

/// Times these servers: round by round, in each round run by run, in each run server by server.
pub(crate) fn time(kinds: &[Kind], effort: Effort) -> Result<Vec<Timed>, String> {
    let scenarios = scenarios();
    let mut timed: Vec<Timed> = Vec::new();
    for round in 1..=effort.rounds {
        for run in &RUNS {
            let scenario = scenarios.iter().find(|scenario| scenario.name == run.scenario);
            let scenario = scenario.expect("a run is of a scenario");
            for kind in kinds {
                if scenario.middleware && !kind.has_middleware() {
                    continue;
                }
                let measured = time_once(*kind, run, scenario, effort.seconds)?;
                println!(
                    "round {round}: {:14} {:14} {:.2} µs user, {:.2} µs system",
                    run.name,
                    kind.name(),
                    measured.user,
                    measured.system
                );
                let known = timed
                    .iter_mut()
                    .find(|timed| timed.server == kind.name() && timed.scenario == run.name);
                match known {
                    Some(known) => known.rounds.push(measured),
                    None => timed.push(Timed {
                        server: kind.name().to_owned(),
                        scenario: run.name.to_owned(),
                        rounds: vec![measured],
                    }),
                }
            }
        }
    }
    Ok(timed)
}

fn time_once(kind: Kind, run: &Run, scenario: &Scenario, seconds: f64) -> Result<Round, String> {
    let wrapper = pinned("0");
    let Scenario { routes, middleware, .. } = *scenario;
    let server = Server::start(kind, Start { routes, middleware, wrapper: &wrapper })?;
    load(&server, run, scenario, 0.5)?;
    let before = Cpu::of(&server)?;
    let summary = load(&server, run, scenario, seconds)?;
    let used = Cpu::of(&server)?.since(before);
    if !summary.is_good() {
        return Err(format!("{} in `{}`:\n{summary}", kind.name(), run.name));
    }
    let requests = summary.total_requests as f64;
    Ok(Round {
        user: used.user * 1e6 / requests,
        system: used.system * 1e6 / requests,
        requests: summary.total_requests,
        per_second: summary.requests_per_second,
        p99: summary.p99_response_time * 1000.0,
        errors: summary.errors,
        not_2xx: summary.not_2xx,
        busy: (used.user + used.system) / summary.total_time,
    })
}

/// `taskset` before a program, on a machine that has more than one CPU.
fn pinned(cpu: &str) -> Vec<String> {
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    if cpus < 2 { Vec::new() } else { ["taskset", "-c", cpu].map(str::to_owned).to_vec() }
}

fn load(server: &Server, run: &Run, scenario: &Scenario, seconds: f64) -> Result<Summary, String> {
    let request = String::from_utf8_lossy(&scenario.request);
    let mut words = request.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut command = match pinned("1").split_first() {
        None => Command::new(program("load")),
        Some((wrapper, arguments)) => {
            let mut command = Command::new(wrapper);
            command.args(arguments).arg(program("load"));
            command
        }
    };
    command.arg(format!("http://127.0.0.1:{}{target}", server.port));
    command.args(["--json", "--method", method, "--seconds", &seconds.to_string()]).args(run.load);
    if let Some((_, body)) = request.split_once("\r\n\r\n").filter(|(_, body)| !body.is_empty()) {
        command.args(["--header", "content-type: application/json", "--body", body]);
    }
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("load: {error}"))?;
    serde_json::from_slice(&output.stdout).map_err(|error| format!("load: {error}"))
}

/// Seconds of CPU.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cpu {
    user: f64,
    system: f64,
}

impl Cpu {
    fn of(server: &Server) -> Result<Self, String> {
        let path = format!("/proc/{}/stat", server.id());
        let text = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        Self::parse(&text).ok_or_else(|| format!("{path} is not as proc(5) says"))
    }

    /// proc(5): fields 14 and 15, in hundredths of a second; the second is a name that may hold
    /// anything, in parentheses.
    fn parse(stat: &str) -> Option<Self> {
        let (_, rest) = stat.rsplit_once(')')?;
        let mut fields = rest.split_whitespace().skip(11);
        let mut next = || fields.next()?.parse::<f64>().ok().map(|ticks| ticks / 100.0);
        Some(Self { user: next()?, system: next()? })
    }

    fn since(self, before: Self) -> Self {
        Self { user: self.user - before.user, system: self.system - before.system }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_read_behind_any_name() {
        let stat = "12 (a) b) S 1 1 1 0 -1 4194560 1 2 3 4 250 130 7 8 20 0 3 0 1 2 3";
        assert_eq!(Cpu::parse(stat), Some(Cpu { user: 2.5, system: 1.3 }));
        assert_eq!(Cpu::parse("12 (a) S 1"), None);
    }
}
