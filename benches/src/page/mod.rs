//! `docs/benchmarks.md`, written from the data.

mod below;

mod goals;

mod table;

use std::fs;
use std::path::PathBuf;

use self::table::{Table, number};
use crate::contract::scenarios;
use crate::memory::CONNECTIONS;
use crate::results::{Count, Results, Round, Timed, median};
use crate::server::Kind;
use crate::timed;

/// Writes the page.
///
/// # Errors
///
/// A file that cannot be written.
pub fn write(results: &Results) -> Result<(), String> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/benchmarks.md"));
    fs::write(&path, render(results)).map_err(|error| format!("{}: {error}", path.display()))
}

/// A part without data is left out.
fn render(results: &Results) -> String {
    let parts = [
        introduction(results),
        section(
            "Instructions",
            INSTRUCTIONS,
            counts(results, |count| number(count.instructions, 0)),
        ),
        section(
            "Allocations",
            ALLOCATIONS,
            counts(results, |count| number(count.allocations + count.reallocations, 2)),
        ),
        section("System calls", SYSTEM_CALLS, system_calls(results)),
        goals::section(results),
        section("CPU time", CPU, timings(results, |round| round.user + round.system, 2)),
        section("CPU time outside of the kernel", USER, timings(results, |round| round.user, 2)),
        section("99th percentile", P99, timings(results, |round| round.p99, 2)),
        section("Memory", MEMORY, memory(results)),
        section("In process", IN_PROCESS, in_process(results)),
        section("Building", BUILDING, builds(results)),
        below::section(results),
    ];
    parts.concat()
}

const INSTRUCTIONS: &str = "\
Instructions in user space per request, counted by callgrind.
Between two runs they differ by one or two percent at most, on a busy machine as well: how many requests a worker finds when it wakes is chance.
callgrind counts an instruction that fills or copies memory once per byte: actix-web clears its table of headers with one, which is 6,000 of its instructions and less than half of them in time.\n";

const ALLOCATIONS: &str =
    "Calls of `malloc`, `calloc` and `realloc` per request, counted in the same run.\n";

const SYSTEM_CALLS: &str = "\
System calls per request with 64 connections, counted by `strace -c`; behind them those of `text` by name.
Two are the least: one that reads, one that writes.\n";

const CPU: &str = "\
Microseconds of the server's CPU per request, in and outside of the kernel: the median of all rounds.
Most of it is the kernel's part of TCP, which is the same for all.\n";

const USER: &str = "\
Of these microseconds those outside of the kernel; the kernel samples them, so that they are right to about 0.1.\n";

const P99: &str = "\
Milliseconds until 99 of 100 answers were there, the median of all rounds.
All ask as fast as the server answers, so that this says more about queues than about an application.\n";

const MEMORY: &str = "\
Resident memory in KiB: after the start, and per idle connection that was used once.
What the kernel keeps per connection is not in it.\n";

const IN_PROCESS: &str = "\
What a call of the application costs without a connection, everything from the request that is made to the answer that is dropped: nanoseconds of the best round, and allocations.\n";

const BUILDING: &str = "\
Crates that are built in (`cargo tree -e normal`), CPU seconds of debug builds with cargo's own settings, and binaries in MiB; the release binary is stripped.
All libraries are taken as packages, Purlin from the repository's last commit.
A changed handler is one of 200 in one crate, whose dependencies are built; the median of five changes.\n";

