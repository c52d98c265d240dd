//! The command line of an application: flags for everything, and one subcommand.

use std::ffi::OsString;

use lexopt::{Arg, Parser, ValueExt};

use crate::failed::Failed;

/// What the command line says.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// The subcommand; `serve` when none is given.
    pub(crate) command: Option<String>,
    /// What stands behind the subcommand.
    pub(crate) rest: Vec<String>,
    pub(crate) mode: Option<String>,
    pub(crate) config: Option<String>,
    /// Flags that set a key of the configuration: flag, key, value.
    pub(crate) settings: Vec<(String, String, String)>,
    pub(crate) help: bool,
    pub(crate) version: bool,
}

/// Flags that stand for a key of the configuration.
const KEYS: [(&str, &str); 3] =
    [("host", "server.host"), ("port", "server.port"), ("threads", "server.threads")];

impl Line {
    /// Reads the arguments, without the program's name.
    pub(crate) fn parse(arguments: Vec<OsString>) -> Result<Self, String> {
        let mut line = Self::default();
        let mut parser = Parser::from_args(arguments);
        while let Some(argument) = parser.next().map_err(text)? {
            match argument {
                Arg::Short('h') | Arg::Long("help") => line.help = true,
                Arg::Short('V') | Arg::Long("version") => line.version = true,
                Arg::Long("mode") => line.mode = Some(value(&mut parser)?),
                Arg::Long("config") => line.config = Some(value(&mut parser)?),
                Arg::Long("set") => line.set(&value(&mut parser)?)?,
                Arg::Long(flag) => {
                    let known = KEYS.iter().find(|(name, _)| *name == flag);
                    let Some((name, key)) = known else { return Err(unknown(flag)) };
                    let value = value(&mut parser)?;
                    line.settings.push((format!("--{name}"), (*key).to_owned(), value));
                }
                Arg::Value(command) => {
                    line.command = Some(command.string().map_err(text)?);
                    // What stands behind a subcommand is its own; flags for all may still follow.
                    line.take_rest(&mut parser)?;
                }
                Arg::Short(flag) => return Err(format!("there is no flag `-{flag}`")),
            }
        }
        Ok(line)
    }

    fn take_rest(&mut self, parser: &mut Parser) -> Result<(), String> {
        let all: Vec<OsString> = parser.raw_args().map_err(text)?.collect();
        let mut rest = all.into_iter().peekable();
        while let Some(argument) = rest.next() {
            let argument = argument.string().map_err(text)?;
            let (flag, inline) = match argument.split_once('=') {
                Some((flag, value)) => (flag.to_owned(), Some(value.to_owned())),
                None => (argument.clone(), None),
            };
            let global = flag.strip_prefix("--").filter(|flag| is_global(flag));
            let Some(global) = global else {
                match argument.as_str() {
                    "-h" | "--help" => self.help = true,
                    "-V" | "--version" => self.version = true,
                    _ => self.rest.push(argument),
                }
                continue;
            };
            let mut own = vec![OsString::from(format!("--{global}"))];
            match inline {
                Some(value) => own.push(value.into()),
                None => own.extend(rest.next()),
            }
            let inner = Self::parse(own)?;
            self.mode = inner.mode.or(self.mode.take());
            self.config = inner.config.or(self.config.take());
            self.settings.extend(inner.settings);
        }
        Ok(())
    }

    /// Refuses what stands behind a subcommand that takes nothing.
    pub(crate) fn nothing_more(&self) -> Result<(), Failed> {
        let Some(first) = self.rest.first() else { return Ok(()) };
        let command = self.command.as_deref().unwrap_or_default();
        Err(Failed::Usage(match first.strip_prefix("--") {
            Some(flag) => unknown(flag.split('=').next().unwrap_or(flag)),
            None => format!("`{command}` takes no `{first}`; `--help` lists all"),
        }))
    }

    /// `--set lending.days=14`
    fn set(&mut self, text: &str) -> Result<(), String> {
        let (key, value) =
            text.split_once('=').ok_or_else(|| format!("`--set {text}` is not `key=value`"))?;
        self.settings.push(("--set".to_owned(), key.to_owned(), value.to_owned()));
        Ok(())
    }
}

fn is_global(flag: &str) -> bool {
    matches!(flag, "mode" | "config" | "set") || KEYS.iter().any(|(name, _)| *name == flag)
}

fn value(parser: &mut Parser) -> Result<String, String> {
    parser.value().map_err(text)?.string().map_err(text)
}

fn unknown(flag: &str) -> String {
    let known = ["help", "version", "mode", "config", "set", "host", "port", "threads"];
    match purlin_core::nearest(flag, known) {
        Some(near) => format!("there is no flag `--{flag}`; `--{near}` exists"),
        None => format!("there is no flag `--{flag}`; `--help` lists all"),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
fn text(error: lexopt::Error) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Line, String> {
        Line::parse(arguments.iter().map(OsString::from).collect())
    }

    #[test]
    fn flags_may_stand_before_and_behind_the_subcommand() {
        for arguments in [["--port", "9000", "serve"], ["serve", "--port", "9000"]] {
            let line = parse(&arguments).unwrap();
            assert_eq!(line.command.as_deref(), Some("serve"));
            let (flag, key, value) = &line.settings[0];
            assert_eq!(
                (flag.as_str(), key.as_str(), value.as_str()),
                ("--port", "server.port", "9000")
            );
        }
    }

    #[test]
    fn what_a_subcommand_understands_is_its_own() {
        let line = parse(&["openapi", "--out", "api.json", "--mode=prod"]).unwrap();
        assert_eq!(line.rest, ["--out", "api.json"]);
        assert_eq!(line.mode.as_deref(), Some("prod"));
    }

    #[test]
    fn help_may_stand_behind_the_subcommand() {
        for flag in ["-h", "--help"] {
            let line = parse(&["migrate", "status", flag]).unwrap();
            assert!(line.help, "{flag}");
            assert_eq!(line.rest, ["status"]);
        }
        assert!(parse(&["serve", "-V"]).unwrap().version);
    }

    #[test]
    fn an_unknown_flag_names_the_nearest() {
        assert!(parse(&["--prot", "1"]).unwrap_err().contains("`--port` exists"));
        assert!(parse(&["--set", "a"]).unwrap_err().contains("key=value"));
    }
}
