//! What stands in the parentheses of a route attribute.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitInt, LitStr, Token, Type};

use crate::mistake::mistake;

/// `("/books/{id}", guard = Admin, timeout = "5s")`, for `route` with the method before.
pub(crate) struct RouteAttribute {
    pub(crate) method: Option<String>,
    pub(crate) path: LitStr,
    pub(crate) options: Options,
}

/// What stands behind the path.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) guards: Vec<Type>,
    timeout: Option<TokenStream>,
    body_limit: Option<TokenStream>,
    pub(crate) id: Option<LitStr>,
    pub(crate) tag: Option<LitStr>,
    pub(crate) hidden: bool,
}

impl RouteAttribute {
    pub(crate) fn parse(tokens: TokenStream, method: Option<&str>) -> syn::Result<Self> {
        if tokens.is_empty() {
            let name = method.map_or("route".to_owned(), str::to_ascii_lowercase);
            let before = if method.is_some() { "" } else { "GET, " };
            return Err(syn::Error::new(
                Span::call_site(),
                format!("a route needs its path: `#[{name}({before}\"/path\")]`"),
            ));
        }
        let parser = |input: ParseStream<'_>| {
            let method = match method {
                Some(method) => Some(method.to_owned()),
                None => Some(parse_method(input)?),
            };
            let path: LitStr = input.parse()?;
            check_path(&path)?;
            Ok(Self { method, path, options: input.parse()? })
        };
        syn::parse::Parser::parse2(parser, tokens)
    }
}

/// A method as an identifier or a string, followed by a comma.
fn parse_method(input: ParseStream<'_>) -> syn::Result<String> {
    let (text, span) = if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        (literal.value(), literal.span())
    } else {
        let ident: Ident = input.parse()?;
        (ident.to_string(), ident.span())
    };
    input.parse::<Token![,]>()?;
    // RFC 9110 §5.6.2: a token.
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if text.is_empty() || !text.bytes().all(is_token) {
        return Err(syn::Error::new(span, format!("`{text}` is no HTTP method")));
    }
    Ok(text)
}

fn check_path(path: &LitStr) -> syn::Result<()> {
    let text = path.value();
    if !text.starts_with('/') {
        return Err(mistake(path, format!("a path begins with `/`: `\"/{text}\"`")));
    }
    if text.matches('{').count() != text.matches('}').count() {
        return Err(mistake(path, format!("`{text}` has a brace without its partner")));
    }
    for name in parameters(&text) {
        if syn::parse_str::<Ident>(&name).is_err()
            && syn::parse_str::<Ident>(&format!("r#{name}")).is_err()
        {
            let message = format!(
                "`{{{name}}}` cannot be the name of an argument: use letters, digits and `_`"
            );
            return Err(mistake(path, message));
        }
    }
    if let Some(old) = text.split('/').find(|segment| segment.starts_with(':')) {
        let name = &old[1..];
        return Err(mistake(
            path,
            format!("a path parameter is written `{{{name}}}`, not `{old}`"),
        ));
    }
    Ok(())
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut options = Self::default();
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            options.parse_one(input)?;
        }
        Ok(options)
    }
}

impl Options {
    fn parse_one(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let name: Ident = input.parse()?;
        if name == "hidden" {
            self.hidden = true;
            return Ok(());
        }
        input.parse::<Token![=]>()?;
        match name.to_string().as_str() {
            "guard" => self.guards.push(input.parse()?),
            "timeout" => self.timeout = Some(duration(&input.parse()?)?),
            "body_limit" => self.body_limit = Some(size(input)?),
            "id" => self.id = Some(input.parse()?),
            "tag" => self.tag = Some(input.parse()?),
            _ => {
                let known = "`guard`, `timeout`, `body_limit`, `id`, `tag` and `hidden`";
                return Err(mistake(&name, format!("a route knows {known}, not `{name}`")));
            }
        }
        Ok(())
    }

    /// The body of `Route::options`.
    pub(crate) fn emit(&self) -> TokenStream {
        let guards = &self.guards;
        let timeout = self.timeout.iter();
        let limit = self.body_limit.iter();
        quote! {
            ::purlin::RouteOptions::default()
                #(.guard::<#guards>())*
                #(.timeout(#timeout))*
                #(.body_limit(#limit))*
        }
    }

    pub(crate) fn is_plain(&self) -> bool {
        self.guards.is_empty() && self.timeout.is_none() && self.body_limit.is_none()
    }
}

/// `"500ms"`, `"30s"`, `"5m"`.
fn duration(literal: &LitStr) -> syn::Result<TokenStream> {
    let text = literal.value();
    let units = [("ms", 1u64), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];
    let parsed = units.iter().find_map(|(unit, factor)| {
        let number: u64 = text.strip_suffix(unit)?.trim().parse().ok()?;
        number.checked_mul(*factor)
    });
    match parsed {
        Some(ms) => Ok(quote!(::core::time::Duration::from_millis(#ms))),
        None => Err(mistake(
            literal,
            "a time is a number with its unit: `\"500ms\"`, `\"30s\"`, `\"5m\"`",
        )),
    }
}

/// `1_000_000` or `"10MiB"`.
fn size(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    if input.peek(LitInt) {
        let number: LitInt = input.parse()?;
        return Ok(quote!(#number));
    }
    let literal: LitStr = input.parse()?;
    let text = literal.value();
    let units = [("KiB", 1usize << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("B", 1)];
    let parsed = units.iter().find_map(|(unit, factor)| {
        let number: usize = text.strip_suffix(unit)?.trim().parse().ok()?;
        number.checked_mul(*factor)
    });
    match parsed {
        Some(bytes) => Ok(quote!(#bytes)),
        None => {
            Err(mistake(literal, "a size is a number of bytes, or one with its unit: `\"10MiB\"`"))
        }
    }
}

/// The parameters of a path, in order: `{id}` and `{*rest}`.
pub(crate) fn parameters(path: &str) -> Vec<String> {
    path.split('{')
        .skip(1)
        .filter_map(|part| part.split('}').next())
        .map(|name| name.trim_start_matches('*').to_owned())
        .collect()
}