fn introduction(results: &Results) -> String {
    let environment = &results.environment;
    let versions = environment.versions.iter().filter(|(name, _)| *name != "purlin");
    let versions: Vec<_> = versions.map(|(name, version)| format!("{name} {version}")).collect();
    let (rounds, requests) = results.timed.first().map_or((0, 0), |timed| {
        (timed.rounds.len(), timed.rounds.iter().map(|round| round.requests).sum::<u64>())
    });
    let bad: u64 = results.timed.iter().flat_map(|timed| &timed.rounds).map(bad).sum();
    let total: u64 =
        results.timed.iter().flat_map(|timed| &timed.rounds).map(|round| round.requests).sum();
    let timed = if requests == 0 {
        String::new()
    } else {
        format!(
            "The timed part is {rounds} rounds, in each of which the servers take turns; {total} requests, of which {bad} failed.\n"
        )
    };
    format!(
        "\
# Benchmarks

This page is written by `cargo run --release` in `benches/`; the raw data is `benches/results.json`.

## Method

Every server is a small program in `benches/peers/`, with the same endpoints.
Before anything is measured, each of its answers is compared: status, media type, `Content-Length`, every byte of the body, and that it refuses what it has to.
An answer that is no 2xx, or none at all, ends the run without a figure.

| | |
|---|---|
| text | `GET /plaintext`: 13 bytes |
| JSON | `GET /json`: a struct with one field |
| path | `GET /users/{{id}}`: a number of the path, JSON back |
| query | `GET /search?q=…&page=…`: two typed values, JSON back |
| echo | `POST /echo`: eight fields of different kinds, JSON in and back |
| 500 routes | the 250th of 500 more routes with a parameter; these are there in all columns but the last two |
| 5 middlewares | JSON inside of five steps: an id, the time, a security header, a counter, CORS |
| 10 routes, 10,000 routes | the middle one of so many |

Each server has one worker, and every library is built with the same profile: `lto = \"fat\"`, one codegen unit, unwinding.
Requests are HTTP/1.1 over the loopback interface, with the fewest header fields there can be: `Host`, and for a body its type and length.
{timed}For time, the server has a CPU for itself, and the load, which is `benches/src/bin/load.rs`, has another.

What is switched on:

- **purlin**: its limits (head, target, number of fields, body) and its timeouts (head, silent body, idle, a client that reads nothing, the handler), and validation of what comes in.
  Security headers, request ids and the log of requests are off, since no other has them.
- **purlin, all on**: these three, too; the log is written to nowhere.
- **hyper**: by hand, with `matchit` and `serde_json`; no limits of its own, no timeouts, no validation. Its batching of pipelined answers is on.
- **the others**: as their documentation begins; no validation, and the timeouts that they have by default, except that idle connections are kept for 75 seconds where it were fewer. TCP_NODELAY is set where there is a way to.
  `axum::serve` of a router prepares all of its routes for each connection, which are 500 and more here, and keeps them as long; `into_make_service` would do so once.

Measured on {cpus} CPUs of an {processor}, {memory} GiB, Linux {kernel}, a virtual machine; {rustc}.
With {versions}.

",
        cpus = environment.cpus,
        processor = environment.processor,
        memory = environment.memory,
        kernel = environment.kernel,
        rustc = environment.rustc,
        versions = versions.join(", "),
    )
}

fn bad(round: &Round) -> u64 {
    round.errors + round.not_2xx
}

fn section(title: &str, text: &str, table: Option<Table>) -> String {
    table.map_or(String::new(), |table| format!("## {title}\n\n{text}\n{table}\n"))
}

fn counts(results: &Results, show: impl Fn(&Count) -> String) -> Option<Table> {
    let names: Vec<_> = scenarios().iter().map(|scenario| scenario.name).collect();
    let mut table = Table::new("", &names);
    for kind in Kind::ALL {
        let cells = names.iter().map(|name| results.count(kind.name(), name).map(&show));
        table.row(kind.name(), cells);
    }
    table.unless_empty()
}

fn system_calls(results: &Results) -> Option<Table> {
    let names: Vec<_> = scenarios().iter().map(|scenario| scenario.name).collect();
    let mut columns = names.clone();
    columns.push("text, by name");
    let mut table = Table::new("", &columns);
    for kind in Kind::ALL {
        let calls = |name| {
            let count = results.count(kind.name(), name)?;
            Some(&count.calls).filter(|calls| !calls.is_empty())
        };
        let sums =
            names.iter().map(|name| calls(name).map(|calls| number(calls.values().sum(), 2)));
        let by_name = calls("text").map(|calls| {
            let each = calls.iter().map(|(name, count)| format!("{name} {}", number(*count, 2)));
            each.collect::<Vec<_>>().join(", ")
        });
        table.row(kind.name(), sums.chain([by_name]));
    }
    table.unless_empty()
}

