//! `#[derive(Extract)]`: several extractors gathered in a struct.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Field, Ident, Index, Member};

use crate::mistake::{mistake, with_impl};

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    with_impl(input, emit, empty)
}

struct Part<'a> {
    field: &'a Field,
    member: Member,
    variable: Ident,
    is_segment: bool,
}

impl Part<'_> {
    fn as_extract(&self) -> TokenStream {
        let ty = &self.field.ty;
        let extractor = if self.is_segment {
            quote_spanned!(ty.span()=> ::purlin::__private::Segment<#ty>)
        } else {
            quote!(#ty)
        };
        quote_spanned!(ty.span()=> <#extractor as ::purlin::Extract>)
    }
}

/// `#[extract(path)]`: the field is the path parameter of its name.
fn is_path(attribute: &Attribute) -> bool {
    attribute.path().is_ident("extract")
        && attribute.parse_args::<Ident>().is_ok_and(|ident| ident == "path")
}

fn empty(input: &DeriveInput) -> TokenStream {
    let name = &input.ident;
    let (generics, arguments, conditions) = input.generics.split_for_impl();
    quote! {
        impl #generics ::purlin::Extract for #name #arguments #conditions {
            type Prepared = ();

            fn prepare(
                _site: &mut ::purlin::Site<'_>,
            ) -> ::core::result::Result<(), ::purlin::Reported> {
                ::core::unreachable!()
            }

            async fn extract(
                _prepared: &(),
                _request: &mut ::purlin::Request,
            ) -> ::purlin::Result<Self> {
                ::core::unreachable!()
            }
        }
    }
}

fn emit(input: &DeriveInput) -> syn::Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(mistake(&input.ident, "`Extract` gathers extractors in a struct"));
    };
    let parts: Vec<Part<'_>> = data
        .fields
        .iter()
        .enumerate()
        .map(|(index, field)| Part {
            field,
            member: match &field.ident {
                Some(ident) => Member::Named(ident.clone()),
                None => Member::Unnamed(Index::from(index)),
            },
            variable: Ident::new(&format!("field_{index}"), Span::mixed_site()),
            is_segment: field.attrs.iter().any(is_path),
        })
        .collect();
    let name = &input.ident;
    let (generics, arguments, conditions) = input.generics.split_for_impl();
    let types = parts.iter().map(|part| {
        let as_extract = part.as_extract();
        quote_spanned!(part.field.ty.span()=> #as_extract::Prepared)
    });
    let reads = parts.iter().map(|part| {
        let as_extract = part.as_extract();
        quote_spanned!(part.field.ty.span()=> #as_extract::READS_BODY)
    });
    let prepare = parts.iter().map(|part| {
        let (variable, as_extract) = (&part.variable, part.as_extract());
        let argument = part.field.ident.as_ref().map(ToString::to_string);
        let argument = argument.map(|name| name.trim_start_matches("r#").to_owned());
        let argument = if let Some(name) = argument {
            quote!(::core::option::Option::Some(#name))
        } else {
            quote!(::core::option::Option::None)
        };
        quote_spanned! {part.field.ty.span()=>
            site.at_argument(#argument);
            let #variable = #as_extract::prepare(site);
        }
    });
    let variables: Vec<_> = parts.iter().map(|part| &part.variable).collect();
    let members = parts.iter().map(|part| &part.member);
    let (first, then) = extraction(&parts);
    Ok(quote! {
        impl #generics ::purlin::Extract for #name #arguments #conditions {
            type Prepared = (#(#types,)*);
            const READS_BODY: bool = false #(|| #reads)*;

            fn prepare(
                site: &mut ::purlin::Site<'_>,
            ) -> ::core::result::Result<Self::Prepared, ::purlin::Reported> {
                let outer = site.argument();
                #(#prepare)*
                site.at_argument(outer);
                ::core::result::Result::Ok((#(#variables?,)*))
            }

            async fn extract(
                prepared: &Self::Prepared,
                request: &mut ::purlin::Request,
            ) -> ::purlin::Result<Self> {
                #(#first)*
                #(#then)*
                ::core::result::Result::Ok(Self { #(#members: #variables),* })
            }
        }
    })
}

/// Everything that does not read the body first.
fn extraction(parts: &[Part<'_>]) -> (Vec<TokenStream>, Vec<TokenStream>) {
    let pairs = parts.iter().enumerate().map(|(index, part)| {
        let (at, variable, as_extract) = (Index::from(index), &part.variable, part.as_extract());
        let value = if part.is_segment { quote!(.0) } else { quote!() };
        let taken = quote_spanned! {part.field.ty.span()=>
            #as_extract::extract(&prepared.#at, request).await?#value
        };
        let first = quote! {
            let #variable = if #as_extract::READS_BODY {
                ::core::option::Option::None
            } else {
                ::core::option::Option::Some(#taken)
            };
        };
        let then = quote! {
            let #variable = match #variable {
                ::core::option::Option::Some(taken) => taken,
                ::core::option::Option::None => #taken,
            };
        };
        (first, then)
    });
    pairs.unzip()
}
