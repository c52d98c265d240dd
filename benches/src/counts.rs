//! What does not depend on how busy the machine is: instructions, allocations, system calls.
//!
//! Instructions and allocations are counted by callgrind in one run: each call of the allocator is in
//! its output, so that the servers need no allocator of their own. What happens before the
//! connections are warm is not counted.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::contract::Scenario;
use crate::results::Count;
use crate::server::{Kind, Server, Start, scratch};

/// Requests under callgrind are sent on so many connections at the same time.
const CONNECTIONS: usize = 8;

/// How thoroughly is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// Requests per scenario.
    pub(crate) requests: usize,
    pub(crate) system_calls: bool,
}

/// A server that takes more than this per request is asked less often.
const BUDGET: f64 = 4e8;

/// Counts one server in all of these scenarios.
pub(crate) fn count(
    kind: Kind,
    scenarios: &[Scenario],
    effort: Effort,
) -> Result<Vec<Count>, String> {
    let mut counts = Vec::new();
    for group in scenarios.chunk_by(|a, b| a.routes == b.routes && a.middleware == b.middleware) {
        if !group[0].middleware || kind.has_middleware() {
            counts.extend(count_group(kind, group, effort)?);
        }
    }
    Ok(counts)
}

/// Counts scenarios that want the same start.
fn count_group(kind: Kind, group: &[Scenario], effort: Effort) -> Result<Vec<Count>, String> {
    let Scenario { routes, middleware, .. } = group[0];
    let out = scratch()?.join(format!("callgrind.{}", std::process::id()));
    let wrapper: Vec<String> = [
        "valgrind",
        "--tool=callgrind",
        "--compress-strings=no",
        "--compress-pos=no",
        &format!("--callgrind-out-file={}", out.display()),
    ]
    .map(str::to_owned)
    .to_vec();
    let start = Start { routes, middleware, wrapper: &wrapper };
    let server = Server::start(kind, start)?;
    let mut callgrind = Callgrind { id: server.id(), out: out.clone(), dumps: 0 };
    let mut counts = Vec::new();
    for scenario in group {
        let mut clients = clients(server.port, CONNECTIONS)?;
        let warm = callgrind.measure(&mut clients, &scenario.request, 5 * CONNECTIONS)?;
        let affordable = (BUDGET / warm.instructions.max(1.0)) as usize;
        let requests = effort.requests.min(affordable).max(CONNECTIONS);
        let totals = callgrind.measure(&mut clients, &scenario.request, requests)?;
        counts.push(Count {
            server: kind.name().to_owned(),
            scenario: scenario.name.to_owned(),
            instructions: totals.instructions,
            allocations: totals.allocations,
            reallocations: totals.reallocations,
            calls: BTreeMap::new(),
        });
    }
    drop(server);
    let _ = fs::remove_file(out);
    if effort.system_calls {
        let server = Server::start(kind, Start { routes, middleware, wrapper: &[] })?;
        for (scenario, count) in group.iter().zip(&mut counts) {
            count.calls = system_calls(&server, &scenario.request)?;
        }
    }
    Ok(counts)
}

fn clients(port: u16, count: usize) -> Result<Vec<Client>, String> {
    (0..count).map(|_| Client::connect(port).map_err(|error| error.to_string())).collect()
}

/// Sends on all connections, then reads from all; a status other than 200 ends the run. Returns how
/// many requests it were.
fn drive(clients: &mut [Client], request: &[u8], requests: usize) -> Result<usize, String> {
    let rounds = requests.div_ceil(clients.len());
    for _ in 0..rounds {
        for client in &mut *clients {
            client.send(request).map_err(|error| error.to_string())?;
        }
        for client in &mut *clients {
            let answer = client.receive().map_err(|error| error.to_string())?;
            if answer.status != 200 {
                return Err(format!("status {} while counting", answer.status));
            }
        }
    }
    Ok(rounds * clients.len())
}

/// A server under callgrind.
struct Callgrind {
    id: u32,
    out: PathBuf,
    dumps: usize,
}

impl Callgrind {
    /// What so many requests cost each.
    fn measure(
        &mut self,
        clients: &mut [Client],
        request: &[u8],
        requests: usize,
    ) -> Result<Totals, String> {
        // Once before: connections are accepted, buffers grow to their size.
        drive(clients, request, 2 * CONNECTIONS)?;
        self.tell("zero")?;
        let requests = drive(clients, request, requests)?;
        self.tell("dump")?;
        self.dumps += 1;
        let path = format!("{}.{}", self.out.display(), self.dumps);
        let text = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        let _ = fs::remove_file(&path);
        let totals = Totals::parse(&text).ok_or_else(|| format!("{path} has no totals"))?;
        Ok(totals.divided_by(requests))
    }

    fn tell(&self, word: &str) -> Result<(), String> {
        let mut command = Command::new("vgdb");
        command.arg(format!("--pid={}", self.id)).arg(word);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let status = command.status().map_err(|error| format!("vgdb, of valgrind: {error}"))?;
        if status.success() { Ok(()) } else { Err(format!("vgdb {word}: {status}")) }
    }
}

