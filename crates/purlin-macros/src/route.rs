//! `#[get("/path")]` and its like, and `routes![…]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{FnArg, ItemFn, Path, Token};

use crate::arguments::Arguments;
use crate::attribute::RouteAttribute;
use crate::emit::Handler;
use crate::mistake::{mistake, with_item};

pub(crate) fn expand(
    method: Option<&str>,
    attribute: TokenStream,
    item: TokenStream,
) -> TokenStream {
    let mut function: ItemFn = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(_) => return with_item(&item, &mistake(&item, "a route is a function")),
    };
    if let Some(receiver) = function.sig.receiver() {
        let message =
            "a handler with `self` stands in an `impl` block with `#[controller(\"/path\")]`";
        return with_item(&function, &mistake(receiver, message));
    }
    match emit(method, attribute, &mut function) {
        Ok(route) => quote!(#function #route),
        Err(error) => {
            strip_markers(&mut function);
            let (empty, error) = (empty_route(&function), error.to_compile_error());
            quote!(#function #empty #error)
        }
    }
}

fn emit(
    method: Option<&str>,
    attribute: TokenStream,
    function: &mut ItemFn,
) -> syn::Result<TokenStream> {
    check_generics(&function.sig)?;
    let RouteAttribute { method, path, options } = RouteAttribute::parse(attribute, method)?;
    let arguments = Arguments::of(&mut function.sig, &path)?;
    let ItemFn { vis, sig, attrs, .. } = &*function;
    let name = &sig.ident;
    let handler = Handler {
        visibility: vis,
        route: name,
        name,
        function: quote!(#name),
        receiver: None,
        is_async: sig.asyncness.is_some(),
        arguments: &arguments,
        output: &sig.output,
        attributes: attrs,
        method: method.as_deref().unwrap_or("GET"),
        path: &path,
        options: &options,
    };
    Ok(handler.emit())
}

/// A route is one function.
pub(crate) fn check_generics(signature: &syn::Signature) -> syn::Result<()> {
    let Some(parameter) = signature.generics.params.first() else { return Ok(()) };
    let name = &signature.ident;
    let message = match parameter {
        syn::GenericParam::Lifetime(_) => {
            format!("a route owns what it takes, so `{name}` cannot borrow from its caller")
        }
        _ => format!(
            "a route is one concrete function, so `{name}` cannot be generic: name the type"
        ),
    };
    Err(mistake(parameter, message))
}

/// Takes `#[path]` off the arguments, so that the compiler does not stumble over it.
fn strip_markers(function: &mut ItemFn) {
    for input in &mut function.sig.inputs {
        if let FnArg::Typed(input) = input {
            input.attrs.retain(|attr| !attr.path().is_ident("path"));
        }
    }
}

/// A route that does nothing, so that `routes![…]` adds no second error.
fn empty_route(function: &ItemFn) -> TokenStream {
    let (visibility, name) = (&function.vis, &function.sig.ident);
    quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types, reason = "it has the name of its handler")]
        #visibility enum #name {}

        impl ::purlin::Route for #name {
            const METHOD: &'static str = "GET";
            const PATH: &'static str = "/";
            const PLACE: ::purlin::Place = ::purlin::Place { what: "", file: "", line: 0 };
            const DOC: ::purlin::RouteDoc = ::purlin::RouteDoc {
                text: "", id: ::core::option::Option::None, tag: ::core::option::Option::None,
                module: "", deprecated: false, hidden: true,
            };
            fn endpoint(
                _site: &mut ::purlin::Site<'_>,
            ) -> ::core::result::Result<
                ::purlin::__private::Arc<dyn ::purlin::Endpoint>,
                ::purlin::Reported,
            > {
                ::core::unreachable!()
            }
        }
    }
}

/// `routes![show, books::create]`
pub(crate) fn list(input: TokenStream) -> TokenStream {
    let parser = Punctuated::<Path, Token![,]>::parse_terminated;
    let paths = match syn::parse::Parser::parse2(parser, input) {
        Ok(paths) => paths,
        Err(error) => {
            let error = error.to_compile_error();
            return quote!({ #error ::purlin::Routes::new() });
        }
    };
    let routes = paths.iter().map(|path| quote_spanned!(path.span()=> .route::<#path>()));
    quote!(::purlin::Routes::new()#(#routes)*)
}
