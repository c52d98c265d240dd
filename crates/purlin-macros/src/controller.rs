//! `#[controller("/books")] impl Books { … }`: methods as handlers.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericParam, Ident, ImplItem, ImplItemFn, ItemImpl, LitStr, Token, Type,
};

use crate::address::name_beside;
use crate::arguments::Arguments;
use crate::attribute::{RouteAttribute, parse_path};
use crate::emit::Handler;
use crate::mistake::{mistake, mistake_at, with_item};
use crate::route::{check_output, check_signature, empty_url, is_route, strip_marker, twice};

pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let Ok(mut block) = syn::parse2::<ItemImpl>(item.clone()) else {
        let help = "put `#[controller(\"/path\")]` on the `impl` block";
        return with_item(&item, &mistake(&item, "a controller is an `impl` block", help));
    };
    let attributes: Vec<_> = block.items.iter_mut().map(take_route).collect();
    match emit(attribute, &mut block, &attributes) {
        Ok(routes) => quote!(#block #routes),
        Err(error) => {
            let (empty, error) = (empty(&mut block, &attributes), error.to_compile_error());
            quote!(#block #empty #error)
        }
    }
}

/// Takes the first route attribute off a method.
fn take_route(item: &mut ImplItem) -> Option<Attribute> {
    let ImplItem::Fn(function) = item else { return None };
    let at = function.attrs.iter().position(is_route)?;
    Some(function.attrs.remove(at))
}

fn emit(
    attribute: TokenStream,
    block: &mut ItemImpl,
    attributes: &[Option<Attribute>],
) -> syn::Result<TokenStream> {
    let prefix = parse_prefix(attribute)?;
    check_generics(block)?;
    let ty = (*block.self_ty).clone();
    let mut routes = Vec::new();
    let mut mistakes: Option<syn::Error> = None;
    for (item, attribute) in block.items.iter_mut().zip(attributes) {
        let (ImplItem::Fn(function), Some(attribute)) = (item, attribute) else { continue };
        match (emit_method(&ty, attribute, function), &mut mistakes) {
            (Ok(route), _) => routes.push(route),
            (Err(mistake), Some(mistakes)) => mistakes.combine(mistake),
            (Err(mistake), none) => *none = Some(mistake),
        }
    }
    if let Some(mistakes) = mistakes {
        return Err(mistakes);
    }
    let types = routes.iter().map(|method| &method.route);
    let conditions = routes.iter().map(|method| &method.conditions);
    let emitted = routes.iter().map(|method| &method.emitted);
    let urls = routes.iter().map(|method| &method.url);
    Ok(quote! {
        #(#emitted)*

        #[allow(dead_code, reason = "not every address is written out")]
        impl #ty { #(#urls)* }

        impl ::purlin::Controller for #ty {
            fn routes() -> ::purlin::Routes {
                let __routes = ::purlin::Routes::new();
                #(#(#conditions)* let __routes = __routes.route::<#types>();)*
                ::purlin::Routes::new().nest(#prefix, __routes)
            }
        }
    })
}

fn parse_prefix(attribute: TokenStream) -> syn::Result<LitStr> {
    if attribute.is_empty() {
        let help = "write `#[controller(\"/path\")]`";
        return Err(mistake_at(Span::call_site(), "a controller needs its path", help));
    }
    let parser = |input: ParseStream<'_>| {
        let prefix = parse_path(input)?;
        input.parse::<Option<Token![,]>>()?;
        let rest: TokenStream = input.parse()?;
        if rest.is_empty() {
            return Ok(prefix);
        }
        let help = "say it on each method, as `#[get(\"/path\", timeout = \"30s\")]`";
        Err(mistake(rest, "a controller has a path and nothing else", help))
    };
    parser.parse2(attribute)
}

fn check_generics(block: &ItemImpl) -> syn::Result<()> {
    let Some(parameter) = block.generics.params.first() else { return Ok(()) };
    let name = match parameter {
        GenericParam::Type(parameter) => parameter.ident.to_token_stream(),
        GenericParam::Lifetime(parameter) => parameter.lifetime.to_token_stream(),
        GenericParam::Const(parameter) => parameter.ident.to_token_stream(),
    };
    let help = format!("name the type instead of `{name}`");
    Err(mistake(name, "a controller is one concrete type, so it cannot be generic", help))
}

/// What is written out for a method.
struct Method {
    /// The type of its route.
    route: Ident,
    /// Beside the block.
    emitted: TokenStream,
    /// Inside another block of the controller.
    url: TokenStream,
    /// On what it depends whether all this is compiled. An attribute on the block comes before the
    /// compiler has looked at those inside.
    conditions: Vec<Attribute>,
}

