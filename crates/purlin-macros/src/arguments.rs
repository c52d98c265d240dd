//! The arguments of a handler: which are path parameters, and in which order they are taken.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{FnArg, Ident, LitStr, Pat, Signature, Type};

use crate::extractor::{Extractor, one_body, parts};
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

/// One argument of a handler. Its name is without a leading underscore.
pub(crate) struct Argument {
    extractor: Extractor,
    reads: Reads,
}

/// All arguments of a handler.
pub(crate) struct Arguments {
    pub(crate) list: Vec<Argument>,
    /// The path parameters that no argument takes by name.
    untaken: Vec<String>,
}

impl Arguments {
    /// Reads the arguments of a function, and takes `#[path]` off them. A dependency has no path.
    pub(crate) fn of(signature: &mut Signature, path: Option<&LitStr>) -> syn::Result<Self> {
        let parameters = path.map(|path| crate::attribute::parameters(&path.value()));
        let parameters = parameters.unwrap_or_default();
        let mut untaken = parameters.clone();
        let mut list = Vec::new();
        for input in &mut signature.inputs {
            let FnArg::Typed(input) = input else { continue };
            let marked = input.attrs.iter().position(|attr| attr.path().is_ident("path"));
            if let Some(at) = marked {
                input.attrs.remove(at);
            }
            let name = name_of(&input.pat, &parameters);
            let is_parameter = name.as_ref().is_some_and(|name| parameters.contains(name));
            if let (true, Some(name)) = (is_parameter, &name) {
                untaken.retain(|other| other != name);
            }
            let ty = (*input.ty).clone();
            let is_segment = is_parameter || marked.is_some();
            let extractor = Extractor::new(list.len(), name, ty, is_segment);
            list.push((input.pat.clone(), Argument::new(extractor)));
        }
        for (pat, argument) in &list {
            argument.check_owned(pat)?;
            argument.check_plain(pat, path, &untaken)?;
        }
        let list: Vec<Argument> = list.into_iter().map(|(_, argument)| argument).collect();
        let arguments = Self { list, untaken };
        if let Some(path) = path {
            arguments.check_taken(signature, path)?;
        }
        Ok(arguments)
    }

    /// A parameter nobody takes is a mistake here, unless something may take it unseen.
    fn check_taken(&self, signature: &Signature, path: &LitStr) -> syn::Result<()> {
        let Some(name) = self.untaken.first() else { return Ok(()) };
        if self.list.iter().any(Argument::may_take_unseen) {
            return Ok(());
        }
        let function = &signature.ident;
        Err(mistake(
            path,
            format!("no argument takes the path parameter `{{{name}}}`"),
            format!("add `{name}: …` to `{function}`, or `_{name}: …` to ignore its value"),
        ))
    }

    /// Whether what may take a parameter unseen can take anything, as an expression. An argument of
    /// another type is a mistake, perhaps a misspelt name, and the parameter then has no type.
    fn unseen_are_extractors(&self) -> TokenStream {
        let unseen = self.list.iter().filter(|argument| argument.may_take_unseen());
        let types = unseen.map(|argument| &argument.extractor.ty);
        quote! {
            #[allow(unused_imports, reason = "it stands in for mistakes")]
            use ::purlin::__private::NoPart as _;
            #(::purlin::__private::Part::<#types>::IS_EXTRACTOR)&&*
        }
    }

