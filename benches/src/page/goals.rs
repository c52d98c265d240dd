//! What Purlin may take at most, beside what it takes.

use super::table::{Table, number};
use crate::results::{Count, Results, median};

const TEXT: &str = "\
What Purlin set itself as the most that it may take.
\"hyper\" is the program in `benches/peers/hyper`, in the same column.\n";

/// More than hyper in the same scenario.
const OVER_HYPER: [(&str, f64, f64); 6] = [
    ("text", 1500.0, 2.0),
    ("JSON", 1500.0, 2.0),
    ("path", 1500.0, 2.0),
    ("query", 1500.0, 2.0),
    ("500 routes", 1500.0, 2.0),
    ("echo", 5000.0, 4.0),
];

pub(super) fn section(results: &Results) -> String {
    let mut table = Table::new("", &["goal", "at most", "is", ""]);
    let mut add = |name: &str, goal: &str, most: Option<f64>, is: Option<f64>, digits: usize| {
        if let (Some(most), Some(is)) = (most, is) {
            let verdict = if is <= most { "met" } else { "**missed**" };
            let cells = [goal.to_owned(), number(most, digits), number(is, digits)];
            table.row(name, cells.into_iter().chain([verdict.to_owned()]).map(Some));
        }
    };
    let purlin = |scenario| results.count("purlin", scenario);
    let hyper = |scenario| results.count("hyper", scenario);
    for (scenario, instructions, allocations) in OVER_HYPER {
        let more = |of: fn(&Count) -> f64, more: f64| hyper(scenario).map(|count| of(count) + more);
        add(
            &format!("{scenario}: instructions"),
            &format!("hyper + {}", number(instructions, 0)),
            more(|count| count.instructions, instructions),
            purlin(scenario).map(|count| count.instructions),
            0,
        );
        add(
            &format!("{scenario}: allocations"),
            &format!("hyper + {allocations}"),
            more(all_allocations, allocations),
            purlin(scenario).map(all_allocations),
            2,
        );
        // A call of `epoll_wait` serves a batch of connections, whose size is chance.
        add(
            &format!("{scenario}: system calls"),
            "hyper + 0, within 0.05",
            hyper(scenario).and_then(system_calls).map(|calls| calls + 0.05),
            purlin(scenario).and_then(system_calls),
            2,
        );
    }
    let json = purlin("JSON");
    let middlewares = purlin("5 middlewares");
    add(
        "5 middlewares: instructions",
        "JSON + 6,000",
        json.map(|count| count.instructions + 6000.0),
        middlewares.map(|count| count.instructions),
        0,
    );
    add(
        "5 middlewares: allocations",
        "JSON + 6",
        json.map(|count| all_allocations(count) + 6.0),
        middlewares.map(all_allocations),
        2,
    );
    add(
        "10,000 routes: instructions",
        "twice those of 10",
        purlin("10 routes").map(|count| count.instructions * 2.0),
        purlin("10,000 routes").map(|count| count.instructions),
        0,
    );
    let pipelined = results
        .timed("purlin", "16 pipelined")
        .and_then(|timed| median(timed.rounds.iter().map(|round| round.user + round.system)));
    add("16 pipelined: µs of CPU", "0.8", Some(0.8), pipelined, 2);
    for memory in results.memory.iter().filter(|memory| memory.server == "purlin") {
        let each = memory
            .connections
            .iter()
            .last()
            .map(|(count, with)| with.saturating_sub(memory.start) as f64 / *count as f64);
        let name = format!("idle connection with {} routes: KiB", memory.routes);
        add(&name, "14", Some(14.0), each, 1);
    }
    add_builds(results, &mut add);
    super::section("Goals", TEXT, table.unless_empty())
}

fn add_builds(
    results: &Results,
    add: &mut impl FnMut(&str, &str, Option<f64>, Option<f64>, usize),
) {
    let find = |name: &str| results.builds.iter().find(|build| build.name == name);
    let axum = "axum, tower-http, tracing-subscriber";
    let hello = find("hello world, purlin");
    let hello_axum = find(&format!("hello world, {axum}"));
    let documented = find("hello world, the same with schemars, garde, utoipa and Swagger UI");
    let many = find("200 handlers, purlin");
    let many_axum = find(&format!("200 handlers, {axum}"));
    // The libraries that an application names beside Purlin are built in by Purlin anyway, but
    // for one: garde.
    add("crates", "90", Some(90.0), hello.map(|build| build.crates as f64), 0);
    let clean = hello.and_then(|build| build.clean);
    let clean_axum = hello_axum.and_then(|build| build.clean);
    add("clean build, s", "1.8 × axum's", clean_axum.map(|seconds| seconds * 1.8), clean, 1);
    let documented = documented.and_then(|build| build.clean);
    add("clean build, s", "axum's with documents and validation", documented, clean, 1);
    let changed = many_axum.and_then(|build| build.changed).map(|seconds| seconds * 0.8);
    add("changed handler, s", "0.8 × axum's", changed, many.and_then(|build| build.changed), 2);
    let size =
        |build: Option<&crate::results::Build>| Some(build?.debug_size? as f64 / 1_048_576.0);
    add("debug binary of 200 handlers, MiB", "axum's", size(many_axum), size(many), 1);
}

fn all_allocations(count: &Count) -> f64 {
    count.allocations + count.reallocations
}

fn system_calls(count: &Count) -> Option<f64> {
    Some(count.calls.values().sum()).filter(|_| !count.calls.is_empty())
}
