//! Reading Rust source without compiling it: tokens, test regions, module declarations, paths.
//!
//! Source is read as tokens, so comments and string contents never look like code,
//! and a file that does not compile yet can still be checked.

mod source;

mod paths;

mod declarations;

mod regions;

mod lexer;

pub(crate) use declarations::{Declaration, declarations};
pub(crate) use lexer::Kind;
pub(crate) use paths::{Mention, mentions};
pub(crate) use source::Source;
