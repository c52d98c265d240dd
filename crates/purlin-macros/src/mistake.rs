//! Mistakes in the code a macro was put on.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::DeriveInput;

/// A mistake on the tokens it is about, and the next step.
pub(crate) fn mistake(
    tokens: impl ToTokens,
    message: impl Display,
    help: impl Display,
) -> syn::Error {
    syn::Error::new_spanned(tokens, text(message, help))
}

/// A mistake at a place where tokens are missing.
pub(crate) fn mistake_at(place: Span, message: impl Display, help: impl Display) -> syn::Error {
    syn::Error::new(place, text(message, help))
}

/// A macro cannot add a help to its error on stable Rust, so the message carries it.
fn text(message: impl Display, help: impl Display) -> String {
    format!("{message}\nhelp: {help}")
}

/// The mistake, and beside it an impl that does nothing, so that what uses the derive adds no
/// second error.
pub(crate) fn with_impl(
    input: TokenStream,
    emit: impl FnOnce(&DeriveInput) -> syn::Result<TokenStream>,
    empty: impl FnOnce(&DeriveInput) -> TokenStream,
) -> TokenStream {
    let input = match syn::parse2::<DeriveInput>(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    emit(&input).unwrap_or_else(|error| {
        let (empty, error) = (empty(&input), error.to_compile_error());
        quote!(#empty #error)
    })
}

/// What is left when nothing else can be written out: the item as it was, and the mistake.
pub(crate) fn with_item(item: &impl ToTokens, error: &syn::Error) -> TokenStream {
    let error = error.to_compile_error();
    quote!(#item #error)
}
