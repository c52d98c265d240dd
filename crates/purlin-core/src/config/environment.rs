//! The environment: variables whose names are keys, and the `.env` that stands in for it.

use std::fmt;

use super::{ConfigMistake, Origin};

/// What a variable begins with to be configuration.
const PREFIX: &str = "PURLIN__";

/// The key a variable sets: `PURLIN__SERVER__PORT` sets `server.port`. `None` if it is none of ours.
pub(super) fn key_of(variable: &str) -> Option<Result<String, String>> {
    let parts = variable.strip_prefix(PREFIX)?.split("__");
    let parts: Vec<String> = parts.map(str::to_lowercase).collect();
    if parts.iter().any(String::is_empty) {
        return Some(Err("has an empty part in its name".to_owned()));
    }
    Some(Ok(parts.join(".")))
}

/// The variable that sets a key.
pub(super) fn variable_of(key: &str) -> String {
    let name = key.replace('.', "__").replace('-', "_").to_uppercase();
    format!("{PREFIX}{name}")
}

/// A parsed `.env`: variables for the developer's machine.
///
/// One `NAME=value` a line; `export` before it and quotes around the value are allowed, `#` begins
/// a comment, and in double quotes `\n`, `\t`, `\"` and `\\` are what they are in Rust. Variables are
/// not expanded: a `$` is a dollar.
#[derive(Clone)]
pub struct EnvFile {
    name: String,
    variables: Vec<Variable>,
}

#[derive(Clone)]
struct Variable {
    name: String,
    text: String,
    line: usize,
}

impl EnvFile {
    /// Parses the text; `name` is what mistakes call the file.
    ///
    /// # Errors
    ///
    /// Every line that is no assignment.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<ConfigMistake>> {
        let (mut variables, mut mistakes) = (Vec::new(), Vec::new());
        for (line, written) in (1..).zip(text.lines()) {
            match assignment(written) {
                None => {}
                Some(Ok((name, text))) => variables.push(Variable { name, text, line }),
                Some(Err(message)) => mistakes.push(ConfigMistake {
                    key: String::new(),
                    origin: Origin::File { name: name.to_owned(), line },
                    message: message.to_owned(),
                    help: None,
                }),
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        Ok(Self { name: name.to_owned(), variables })
    }

    /// What mistakes call the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All variables, ours or not, in the order of the file.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables_with_lines().map(|(name, text, _)| (name, text))
    }

    pub(super) fn variables_with_lines(&self) -> impl Iterator<Item = (&str, &str, usize)> {
        let variables = self.variables.iter();
        variables.map(|Variable { name, text, line }| (name.as_str(), text.as_str(), *line))
    }
}

/// The values may be secrets.
impl fmt::Debug for EnvFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.variables().map(|(name, _)| name);
        formatter
            .debug_struct("EnvFile")
            .field("name", &self.name)
            .field("variables", &names.collect::<Vec<_>>())
            .finish()
    }
}

fn assignment(line: &str) -> Option<Result<(String, String), &'static str>> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let line = line.strip_prefix("export ").unwrap_or(line);
    let Some((name, value)) = line.split_once('=') else {
        return Some(Err("must be `NAME=value`"));
    };
    let name = name.trim();
    let is_name =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-');
    if name.is_empty() || !name.chars().all(is_name) {
        return Some(Err("must begin with the name of a variable"));
    }
    Some(unquoted(value.trim()).map(|value| (name.to_owned(), value)))
}

fn unquoted(value: &str) -> Result<String, &'static str> {
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''));
    let Some(quote) = quote else {
        let end = value.find(" #").unwrap_or(value.len());
        return Ok(value[..end].trim_end().to_owned());
    };
    let mut text = String::new();
    let mut letters = value[1..].chars();
    while let Some(letter) = letters.next() {
        match letter {
            letter if letter == quote => return after_quote(letters.as_str()).map(|()| text),
            '\\' if quote == '"' => text.push(match letters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some(other) => other,
                None => break,
            }),
            letter => text.push(letter),
        }
    }
    Err("has a quote that is not closed on its line")
}

fn after_quote(rest: &str) -> Result<(), &'static str> {
    let rest = rest.trim_start();
    if rest.is_empty() || rest.starts_with('#') {
        return Ok(());
    }
    Err("goes on after the closing quote")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_variables_are_keys() {
        let key = |variable| key_of(variable).and_then(Result::ok);
        assert_eq!(key("PURLIN__SERVER__PORT").as_deref(), Some("server.port"));
        assert_eq!(key("PURLIN__DATABASE__POOL_SIZE").as_deref(), Some("database.pool_size"));
        assert_eq!(key("PURLIN_MODE"), None);
        assert_eq!(key("PATH"), None);
        assert!(key_of("PURLIN__SERVER____PORT").is_some_and(|key| key.is_err()));
        assert_eq!(variable_of("database.pool_size"), "PURLIN__DATABASE__POOL_SIZE");
    }

    #[test]
    fn a_line_is_an_assignment_a_comment_or_empty() {
        let text =
            "# comment\n\nA=1\nexport B = 'a # $b' # c\nC=\"x\\n\\\"y\\\"\"\nD=a b # c\nE=\n";
        let file = EnvFile::parse(".env", text).unwrap();
        assert_eq!(
            file.variables().collect::<Vec<_>>(),
            [("A", "1"), ("B", "a # $b"), ("C", "x\n\"y\""), ("D", "a b"), ("E", "")]
        );
        assert_eq!(
            format!("{file:?}"),
            r#"EnvFile { name: ".env", variables: ["A", "B", "C", "D", "E"] }"#
        );
    }

    #[test]
    fn every_other_line_is_a_mistake() {
        let mistakes = EnvFile::parse(".env", "A\nB='x\n=c\nD=\"a\" b\nE=1").unwrap_err();
        let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "must be `NAME=value` (.env:1)",
                "has a quote that is not closed on its line (.env:2)",
                "must begin with the name of a variable (.env:3)",
                "goes on after the closing quote (.env:4)",
            ]
        );
    }
}
