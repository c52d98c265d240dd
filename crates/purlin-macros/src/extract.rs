//! `#[derive(Extract)]`: several extractors gathered in a struct.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Data, DeriveInput, Field, Ident};

use crate::emit::name_of;
use crate::erased;
use crate::extractor::{self, Extractor, one_body};
use crate::mistake::{mistake, with_impl};

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    with_impl(input, emit, empty)
}

/// An extractor that takes nothing, so that the handlers that ask for it add no second error.
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
        let message = "`Extract` gathers extractors in a struct";
        let help = "write a struct whose fields are extractors, or implement `Extract` by hand";
        return Err(mistake(&input.ident, message, help));
    };
    let mut parts = Vec::new();
    for field in &data.fields {
        let part = field_extractor(parts.len(), field)?;
        parts.push(part);
    }
    // What a type parameter stands for is known at assembly only, and a second body refused there.
    let is_generic = !input.generics.params.is_empty();
    let one_body = if is_generic { quote!() } else { one_body(&parts.iter().collect::<Vec<_>>()) };
    let name = &input.ident;
    let (generics, arguments, conditions) = input.generics.split_for_impl();
    let local = |name: &str| Ident::new(name, Span::mixed_site());
    let (site, prepared, request) = (local("__site"), local("__prepared"), local("__request"));
    let declared = extractor::parts(false);
    let reads = parts.iter().map(Extractor::reads_body);
    let prepare = parts.iter().map(|part| part.prepare(&site));
    let variables: Vec<_> = parts.iter().map(Extractor::variable).collect();
    let members = data.fields.members();
    let in_turn =
        |part: &Extractor| part.extract_in_turn(&part.extract(&prepared, &quote!(#request)));
    let (first, then): (Vec<_>, Vec<_>) = parts.iter().map(in_turn).unzip();
    let (erased, closed) = (erased::ty(), erased::close(&quote!((#(#variables?,)*))));
    let opened = erased::open(&prepared, parts.len());
    Ok(quote! {
        const _: () = {
            #declared
            #one_body

            impl #generics ::purlin::Extract for #name #arguments #conditions {
                type Prepared = #erased;
                const READS_BODY: bool = false #(|| #reads)*;

                fn prepare(
                    #site: &mut ::purlin::Site<'_>,
                ) -> ::core::result::Result<Self::Prepared, ::purlin::Reported> {
                    let __outer = #site.argument();
                    #(#prepare)*
                    #site.at_argument(__outer);
                    ::core::result::Result::Ok(#closed)
                }

                async fn extract(
                    #prepared: &Self::Prepared,
                    #request: &mut ::purlin::Request,
                ) -> ::purlin::Result<Self> {
                    #opened
                    #(#first)*
                    #(#then)*
                    ::core::result::Result::Ok(Self { #(#members: #variables),* })
                }
            }
        };
    })
}

/// A field, as what it asks for.
fn field_extractor(index: usize, field: &Field) -> syn::Result<Extractor> {
    let name = field.ident.as_ref().map(name_of);
    Ok(Extractor::new(index, name, field.ty.clone(), is_path(field)?))
}

/// Whether it is marked `#[extract(path)]`: the field is the path parameter of its name.
fn is_path(field: &Field) -> syn::Result<bool> {
    let mut attributes = field.attrs.iter().filter(|attr| attr.path().is_ident("extract"));
    let Some(attribute) = attributes.next() else { return Ok(false) };
    if attribute.parse_args::<Ident>().is_ok_and(|ident| ident == "path") {
        return Ok(true);
    }
    let message = "a field of an extractor has one option";
    Err(mistake(attribute, message, "write `#[extract(path)]`"))
}
