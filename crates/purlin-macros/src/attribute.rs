//! What stands in the parentheses of a route attribute.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Ident, LitInt, LitStr, Path, Token, Type};

use crate::extent::Extent;
use crate::mistake::{mistake, mistake_at};

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
    errors: Vec<Path>,
    timeout: Option<TokenStream>,
    body_limit: Option<TokenStream>,
    query_limit: Option<LitInt>,
    pub(crate) id: Option<LitStr>,
    pub(crate) tag: Option<LitStr>,
    pub(crate) hidden: bool,
}

impl RouteAttribute {
    /// Reads what stands in the parentheses; `place` is the attribute's own.
    pub(crate) fn parse(
        tokens: TokenStream,
        method: Option<&str>,
        place: Span,
    ) -> syn::Result<Self> {
        let parser = |input: ParseStream<'_>| {
            let method = match method {
                Some(method) => Some(method.to_owned()),
                None if input.is_empty() => None,
                None => Some(parse_method(input)?),
            };
            if input.is_empty() {
                let name = method.as_deref().unwrap_or("GET");
                let help = if KNOWN.contains(&name) {
                    format!("write `#[{}(\"/path\")]`", name.to_ascii_lowercase())
                } else {
                    format!("write `#[route({name}, \"/path\")]`")
                };
                return Err(mistake_at(place, "a route needs its path", help));
            }
            let path = parse_path(input)?;
            Ok(Self { method, path, options: input.parse()? })
        };
        parser.parse2(tokens)
    }
}

/// The methods with an attribute of their own.
const KNOWN: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// A method as an identifier or a string, followed by a comma.
fn parse_method(input: ParseStream<'_>) -> syn::Result<String> {
    let tokens = until_comma(input)?;
    input.parse::<Option<Token![,]>>()?;
    let text = syn::parse2::<LitStr>(tokens.clone())
        .map_or_else(|_| tokens.to_string(), |literal| literal.value());
    if text.starts_with('/') {
        let help = format!("write `#[route(GET, \"{text}\")]`, or `#[get(\"{text}\")]`");
        return Err(mistake(tokens, "a route needs its method before its path", help));
    }
    let upper = text.to_ascii_uppercase();
    if text != upper && KNOWN.contains(&upper.as_str()) {
        let message = format!("`{text}` is no HTTP method: they are told apart by case");
        return Err(mistake(tokens, message, format!("write `{upper}`")));
    }
    // RFC 9110 §5.6.2: a token.
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if text.is_empty() || !text.bytes().all(is_token) {
        let message = format!("`{text}` is no HTTP method");
        return Err(mistake(tokens, message, "a method is one word, such as `GET` or `PURGE`"));
    }
    Ok(text)
}

/// The path as a literal, so that its parameters are known here.
pub(crate) fn parse_path(input: ParseStream<'_>) -> syn::Result<LitStr> {
    if !input.peek(LitStr) {
        let tokens = until_comma(input)?;
        let message = format!("`{tokens}` is no path: the parameters are read from its text");
        return Err(mistake(tokens, message, "write the path itself, in quotes: `\"/books\"`"));
    }
    let path: LitStr = input.parse()?;
    check_path(&path)?;
    Ok(path)
}

fn check_path(path: &LitStr) -> syn::Result<()> {
    let text = path.value();
    if !text.starts_with('/') {
        return Err(mistake(path, "a path begins with `/`", format!("write `\"/{text}\"`")));
    }
    if let Some((old, name)) = text.split('/').find_map(old_parameter) {
        let message = format!("`{old}` is no path parameter");
        return Err(mistake(path, message, format!("write `{{{name}}}`")));
    }
    if text.matches('{').count() != text.matches('}').count() {
        let message = format!("`{text}` has a brace without its partner");
        return Err(mistake(path, message, "a path parameter is written `{id}`"));
    }
    let names = parameters(&text);
    for (index, name) in names.iter().enumerate() {
        if !is_name(name) {
            let message = format!("`{{{name}}}` cannot be the name of an argument");
            let other = name.trim_start_matches("r#").replace(|c: char| !c.is_alphanumeric(), "_");
            let help = if is_name(&other) {
                format!("write `{{{other}}}`")
            } else {
                "write a name of letters, digits and `_`, such as `{id}`".to_owned()
            };
            return Err(mistake(path, message, help));
        }
        if names[..index].contains(name) {
            let message = format!("`{{{name}}}` stands in the path twice");
            return Err(mistake(path, message, "give each parameter a name of its own"));
        }
    }
    Ok(())
}

