//! Facts: what the developer's pages show, borrowed from whoever knows it.

/// A place in the application's source.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place<'a> {
    /// The file, as short as it is still found by.
    pub(crate) file: &'a str,
    /// The line, counted from one.
    pub(crate) line: u32,
}

/// One line of a source excerpt.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SourceLine<'a> {
    /// The line, counted from one.
    pub(crate) number: u32,
    /// Its text, without the line end.
    pub(crate) text: &'a str,
    /// Whether the error is at this line.
    pub(crate) is_the_line: bool,
}

/// One frame of a backtrace, the innermost first.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Frame<'a> {
    /// The function's path.
    pub(crate) function: &'a str,
    /// Where it is, if known.
    pub(crate) place: Option<Place<'a>>,
    /// Whether it belongs to the application, not to a library.
    pub(crate) in_app: bool,
}

/// One thing wrong with what a client sent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fault<'a> {
    /// The part of the request: `body`, `query`, `path`, `header`, `form`.
    pub(crate) part: &'a str,
    /// Where in that part, as a JSON pointer.
    pub(crate) pointer: &'a str,
    /// The machine-readable code.
    pub(crate) code: &'a str,
    /// What is wrong, in words.
    pub(crate) message: &'a str,
}

/// One route of the application.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RouteLine<'a> {
    /// The methods, separated by a space.
    pub(crate) methods: &'a str,
    /// The path's pattern.
    pub(crate) pattern: &'a str,
    /// The handler's name.
    pub(crate) handler: &'a str,
    /// Where the route is written.
    pub(crate) place: Option<Place<'a>>,
}

/// The request that failed, with secrets already masked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RequestFacts<'a> {
    /// The method.
    pub(crate) method: &'a str,
    /// The raw path.
    pub(crate) path: &'a str,
    /// The raw query without its question mark; empty if there is none.
    pub(crate) query: &'a str,
    /// The header fields, name and value.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    /// The path parameters of the matched route, name and value.
    pub(crate) path_parameters: &'a [(&'a str, &'a str)],
    /// The request's id.
    pub(crate) id: &'a str,
    /// The address of the other side; empty if it has none.
    pub(crate) peer: &'a str,
}

/// What the development error page shows. Empty parts are left out of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DevelopmentPage<'a> {
    /// The status of the answer.
    pub(crate) status: u16,
    /// The status in words, or the problem's title.
    pub(crate) title: &'a str,
    /// The machine-readable code.
    pub(crate) code: &'a str,
    /// What went wrong; values between backticks are set as code.
    pub(crate) message: &'a str,
    /// The Rust type of the error.
    pub(crate) error_type: &'a str,
    /// What to do about it.
    pub(crate) help: Option<&'a str>,
    /// The error's sources, the nearest first.
    pub(crate) causes: &'a [&'a str],
    /// Where the error came up.
    pub(crate) place: Option<Place<'a>>,
    /// The lines around that place.
    pub(crate) source: &'a [SourceLine<'a>],
    /// The frames below, the innermost first.
    pub(crate) backtrace: &'a [Frame<'a>],
    /// The request, with secrets already masked.
    pub(crate) request: RequestFacts<'a>,
    /// What is wrong with the request's input.
    pub(crate) faults: &'a [Fault<'a>],
    /// The application's routes, in their order.
    pub(crate) routes: &'a [RouteLine<'a>],
    /// The nonce of the answer's content security policy.
    pub(crate) nonce: &'a str,
}

impl DevelopmentPage<'_> {
    /// The sentence at the top: the message, or the title when there is none.
    pub(super) fn headline(&self) -> &str {
        if self.message.is_empty() { self.title } else { self.message }
    }

    /// Whether the route table is the first thing to look at.
    pub(super) fn is_about_routing(&self) -> bool {
        matches!(self.status, 404 | 405) && self.backtrace.is_empty()
    }
}
