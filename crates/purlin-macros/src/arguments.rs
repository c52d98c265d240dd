//! The arguments of a handler: which are path parameters, and in which order they are taken.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, Ident, LitStr, Pat, Signature, Type};

use crate::mistake::mistake;

/// Extractors that never read the body.
const BODILESS: [&str; 13] = [
    "ClientAddress",
    "Config",
    "Cookies",
    "Header",
    "HeaderMap",
    "Inject",
    "Method",
    "Path",
    "Query",
    "RequestId",
    "Scoped",
    "Uri",
    "Urls",
];
/// Extractors that read it.
const READERS: [&str; 7] = ["Body", "Bytes", "Checked", "Form", "Json", "Request", "Text"];
/// Types that can only be path parameters.
const PLAIN: [&str; 18] = [
    "String", "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8",
    "u16", "u32", "u64", "u128", "usize", "Uuid",
];

/// Whether an argument reads the body, as far as its name tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reads {
    Body,
    Nothing,
    Unknown,
}

/// One argument of a handler.
pub(crate) struct Argument {
    /// The name without a leading underscore; `None` for a pattern.
    name: Option<String>,
    ty: Type,
    /// What is extracted: the type itself, or a segment of the path around it.
    extractor: TokenStream,
    is_segment: bool,
    reads: Reads,
    span: Span,
}

/// All arguments of a handler.
pub(crate) struct Arguments {
    pub(crate) list: Vec<Argument>,
    /// The path parameters that no argument takes by name.
    untaken: Vec<String>,
}

impl Arguments {
    /// Reads the arguments of a function, and takes `#[path]` off them.
    pub(crate) fn of(signature: &mut Signature, path: &LitStr) -> syn::Result<Self> {
        let parameters = crate::attribute::parameters(&path.value());
        let mut untaken = parameters.clone();
        let mut list = Vec::new();
        for input in &mut signature.inputs {
            let FnArg::Typed(input) = input else { continue };
            let marked = input.attrs.iter().position(|attr| attr.path().is_ident("path"));
            if let Some(at) = marked {
                input.attrs.remove(at);
            }
            let name = match &*input.pat {
                Pat::Ident(pat) => Some(pat.ident.to_string()),
                _ => None,
            };
            let name =
                name.map(|name| name.trim_start_matches("r#").trim_start_matches('_').to_owned());
            let is_parameter = name.as_ref().is_some_and(|name| parameters.contains(name));
            if let (true, Some(name)) = (is_parameter, &name) {
                untaken.retain(|other| other != name);
            }
            let ty = (*input.ty).clone();
            let is_segment = is_parameter || marked.is_some();
            list.push((input.pat.clone(), Argument::new(name, ty, is_segment)));
        }
        for (pat, argument) in &list {
            argument.check(pat, path, &untaken)?;
        }
        let list: Vec<Argument> = list.into_iter().map(|(_, argument)| argument).collect();
        let arguments = Self { list, untaken };
        arguments.check_taken(signature, path)?;
        Ok(arguments)
    }

    /// A parameter nobody takes is a mistake here, unless something may take it unseen.
    fn check_taken(&self, signature: &Signature, path: &LitStr) -> syn::Result<()> {
        let unseen = |argument: &Argument| {
            !argument.is_segment && (argument.reads == Reads::Unknown || argument.is("Path"))
        };
        let Some(name) = self.untaken.first() else { return Ok(()) };
        if self.list.iter().any(unseen) {
            return Ok(());
        }
        let function = &signature.ident;
        Err(mistake(
            path,
            format!(
                "no argument takes the path parameter `{{{name}}}`: add `{name}: …` to `{function}`, or `_{name}: …` to ignore its value"
            ),
        ))
    }