/// What a dump of callgrind says.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Totals {
    instructions: f64,
    allocations: f64,
    reallocations: f64,
}

impl Totals {
    /// Reads a dump without compressed names: <https://valgrind.org/docs/manual/cl-format.html>.
    fn parse(text: &str) -> Option<Self> {
        let mut totals = Self { instructions: 0.0, allocations: 0.0, reallocations: 0.0 };
        let mut called = "";
        let mut is_complete = false;
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("cfn=") {
                // A function that calls itself has its depth behind its name.
                called = name.split('\'').next().unwrap_or(name);
            } else if let Some(rest) = line.strip_prefix("calls=") {
                let calls: f64 = rest.split(' ').next()?.parse().ok()?;
                match called {
                    "malloc" | "calloc" | "aligned_alloc" | "memalign" | "posix_memalign" => {
                        totals.allocations += calls;
                    }
                    "realloc" => totals.reallocations += calls,
                    _ => {}
                }
            } else if let Some(rest) = line.strip_prefix("totals:") {
                totals.instructions = rest.trim().parse().ok()?;
                is_complete = true;
            }
        }
        is_complete.then_some(totals)
    }

    fn divided_by(self, requests: usize) -> Self {
        let requests = requests as f64;
        Self {
            instructions: self.instructions / requests,
            allocations: self.allocations / requests,
            reallocations: self.reallocations / requests,
        }
    }
}

/// System calls per request by name, over 64 connections.
fn system_calls(server: &Server, request: &[u8]) -> Result<BTreeMap<String, f64>, String> {
    const REQUESTS: usize = 3200;
    let mut clients = clients(server.port, 64)?;
    drive(&mut clients, request, 640)?;
    let folder = scratch()?;
    let (table, log) = (folder.join("strace.table"), folder.join("strace.log"));
    let said = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
    let mut command = Command::new("strace");
    command.args(["-c", "-f", "-o"]).arg(&table).arg("-p").arg(server.id().to_string());
    let strace = command.stderr(said).spawn();
    let mut strace = strace.map_err(|error| format!("strace: {error}"))?;
    let outcome = wait_for(&log, "attached").and_then(|()| drive(&mut clients, request, REQUESTS));
    // It writes its table when it is interrupted.
    let id = strace.id().to_string();
    let _ = Command::new("kill").args(["-INT", &id]).status();
    strace.wait().map_err(|error| format!("strace: {error}"))?;
    let requests = outcome?;
    let text = fs::read_to_string(&table);
    let text = text.map_err(|error| format!("{}: {error}", table.display()))?;
    let counted = counted(&text).into_iter();
    let each = counted.map(|(name, count)| (name, count as f64 / requests as f64));
    Ok(each.filter(|(_, count)| *count > 0.005).collect())
}

fn wait_for(log: &Path, word: &str) -> Result<(), String> {
    let start = Instant::now();
    while !fs::read_to_string(log).is_ok_and(|text| text.contains(word)) {
        if start.elapsed() > Duration::from_secs(20) {
            return Err("strace attaches to no process; it needs the right to trace".to_owned());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// The table of `strace -c`: the name is the last column, the number of calls the fourth.
fn counted(table: &str) -> Vec<(String, u64)> {
    let rows = table.lines().filter_map(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let count = columns.get(3)?.parse().ok()?;
        Some(((*columns.last()?).to_owned(), count))
    });
    rows.filter(|(name, _)| name != "total").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allocations_are_calls_of_the_allocator() {
        let dump = "fn=handler\n12 100\ncfn=malloc\ncalls=3 0\n12 90\ncfn=malloc'2\ncalls=1 0\n\
                    12 30\ncfn=realloc\ncalls=2 0\n12 9\ncfn=free\ncalls=9 0\n12 9\n\
                    totals: 4000\n";
        let totals = Totals::parse(dump).expect("a dump");
        let wanted = Totals { instructions: 4000.0, allocations: 4.0, reallocations: 2.0 };
        assert_eq!(totals, wanted);
        let half = Totals { instructions: 2000.0, allocations: 2.0, reallocations: 1.0 };
        assert_eq!(totals.divided_by(2), half);
        assert_eq!(Totals::parse("cfn=malloc\ncalls=3 0\n"), None, "a dump that was cut off");
    }

    #[test]
    fn the_table_of_strace_is_read_without_its_sum() {
        let table = "% time     seconds  usecs/call     calls    errors syscall\n\
                     ------ ----------- ----------- --------- --------- ----------------\n \
                     60.00    0.000600           0      3200           sendto\n \
                     40.00    0.000400           0      3210        10 recvfrom\n\
                     ------ ----------- ----------- --------- --------- ----------------\n\
                     100.00    0.001000           0      6410        10 total\n";
        let wanted = [("sendto".to_owned(), 3200), ("recvfrom".to_owned(), 3210)];
        assert_eq!(counted(table), wanted);
    }
}
