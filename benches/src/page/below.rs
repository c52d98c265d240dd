//! Where a peer takes less, and why.

use super::table::{Table, number};
use crate::contract::scenarios;
use crate::results::{Count, Results, Round, median};
use crate::server::Kind;
use crate::timed;

const TEXT: &str = "\
Every cell in which a peer takes less than Purlin; differences of less than a percent are left out, and so are figures of time that lie within each other's rounds.\n";

pub(super) fn section(results: &Results) -> String {
    let mut table = Table::new("", &["what", "where", "takes", "Purlin"]);
    let mut kinds = Vec::new();
    for kind in Kind::ALL.into_iter().filter(|kind| !kind.is_ours()) {
        let rows = cells(results, kind);
        if !rows.is_empty() {
            kinds.push(kind);
        }
        for row in rows {
            let cells = [
                row.what.to_owned(),
                row.scenario.to_owned(),
                number(row.takes, row.digits),
                number(row.purlin, row.digits),
            ];
            table.row(kind.name(), cells.map(Some));
        }
    }
    let why: String =
        kinds.iter().map(|kind| format!("- **{}**: {}\n", kind.name(), why(*kind))).collect();
    let mut section = super::section("Where a peer takes less", TEXT, table.unless_empty());
    if !why.is_empty() {
        section.push_str(&format!("Why:\n\n{why}"));
    }
    section
}

struct Cell {
    what: &'static str,
    scenario: &'static str,
    takes: f64,
    purlin: f64,
    digits: usize,
}

/// What a count is measured in: its name, its digits, its value.
type Measure = (&'static str, usize, fn(&Count) -> f64);

const MEASURES: [Measure; 3] = [
    ("instructions", 0, |count| count.instructions),
    ("allocations", 2, |count| count.allocations + count.reallocations),
    // A call that serves many connections at once is a few hundredths, which differ by chance.
    ("system calls", 0, |count| count.calls.values().sum::<f64>().round()),
];

fn cells(results: &Results, kind: Kind) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (what, digits, value) in MEASURES {
        for scenario in scenarios() {
            let scenario = scenario.name;
            let value = |server| results.count(server, scenario).map(value);
            let (Some(takes), Some(purlin)) = (value(kind.name()), value("purlin")) else {
                continue;
            };
            if takes > 0.0 && takes < purlin * 0.99 {
                cells.push(Cell { what, scenario, takes, purlin, digits });
            }
        }
    }
    for scenario in timed::names() {
        let rounds = |server| results.timed(server, scenario).map(|timed| &timed.rounds[..]);
        let (Some(theirs), Some(ours)) = (rounds(kind.name()), rounds("purlin")) else { continue };
        let slowest = theirs.iter().map(cpu).fold(0.0, f64::max);
        let fastest = ours.iter().map(cpu).fold(f64::INFINITY, f64::min);
        let medians = (median(theirs.iter().map(cpu)), median(ours.iter().map(cpu)));
        if let ((Some(takes), Some(purlin)), true) = (medians, slowest < fastest) {
            cells.push(Cell { what: "µs of CPU", scenario, takes, purlin, digits: 2 });
        }
    }
    let each = |server: &str| {
        let memory = results.memory.iter().find(|row| row.server == server && row.routes == 500)?;
        let (count, with) = memory.connections.iter().last()?;
        Some((memory.start as f64, with.saturating_sub(memory.start) as f64 / *count as f64))
    };
    if let (Some(theirs), Some(ours)) = (each(kind.name()), each("purlin")) {
        let rows = [
            ("memory at the start, KiB", theirs.0, ours.0),
            ("memory per idle connection, KiB", theirs.1, ours.1),
        ];
        for (what, takes, purlin) in rows {
            if takes < purlin * 0.99 {
                cells.push(Cell { what, scenario: "500 routes", takes, purlin, digits: 1 });
            }
        }
    }
    cells
}

fn cpu(round: &Round) -> f64 {
    round.user + round.system
}

/// What a peer does not do, or does better.
fn why(kind: Kind) -> &'static str {
    match kind {
        Kind::Hyper => {
            "Purlin stands on it, and adds what hyper leaves to its user: the chain of the route, \
             limits, deadlines of the connection and of the handler, the check of the target and of `Host`, validation."
        }
        Kind::XitcaWeb => {
            "it has a parser of its own, and allocates less than hyper's; it calls `recv` twice per request for it. \
             It has no limit of time for a handler or a silent body, and no validation."
        }
        Kind::ActixWeb => {
            "it keeps requests and their maps of headers in a pool and a thread for itself, so that it allocates \
             less; it looks through its routes one by one. No validation."
        }
        Kind::Poem => "it does not validate what comes in, and has no deadlines by default.",
        Kind::Salvo => "it does not validate what comes in.",
        Kind::Axum => "its listener arms no deadlines, and it does not validate what comes in.",
        Kind::Purlin | Kind::PurlinEverything => "",
    }
}