/// The name in a parameter as other frameworks write it: `:id` or `<id>`.
fn old_parameter(segment: &str) -> Option<(&str, &str)> {
    let in_brackets = || segment.strip_prefix('<')?.strip_suffix('>');
    segment.strip_prefix(':').or_else(in_brackets).map(|name| (segment, name))
}

fn is_name(name: &str) -> bool {
    let can_be = |name: &str| syn::parse_str::<Ident>(name).is_ok();
    !name.starts_with("r#") && (can_be(name) || can_be(&format!("r#{name}")))
}

/// What a value consists of, whatever it is: a mistake is on all of it.
fn until_comma(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

/// Each option with a value it may have.
const OPTIONS: [(&str, &str); 8] = [
    ("guard", "Admin"),
    ("errors", "[BookError::Missing]"),
    ("timeout", "\"30s\""),
    ("body_limit", "\"10MiB\""),
    ("query_limit", "50"),
    ("id", "\"books.list\""),
    ("tag", "\"books\""),
    ("hidden", ""),
];

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut options = Self::default();
        let mut said = Vec::new();
        while !input.is_empty() {
            if input.parse::<Option<Token![,]>>()?.is_none() {
                let tokens = until_comma(input)?;
                let message = format!("`{tokens}` stands here without a comma before it");
                return Err(mistake(&tokens, message, format!("write `, {tokens}`")));
            }
            if input.is_empty() {
                break;
            }
            let Ok(name) = input.parse::<Ident>() else {
                let tokens = until_comma(input)?;
                let message = format!("`{tokens}` is no option of a route");
                return Err(mistake(tokens, message, known_options()));
            };
            if said.contains(&name) && name != "guard" {
                let message = format!("`{name}` is said twice");
                return Err(mistake(name, message, "keep one of them"));
            }
            options.parse_one(&name, input)?;
            said.push(name);
        }
        Ok(options)
    }
}

fn known_options() -> String {
    let names = OPTIONS.map(|(name, _)| format!("`{name}`"));
    format!("the options are {}", names.join(", "))
}

impl Options {
    fn parse_one(&mut self, name: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        let Some((_, example)) = OPTIONS.iter().find(|(known, _)| name == known) else {
            let message = format!("a route has no option `{name}`");
            return Err(mistake(name, message, known_options()));
        };
        let has_value = input.parse::<Option<Token![=]>>()?.is_some();
        if name == "hidden" && !has_value {
            self.hidden = true;
            return Ok(());
        }
        if name == "hidden" {
            return Err(mistake(name, "`hidden` has no value", "write `hidden` alone"));
        }
        if !has_value || input.is_empty() || input.peek(Token![,]) {
            let help = format!("write `{name} = {example}`");
            return Err(mistake(name, format!("`{name}` needs a value"), help));
        }
        if name == "guard" {
            self.guards.push(input.parse()?);
            return Ok(());
        }
        let value = until_comma(input)?;
        match name.to_string().as_str() {
            "timeout" => self.timeout = Some(duration(value)?),
            "body_limit" => self.body_limit = Some(size(value)?),
            "query_limit" => self.query_limit = Some(number(name, value, example)?),
            "errors" => self.errors = variants(value)?,
            "id" => self.id = Some(text(name, value, example)?),
            _ => self.tag = Some(text(name, value, example)?),
        }
        Ok(())
    }

