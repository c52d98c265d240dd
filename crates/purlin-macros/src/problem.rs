//! `#[derive(Problem)]`: an error type whose values know their status.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Data, DeriveInput, Field, Fields, Ident, LitInt, LitStr, Token};

use crate::emit::{doc_text, name_of};
use crate::extent::Extent;
use crate::mistake::{mistake, mistake_at, with_impl};

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
    transparent: Option<Ident>,
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
        if said(case.attributes)?.transparent.is_some() {
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
            fn document(__problems: &mut ::purlin::Problems) {
                #(#documented)*
            }

            fn outline(&self) -> ::purlin::Outline {
                // As a problem, which it is whatever else is wrong with it, it can be written.
                #[allow(dead_code, reason = "what the server did wrong is not told")]
                fn __detail(__problem: &impl ::purlin::Problem) -> ::std::string::String {
                    ::std::string::ToString::to_string(__problem)
                }
                match self { #(#outlined)* }
            }

            #transparent
        }
    })
}

fn emit_case(case: &Case<'_>, all: &Said) -> syn::Result<(TokenStream, TokenStream)> {
    let own = said(case.attributes)?;
    if own.transparent.is_some() {
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
    let code = own.code.map_or_else(|| snake_case(&name_of(case.ident)), |code| code.value());
    let (variant, description) = (name_of(case.ident), describe(case));
    let status = quote_spanned! {status.span()=>
        ::purlin::http::StatusCode::from_u16(#status).unwrap_or_default()
    };
    // What is the server's own fault is not told to the client.
    let detail = if number >= 500 {
        quote!(::core::option::Option::None)
    } else {
        quote!(::core::option::Option::Some(__detail(self)))
    };
    let all_members = Ident::new("__members", Span::mixed_site());
    let Members { pattern, documented, written } = Members::of(case, &all_members)?;
    let document = quote! {
        if __problems.wants::<Self>(#variant) {
            #[allow(unused_variables, reason = "most problems have no members")]
            let __problem = __problems.add(#status, #code, #description);
            #(#documented)*
        }
    };
    let path = &case.path;
    let outline = quote! {
        #path #pattern => ::purlin::__private::outline(#status, #code, #detail, {
            #[allow(unused_imports, reason = "most problems have no members, or good ones")]
            use ::purlin::__private::NoMember as _;
            #[allow(unused_mut, reason = "most problems have no members")]
            let mut #all_members = ::purlin::__private::Members::new();
            #(#written)*
            #all_members
        }),
    };
    Ok((document, outline))
}

/// A variant whose status is that of what it wraps; until that is known, the server's own fault.
fn emit_transparent(case: &Case<'_>) -> (TokenStream, TokenStream) {
    let path = &case.path;
    let outline = quote! {
        #path { .. } => ::purlin::Outline::new(
            ::purlin::http::StatusCode::INTERNAL_SERVER_ERROR,
            "internal_error",
        ),
    };
    let variant = name_of(case.ident);
    (quote!(if __problems.wants::<Self>(#variant) { __problems.any(); }), outline)
}

/// The fields marked `#[problem(member)]`.
struct Members {
    /// Binds them.
    pattern: TokenStream,
    documented: Vec<TokenStream>,
    written: Vec<TokenStream>,
}

impl Members {
    fn of(case: &Case<'_>, all: &Ident) -> syn::Result<Self> {
        let mut bindings = Vec::new();
        let (mut documented, mut written) = (Vec::new(), Vec::new());
        for field in case.fields {
            if !is_member(field)? {
                continue;
            }
            let Some(name) = &field.ident else {
                let message = "a member of the answer has no name";
                return Err(mistake(field, message, "give the field one"));
            };
            let (text, ty) = (name_of(name), &field.ty);
            let Extent { start, end } = Extent::of(ty);
            let open = quote_spanned!(start=> ::purlin::__private::document_member::<);
            let close = quote_spanned!(end=> >(__problem, #text););
            let bound = format_ident!("__{}", name);
            documented.push(quote!(#open #ty #close));
            written.push(quote!(::purlin::__private::Member(#bound).write(&mut #all, #text);));
            bindings.push(quote!(#name: #bound));
        }
        Ok(Self { pattern: quote!({ #(#bindings,)* .. }), documented, written })
    }
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

/// What the document says of it: the first paragraph of the doc comment, else the message of
/// `#[error("…")]` without its values, else the name in words.
fn describe(case: &Case<'_>) -> String {
    let doc = doc_text(case.attributes);
    let first = doc.split("\n\n").next().unwrap_or_default();
    if !first.is_empty() {
        let words: Vec<&str> = first.split_whitespace().collect();
        return words.join(" ").trim_end_matches('.').to_owned();
    }
    let message = message(case).map(|message| without_values(&message));
    message
        .filter(|message| message.contains(char::is_alphabetic))
        .unwrap_or_else(|| snake_case(&name_of(case.ident)).replace('_', " "))
}

/// The text of `#[error("…")]`.
fn message(case: &Case<'_>) -> Option<String> {
    let message = case.attributes.iter().find(|attr| attr.path().is_ident("error"));
    message.and_then(|attr| {
        attr.parse_args_with(|input: ParseStream<'_>| {
            let literal: LitStr = input.parse()?;
            let _rest: TokenStream = input.parse()?;
            Ok(literal.value())
        })
        .ok()
    })
}

/// A message with `…` for each value in it: `{until}` is known per answer only.
fn without_values(message: &str) -> String {
    let mut out = String::new();
    let mut chars = message.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.peek() == Some(&c) => out.extend(chars.next()),
            '{' => {
                chars.by_ref().find(|c| *c == '}');
                out.push('…');
            }
            c => out.push(c),
        }
    }
    out
}

fn said(attributes: &[Attribute]) -> syn::Result<Said> {
    let mut said = Said::default();
    for attribute in attributes.iter().filter(|attr| attr.path().is_ident("problem")) {
        attribute.parse_args_with(|input: ParseStream<'_>| {
            while !input.is_empty() {
                let name: Ident = input.parse().map_err(miswritten)?;
                match name.to_string().as_str() {
                    "transparent" => said.transparent = Some(name),
                    "status" => said.status = Some(parse_value(input)?),
                    "code" => said.code = Some(parse_value(input)?),
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
                    input.parse::<Token![,]>().map_err(miswritten)?;
                }
            }
            Ok(())
        })?;
    }
    if let (Some(transparent), true) =
        (&said.transparent, said.status.is_some() || said.code.is_some())
    {
        let message = "a transparent problem has no status and no code of its own";
        let help = "leave out `transparent`, or everything beside it";
        return Err(mistake(transparent, message, help));
    }
    Ok(said)
}

/// `= 409`
fn parse_value<T: Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    input.parse::<Token![=]>().map_err(miswritten)?;
    input.parse().map_err(miswritten)
}

/// What the parser says of punctuation, in words that tell what to write.
#[expect(clippy::needless_pass_by_value, reason = "it is given to `map_err`")]
fn miswritten(error: syn::Error) -> syn::Error {
    let help = "write `#[problem(status = 409, code = \"on_loan\")]`";
    mistake_at(error.span(), "the options of a problem are a status and a code", help)
}

/// `NoISBN` is `no_isbn`, and `HTTPFailed` is `http_failed`.
fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for (index, c) in name.char_indices() {
        let follows_lower = name[..index].ends_with(|c: char| !c.is_uppercase() && c != '_');
        let begins_word = index > 0 && name[index + c.len_utf8()..].starts_with(char::is_lowercase);
        if c.is_uppercase() && (follows_lower || begins_word) && !out.ends_with('_') {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}
