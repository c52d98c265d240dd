//! `#[dependency] async fn reader(…) -> Result<Reader>`: a value built once per request.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{
    GenericArgument, Ident, ItemFn, Path, PathArguments, ReturnType, Signature, Token, Type,
};

use crate::arguments::Arguments;
use crate::emit::name_of;
use crate::erased;
use crate::mistake::{mistake, with_item};
use crate::route::{check_signature, strip_marker};

pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let Ok(mut function) = syn::parse2::<ItemFn>(item.clone()) else {
        let help = "put `#[dependency]` on an `async fn`";
        return with_item(&item, &mistake(&item, "a dependency is a function", help));
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

/// A dependency that does nothing, so that `Scoped<…>` adds no second error.
fn empty(function: &ItemFn) -> TokenStream {
    let (visibility, name) = (&function.vis, &function.sig.ident);
    let value = match &function.sig.output {
        ReturnType::Default => syn::parse_quote!(()),
        ReturnType::Type(_, ty) => result_of(ty).map_or_else(|| (**ty).clone(), |(value, _)| value),
    };
    quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types, reason = "it has the name of its function")]
        #visibility enum #name {}

        impl ::purlin::Dependency for #name {
            type Value = #value;
            type Prepared = ();
            const PLACE: ::purlin::Place = ::purlin::Place::new("", "", 0);

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
    check_signature(&function.sig, "a dependency")?;
    let name = &function.sig.ident;
    if function.sig.asyncness.is_none() {
        let help = format!("write `async fn {name}`");
        return Err(mistake(name, "a dependency is an `async fn`", help));
    }
    let finish = parse_finish(attribute)?;
    let arguments = Arguments::of(&mut function.sig, None)?;
    let (value, error) = returned(&function.sig)?;
    let output = match &function.sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => quote!(#ty),
    };
    let name = &function.sig.ident;
    let visibility = &function.vis;
    let local = |name: &str| Ident::new(name, Span::mixed_site());
    let (site, request, prepared) = (local("__site"), local("__request"), local("__prepared"));
    let prepare = arguments.prepare(&site);
    let tuple = arguments.prepared();
    let extract = arguments.extract(&prepared, &request);
    let values = arguments.values();
    let declared = arguments.declare(false);
    let (erased, closed) = (erased::ty(), erased::close(&tuple));
    let opened = erased::open(&prepared, arguments.list.len());
    // Named, because a type that cannot be converted is complained about where it is named.
    let errors = error.map(|error| quote!(::<_, #error>));
    let what = name_of(name);
    let finish = finish.map(|finish| {
        quote_spanned! {finish.span()=>
            const FINISHES: bool = true;
            fn finish(
                __value: ::purlin::__private::Arc<Self::Value>,
                __status: ::purlin::http::StatusCode,
            ) -> ::core::option::Option<::purlin::BoxFuture<::purlin::Result>> {
                let __finish: fn(
                    ::purlin::__private::Arc<Self::Value>,
                    ::purlin::http::StatusCode,
                ) -> _ = #finish;
                ::core::option::Option::Some(::std::boxed::Box::pin(__finish(__value, __status)))
            }
        }
    });
    let doc = format!("The request dependency [`{name}`](fn@{name}): taken as `Scoped<{name}>`.");
    Ok(quote_spanned! {name.span()=>
        #[doc = #doc]
        #[allow(non_camel_case_types, reason = "it has the name of its function")]
        #visibility enum #name {}

        const _: () = {
            #declared

            impl ::purlin::Dependency for #name {
                type Value = #value;
                type Prepared = #erased;
                const PLACE: ::purlin::Place = ::purlin::Place::new(
                    ::core::concat!(::core::module_path!(), "::", #what),
                    ::core::file!(),
                    ::core::line!(),
                );

                fn prepare(
                    #site: &mut ::purlin::Site<'_>,
                ) -> ::core::result::Result<Self::Prepared, ::purlin::Reported> {
                    #[allow(unused_imports, reason = "it is for errors without statuses")]
                    use ::purlin::__private::AnyFailure as _;
                    #prepare
                    ::purlin::__private::Outcome::<#output>::document(#site);
                    ::core::result::Result::Ok(#closed)
                }

                fn begin<'a>(
                    #prepared: &'a Self::Prepared,
                    #[allow(unused_mut, unused_variables, reason = "some take nothing of it")]
                    mut #request: &'a mut ::purlin::Request,
                ) -> ::purlin::__private::Begin<'a, Self::Value> {
                    #opened
                    ::std::boxed::Box::pin(async move {
                        #extract
                        let __future: ::purlin::BoxFuture<::purlin::Result<Self::Value>> =
                            ::std::boxed::Box::pin(async move {
                                ::purlin::__private::converted #errors (#name(#(#values),*).await)
                            });
                        ::core::result::Result::Ok(__future)
                    })
                }

                #finish
            }
        };
    })
}

/// `finish = commit`
fn parse_finish(attribute: TokenStream) -> syn::Result<Option<Path>> {
    if attribute.is_empty() {
        return Ok(None);
    }
    let help = "the option is `finish = function`";
    let parser = |input: ParseStream<'_>| {
        let name = input.parse::<Option<Ident>>()?;
        let Some(name) = name.filter(|name| name == "finish") else {
            let name = attribute.clone().into_iter().next();
            let message = format!("a dependency has no option `{}`", quote!(#name));
            return Err(mistake(name, message, help));
        };
        if input.parse::<Option<Token![=]>>()?.is_none() || input.is_empty() {
            return Err(mistake(name, "`finish` needs a function", help));
        }
        input.parse::<Path>().map(Some)
    };
    parser.parse2(attribute.clone())
}

/// `T` of `-> Result<T>`, and `E` if it is named.
fn returned(signature: &Signature) -> syn::Result<(Type, Option<Type>)> {
    let message = "a dependency returns a `Result`";
    let name = &signature.ident;
    let ReturnType::Type(_, ty) = &signature.output else {
        let help = format!("write `async fn {name}(…) -> purlin::Result<…>`");
        return Err(mistake(name, message, help));
    };
    result_of(ty)
        .ok_or_else(|| mistake(ty, message, format!("write `-> purlin::Result<{}>`", quote!(#ty))))
}

fn result_of(ty: &Type) -> Option<(Type, Option<Type>)> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Result")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return Some((syn::parse_quote!(()), None));
    };
    let mut arguments = arguments.args.iter();
    let Some(GenericArgument::Type(value)) = arguments.next() else { return None };
    let error = match arguments.next() {
        Some(GenericArgument::Type(error)) => Some(error.clone()),
        _ => None,
    };
    Some((value.clone(), error))
}
