//! What is wrong with an application, all of it at once.
//!
//! Assembly never stops at the first mistake: whoever finds one adds it to the [`Report`] and gets
//! a [`Reported`], the proof that it was written down, with which it may give up its own part.

use std::fmt::{self, Write as _};
use std::panic::Location;

use crate::config::ConfigMistake;

/// Where something stands in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// What stands there, as a Rust path: `books::show`.
    pub what: &'static str,
    /// The source file, relative to the workspace it was compiled in.
    pub file: &'static str,
    /// The line, counted from one.
    pub line: u32,
}

impl Place {
    /// The place of a `#[track_caller]` function's caller.
    #[track_caller]
    pub fn caller(what: &'static str) -> Self {
        let location = Location::caller();
        Self { what, file: location.file(), line: location.line() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// One thing that keeps an application from starting.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// The stable code, `P` and four digits, which `explain` explains.
    pub code: &'static str,
    /// What is wrong, in one line.
    pub message: String,
    /// Where, most telling place first.
    pub places: Vec<Place>,
    /// Where else, when the place is not in the source: `purlin.toml:12`.
    pub origin: Option<String>,
    /// The next step, as a statement.
    pub help: Option<String>,
}

impl From<ConfigMistake> for Mistake {
    fn from(mistake: ConfigMistake) -> Self {
        Self {
            code: "P0401",
            message: format!("`{}` {}", mistake.key, mistake.message),
            places: Vec::new(),
            origin: Some(mistake.origin.to_string()),
            help: mistake.help,
        }
    }
}

/// The proof that a mistake is in the [`Report`].
#[derive(Clone, Copy, Debug)]
pub struct Reported(pub(crate) ());

/// Everything that keeps an application from starting.
#[derive(Clone, Debug, Default)]
pub struct Report {
    mistakes: Vec<Mistake>,
}

impl Report {
    /// Adds a mistake, unless the same one is there already.
    pub fn add(&mut self, mistake: Mistake) -> Reported {
        let known = self.mistakes.iter().any(|other| {
            other.code == mistake.code
                && other.message == mistake.message
                && other.places == mistake.places
                && other.origin == mistake.origin
        });
        if !known {
            self.mistakes.push(mistake);
        }
        Reported(())
    }

    /// Adds a mistake of the configuration, with the place where its key stands.
    pub fn add_configuration(&mut self, mistake: ConfigMistake) -> Reported {
        self.add(Mistake::from(mistake))
    }

    /// All mistakes, in the order in which they were found.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.mistakes.is_empty()
    }

    /// The report as a terminal shows it, in the shape of the compiler's messages.
    pub fn render(&self, color: bool) -> String {
        let paint = Paint { color };
        let mut out = String::new();
        for mistake in &self.mistakes {
            render_mistake(&mut out, mistake, &paint);
        }
        let count = match self.mistakes.len() {
            1 => "1 problem".to_owned(),
            n => format!("{n} problems"),
        };
        let _ = writeln!(out, "{}: {count}, not started", paint.red("error"));
        if let Some(first) = self.mistakes.first() {
            let _ = writeln!(
                out,
                "{}: `cargo run -- explain {}` says more",
                paint.cyan("help"),
                first.code
            );
        }
        out
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Report {}

fn render_mistake(out: &mut String, mistake: &Mistake, paint: &Paint) {
    let head = paint.red(&format!("error[{}]", mistake.code));
    let _ = writeln!(out, "{head}{}", paint.bold(&format!(": {}", mistake.message)));
    let width = mistake.places.iter().map(|place| place.to_string().len()).max().unwrap_or(0);
    for place in &mistake.places {
        let _ =
            writeln!(out, "  {} {:width$}   {}", paint.cyan("-->"), place.to_string(), place.what);
    }
    if let Some(origin) = &mistake.origin {
        let _ = writeln!(out, "  {} {origin}", paint.cyan("-->"));
    }
    if let Some(help) = &mistake.help {
        let _ = writeln!(out, "  {} {help}", paint.cyan("= help:"));
    }
    out.push('\n');
}

struct Paint {
    color: bool,
}

impl Paint {
    fn with(&self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn red(&self, text: &str) -> String {
        self.with("1;31", text)
    }

    fn cyan(&self, text: &str) -> String {
        self.with("1;36", text)
    }

    fn bold(&self, text: &str) -> String {
        self.with("1", text)
    }
}

/// The name of a type as a reader knows it: `dyn Mailer`, `Vec<Book>`, without module paths.
pub(crate) fn short_type_name<T: ?Sized>() -> String {
    shorten(std::any::type_name::<T>())
}

/// Drops the module path before each name of a type.
pub(crate) fn shorten(full: &str) -> String {
    let mut out = String::with_capacity(full.len());
    let mut word_starts = 0;
    let mut chars = full.char_indices().peekable();
    while let Some((_, c)) = chars.next() {
        if c == ':' && chars.peek().is_some_and(|(_, next)| *next == ':') {
            chars.next();
            out.truncate(word_starts);
            continue;
        }
        out.push(c);
        // A function's own types stand in its module: `show::{{closure}}::Book`.
        if !(c.is_alphanumeric() || matches!(c, '_' | '{' | '}')) {
            word_starts = out.len();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_names_lose_their_modules() {
        assert_eq!(
            short_type_name::<Vec<std::collections::HashMap<u8, String>>>(),
            "Vec<HashMap<u8, String>>"
        );
        assert_eq!(shorten("a::b::{{closure}}::Name<c::D>"), "Name<D>");
        assert_eq!(shorten("a::b::{{closure}}"), "{{closure}}");
        assert_eq!(short_type_name::<dyn fmt::Debug>(), "dyn Debug");
    }

    #[test]
    fn a_mistake_is_reported_once() {
        let mut report = Report::default();
        let mistake = Mistake {
            code: "P0301",
            message: "x".into(),
            places: vec![],
            origin: None,
            help: None,
        };
        report.add(mistake.clone());
        report.add(mistake);
        assert_eq!(report.mistakes().len(), 1);
        assert!(report.to_string().contains("error: 1 problem, not started"));
    }
}
