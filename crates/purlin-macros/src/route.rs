//! `#[get("/path")]` and its like, and `routes![…]`.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericParam, Ident, ItemFn, LitStr, Path, ReturnType, Signature, Token,
    Type, TypeParamBound, Visibility,
};

use crate::address::name_beside;
use crate::arguments::Arguments;
use crate::attribute::{RouteAttribute, parameters};
use crate::emit::Handler;
use crate::mistake::{mistake, with_item};

pub(crate) fn expand(
    method: Option<&str>,
    attribute: TokenStream,
    item: TokenStream,
) -> TokenStream {
    let Ok(mut function) = syn::parse2::<ItemFn>(item.clone()) else {
        let help = "put `#[get(\"/path\")]` on an `async fn`";
        return with_item(&item, &mistake(&item, "a route is a function", help));
    };
    if let Some(receiver) = function.sig.receiver() {
        let message = "a handler takes `self` in a controller only";
        let error =
            mistake(receiver, message, "put `#[controller(\"/path\")]` on the `impl` block");
        return with_item(&function, &error);
    }
    match emit(method, attribute.clone(), &mut function) {
        Ok(route) => quote!(#function #route),
        Err(error) => {
            function.sig.inputs.iter_mut().for_each(strip_marker);
            function.attrs.retain(|attribute| !is_route(attribute));
            let (empty, error) = (empty_route(&function, attribute), error.to_compile_error());
            quote!(#function #empty #error)
        }
    }
}

fn emit(
    method: Option<&str>,
    attribute: TokenStream,
    function: &mut ItemFn,
) -> syn::Result<TokenStream> {
    twice(&function.attrs, &function.sig.ident)?;
    check_signature(&function.sig, "a route")?;
    check_output(&function.sig.output)?;
    let RouteAttribute { method, path, options } =
        RouteAttribute::parse(attribute, method, Span::call_site())?;
    let arguments = Arguments::of(&mut function.sig, Some(&path))?;
    let ItemFn { vis, sig, attrs, block, .. } = &*function;
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
        body: block,
        attributes: attrs,
        place: Span::call_site(),
        conditions: &[],
        method: method.as_deref().unwrap_or("GET"),
        path: &path,
        options: &options,
    };
    let (route, beside) = (handler.emit(), name_beside(&name.to_string(), "url"));
    Ok(quote! {
        #route

        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code, reason = "it stands beside the route")]
        #vis type #beside = #name;
    })
}

const ATTRIBUTES: [&str; 8] = ["get", "post", "put", "patch", "delete", "head", "options", "route"];

/// Whether this attribute makes a function a route.
pub(crate) fn is_route(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|last| ATTRIBUTES.iter().any(|name| last.ident == name))
}

/// A function is one route.
pub(crate) fn twice(attributes: &[Attribute], name: &Ident) -> syn::Result<()> {
    let Some(other) = attributes.iter().find(|attribute| is_route(attribute)) else {
        return Ok(());
    };
    let message = format!("`{name}` is a route already");
    Err(mistake(other, message, "write a second function that calls this one"))
}

/// What is called with arguments out of a request is one function that owns them.
pub(crate) fn check_signature(signature: &Signature, what: &str) -> syn::Result<()> {
    let Some(parameter) = signature.generics.params.first() else { return Ok(()) };
    let name = &signature.ident;
    let generic = |parameter: &Ident| {
        let message = format!("{what} is one concrete function, so `{name}` cannot be generic");
        mistake(parameter, message, format!("name the type instead of `{parameter}`"))
    };
    Err(match parameter {
        GenericParam::Lifetime(parameter) => mistake(
            &parameter.lifetime,
            format!("{what} owns what it takes, so `{name}` cannot borrow from its caller"),
            "take values, such as `String` instead of `&str`",
        ),
        GenericParam::Type(parameter) => generic(&parameter.ident),
        GenericParam::Const(parameter) => generic(&parameter.ident),
    })
}