fn timings(results: &Results, value: impl Fn(&Round) -> f64, digits: usize) -> Option<Table> {
    let mut table = Table::new("", &timed::names());
    for kind in Kind::ALL {
        let cells = timed::names().map(|name| {
            let timed: &Timed = results.timed(kind.name(), name)?;
            Some(number(median(timed.rounds.iter().map(&value))?, digits))
        });
        table.row(kind.name(), cells);
    }
    table.unless_empty()
}

fn memory(results: &Results) -> Option<Table> {
    let per = |count: usize| format!("each of {} connections", number(count as f64, 0));
    let columns = [
        "start".to_owned(),
        per(CONNECTIONS[0]),
        per(CONNECTIONS[1]),
        "start, 500 routes".to_owned(),
        format!("{}, 500 routes", per(CONNECTIONS[1])),
    ];
    let mut table = Table::new("", &columns.each_ref().map(String::as_str));
    for kind in Kind::ALL {
        let with = |routes| {
            results.memory.iter().find(|row| row.server == kind.name() && row.routes == routes)
        };
        let start = |routes| Some(number(with(routes)?.start as f64, 0));
        let each = |routes, count: usize| {
            let row = with(routes)?;
            let more = row.connections.get(&count)?.saturating_sub(row.start);
            Some(number(more as f64 / count as f64, 1))
        };
        let [few, many] = CONNECTIONS;
        table
            .row(kind.name(), [start(0), each(0, few), each(0, many), start(500), each(500, many)]);
    }
    table.unless_empty()
}

fn in_process(results: &Results) -> Option<Table> {
    let mut table = Table::new("", &["ns", "allocations"]);
    for row in &results.in_process {
        let cells = [number(row.nanoseconds, 0), number(row.allocations, 2)];
        table.row(&row.name, cells.map(Some));
    }
    table.unless_empty()
}

fn builds(results: &Results) -> Option<Table> {
    let columns = ["crates", "clean build, s", "changed handler, s", "debug, MiB", "release, MiB"];
    let mut table = Table::new("", &columns);
    let mib = |bytes: Option<u64>| bytes.map(|bytes| number(bytes as f64 / 1_048_576.0, 1));
    for build in &results.builds {
        table.row(
            &build.name,
            [
                Some(number(build.crates as f64, 0)),
                build.clean.map(|seconds| number(seconds, 1)),
                build.changed.map(|seconds| number(seconds, 2)),
                mib(build.debug_size),
                mib(build.release_size),
            ],
        );
    }
    table.unless_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(server: &str, instructions: f64) -> Count {
        Count {
            server: server.to_owned(),
            scenario: "text".to_owned(),
            instructions,
            allocations: 4.0,
            reallocations: 0.5,
            calls: [("sendto".to_owned(), 1.0)].into(),
        }
    }

    #[test]
    fn the_page_has_what_was_measured_and_nothing_else() {
        let counts = vec![count("purlin", 8000.4), count("hyper", 7000.0), count("axum", 12_000.0)];
        let page = render(&Results { counts, ..Results::default() });
        assert!(page.contains("| purlin | 8,000 |"), "{page}");
        assert!(page.contains("| axum | 12,000 |"), "{page}");
        assert!(page.contains("| purlin | 4.50 |"), "{page}");
        assert!(page.contains("sendto 1.00"), "{page}");
        assert!(!page.contains("| salvo |") && !page.contains("## Memory"), "{page}");
    }

    #[test]
    fn a_peer_that_is_below_is_named() {
        let counts = vec![count("purlin", 8000.0), count("hyper", 7000.0), count("axum", 12_000.0)];
        let page = below::section(&Results { counts, ..Results::default() });
        assert!(page.contains("| hyper | instructions | text | 7,000 | 8,000 |"), "{page}");
        assert!(!page.contains("axum"), "{page}");
    }
}
