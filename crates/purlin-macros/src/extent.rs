//! From where to where some tokens stand.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};

/// The first and the last place of some tokens. What the compiler says of an expression is said of
/// everything from its first token to its last.
#[derive(Clone, Copy)]
pub(crate) struct Extent {
    pub(crate) start: Span,
    pub(crate) end: Span,
}

impl Extent {
    pub(crate) fn of(tokens: impl ToTokens) -> Self {
        let mut spans = tokens.into_token_stream().into_iter().map(|token| token.span());
        let start = spans.next().unwrap_or_else(Span::call_site);
        Self { start, end: spans.last().unwrap_or(start) }
    }

    /// `<Type as Respond>`, said to stand where the type stands.
    pub(crate) fn as_respond(self, ty: &impl ToTokens) -> TokenStream {
        quote_spanned!(self.start=> <#ty as ::purlin::Respond>)
    }
}
