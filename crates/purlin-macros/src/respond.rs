//! `#[derive(Respond)]`: an enum of responses as one response.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Ident, LitInt, Token, Type, Variant};

use crate::emit::doc_text;
use crate::mistake::{mistake, with_impl};

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    with_impl(input, emit, empty)
}

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
        return Err(mistake(&input.ident, "`Respond` is derived for an enum of responses"));
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
        impl #generics ::purlin::Respond for #name #arguments #conditions {
            fn describe(site: &mut ::purlin::Site<'_>) {
                #(#described)*
            }

            fn respond(
                self,
                answer: &mut ::purlin::Answer<'_>,
            ) -> ::purlin::Result<::purlin::Response> {
                match self { #(#responded)* }
            }
        }
    })
}

fn emit_variant(variant: &Variant) -> syn::Result<(TokenStream, TokenStream)> {
    let name = &variant.ident;
    let unit: Type = syn::parse_quote!(());
    let (ty, pattern, value) = match &variant.fields {
        Fields::Unit => (&unit, quote!(Self::#name), quote!(())),
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            (&fields.unnamed[0].ty, quote!(Self::#name(value)), quote!(value))
        }
        _ => {
            let message = "a variant holds one response, or nothing: `Found(Json<Book>)`";
            return Err(mistake(variant, message));
        }
    };
    let status = if let Some(status) = status(variant)? {
        quote!(::core::option::Option::Some(#status))
    } else {
        quote!(::core::option::Option::None)
    };
    let doc = doc_text(&variant.attrs);
    let doc = doc.lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
    let describe = quote_spanned! {ty.span()=>
        ::purlin::__private::describe_variant::<#ty>(site, #status, #doc);
    };
    let respond = quote_spanned! {ty.span()=>
        #pattern => ::purlin::__private::respond_variant::<#ty>(#value, #status, answer),
    };
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
            return Err(mistake(&name, format!("a response knows `status`, not `{name}`")));
        }
        input.parse::<Token![=]>()?;
        input.parse::<LitInt>()
    };
    let status = attribute.parse_args_with(parser)?;
    match status.base10_parse::<u16>()? {
        100..1000 => Ok(Some(status)),
        _ => Err(mistake(&status, "a status has three digits")),
    }
}
