//! Which addresses a handler writes: `show::url(id)`, `books::show::url(id)`, `Books::show_url(id)`.
//!
//! The route that such a call names has to be mounted, which is found out at assembly. A macro sees
//! words and not what they stand for, and a module may have a function `url` as well, so nothing is
//! asked of the word `show`. Beside each route stands a second name, `__show_url`, which is looked
//! up where the call finds the first; behind it stands one that is no route. So a route is found if
//! it stands in the module of the handler, or in a module that the call names. What a `use` brought
//! in by its name alone is not.

use proc_macro2::{Delimiter, Ident, Spacing, Span, TokenStream, TokenTree};
use quote::{format_ident, quote};

/// The name beside a route: of `show` and `url`, or of `Books` and `show_url`.
pub(crate) fn name_beside(owner: &str, function: &str) -> Ident {
    let plain = |name: &str| name.trim_start_matches("r#").to_owned();
    format_ident!("__{}_{}", plain(owner), plain(function), span = Span::call_site())
}

/// The statements that tell the site which addresses are written in the body of a handler.
pub(crate) fn announce(body: TokenStream, site: &Ident) -> TokenStream {
    let mut search = Search::default();
    search.look(body, Text::Code);
    let Search { found, brought, is_unclear } = search;
    if is_unclear {
        return quote!();
    }
    let mut calls: Vec<Call> = Vec::new();
    for call in found {
        let is_foreign = call.is_absolute || !brought.contains(&call.path[0].to_string());
        if is_foreign && !calls.iter().any(|other| other.path == call.path) {
            calls.push(call);
        }
    }
    let statements = calls.iter().map(|call| call.announce(site));
    quote!(#(#statements)*)
}

/// What a text is known to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    /// Code, in which each path leads somewhere.
    Code,
    /// What stands in the parentheses of some macro, and may mean anything.
    Unknown,
}

/// Macros whose parentheses hold expressions.
const OF_EXPRESSIONS: [&str; 24] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "dbg",
    "debug",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "eprint",
    "eprintln",
    "error",
    "format",
    "format_args",
    "info",
    "json",
    "matches",
    "panic",
    "print",
    "println",
    "trace",
    "vec",
    "warn",
    "write",
    "writeln",
];

/// What begins an item that stands in a body, if a name follows.
const ITEMS: [&str; 7] = ["enum", "fn", "mod", "struct", "trait", "type", "union"];

#[derive(Default)]
struct Search {
    found: Vec<Call>,
    /// Names that a `use` in the body brings in, and more: all words of it.
    brought: Vec<String>,
    /// Whether names in the body may mean something else than around it.
    is_unclear: bool,
}

impl Search {
    fn look(&mut self, text: TokenStream, kind: Text) {
        let tokens: Vec<TokenTree> = text.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at = match token {
                // What follows may not be compiled at all.
                TokenTree::Punct(punct) if punct.as_char() == '#' && is_cfg(tokens.get(at + 1)) => {
                    return;
                }
                TokenTree::Punct(_) if is_colons(&tokens, at) => self.path(&tokens, at, kind),
                TokenTree::Ident(word) if word == "use" => self.bring(&tokens, at + 1),
                TokenTree::Ident(word) => {
                    self.is_unclear |= is_item(word, tokens.get(at + 1));
                    self.path(&tokens, at, kind)
                }
                TokenTree::Group(group) => {
                    self.look(group.stream(), kind);
                    at + 1
                }
                _ => at + 1,
            };
        }
    }

    /// Reads names with `::` between them, and returns where they end.
    fn path(&mut self, tokens: &[TokenTree], start: usize, kind: Text) -> usize {
        let is_absolute = is_colons(tokens, start);
        let mut end = if is_absolute { start + 2 } else { start };
        let mut path = Vec::new();
        while let Some(TokenTree::Ident(name)) = tokens.get(end) {
            path.push(name.clone());
            end += 1;
            if !is_colons(tokens, end) {
                break;
            }
            end += 2;
        }
        match (tokens.get(end), tokens.get(end + 1)) {
            (Some(TokenTree::Punct(mark)), Some(TokenTree::Group(group)))
                if mark.as_char() == '!' =>
            {
                let is_known = path
                    .last()
                    .is_some_and(|name| OF_EXPRESSIONS.iter().any(|known| name == known));
                self.look(group.stream(), if is_known { kind } else { Text::Unknown });
                end + 2
            }
            (Some(TokenTree::Group(group)), _) if group.delimiter() == Delimiter::Parenthesis => {
                // In `Vec::<u8>::new()` the second `::` goes on with what was before.
                let goes_on = is_absolute && start > 0 && ends_type(&tokens[start - 1]);
                let call = Call { is_absolute, path };
                if !goes_on && call.may_be_address(kind) {
                    self.found.push(call);
                }
                end
            }
            _ => end,
        }
    }

    /// Notes the words of a `use`, and returns where it ends.
    fn bring(&mut self, tokens: &[TokenTree], start: usize) -> usize {
        for (at, token) in tokens.iter().enumerate().skip(start) {
            match token {
                TokenTree::Ident(name) if !is_root(name) => self.brought.push(name.to_string()),
                TokenTree::Group(group) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    self.bring(&inner, 0);
                }
                TokenTree::Punct(punct) if punct.as_char() == ';' => return at + 1,
                TokenTree::Punct(punct) => self.is_unclear |= punct.as_char() == '*',
                _ => {}
            }
        }
        tokens.len()
    }
}

