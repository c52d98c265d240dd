//! `#[dependency] async fn reader(…) -> Result<Reader>`: a value built once per request.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{
    FnArg, GenericArgument, Ident, ItemFn, LitStr, Path, PathArguments, ReturnType, Token, Type,
};

use crate::arguments::Arguments;
use crate::mistake::{mistake, with_item};

pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut function: ItemFn = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(_) => return with_item(&item, &mistake(&item, "a dependency is an async function")),
    };
    match emit(attribute, &mut function) {
        Ok(dependency) => quote!(#function #dependency),
        Err(error) => {
            function.sig.inputs.iter_mut().for_each(strip_marker);
            let (empty, error) = (empty(&function), error.to_compile_error());
            quote!(#function #empty #error)
        }
    }
}

/// Takes `#[path]` off an argument, so that the compiler does not stumble over it.
fn strip_marker(input: &mut FnArg) {
    if let FnArg::Typed(input) = input {
        input.attrs.retain(|attr| !attr.path().is_ident("path"));
    }
}

/// A dependency that does nothing, so that `Scoped<…>` adds no second error.
fn empty(function: &ItemFn) -> TokenStream {
    let (visibility, name) = (&function.vis, &function.sig.ident);
    let value = value_type(&function.sig.output).unwrap_or_else(|_| syn::parse_quote!(()));
    quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types, reason = "it has the name of its function")]
        #visibility enum #name {}

        impl ::purlin::Dependency for #name {
            type Value = #value;
            type Prepared = ();
            const PLACE: ::purlin::Place = ::purlin::Place { what: "", file: "", line: 0 };

            fn prepare(
                _site: &mut ::purlin::Site<'_>,
            ) -> ::core::result::Result<(), ::purlin::Reported> {
                ::core::unreachable!()
            }

            fn begin<'a>(
                _prepared: &'a (),
                _request: &'a mut ::purlin::Request,
            ) -> ::purlin::__private::Begin<'a, Self::Value> {
                ::core::unreachable!()
            }
        }
    }
}

fn emit(attribute: TokenStream, function: &mut ItemFn) -> syn::Result<TokenStream> {
    crate::route::check_generics(&function.sig)?;
    if function.sig.asyncness.is_none() {
        return Err(mistake(&function.sig.ident, "a dependency is an `async fn`"));
    }
    let finish = parse_finish(attribute)?;
    let no_path = LitStr::new("/", Span::call_site());
    let arguments = Arguments::of(&mut function.sig, &no_path)?;
    let value = value_type(&function.sig.output)?;
    let name = &function.sig.ident;
    let visibility = &function.vis;
    let local = |name: &str| Ident::new(name, Span::mixed_site());
    let (site, request, prepared) = (local("site"), local("request"), local("prepared"));
    let prepare = arguments.prepare(&site);
    let tuple = arguments.prepared();
    let extract = arguments.extract(&prepared, &request);
    let values = arguments.values();
    let prepared_types = arguments.prepared_types();
    let what = name.to_string();
    let finish = finish.map(|finish| {
        quote_spanned! {finish.span()=>
            const FINISHES: bool = true;
            fn finish(
                value: ::purlin::__private::Arc<Self::Value>,
                status: ::purlin::http::StatusCode,
            ) -> ::core::option::Option<::purlin::BoxFuture<::purlin::Result>> {
                ::core::option::Option::Some(::std::boxed::Box::pin(#finish(value, status)))
            }
        }
    });
    let doc = format!("The request dependency [`{name}`](fn@{name}): taken as `Scoped<{name}>`.");
    Ok(quote_spanned! {name.span()=>
        #[doc = #doc]
        #[allow(non_camel_case_types, reason = "it has the name of its function")]
        #visibility enum #name {}

        impl ::purlin::Dependency for #name {
            type Value = #value;
            type Prepared = #prepared_types;
            const PLACE: ::purlin::Place = ::purlin::Place {
                what: ::core::concat!(::core::module_path!(), "::", #what),
                file: ::core::file!(),
                line: ::core::line!(),
            };

            fn prepare(
                #site: &mut ::purlin::Site<'_>,
            ) -> ::core::result::Result<Self::Prepared, ::purlin::Reported> {
                #prepare
                ::core::result::Result::Ok(#tuple)
            }

            fn begin<'a>(
                #prepared: &'a Self::Prepared,
                #[allow(unused_mut, unused_variables, reason = "some take nothing of it")]
                mut #request: &'a mut ::purlin::Request,
            ) -> ::purlin::__private::Begin<'a, Self::Value> {
                ::std::boxed::Box::pin(async move {
                    #extract
                    let future: ::purlin::BoxFuture<::purlin::Result<Self::Value>> =
                        ::std::boxed::Box::pin(async move {
                            ::purlin::__private::converted(#name(#(#values),*).await)
                        });
                    ::core::result::Result::Ok(future)
                })
            }

            #finish
        }
    })
}

/// `finish = commit`
fn parse_finish(attribute: TokenStream) -> syn::Result<Option<Path>> {
    if attribute.is_empty() {
        return Ok(None);
    }
    let parser = |input: syn::parse::ParseStream<'_>| {
        let name: Ident = input.parse()?;
        if name != "finish" {
            return Err(mistake(
                &name,
                format!("a dependency knows `finish = function`, not `{name}`"),
            ));
        }
        input.parse::<Token![=]>()?;
        input.parse::<Path>()
    };
    syn::parse::Parser::parse2(parser, attribute).map(Some)
}

/// `T` of `-> Result<T>`.
fn value_type(output: &ReturnType) -> syn::Result<Type> {
    let message = "a dependency returns `Result<T>`";
    let ReturnType::Type(_, ty) = output else { return Err(mistake(output, message)) };
    let Type::Path(path) = &**ty else { return Err(mistake(ty, message)) };
    let last = path.path.segments.last().filter(|last| last.ident == "Result");
    let Some(PathArguments::AngleBracketed(arguments)) = last.map(|last| &last.arguments) else {
        return Err(mistake(ty, message));
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(value)) => Ok(value.clone()),
        _ => Err(mistake(ty, message)),
    }
}
