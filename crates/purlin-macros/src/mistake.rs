//! Mistakes in the code a macro was put on.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// A mistake, on the tokens it is about.
pub(crate) fn mistake(tokens: impl ToTokens, message: impl std::fmt::Display) -> syn::Error {
    syn::Error::new_spanned(tokens, message)
}

/// What is left when nothing else can be written out: the item as it was, and the mistake.
pub(crate) fn with_item(item: &impl ToTokens, error: &syn::Error) -> TokenStream {
    let error = error.to_compile_error();
    quote!(#item #error)
}