    /// The body of `Route::options`.
    pub(crate) fn emit(&self) -> TokenStream {
        let guards = self.guards.iter().map(|guard| {
            let Extent { start, end } = Extent::of(guard);
            let method = quote_spanned!(start=> .guard);
            quote_spanned!(end=> #method::<#guard>())
        });
        let timeout = self.timeout.iter();
        let limit = self.body_limit.iter();
        let query_limit = self.query_limit.iter();
        let errors = self.errors.iter().map(|path| {
            let variant = path.segments.last().map(|last| last.ident.to_string());
            let variant = variant.unwrap_or_default();
            let variant = variant.trim_start_matches("r#");
            let problem = Ident::new("__problem", Span::mixed_site());
            quote_spanned! {path.span()=>
                .error({
                    #[allow(unreachable_patterns, reason = "a problem may have one variant only")]
                    let __is_variant = |#problem: &_| ::core::matches!(#problem, #path { .. });
                    __is_variant
                }, #variant)
            }
        });
        quote! {
            ::purlin::RouteOptions::default()
                #(#guards)*
                #(.timeout(#timeout))*
                #(.body_limit(#limit))*
                #(.query_limit(#query_limit))*
                #(#errors)*
        }
    }

    pub(crate) fn is_plain(&self) -> bool {
        self.guards.is_empty()
            && self.errors.is_empty()
            && self.timeout.is_none()
            && self.body_limit.is_none()
            && self.query_limit.is_none()
    }
}

/// `[BookError::Missing, BookError::OnLoan]`
fn variants(value: TokenStream) -> syn::Result<Vec<Path>> {
    let parser = |input: ParseStream<'_>| {
        let list;
        syn::bracketed!(list in input);
        Punctuated::<Path, Token![,]>::parse_terminated(&list)
    };
    let paths = parser.parse2(value.clone()).unwrap_or_default();
    if paths.is_empty() {
        let help = "write `errors = [BookError::Missing, BookError::OnLoan]`";
        return Err(mistake(&value, "`errors` is a list of variants in brackets", help));
    }
    Ok(paths.into_iter().collect())
}

fn text(name: &Ident, value: TokenStream, example: &str) -> syn::Result<LitStr> {
    syn::parse2(value.clone()).map_err(|_| {
        let help = format!("write `{name} = {example}`");
        mistake(&value, format!("`{value}` is no text in quotes"), help)
    })
}

fn number(name: &Ident, value: TokenStream, example: &str) -> syn::Result<LitInt> {
    let literal = syn::parse2::<LitInt>(value.clone()).ok();
    literal.filter(|literal| literal.base10_parse::<u32>().is_ok()).ok_or_else(|| {
        let help = format!("write `{name} = {example}`");
        mistake(&value, format!("`{value}` is no whole number"), help)
    })
}

/// `"500ms"`, `"30s"`, `"5m"`.
fn duration(value: TokenStream) -> syn::Result<TokenStream> {
    let units = [("ms", 1u64), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];
    let parsed = syn::parse2::<LitStr>(value.clone()).ok().and_then(|literal| {
        let text = literal.value();
        units.iter().find_map(|(unit, factor)| {
            let number: u64 = text.strip_suffix(unit)?.trim().parse().ok()?;
            number.checked_mul(*factor)
        })
    });
    match parsed {
        Some(ms) => Ok(quote!(::core::time::Duration::from_millis(#ms))),
        None => Err(mistake(
            &value,
            format!("`{value}` is no time"),
            "write a number with its unit: `\"500ms\"`, `\"30s\"`, `\"5m\"`, `\"1h\"`",
        )),
    }
}

/// `1_000_000` or `"10MiB"`.
fn size(value: TokenStream) -> syn::Result<TokenStream> {
    let units = [("KiB", 1usize << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("B", 1)];
    let number = syn::parse2::<LitInt>(value.clone()).and_then(|number| number.base10_parse()).ok();
    let with_unit = || {
        let text = syn::parse2::<LitStr>(value.clone()).ok()?.value();
        units.iter().find_map(|(unit, factor)| {
            let number: usize = text.strip_suffix(unit)?.trim().parse().ok()?;
            number.checked_mul(*factor)
        })
    };
    match number.or_else(with_unit) {
        Some(bytes) => Ok(quote!(#bytes)),
        None => Err(mistake(
            &value,
            format!("`{value}` is no size"),
            "write a number of bytes, or a number with its unit: `\"512KiB\"`, `\"10MiB\"`",
        )),
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
