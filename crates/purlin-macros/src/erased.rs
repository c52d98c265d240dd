//! What several extractors were prepared to, as one value without a type of its own.
//!
//! A type made of theirs would be checked wherever it is named, and so repeat what is wrong with
//! one of them at places that nobody wrote.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

pub(crate) fn ty() -> TokenStream {
    quote! {
        ::std::boxed::Box<dyn ::core::any::Any + ::core::marker::Send + ::core::marker::Sync>
    }
}

/// Makes the value of a tuple.
pub(crate) fn close(tuple: &TokenStream) -> TokenStream {
    quote!(::std::boxed::Box::new(#tuple))
}

/// Makes it a tuple of so many again, borrowed.
pub(crate) fn open(value: &Ident, count: usize) -> TokenStream {
    let types = (0..count).map(|_| quote!(_));
    quote! {
        let ::core::option::Option::Some(#value) = #value.downcast_ref::<(#(#types,)*)>() else {
            ::core::unreachable!("what is prepared here is taken here")
        };
    }
}