/// A path that is called.
struct Call {
    /// Whether a `::` begins it.
    is_absolute: bool,
    path: Vec<Ident>,
}

impl Call {
    fn may_be_address(&self, kind: Text) -> bool {
        let [module @ .., owner, function] = self.path.as_slice() else { return false };
        let function = function.to_string();
        let has_name =
            function == "url" || function.len() > "_url".len() && function.ends_with("_url");
        let is_near = module.is_empty() && !self.is_absolute;
        has_name
            && (kind == Text::Code || is_near)
            && !is_root(owner)
            && self.path.iter().all(|name| name != "Self")
    }

    /// The statements that look the route up, and tell the site of it if there is one.
    fn announce(&self, site: &Ident) -> TokenStream {
        let [module @ .., owner, function] = self.path.as_slice() else { return quote!() };
        let beside = name_beside(&owner.to_string(), &function.to_string());
        let announce = Ident::new("__announce", Span::mixed_site());
        let colons = self.is_absolute.then(|| quote!(::));
        let is_near = module.is_empty() && !self.is_absolute;
        let here = if is_near {
            quote!(::core::option::Option::Some(::core::module_path!()))
        } else {
            quote!(::core::option::Option::None)
        };
        // A module with something of its own name in it, such as the route `home::home`, would be
        // ambiguous if it were named beside what it brings. So it gets another name outside, which
        // stands where the module stands: there a misspelt one is complained about.
        let (outside, inside) = if is_near {
            (quote!(), quote!(self))
        } else if !self.is_absolute && module.iter().all(is_root) {
            (quote!(), quote!(#(#module)::*))
        } else {
            let place = module.last().map_or_else(Span::call_site, Ident::span);
            let alias = Ident::new("__module", place);
            (quote!(use #colons #(#module)::* as #alias;), quote!(#alias))
        };
        let mut words: Vec<String> = self.path.iter().map(Ident::to_string).collect();
        let method = words.pop().filter(|function| function != "url");
        let controller = words.join("::");
        let (route, mount) = match method.as_deref().and_then(|name| name.strip_suffix("_url")) {
            Some(method) => {
                (format!("{controller}::{method}"), format!("`.routes({controller}::routes())`"))
            }
            None => {
                (controller.clone(), format!("`{controller}` to the application's `routes![…]`"))
            }
        };
        quote! {
            #[allow(unused_imports, reason = "of two with one name, the first that is found is used")]
            let #announce = {
                use ::purlin::__private::NoRoute as #beside;
                #outside
                {
                    use #inside::*;
                    <#beside as ::purlin::__private::Addressed>::announce
                }
            };
            #announce(#site, #here, #route, #mount);
        }
    }
}

/// Whether `::` stands there.
fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |at: usize| match tokens.get(at) {
        Some(TokenTree::Punct(punct)) if punct.as_char() == ':' => Some(punct.spacing()),
        _ => None,
    };
    colon(at) == Some(Spacing::Joint) && colon(at + 1).is_some()
}

/// Whether what stands before a `::` may belong to it.
fn ends_type(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(punct) => punct.as_char() == '>',
        TokenTree::Ident(_) | TokenTree::Group(_) => true,
        TokenTree::Literal(_) => false,
    }
}

/// `[cfg(…)]` or `[cfg_attr(…)]`
fn is_cfg(token: Option<&TokenTree>) -> bool {
    let Some(TokenTree::Group(group)) = token else { return false };
    match group.stream().into_iter().next() {
        Some(TokenTree::Ident(name)) => name == "cfg" || name == "cfg_attr",
        _ => false,
    }
}

/// Whether a word begins an item, as the next token tells.
fn is_item(word: &Ident, next: Option<&TokenTree>) -> bool {
    let has_name = matches!(next, Some(TokenTree::Ident(_)));
    word == "impl" || word == "macro_rules" || has_name && ITEMS.iter().any(|item| word == item)
}

/// The words a path may begin with that mean a module wherever they stand.
fn is_root(word: &Ident) -> bool {
    ["crate", "self", "super"].iter().any(|root| word == root)
}
