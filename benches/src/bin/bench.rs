//! `bench`: runs the suite, writes the page, guards the figures.

use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt};
use purlin_benches::baseline::Baselines;
use purlin_benches::page;
use purlin_benches::results::Results;
use purlin_benches::suite::{self, Options, Part};

const HELP: &str = "\
Measures Purlin beside its peers.

Usage: bench [parts] [options]     runs the suite, stores the data, writes docs/benchmarks.md
       bench page                  writes docs/benchmarks.md from the stored data
       bench --check               fails if Purlin takes 5 % more than its baselines
       bench --accept              stores what Purlin takes as its baselines

Parts: counts, in-process, memory, timed, builds; all of them unless said.
`timed` wants a machine that does nothing else.

  --built          the servers are built already, beside this program
  --server NAME    this server alone; may be said several times
  --requests N     so many requests are counted (2000)
  --rounds N       so many rounds are timed (5)
  --seconds S      so long each (3)";

/// What is to be done with the options.
#[derive(Clone, Copy)]
enum Task {
    Accept,
    Check,
    Help,
    Page,
    Suite,
}

fn main() -> ExitCode {
    match arguments().map_err(|error| error.to_string()).and_then(|said| run(said.0, &said.1)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn arguments() -> Result<(Task, Options), lexopt::Error> {
    let mut parser = Parser::from_env();
    let mut options = Options::default();
    let mut parts = Vec::new();
    let mut task = Task::Suite;
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => task = Task::Help,
            Arg::Long("check") => task = Task::Check,
            Arg::Long("built") => options.are_built = true,
            Arg::Long("accept") => task = Task::Accept,
            Arg::Long("server") => options.servers.push(parser.value()?.string()?),
            Arg::Long("requests") => options.requests = parser.value()?.parse()?,
            Arg::Long("rounds") => options.rounds = parser.value()?.parse()?,
            Arg::Long("seconds") => options.seconds = parser.value()?.parse()?,
            Arg::Value(value) if value == "page" => task = Task::Page,
            Arg::Value(value) => {
                let part = Part::ALL.into_iter().find(|part| value == part.name());
                parts.push(part.ok_or(Arg::Value(value).unexpected())?);
            }
            Arg::Short(_) | Arg::Long(_) => return Err(argument.unexpected()),
        }
    }
    if !parts.is_empty() {
        options.parts = parts;
    }
    Ok((task, options))
}

fn run(task: Task, options: &Options) -> Result<ExitCode, String> {
    match task {
        Task::Help => println!("{HELP}"),
        Task::Page => page::write(&Results::read()?)?,
        Task::Suite => page::write(&suite::run(options)?)?,
        Task::Accept => {
            let measured = suite::guarded(options.are_built)?;
            measured.write()?;
            println!("stored {} baselines", measured.scenarios.len());
        }
        Task::Check => return check(options),
    }
    Ok(ExitCode::SUCCESS)
}

fn check(options: &Options) -> Result<ExitCode, String> {
    let stored = Baselines::read()?;
    let measured = suite::guarded(options.are_built)?;
    for (name, now) in &measured.scenarios {
        println!("{name:14} {:9} instructions {:6} allocations", now.instructions, now.allocations);
    }
    for line in stored.improved(&measured) {
        println!("better: {line}; `bench --accept` stores it");
    }
    let problems = stored.compare(&measured);
    for problem in &problems {
        eprintln!("worse: {problem}");
    }
    if problems.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    if stored.rustc != measured.rustc {
        eprintln!("the baselines are from {}, this is {}", stored.rustc, measured.rustc);
    }
    eprintln!("`bench --accept` stores these figures, if they have to be so");
    Ok(ExitCode::FAILURE)
}
