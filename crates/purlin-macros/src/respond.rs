//! `#[derive(Respond)]`: an enum of responses as one response.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Data, DeriveInput, Fields, Ident, LitInt, Token, Type, Variant};

use crate::emit::doc_text;
use crate::extent::Extent;
use crate::mistake::{mistake, with_impl};

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    with_impl(input, emit, empty)
}

/// A response that says nothing, so that the handlers that return it add no second error.
fn empty(input: &DeriveInput) -> TokenStream {
    let name = &input.ident;
    let (generics, arguments, conditions) = input.generics.split_for_impl();
    quote! {
        impl #generics ::purlin::Respond for #name #arguments #conditions {
            fn describe(_site: &mut ::purlin::Site<'_>) {}

            fn respond(
                self,
                _answer: &mut ::purlin::Answer<'_>,
            ) -> ::purlin::Result<::purlin::Response> {
                ::core::unreachable!()
            }
        }
    }
}

fn emit(input: &DeriveInput) -> syn::Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        let name = &input.ident;
        let help = format!("return `Json<{name}>`, or implement `Respond` by hand");
        return Err(mistake(name, "`Respond` is derived for an enum of responses", help));
    };
    let mut described = Vec::new();
    let mut responded = Vec::new();
    for variant in &data.variants {
        let (describe, respond) = emit_variant(variant)?;
        described.push(describe);
        responded.push(respond);
    }
    let name = &input.ident;
    let (generics, arguments, conditions) = input.generics.split_for_impl();
    Ok(quote! {
        const _: () = {
            #[allow(unused_imports, reason = "it is not used for mistakes")]
            use ::purlin::__private::NoVariant as _;

            impl #generics ::purlin::Respond for #name #arguments #conditions {
                fn describe(__site: &mut ::purlin::Site<'_>) {
                    #(#described)*
                }

                fn respond(
                    self,
                    __answer: &mut ::purlin::Answer<'_>,
                ) -> ::purlin::Result<::purlin::Response> {
                    match self { #(#responded)* }
                }
            }
        };
    })
}

fn emit_variant(variant: &Variant) -> syn::Result<(TokenStream, TokenStream)> {
    let name = &variant.ident;
    let unit: Type = syn::parse_quote!(());
    let (ty, pattern, value) = match &variant.fields {
        Fields::Unit => (&unit, quote!(Self::#name), quote!(())),
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            (&fields.unnamed[0].ty, quote!(Self::#name(__value)), quote!(__value))
        }
        _ => {
            let message = format!("`{name}` holds something else than one response");
            return Err(mistake(variant, message, format!("write `{name}(Json<…>)`, or `{name}`")));
        }
    };
    let status = if let Some(status) = status(variant)? {
        quote!(::core::option::Option::Some(#status))
    } else {
        quote!(::core::option::Option::None)
    };
    let doc = doc_text(&variant.attrs);
    let doc = doc.lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
    let extent = Extent::of(ty);
    let as_respond = extent.as_respond(ty);
    let is_response = quote_spanned!(extent.start=> let _ = #as_respond::describe;);
    let describe = quote! {
        #is_response
        ::purlin::__private::describe_variant::<#ty>(__site, #status, #doc);
    };
    let respond = quote!(#pattern => ::purlin::__private::Variant::<#ty>::respond(#value, #status, __answer),);
    Ok((describe, respond))
}

/// `#[respond(status = 201)]`
fn status(variant: &Variant) -> syn::Result<Option<LitInt>> {
    let Some(attribute) = variant.attrs.iter().find(|attr| attr.path().is_ident("respond")) else {
        return Ok(None);
    };
    let parser = |input: syn::parse::ParseStream<'_>| {
        let name: Ident = input.parse()?;
        if name != "status" {
            let message = format!("a response has no option `{name}`");
            return Err(mistake(&name, message, "the option is `status = 404`"));
        }
        input.parse::<Token![=]>()?;
        input.parse::<LitInt>()
    };
    let status = attribute.parse_args_with(parser)?;
    match status.base10_parse::<u16>() {
        Ok(100..1000) => Ok(Some(status)),
        _ => Err(mistake(
            &status,
            format!("{status} is no status"),
            "write a number of three digits, such as 404",
        )),
    }
}
