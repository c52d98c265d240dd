//! `#[controller("/books")] impl Books { … }`: methods as handlers.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{FnArg, Ident, ImplItem, ImplItemFn, ItemImpl, LitStr, Type, Visibility};

use crate::arguments::Arguments;
use crate::attribute::RouteAttribute;
use crate::emit::Handler;
use crate::mistake::{mistake, with_item};

const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];

pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut block: ItemImpl = match syn::parse2(item.clone()) {
        Ok(block) => block,
        Err(_) => return with_item(&item, &mistake(&item, "a controller is an `impl` block")),
    };
    match emit(attribute, &mut block) {
        Ok(routes) => quote!(#block #routes),
        Err(error) => {
            block.items.iter_mut().for_each(|item| drop(take_route(item)));
            let (ty, error) = (&block.self_ty, error.to_compile_error());
            quote! {
                #block
                impl ::purlin::Controller for #ty {
                    fn routes() -> ::purlin::Routes { ::purlin::Routes::new() }
                }
                #error
            }
        }
    }
}

fn emit(attribute: TokenStream, block: &mut ItemImpl) -> syn::Result<TokenStream> {
    if attribute.is_empty() {
        let message = "a controller needs its path: `#[controller(\"/path\")]`";
        return Err(syn::Error::new(Span::call_site(), message));
    }
    let prefix: LitStr = syn::parse2(attribute)?;
    if let Some(parameter) = block.generics.params.first() {
        return Err(mistake(
            parameter,
            "a controller is one concrete type, so it cannot be generic",
        ));
    }
    let ty = (*block.self_ty).clone();
    let mut routes = Vec::new();
    for item in &mut block.items {
        let Some((method, tokens)) = take_route(item) else { continue };
        let ImplItem::Fn(function) = item else { continue };
        routes.push(emit_method(&ty, method, tokens, function)?);
    }
    let types = routes.iter().map(|(route, ..)| route);
    let emitted = routes.iter().map(|(_, emitted, _)| emitted);
    let urls = routes.iter().map(|(.., url)| url);
    Ok(quote! {
        #(#emitted)*

        #[allow(dead_code, reason = "not every address is written out")]
        impl #ty { #(#urls)* }

        impl ::purlin::Controller for #ty {
            fn routes() -> ::purlin::Routes {
                ::purlin::Routes::new()
                    .nest(#prefix, ::purlin::Routes::new()#(.route::<#types>())*)
            }
        }
    })
}

/// Takes the route attribute off a method: its HTTP method, and what stands in the parentheses.
fn take_route(item: &mut ImplItem) -> Option<(Option<String>, TokenStream)> {
    let ImplItem::Fn(function) = item else { return None };
    let is_route = |name: &Ident| name == "route" || METHODS.iter().any(|method| name == method);
    let at = function.attrs.iter().position(|attr| {
        attr.path().segments.last().is_some_and(|segment| is_route(&segment.ident))
    })?;
    let attr = function.attrs.remove(at);
    let name = attr.path().segments.last()?.ident.to_string();
    let method = (name != "route").then(|| name.to_ascii_uppercase());
    let tokens = match attr.meta {
        syn::Meta::List(list) => list.tokens,
        _ => TokenStream::new(),
    };
    Some((method, tokens))
}

/// The type of the route, what is written out beside the block, and the address inside it.
fn emit_method(
    ty: &Type,
    method: Option<String>,
    tokens: TokenStream,
    function: &mut ImplItemFn,
) -> syn::Result<(Ident, TokenStream, TokenStream)> {
    crate::route::check_generics(&function.sig)?;
    check_receiver(function)?;
    let attribute = RouteAttribute::parse(tokens, method.as_deref())?;
    let arguments = Arguments::of(&mut function.sig, &attribute.path)?;
    let name = &function.sig.ident;
    let owner = quote!(#ty).to_string().replace(|c: char| !c.is_alphanumeric(), "_");
    let route = Ident::new(&format!("__{owner}_{name}"), name.span());
    let hidden = Visibility::Inherited;
    let handler = Handler {
        visibility: &hidden,
        route: &route,
        name,
        function: quote!(<#ty>::#name),
        receiver: Some(ty),
        is_async: function.sig.asyncness.is_some(),
        arguments: &arguments,
        output: &function.sig.output,
        attributes: &function.attrs,
        method: attribute.method.as_deref().unwrap_or("GET"),
        path: &attribute.path,
        options: &attribute.options,
    };
    let emitted = handler.emit();
    let visibility = &function.vis;
    let url = handler.url(&Ident::new(&format!("{name}_url"), name.span()), &quote!(#visibility));
    Ok((route, emitted, url))
}

fn check_receiver(function: &ImplItemFn) -> syn::Result<()> {
    let message = "a controller's handler takes `&self` first";
    match function.sig.inputs.first() {
        Some(FnArg::Receiver(receiver)) if receiver.mutability.is_some() => Err(mistake(
            receiver,
            "a controller is shared by all requests, so its handlers take `&self`",
        )),
        Some(FnArg::Receiver(receiver)) if matches!(receiver.kind, syn::ReceiverKind::Value) => {
            Err(mistake(receiver, message))
        }
        Some(FnArg::Receiver(_)) if function.sig.asyncness.is_none() => {
            Err(mistake(&function.sig.ident, "a controller's handler is an `async fn`"))
        }
        Some(FnArg::Receiver(_)) => Ok(()),
        _ => Err(mistake(&function.sig.ident, message)),
    }
}
