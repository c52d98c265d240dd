//! `#[derive(Problem)]`: an error type whose values know their status.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Field, Fields, Ident, LitInt, LitStr, Token};

use crate::emit::doc_text;
use crate::mistake::{mistake, with_impl};

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    with_impl(input, emit, empty)
}

/// A problem without statuses, so that the handlers that return it add no second error.
fn empty(input: &DeriveInput) -> TokenStream {
    let name = &input.ident;
    let (generics, arguments, conditions) = input.generics.split_for_impl();
    quote! {
        impl #generics ::purlin::Problem for #name #arguments #conditions {
            fn document(_problems: &mut ::purlin::Problems) {}

            fn outline(&self) -> ::purlin::Outline {
                ::core::unreachable!()
            }
        }
    }
}

/// `#[problem(status = 409, code = "already_on_loan")]`
#[derive(Clone, Default)]
struct Said {
    status: Option<LitInt>,
    code: Option<LitStr>,
    /// Whether the status is left to what the variant wraps.
    transparent: bool,
}

/// One variant, or the struct.
struct Case<'a> {
    ident: &'a Ident,
    attributes: &'a [Attribute],
    fields: &'a Fields,
    /// How it is matched: `Self::Missing`, or `Self`.
    path: TokenStream,
}

fn emit(input: &DeriveInput) -> syn::Result<TokenStream> {
    let all = said(&input.attrs)?;
    let cases: Vec<Case<'_>> = match &input.data {
        Data::Enum(data) => data
            .variants
            .iter()
            .map(|variant| {
                let ident = &variant.ident;
                let path = quote!(Self::#ident);
                Case { ident, attributes: &variant.attrs, fields: &variant.fields, path }
            })
            .collect(),
        Data::Struct(data) => vec![Case {
            ident: &input.ident,
            attributes: &input.attrs,
            fields: &data.fields,
            path: quote!(Self),
        }],
        Data::Union(_) => {
            let help = "make it a struct, or an enum of what can go wrong";
            return Err(mistake(&input.ident, "a problem is no union", help));
        }
    };
    let mut documented = Vec::new();
    let mut outlined = Vec::new();
    for case in &cases {
        let (document, outline) = emit_case(case, &all)?;
        documented.push(document);
        outlined.push(outline);
    }
    let mut wrapping = Vec::new();
    for case in &cases {
        if said(case.attributes)?.transparent {
            wrapping.push(&case.path);
        }
    }
    let transparent = (!wrapping.is_empty()).then(|| {
        quote! {
            fn is_transparent(&self) -> bool {
                ::core::matches!(self, #(#wrapping { .. })|*)
            }
        }
    });
    let name = &input.ident;
    let (generics, arguments, conditions) = input.generics.split_for_impl();
    Ok(quote! {
        impl #generics ::purlin::Problem for #name #arguments #conditions {
            fn document(problems: &mut ::purlin::Problems) {
                #(#documented)*
            }

            fn outline(&self) -> ::purlin::Outline {
                // As a problem, which it is whatever else is wrong with it, it can be written.
                #[allow(dead_code, reason = "what the server did wrong is not told")]
                fn __detail(problem: &impl ::purlin::Problem) -> ::std::string::String {
                    ::std::string::ToString::to_string(problem)
                }
                match self { #(#outlined)* }
            }

            #transparent
        }
    })
}

fn emit_case(case: &Case<'_>, all: &Said) -> syn::Result<(TokenStream, TokenStream)> {
    let own = said(case.attributes)?;
    if own.transparent {
        return Ok(emit_transparent(case));
    }
    let Some(status) = own.status.or_else(|| all.status.clone()) else {
        let message = format!("`{}` has no status", case.ident);
        return Err(mistake(
            case.ident,
            message,
            "add `#[problem(status = 409)]`, or another status",
        ));
    };
    let Some(number) = status.base10_parse::<u16>().ok().filter(|n| (400..600).contains(n)) else {
        let message = format!("{status} is no status of a problem");
        return Err(mistake(&status, message, "write a number from 400 to 599"));
    };
    let code = own.code.map_or_else(|| snake_case(&case.ident.to_string()), |code| code.value());
    let description = describe(case);
    let status = quote_spanned! {status.span()=>
        ::purlin::http::StatusCode::from_u16(#status).unwrap_or_default()
    };
    let document = quote!(problems.add(#status, #code, #description););
    // What is the server's own fault is not told to the client.
    let detail = if number >= 500 {
        quote!(::core::option::Option::None)
    } else {
        quote!(::core::option::Option::Some(__detail(self)))
    };
    let all_members = Ident::new("members", Span::mixed_site());
    let (pattern, members) = members(case, &all_members)?;
    let path = &case.path;
    let outline = quote! {
        #path #pattern => ::purlin::Outline {
            status: #status,
            code: ::std::borrow::Cow::Borrowed(#code),
            detail: #detail,
            members: {
                #[allow(unused_mut, reason = "most problems have no members")]
                let mut #all_members = ::purlin::__private::Members::new();
                #(#members)*
                #all_members
            },
            headers: ::core::default::Default::default(),
        },
    };
    Ok((document, outline))
}

/// A variant whose status is that of what it wraps; until that is known, the server's own fault.
fn emit_transparent(case: &Case<'_>) -> (TokenStream, TokenStream) {
    let path = &case.path;
    let outline = quote! {
        #path { .. } => ::purlin::Outline {
            status: ::purlin::http::StatusCode::INTERNAL_SERVER_ERROR,
            code: ::std::borrow::Cow::Borrowed("internal_error"),
            detail: ::core::option::Option::None,
            members: ::purlin::__private::Members::new(),
            headers: ::core::default::Default::default(),
        },
    };
    (quote!(problems.any();), outline)
}

/// The pattern that binds the fields marked `#[problem(member)]`, and how they are written.
fn members(case: &Case<'_>, all: &Ident) -> syn::Result<(TokenStream, Vec<TokenStream>)> {
    let mut marked = Vec::new();
    for field in case.fields {
        if is_member(field)? {
            marked.push(field);
        }
    }
    if let Some(field) = marked.iter().find(|field| field.ident.is_none()) {
        return Err(mistake(field, "a member of the answer has no name", "give the field one"));
    }
    let names: Vec<&Ident> = marked.iter().filter_map(|field| field.ident.as_ref()).collect();
    let written = names.iter().map(|name| {
        let text = name.to_string();
        let text = text.trim_start_matches("r#");
        quote_spanned! {name.span()=>
            ::purlin::__private::add_member(&mut #all, #text, #name);
        }
    });
    Ok((quote!({ #(#names,)* .. }), written.collect()))
}

/// Whether a field is marked `#[problem(member)]`.
fn is_member(field: &Field) -> syn::Result<bool> {
    let mut attributes = field.attrs.iter().filter(|attr| attr.path().is_ident("problem"));
    let Some(attribute) = attributes.next() else { return Ok(false) };
    if attribute.parse_args::<Ident>().is_ok_and(|ident| ident == "member") {
        return Ok(true);
    }
    Err(mistake(attribute, "a field of a problem has one option", "write `#[problem(member)]`"))
}

/// The doc comment, else the message of `#[error("…")]`.
fn describe(case: &Case<'_>) -> String {
    let doc = doc_text(case.attributes);
    if !doc.is_empty() {
        return doc.lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
    }
    let message = case.attributes.iter().find(|attr| attr.path().is_ident("error"));
    let message = message.and_then(|attr| {
        attr.parse_args_with(|input: ParseStream<'_>| {
            let literal: LitStr = input.parse()?;
            let _rest: TokenStream = input.parse()?;
            Ok(literal.value())
        })
        .ok()
    });
    message.unwrap_or_else(|| snake_case(&case.ident.to_string()).replace('_', " "))
}

fn said(attributes: &[Attribute]) -> syn::Result<Said> {
    let mut said = Said::default();
    for attribute in attributes.iter().filter(|attr| attr.path().is_ident("problem")) {
        attribute.parse_args_with(|input: ParseStream<'_>| {
            while !input.is_empty() {
                let name: Ident = input.parse()?;
                if name == "transparent" {
                    said.transparent = true;
                    continue;
                }
                input.parse::<Token![=]>()?;
                match name.to_string().as_str() {
                    "status" => said.status = Some(input.parse()?),
                    "code" => said.code = Some(input.parse()?),
                    _ => {
                        let message = format!("a problem has no option `{name}`");
                        return Err(mistake(
                            &name,
                            message,
                            "the options are `status`, `code` and `transparent`",
                        ));
                    }
                }
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        })?;
    }
    Ok(said)
}

fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for (index, c) in name.char_indices() {
        if c.is_uppercase() && index > 0 {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}