fn emit_method(ty: &Type, attribute: &Attribute, function: &mut ImplItemFn) -> syn::Result<Method> {
    let conditions = conditions_of(function);
    let place = attribute.path().span();
    twice(&function.attrs, &function.sig.ident)?;
    check_signature(&function.sig, "a route")?;
    check_receiver(function)?;
    check_output(&function.sig.output)?;
    let (method, tokens) = (method_of(attribute), tokens_of(attribute));
    let attribute = RouteAttribute::parse(tokens, method.as_deref(), attribute.path().span())?;
    let arguments = Arguments::of(&mut function.sig, Some(&attribute.path))?;
    let name = &function.sig.ident;
    let owner = quote!(#ty).to_string().replace(|c: char| !c.is_alphanumeric(), "_");
    let url = format_ident!("{name}_url");
    let mut route = name_beside(&owner, &url.to_string());
    route.set_span(name.span());
    let handler = Handler {
        visibility: &function.vis,
        route: &route,
        name,
        function: quote!(<#ty>::#name),
        receiver: Some(ty),
        is_async: function.sig.asyncness.is_some(),
        arguments: &arguments,
        output: &function.sig.output,
        body: &function.block,
        attributes: &function.attrs,
        place,
        conditions: &conditions,
        method: attribute.method.as_deref().unwrap_or("GET"),
        path: &attribute.path,
        options: &attribute.options,
    };
    let emitted = handler.emit();
    let visibility = &function.vis;
    let url = handler.url(&url, &quote!(#visibility));
    let url = quote!(#(#conditions)* #url);
    Ok(Method { route, emitted, url, conditions })
}

/// The attributes that say whether a method is compiled.
fn conditions_of(function: &ImplItemFn) -> Vec<Attribute> {
    function.attrs.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect()
}

/// The HTTP method of `#[get(…)]`; `#[route(…)]` says it in its parentheses.
fn method_of(attribute: &Attribute) -> Option<String> {
    let name = attribute.path().segments.last()?.ident.to_string();
    (name != "route").then(|| name.to_ascii_uppercase())
}

fn tokens_of(attribute: &Attribute) -> TokenStream {
    attribute.meta.require_list().map(|list| list.tokens.clone()).unwrap_or_default()
}

fn check_receiver(function: &ImplItemFn) -> syn::Result<()> {
    let name = &function.sig.ident;
    match function.sig.inputs.first() {
        Some(FnArg::Receiver(receiver)) => {
            let is_shared = match receiver.reference {
                Some(_) => receiver.mutability.is_none(),
                // `self: Arc<Self>` is, `self` is not.
                None => receiver.colon_token.is_some(),
            };
            if !is_shared {
                let message = "a controller is shared by all requests";
                return Err(mistake(receiver, message, "write `&self`"));
            }
        }
        first => {
            let message = "a controller's handler takes `&self` first";
            let rest = first.map_or("", |_| ", …");
            return Err(mistake(name, message, format!("write `async fn {name}(&self{rest})`")));
        }
    }
    if function.sig.asyncness.is_none() {
        let message = "a controller's handler is an `async fn`";
        return Err(mistake(name, message, format!("write `async fn {name}`")));
    }
    Ok(())
}

/// A controller without routes, so that whoever names it or an address adds no second error.
fn empty(block: &mut ItemImpl, attributes: &[Option<Attribute>]) -> TokenStream {
    let mut urls = Vec::new();
    for (item, attribute) in block.items.iter_mut().zip(attributes) {
        let (ImplItem::Fn(function), Some(attribute)) = (item, attribute) else { continue };
        function.attrs.retain(|other| !is_route(other));
        function.sig.inputs.iter_mut().for_each(strip_marker);
        let name = format_ident!("{}_url", function.sig.ident);
        let (conditions, tokens) = (conditions_of(function), tokens_of(attribute));
        let url = empty_url(&name, &function.vis, tokens);
        urls.push(quote!(#(#conditions)* #url));
    }
    let ty = &block.self_ty;
    let (generics, _, conditions) = block.generics.split_for_impl();
    quote! {
        #[allow(dead_code, reason = "not every address is written out")]
        impl #generics #ty #conditions { #(#urls)* }

        impl #generics ::purlin::Controller for #ty #conditions {
            fn routes() -> ::purlin::Routes { ::purlin::Routes::new() }
        }
    }
}