/// An open return type has to say that it is a response.
pub(crate) fn check_output(output: &ReturnType) -> syn::Result<()> {
    let ReturnType::Type(_, ty) = output else { return Ok(()) };
    let Type::ImplTrait(open) = &**ty else { return Ok(()) };
    let says = |word: &str| {
        open.bounds.iter().any(|bound| {
            let TypeParamBound::Trait(bound) = bound else { return false };
            bound.path.segments.last().is_some_and(|last| last.ident == word)
        })
    };
    if says("Respond") {
        return Ok(());
    }
    let message = format!("`{}` does not say that it is a response", quote!(#ty));
    let help =
        if says("Future") { "make the function an `async fn`" } else { "return `impl Respond`" };
    Err(mistake(ty, message, help))
}

/// Takes `#[path]` off an argument, so that the compiler does not stumble over it.
pub(crate) fn strip_marker(input: &mut FnArg) {
    if let FnArg::Typed(input) = input {
        input.attrs.retain(|attribute| !attribute.path().is_ident("path"));
    }
}

/// A route that does nothing, so that whoever names it adds no second error.
fn empty_route(function: &ItemFn, attribute: TokenStream) -> TokenStream {
    let (visibility, name) = (&function.vis, &function.sig.ident);
    let url = empty_url(&format_ident!("url"), &syn::parse_quote!(pub), attribute);
    quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types, reason = "it has the name of its handler")]
        #visibility enum #name {}

        #[allow(dead_code, reason = "not every address is written out")]
        impl #name {
            #[doc(hidden)]
            pub const PATH: &'static str = "/";
            #url
        }

        impl ::purlin::Route for #name {
            const METHOD: &'static str = "GET";
            const PATH: &'static str = "/";
            const PLACE: ::purlin::Place = ::purlin::Place::new("", "", 0);
            const DOC: ::purlin::RouteDoc = ::purlin::RouteDoc::new("").hidden();
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

/// An address that takes anything for each parameter the attribute seems to have.
pub(crate) fn empty_url(
    name: &Ident,
    visibility: &Visibility,
    attribute: TokenStream,
) -> TokenStream {
    let texts = attribute.into_iter().filter_map(|token| syn::parse2::<LitStr>(token.into()).ok());
    let path = texts.map(|text| text.value()).find(|text| text.contains('/')).unwrap_or_default();
    let inputs = parameters(&path).into_iter().map(|_| quote!(_: impl ::core::marker::Sized));
    quote! {
        #[doc(hidden)]
        #visibility fn #name(#(#inputs),*) -> ::purlin::Url {
            ::core::unreachable!()
        }
    }
}

/// `routes![show, books::create]`
pub(crate) fn list(input: TokenStream) -> TokenStream {
    let parser = Punctuated::<Listed, Token![,]>::parse_terminated;
    let list = match parser.parse2(input) {
        Ok(list) => list,
        Err(error) => {
            let message = "`routes![…]` lists functions by their names";
            let help = "write `routes![show, books::create]`";
            let error = crate::mistake::mistake_at(error.span(), message, help).to_compile_error();
            return quote!({ #error ::purlin::Routes::new() });
        }
    };
    let routes =
        list.iter().map(|Listed { path, .. }| quote_spanned!(path.span()=> .route::<#path>()));
    if list.iter().all(|listed| listed.conditions.is_empty()) {
        return quote!(::purlin::Routes::new()#(#routes)*);
    }
    let conditions = list.iter().map(|listed| &listed.conditions);
    quote!({
        let __routes = ::purlin::Routes::new();
        #(#(#conditions)* let __routes = __routes #routes;)*
        __routes
    })
}

/// `#[cfg(feature = "debug")] show`
struct Listed {
    conditions: Vec<Attribute>,
    path: Path,
}

impl Parse for Listed {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let conditions = Attribute::parse_outer(input)?;
        let other = conditions.iter().find(|attribute| !attribute.path().is_ident("cfg"));
        let other = other.map(|other| syn::Error::new(other.span(), "no condition"));
        other.map_or_else(|| Ok(Self { conditions, path: input.parse()? }), Err)
    }
}