    /// What stands beside the functions that take the arguments; it refuses a second body.
    pub(crate) fn declare(&self, are_known: bool) -> TokenStream {
        let parts = if self.list.is_empty() { quote!() } else { parts(are_known) };
        let may_read = self.list.iter().filter(|argument| argument.reads != Reads::Nothing);
        let may_read: Vec<_> = may_read.map(|argument| &argument.extractor).collect();
        let one_body = one_body(&may_read);
        quote!(#parts #one_body)
    }

    /// The statements that prepare each argument, all of them before the first may fail.
    pub(crate) fn prepare(&self, site: &Ident) -> TokenStream {
        let statements = self.list.iter().map(|argument| argument.extractor.prepare(site));
        quote!(#(#statements)* #site.at_argument(::core::option::Option::None);)
    }

    /// The prepared arguments, as one tuple.
    pub(crate) fn prepared(&self) -> TokenStream {
        let variables = self.list.iter().map(|argument| argument.extractor.variable());
        quote!((#(#variables?,)*))
    }

    /// The statements that take each argument from the request: the body last.
    pub(crate) fn extract(&self, prepared: &Ident, request: &Ident) -> TokenStream {
        let request = quote!(&mut #request);
        let parts = self.list.iter().map(|Argument { extractor, reads }| {
            let (variable, taken) = (extractor.variable(), extractor.extract(prepared, &request));
            match reads {
                Reads::Body => (quote!(), quote!(let #variable = #taken;)),
                Reads::Nothing => (quote!(let #variable = #taken;), quote!()),
                // The name does not tell; the type does, and the compiler drops the other branch.
                Reads::Unknown => extractor.extract_in_turn(&taken),
            }
        });
        let (first, then): (Vec<_>, Vec<_>) = parts.unzip();
        quote!(#(#first)* #(#then)*)
    }

    /// The values the function is called with.
    pub(crate) fn values(&self) -> Vec<Ident> {
        self.list.iter().map(|argument| argument.extractor.variable()).collect()
    }

    /// The arguments of `url`, and the pairs of names and texts they give.
    pub(crate) fn url(&self, path: &LitStr) -> (TokenStream, TokenStream) {
        let parameters = crate::attribute::parameters(&path.value());
        let mut inputs = Vec::new();
        let mut pairs = Vec::new();
        let mut stand_in = quote!();
        for parameter in &parameters {
            let ident = Ident::new(&format!("{parameter}_value"), Span::mixed_site());
            let argument = self.list.iter().find(|Argument { extractor, .. }| {
                extractor.is_segment && extractor.name.as_ref() == Some(parameter)
            });
            match argument {
                // What has no type here is written as it displays.
                None => {
                    let are_extractors = self.unseen_are_extractors();
                    inputs.push(quote! {
                        #ident: impl ::purlin::__private::Written<{ #are_extractors }>
                    });
                    pairs.push(quote! {
                        (#parameter, ::purlin::__private::Written::written(&#ident))
                    });
                }
                Some(argument) if argument.is("String") => {
                    inputs.push(quote!(#ident: impl ::core::convert::AsRef<str>));
                    pairs.push(quote!((#parameter, ::std::string::String::from(#ident.as_ref()))));
                }
                Some(argument) => {
                    let ty = &argument.extractor.ty;
                    inputs.push(quote!(#ident: impl ::purlin::__private::Borrow<#ty>));
                    pairs.push(quote! {
                        (#parameter, ::purlin::__private::PathText::<#ty>::of(
                            ::purlin::__private::Borrow::<#ty>::borrow(&#ident)
                        ))
                    });
                    stand_in = quote! {
                        #[allow(unused_imports, reason = "it stands in for mistakes")]
                        use ::purlin::__private::NoPathText as _;
                    };
                }
            }
        }
        (quote!(#(#inputs),*), quote!({ #stand_in ::std::vec![#(#pairs),*] }))
    }
}

impl Argument {
    fn may_take_unseen(&self) -> bool {
        !self.extractor.is_segment && (self.reads == Reads::Unknown || self.is("Path"))
    }

    fn new(extractor: Extractor) -> Self {
        let reads = match last_segment(&extractor.ty) {
            _ if extractor.is_segment => Reads::Nothing,
            Some(last) if BODILESS.contains(&last.as_str()) => Reads::Nothing,
            Some(last) if READERS.contains(&last.as_str()) => Reads::Body,
            _ => Reads::Unknown,
        };
        Self { extractor, reads }
    }

    fn is(&self, name: &str) -> bool {
        last_segment(&self.extractor.ty).is_some_and(|last| last == name)
    }

    /// What is taken from a request has a type of its own, and belongs to the handler.
    fn check_owned(&self, pat: &Pat) -> syn::Result<()> {
        let pat = quote!(#pat);
        match &self.extractor.ty {
            Type::ImplTrait(open) => Err(mistake(
                open,
                format!("nobody chooses the type of `{pat}`"),
                format!("name it: `{pat}: String`"),
            )),
            Type::Reference(reference)
                if reference.lifetime.as_ref().is_none_or(|name| name.ident != "static") =>
            {
                let owned = match &*reference.elem {
                    Type::Path(path) if path.path.is_ident("str") => quote!(String),
                    Type::Slice(slice) => {
                        let element = &slice.elem;
                        quote!(Vec<#element>)
                    }
                    other => quote!(#other),
                };
                Err(mistake(
                    reference,
                    format!(
                        "`{pat}` is borrowed, and what a request brings belongs to the handler"
                    ),
                    format!("take `{pat}: {owned}`"),
                ))
            }
            _ => Ok(()),
        }
    }

    /// A plain type that is no parameter of the path can be nothing else.
    fn check_plain(&self, pat: &Pat, path: Option<&LitStr>, untaken: &[String]) -> syn::Result<()> {
        let is_plain = PLAIN.iter().any(|name| self.is(name));
        if self.extractor.is_segment || !is_plain {
            return Ok(());
        }
        let name = self.extractor.name.as_deref().unwrap_or("_");
        let Some(path) = path.map(LitStr::value) else {
            let message = format!("`{name}` is a path parameter, and a dependency has no path");
            let help = format!("mark it `#[path]`, and the routes bring it as `{{{name}}}`");
            return Err(mistake(pat, message, help));
        };
        let help = match untaken {
            [] => format!(
                "add `{{{name}}}` to the path, or mark the argument `#[path]` if a prefix brings it"
            ),
            [one] => format!("name the argument `{one}`, as the parameter that nobody takes"),
            more => format!(
                "name the argument as one of the parameters that nobody takes: `{}`",
                more.join("`, `")
            ),
        };
        Err(mistake(pat, format!("`{name}` is not a parameter of `{path}`"), help))
    }
}

/// The name of an argument: without the underscore of one that is not used, unless the parameter
/// has it, too.
fn name_of(pat: &Pat, parameters: &[String]) -> Option<String> {
    let Pat::Ident(pat) = pat else { return None };
    let name = pat.ident.to_string();
    let name = name.trim_start_matches("r#");
    let is_parameter = parameters.iter().any(|parameter| parameter == name);
    Some(if is_parameter { name } else { name.trim_start_matches('_') }.to_owned())
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
