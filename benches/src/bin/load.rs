//! `load URL`: a load test of any HTTP/1.1 server.

use std::process::ExitCode;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};
use purlin_benches::load::Load;

const HELP: &str = "\
A load test of an HTTP/1.1 server.

Usage: load URL [options]

  --requests N       so many requests (1000)
  --seconds S        as many requests as there is time for, instead
  --concurrency N    so many at a time (100)
  --keep-alive       one connection for each of them, instead of a new one per request
  --pipeline N       send so many before reading the answers; keeps connections
  --method METHOD    another method than GET
  --header 'N: V'    one more header field
  --body TEXT        a body
  --timeout S        seconds for one request (30)
  --json             print JSON

Exits with 1 if a request got no answer, or an answer that is no 2xx.";

fn main() -> ExitCode {
    match run() {
        Ok(is_good) => ExitCode::from(u8::from(!is_good)),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool, Box<dyn std::error::Error>> {
    let Some((load, is_json)) = arguments()? else {
        println!("{HELP}");
        return Ok(true);
    };
    let summary = load.run()?;
    if is_json {
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        println!("{summary}");
    }
    Ok(summary.is_good())
}

fn arguments() -> Result<Option<(Load, bool)>, Box<dyn std::error::Error>> {
    let mut parser = Parser::from_env();
    let mut url = None;
    let mut is_json = false;
    let mut changes: Vec<Change> = Vec::new();
    while let Some(argument) = parser.next()? {
        let change: Change = match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Long("requests") => number(&mut parser, Load::requests)?,
            Arg::Long("seconds") => seconds(&mut parser, Load::duration)?,
            Arg::Long("concurrency") => number(&mut parser, Load::concurrency)?,
            Arg::Long("pipeline") => number(&mut parser, Load::pipeline)?,
            Arg::Long("timeout") => seconds(&mut parser, Load::timeout)?,
            Arg::Long("keep-alive") => Box::new(|load| Ok(load.keep_alive())),
            Arg::Long("method") => {
                let method = parser.value()?.string()?;
                Box::new(move |load| Ok(load.method(&method)))
            }
            Arg::Long("body") => {
                let body = parser.value()?.string()?;
                Box::new(move |load| Ok(load.body(body)))
            }
            Arg::Long("header") => {
                let field = parser.value()?.string()?;
                let (name, value) = field.split_once(':').ok_or("a header field has a colon")?;
                let (name, value) = (name.to_owned(), value.trim().to_owned());
                Box::new(move |load| Ok(load.header(&name, &value)?))
            }
            Arg::Long("json") => {
                is_json = true;
                continue;
            }
            Arg::Value(value) if url.is_none() => {
                url = Some(value.string()?);
                continue;
            }
            _ => return Err(argument.unexpected().into()),
        };
        changes.push(change);
    }
    let load = Load::new(&url.ok_or("no URL; `load --help` lists what can be said")?)?;
    let load = changes.into_iter().try_fold(load, |load, change| change(load))?;
    Ok(Some((load, is_json)))
}

type Change = Box<dyn FnOnce(Load) -> Result<Load, Box<dyn std::error::Error>>>;

fn number<N>(parser: &mut Parser, change: fn(Load, N) -> Load) -> Result<Change, lexopt::Error>
where
    N: std::str::FromStr<Err: Into<Box<dyn std::error::Error + Send + Sync>>> + 'static,
{
    let number = parser.value()?.parse()?;
    Ok(Box::new(move |load| Ok(change(load, number))))
}

fn seconds(
    parser: &mut Parser,
    change: fn(Load, Duration) -> Load,
) -> Result<Change, Box<dyn std::error::Error>> {
    let time = Duration::try_from_secs_f64(parser.value()?.parse()?)?;
    Ok(Box::new(move |load| Ok(change(load, time))))
}