    /// The statements that prepare each argument, all of them before the first may fail.
    pub(crate) fn prepare(&self, site: &Ident) -> TokenStream {
        let statements = self.list.iter().enumerate().map(|(index, argument)| {
            let variable = variable(index);
            let name = if let Some(name) = &argument.name {
                quote!(::core::option::Option::Some(#name))
            } else {
                quote!(::core::option::Option::None)
            };
            let as_extract = argument.as_extract();
            quote_spanned! {argument.span=>
                #site.at_argument(#name);
                let #variable = #as_extract::prepare(#site);
            }
        });
        quote!(#(#statements)* #site.at_argument(::core::option::Option::None);)
    }

    /// The prepared arguments, as one tuple.
    pub(crate) fn prepared(&self) -> TokenStream {
        let variables = (0..self.list.len()).map(variable);
        quote!((#(#variables?,)*))
    }

    /// The statements that take each argument from the request: the body last.
    pub(crate) fn extract(&self, prepared: &Ident, request: &Ident) -> TokenStream {
        let extract = |index: usize, argument: &Argument| {
            let at = syn::Index::from(index);
            let as_extract = argument.as_extract();
            quote_spanned!(argument.span=> #as_extract::extract(&#prepared.#at, &mut #request).await?)
        };
        let reads_body = |argument: &Argument| {
            let as_extract = argument.as_extract();
            quote_spanned!(argument.span=> #as_extract::READS_BODY)
        };
        let all = || self.list.iter().enumerate();
        let first = all().map(|(index, argument)| {
            let (variable, taken) = (variable(index), extract(index, argument));
            match argument.reads {
                Reads::Body => quote!(),
                Reads::Nothing => quote!(let #variable = #taken;),
                // The name does not tell; the type does, and the compiler drops the other branch.
                Reads::Unknown => {
                    let reads = reads_body(argument);
                    quote! {
                        let #variable = if #reads {
                            ::core::option::Option::None
                        } else {
                            ::core::option::Option::Some(#taken)
                        };
                    }
                }
            }
        });
        let then = all().map(|(index, argument)| {
            let (variable, taken) = (variable(index), extract(index, argument));
            match argument.reads {
                Reads::Body => quote!(let #variable = #taken;),
                Reads::Nothing => quote!(),
                Reads::Unknown => quote! {
                    let #variable = match #variable {
                        ::core::option::Option::Some(taken) => taken,
                        ::core::option::Option::None => #taken,
                    };
                },
            }
        });
        quote!(#(#first)* #(#then)*)
    }

    /// The values the function is called with.
    pub(crate) fn values(&self) -> Vec<TokenStream> {
        let values = self.list.iter().enumerate().map(|(index, argument)| {
            let variable = variable(index);
            if argument.is_segment { quote!(#variable.0) } else { quote!(#variable) }
        });
        values.collect()
    }

    /// Refuses a second reader of the body, on its type.
    pub(crate) fn assertions(&self) -> TokenStream {
        let may_read: Vec<_> =
            self.list.iter().filter(|argument| argument.reads != Reads::Nothing).collect();
        let pairs = may_read
            .iter()
            .enumerate()
            .flat_map(|(at, second)| may_read[..at].iter().map(move |first| (first, second)));
        let assertions = pairs.map(|(first, second)| {
            let name = |argument: &Argument| {
                argument.name.clone().unwrap_or_else(|| "an argument".to_owned())
            };
            let message = format!(
                "`{}` reads the request body, and so does `{}` before it; a body can be read once",
                name(second),
                name(first)
            );
            let (one, two) = (first.as_extract(), second.as_extract());
            quote_spanned! {second.span=>
                const _: () = ::core::assert!(!(#one::READS_BODY && #two::READS_BODY), #message);
            }
        });
        quote!(#(#assertions)*)
    }

    /// The arguments of `url`, and the pairs of names and texts they give.
    pub(crate) fn url(&self, path: &LitStr) -> (TokenStream, TokenStream) {
        let parameters = crate::attribute::parameters(&path.value());
        let mut inputs = Vec::new();
        let mut pairs = Vec::new();
        for parameter in &parameters {
            let ident = Ident::new(&format!("{parameter}_value"), Span::mixed_site());
            let argument = self
                .list
                .iter()
                .find(|argument| argument.is_segment && argument.name.as_ref() == Some(parameter));
            match argument {
                // What has no type here is written as it displays.
                None => {
                    inputs.push(quote!(#ident: impl ::core::fmt::Display));
                    pairs.push(quote!((#parameter, ::std::string::ToString::to_string(&#ident))));
                }
                Some(argument) if argument.is("String") => {
                    inputs.push(quote!(#ident: impl ::core::convert::AsRef<str>));
                    pairs.push(quote!((#parameter, ::std::string::String::from(#ident.as_ref()))));
                }
                Some(argument) => {
                    let (ty, as_extract) = (&argument.ty, argument.as_extract());
                    inputs.push(quote!(#ident: impl ::purlin::__private::Borrow<#ty>));
                    pairs.push(quote_spanned! {argument.span=>
                        (#parameter, #as_extract::path_text(
                            ::purlin::__private::Borrow::<#ty>::borrow(&#ident)
                        ))
                    });
                }
            }
        }
        (quote!(#(#inputs),*), quote!(::std::vec![#(#pairs),*]))
    }
}

/// The local variable of an argument, which no name in the handler's code can meet.
fn variable(index: usize) -> Ident {
    Ident::new(&format!("argument_{index}"), Span::mixed_site())
}

impl Argument {
    fn new(name: Option<String>, ty: Type, is_segment: bool) -> Self {
        let span = ty.span();
        let extractor = if is_segment {
            quote_spanned!(span=> ::purlin::__private::Segment<#ty>)
        } else {
            quote!(#ty)
        };
        let reads = match last_segment(&ty) {
            _ if is_segment => Reads::Nothing,
            Some(last) if BODILESS.contains(&last.as_str()) => Reads::Nothing,
            Some(last) if READERS.contains(&last.as_str()) => Reads::Body,
            _ => Reads::Unknown,
        };
        Self { name, ty, extractor, is_segment, reads, span }
    }

    /// `<Type as Extract>`, on the tokens of the type.
    fn as_extract(&self) -> TokenStream {
        let extractor = &self.extractor;
        quote_spanned!(self.span=> <#extractor as ::purlin::Extract>)
    }

    fn is(&self, name: &str) -> bool {
        last_segment(&self.ty).is_some_and(|last| last == name)
    }

    /// A plain type that is no parameter of the path can be nothing else.
    fn check(&self, pat: &Pat, path: &LitStr, untaken: &[String]) -> syn::Result<()> {
        let is_plain = last_segment(&self.ty).is_some_and(|last| PLAIN.contains(&last.as_str()));
        if self.is_segment || !is_plain {
            return Ok(());
        }
        let path = path.value();
        let name = self.name.as_deref().unwrap_or("this");
        let message = match untaken {
            [] => format!(
                "`{name}` is not a parameter of `{path}`; add `{{{name}}}` to the path, or mark it `#[path]` if a prefix brings it"
            ),
            [one] => format!(
                "`{name}` is not a parameter of `{path}`; the parameter without an argument is `{one}`"
            ),
            more => format!(
                "`{name}` is not a parameter of `{path}`; the parameters without an argument are `{}`",
                more.join("`, `")
            ),
        };
        Err(mistake(pat, message))
    }
}

/// The last word of a type's path, looking through `Option` and `Result`.
fn last_segment(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    if (last.ident == "Option" || last.ident == "Result")
        && let syn::PathArguments::AngleBracketed(arguments) = &last.arguments
        && let Some(syn::GenericArgument::Type(inner)) = arguments.args.first()
    {
        return last_segment(inner);
    }
    Some(last.ident.to_string())
}

impl Arguments {
    /// The type of the prepared arguments.
    pub(crate) fn prepared_types(&self) -> TokenStream {
        let types = self.list.iter().map(|argument| {
            let as_extract = argument.as_extract();
            quote_spanned!(argument.span=> #as_extract::Prepared)
        });
        quote!((#(#types,)*))
    }
}
