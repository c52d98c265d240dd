//! One extractor, as a handler, a dependency or a struct asks for it.
//!
//! A type that is no extractor is one mistake, and is said once: where it is prepared, on its own
//! tokens. Everywhere else it is used as a *part*, which is fine with every type.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Index, Type};

use crate::extent::Extent;

pub(crate) struct Extractor {
    /// The name by which two of them are told apart; a pattern has none.
    pub(crate) name: Option<String>,
    pub(crate) ty: Type,
    pub(crate) is_segment: bool,
    index: usize,
}

impl Extractor {
    /// The `index`th of several; a segment is a path parameter, taken by its name.
    pub(crate) fn new(index: usize, name: Option<String>, ty: Type, is_segment: bool) -> Self {
        Self { name, ty, is_segment, index }
    }

    /// The statements that prepare it into its variable.
    pub(crate) fn prepare(&self, site: &Ident) -> TokenStream {
        let Extent { start, end } = Extent::of(&self.ty);
        let variable = self.variable();
        let name = if let Some(name) = &self.name {
            quote!(::core::option::Option::Some(#name))
        } else {
            quote!(::core::option::Option::None)
        };
        let ty = self.extracted();
        let open = quote_spanned!(start=> <);
        // Said to stand from the first to the last token of the type, as a complaint about it is.
        let prepare = quote_spanned!(end=> as ::purlin::Extract>::prepare(#site));
        let written = &self.ty;
        quote! {
            #site.at_argument(#name);
            #site.taking(::core::stringify!(#written));
            let #variable = #open #ty #prepare;
        }
    }

    /// An expression that takes it from a request, with what all were prepared to at hand.
    pub(crate) fn extract(&self, prepared: &Ident, request: &TokenStream) -> TokenStream {
        let (part, index) = (self.part(), Index::from(self.index));
        let value = if self.is_segment { quote!(.0) } else { quote!() };
        let taken = quote!(#part::extract(&#prepared.#index, #request).await);
        quote!(#taken.map_err(::purlin::__private::refusing)? #value)
    }

    /// The statement that takes it if it does not read the body, and the one that takes it after
    /// that if it does.
    pub(crate) fn extract_in_turn(&self, taken: &TokenStream) -> (TokenStream, TokenStream) {
        let (variable, reads_body) = (self.variable(), self.reads_body());
        let first = quote! {
            let #variable = if #reads_body {
                ::core::option::Option::None
            } else {
                ::core::option::Option::Some(#taken)
            };
        };
        let then = quote! {
            let #variable = match #variable {
                ::core::option::Option::Some(__taken) => __taken,
                ::core::option::Option::None => #taken,
            };
        };
        (first, then)
    }

    /// Whether it reads the body, as an expression.
    pub(crate) fn reads_body(&self) -> TokenStream {
        let part = self.part();
        quote!(#part::READS_BODY)
    }

    /// A local variable that no name in the handler's code can meet. Hygiene keeps it apart from other
    /// variables, but a constant of its name would be taken for a pattern: so would any in this crate.
    pub(crate) fn variable(&self) -> Ident {
        Ident::new(&format!("__argument_{}", self.index), Span::mixed_site())
    }

    fn part(&self) -> TokenStream {
        let ty = self.extracted();
        quote!(::purlin::__private::Part::<#ty>)
    }

    /// The type itself, or a segment of the path around it.
    fn extracted(&self) -> TokenStream {
        let ty = &self.ty;
        if !self.is_segment {
            return quote!(#ty);
        }
        let Extent { start, end } = Extent::of(ty);
        let open = quote_spanned!(start=> ::purlin::__private::Segment<);
        let close = quote_spanned!(end=> >);
        quote!(#open #ty #close)
    }
}

/// Lets a type that is no extractor stand where it is taken. What the types were prepared to may be
/// known there, or be found out by the function that is called.
pub(crate) fn parts(are_known: bool) -> TokenStream {
    let stand_in = if are_known { quote!(NoPart) } else { quote!(NoErasedPart) };
    quote! {
        #[allow(unused_imports, reason = "it stands in for mistakes")]
        use ::purlin::__private::#stand_in as _;
    }
}

/// Refuses a second reader of the body, on its type. Only the type knows whether it reads.
pub(crate) fn one_body(readers: &[&Extractor]) -> TokenStream {
    let seconds = readers.iter().enumerate().skip(1).map(|(index, second)| {
        let Extent { start, end } = Extent::of(&second.ty);
        let name = |reader: &Extractor| reader.name.clone().unwrap_or_else(|| "another".to_owned());
        let assertions = readers[..index].iter().map(|first| {
            let message = format!(
                "`{}` reads the request body, and so does `{}` before it\nhelp: take one body, it can be read once",
                name(second),
                name(first),
            );
            let (one, two) = (first.reads_body(), second.reads_body());
            let assert = quote_spanned!(start=> ::core::assert!);
            let condition = quote_spanned!(end=> (!(#one && #two), #message));
            quote!(#assert #condition;)
        });
        quote!(const _: () = { #(#assertions)* };)
    });
    quote!(#(#seconds)*)
}
