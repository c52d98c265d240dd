//! Pages: the HTML that the core serves itself, each a pure function from facts to text.
//!
//! A page borrows what it shows and returns one `String`; nothing here reads the request, the
//! configuration or the clock. [`development()`] and [`welcome()`] are for the developer, [`problem()`]
//! is what a visitor of a production site sees, [`docs()`] frames Swagger UI.
//!
//! # Invariants
//!
//! Text that is not a literal of this module reaches a page only through [`Html::text`] and what is
//! built on it, which escape it: [`Html::raw`] takes `&'static str`. No page names an address outside
//! the application.
//!
//! # See also
//!
//! [`content_security_policy`] and [`DOCS_CONTENT_SECURITY_POLICY`]: each page is served with one.
//!
//! [`Html::text`]: escape::Html::text
//! [`Html::raw`]: escape::Html::raw

mod development;
mod docs;
mod problem;
mod welcome;

mod parts;
mod report;
mod sheet;

mod drawing;
mod escape;
mod facts;
mod swagger;

pub(crate) use development::development;
pub(crate) use docs::{DOCS_CONTENT_SECURITY_POLICY, DocsPage, docs, docs_asset};
pub(crate) use escape::escaped;
pub(crate) use facts::{DevelopmentPage, Fault, Frame, Place, RequestFacts, RouteLine, SourceLine};
pub(crate) use problem::{ProblemPage, problem};
pub(crate) use report::development_text;
pub(crate) use sheet::content_security_policy;
pub(crate) use welcome::{WelcomePage, welcome};

#[cfg(test)]
mod tests;
