//! What is wrong with an application, all of it at once.
//!
//! Assembly never stops at the first mistake: whoever finds one adds it to the [`Report`] and gets
//! a [`Reported`], the proof that it was written down, with which it may give up its own part.

use std::any::TypeId;
use std::fmt::{self, Write as _};
use std::panic::Location;

use crate::config::ConfigMistake;

/// Where something stands in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Place {
    /// What stands there, as a Rust path: `books::show`.
    pub what: &'static str,
    /// The source file, relative to the workspace it was compiled in.
    pub file: &'static str,
    /// The line, counted from one.
    pub line: u32,
}

impl Place {
    /// A place that is known when the program is compiled.
    pub const fn new(what: &'static str, file: &'static str, line: u32) -> Self {
        Self { what, file, line }
    }

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
///
/// ```
/// use purlin_core::{Mistake, Place, Report};
///
/// let mut report = Report::default();
/// let mistake = Mistake::new("X0001", "two clocks are provided").at(Place::caller("my_module"));
/// report.add(mistake.help("leave one of them out"));
/// assert!(report.to_string().starts_with("error[X0001]: two clocks are provided"));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Mistake {
    /// The stable code. `P` and four digits is one of the framework's, which `explain` explains.
    pub code: &'static str,
    /// What is wrong, in one line.
    pub message: String,
    /// Where, most telling place first.
    pub places: Vec<Place>,
    /// What to say at each of the places, where that is more than what stands there; else empty.
    pub labels: Vec<String>,
    /// Where else, when the place is not in the source: `purlin.toml:12`.
    pub origin: Option<String>,
    /// The next step, as a statement.
    pub help: Option<String>,
}

impl Mistake {
    /// What is wrong, in one line, under a code.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        let (message, places, labels) = (message.into(), Vec::new(), Vec::new());
        Self { code, message, places, labels, origin: None, help: None }
    }

    /// Adds a place; the most telling one first.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.places.push(place);
        self
    }

    /// Says the next step, as a statement.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<ConfigMistake> for Mistake {
    fn from(mistake: ConfigMistake) -> Self {
        let message = format!("`{}` {}", mistake.key, mistake.message);
        let origin = Some(mistake.origin.to_string());
        Self { origin, help: mistake.help, ..Self::new("P0401", message) }
    }
}

/// Something that the application does not have, and that somebody in it needs.
#[derive(Clone, Debug)]
pub(crate) struct Lack {
    pub(crate) code: &'static str,
    /// What is missing, however many need it.
    pub(crate) id: TypeId,
    /// What is wrong, told of the only one who needs it.
    pub(crate) alone: String,
    /// What is wrong, whoever needs it: "`dyn Mailer` is not provided".
    pub(crate) shared: String,
    pub(crate) help: String,
}

/// Those who need something that is missing, in one mistake.
#[derive(Clone, Debug)]
struct Needed {
    code: &'static str,
    id: TypeId,
    mistake: usize,
    users: Vec<(String, Place)>,
}

/// The proof that a mistake is in the [`Report`].
#[derive(Clone, Copy, Debug)]
pub struct Reported(pub(crate) ());

/// Everything that keeps an application from starting.
#[derive(Clone, Debug, Default)]
pub struct Report {
    mistakes: Vec<Mistake>,
    needed: Vec<Needed>,
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

    /// Adds somebody who needs what is missing. All who need the same are one mistake.
    pub(crate) fn add_lack(&mut self, lack: Lack, user: String, place: Place) -> Reported {
        let same = |other: &&mut Needed| other.code == lack.code && other.id == lack.id;
        let Some(needed) = self.needed.iter_mut().find(same) else {
            let Lack { code, id, alone, help, .. } = lack;
            let (mistake, users) = (self.mistakes.len(), vec![(user, place)]);
            self.needed.push(Needed { code, id, mistake, users });
            let (places, labels, help) = (vec![place], Vec::new(), Some(help));
            self.mistakes.push(Mistake {
                code,
                message: alone,
                places,
                labels,
                origin: None,
                help,
            });
            return Reported(());
        };
        // A step stands on many routes, and a handler may be mounted twice.
        if needed.users.contains(&(user.clone(), place)) {
            return Reported(());
        }
        needed.users.push((user, place));
        let mistake = &mut self.mistakes[needed.mistake];
        mistake.message = format!("{}, and {} need it", lack.shared, needed.users.len());
        (mistake.labels, mistake.places) = (Vec::new(), Vec::new());
        for (user, place) in &needed.users {
            mistake.labels.push(user.clone());
            mistake.places.push(*place);
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
        // Other codes are those of modules that others wrote.
        let is_own = |mistake: &&Mistake| {
            let number = mistake.code.strip_prefix('P').unwrap_or_default();
            number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit())
        };
        if let Some(first) = self.mistakes.iter().find(is_own) {
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
    for (index, place) in mistake.places.iter().enumerate() {
        let label = mistake.labels.get(index).map_or(place.what, String::as_str);
        let _ = writeln!(out, "  {} {:width$}   {label}", paint.cyan("-->"), place.to_string());
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
            labels: vec![],
            origin: None,
            help: None,
        };
        report.add(mistake.clone());
        report.add(mistake);
        assert_eq!(report.mistakes().len(), 1);
        assert!(report.to_string().contains("error: 1 problem, not started"));
    }
}
