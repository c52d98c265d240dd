//! Writes a route out: its type, its address, and the endpoint with everything around the call.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Block, Ident, LitStr, ReturnType, Type, Visibility};

use crate::address;
use crate::arguments::Arguments;
use crate::attribute::Options;
use crate::extent::Extent;

/// Everything that is known of a handler.
pub(crate) struct Handler<'a> {
    pub(crate) visibility: &'a Visibility,
    /// The type of the route.
    pub(crate) route: &'a Ident,
    /// The function's name, for reports.
    pub(crate) name: &'a Ident,
    /// How the function is called: `show`, or `Books::show` with the controller before.
    pub(crate) function: TokenStream,
    /// The type that is injected as the receiver.
    pub(crate) receiver: Option<&'a Type>,
    pub(crate) is_async: bool,
    pub(crate) arguments: &'a Arguments,
    pub(crate) output: &'a ReturnType,
    pub(crate) body: &'a Block,
    pub(crate) attributes: &'a [Attribute],
    /// Where the attribute stands that makes it a route.
    pub(crate) place: Span,
    /// On what it depends whether it is compiled, if that is not decided yet.
    pub(crate) conditions: &'a [Attribute],
    pub(crate) method: &'a str,
    pub(crate) path: &'a LitStr,
    pub(crate) options: &'a Options,
}

impl Handler<'_> {
    /// The type of the route with everything on it.
    pub(crate) fn emit(&self) -> TokenStream {
        let Self { visibility, route, path, method, conditions, .. } = self;
        let doc = format!(
            "The route of [`{}`](fn@{}): `{} {}`.",
            self.name,
            self.name,
            method,
            path.value()
        );
        let hidden = self.receiver.map(|_| quote!(#[doc(hidden)]));
        let path_doc = "The path, without the prefixes under which it is mounted.";
        let url = self.url(&Ident::new("url", Span::call_site()), &quote!(pub));
        let (place, route_doc) = (self.place(), self.route_doc());
        let declared = self.arguments.declare(true);
        let endpoint = self.endpoint();
        let options = if self.options.is_plain() {
            quote!()
        } else {
            let options = self.options.emit();
            quote!(fn options() -> ::purlin::RouteOptions { #options })
        };
        quote! {
            #(#conditions)*
            #[doc = #doc]
            #hidden
            #[allow(non_camel_case_types, dead_code, reason = "it has the name of its handler")]
            #visibility enum #route {}

            #(#conditions)*
            #[allow(dead_code, reason = "not every address is written out")]
            impl #route {
                #[doc = #path_doc]
                pub const PATH: &'static str = #path;
                #url
            }

            #(#conditions)*
            const _: () = {
                #declared
                impl ::purlin::Route for #route {
                    const METHOD: &'static str = #method;
                    const PATH: &'static str = #path;
                    const PLACE: ::purlin::Place = #place;
                    const DOC: ::purlin::RouteDoc = #route_doc;
                    #options
                    #endpoint
                }
            };
        }
    }

    /// The function that makes the route's address.
    pub(crate) fn url(&self, name: &Ident, visibility: &TokenStream) -> TokenStream {
        let (inputs, pairs) = self.arguments.url(self.path);
        let (route, text) = (self.route, self.name.to_string());
        let doc = format!("The address of `{}`, wherever it is mounted.", self.path.value());
        quote! {
            #[doc = #doc]
            #[must_use]
            #visibility fn #name(#inputs) -> ::purlin::Url {
                ::purlin::Url::of_route::<#route>(#text, #pairs)
            }
        }
    }

    fn place(&self) -> TokenStream {
        let plain = name_of(self.name);
        let name = self
            .receiver
            .map_or_else(|| plain.clone(), |receiver| format!("{}::{plain}", quote!(#receiver)));
        // The line is that of the outermost macro around these words, unless they stand in the code.
        let line = quote_spanned!(self.place=> ::core::line!());
        quote! {
            ::purlin::Place::new(
                ::core::concat!(::core::module_path!(), "::", #name),
                ::core::file!(),
                #line,
            )
        }
    }

    fn route_doc(&self) -> TokenStream {
        let text = doc_text(self.attributes);
        let id = self.options.id.iter();
        let tag = self.options.tag.iter();
        let is_deprecated = self.attributes.iter().any(|attr| attr.path().is_ident("deprecated"));
        let deprecated = is_deprecated.then(|| quote!(.deprecated()));
        let hidden = self.options.hidden.then(|| quote!(.hidden()));
        quote! {
            ::purlin::RouteDoc::new(::core::module_path!())
                .text(#text)
                #(.id(#id))*
                #(.tag(#tag))*
                #deprecated
                #hidden
        }
    }

    fn endpoint(&self) -> TokenStream {
        let local = |name: &str| Ident::new(name, Span::mixed_site());
        let (site, this, request, prepared, out) = (
            local("__site"),
            local("__this"),
            local("__request"),
            local("__prepared"),
            local("__out"),
        );
        let controller = local("__controller");
        let prepare = self.arguments.prepare(&site);
        let announce = address::announce(self.body.to_token_stream(), &site);
        let mut tuple = self.arguments.prepared();
        let mut receive = quote!();
        let mut take_controller = quote!();
        let mut arguments = quote!(let #prepared = &#this.arguments;);
        if let Some(receiver) = self.receiver {
            receive = quote_spanned! {receiver.span()=>
                let #controller = <::purlin::Inject<#receiver> as ::purlin::Extract>::prepare(#site);
            };
            tuple = quote!((#controller?, #tuple));
            arguments = quote!(let #prepared = &#this.arguments.1;);
            take_controller = quote_spanned! {receiver.span()=>
                let #controller = <::purlin::Inject<#receiver> as ::purlin::Extract>::extract(
                    &#this.arguments.0, &mut #request,
                ).await?;
            };
        }
        let extract = self.arguments.extract(&prepared, &request);
        let (describe, respond) = self.output(&site, &this, &request, &out);
        let call = self.call(&controller, &out);
        // The span of the name: a future that cannot be sent is reported there.
        quote_spanned! {self.name.span()=>
            fn endpoint(
                #site: &mut ::purlin::Site<'_>,
            ) -> ::core::result::Result<
                ::purlin::__private::Arc<dyn ::purlin::Endpoint>,
                ::purlin::Reported,
            > {
                #receive
                #prepare
                #describe
                #announce
                ::core::result::Result::Ok(::purlin::__private::prepared(
                    #site,
                    #tuple,
                    |#this, mut #request| ::std::boxed::Box::pin(async move {
                        #take_controller
                        #arguments
                        #extract
                        #call
                        #respond
                    }),
                ))
            }
        }
    }

    fn call(&self, controller: &Ident, out: &Ident) -> TokenStream {
        let function = &self.function;
        let values = self.arguments.values();
        let receiver = self.receiver.map(|_| quote!(&#controller,));
        let call = quote!(#function(#receiver #(#values),*));
        let allow = quote!(#[allow(deprecated, reason = "the route is, too")]);
        if self.is_async {
            quote!(#allow let #out = #call.await;)
        } else {
            quote!(#allow let #out = ::purlin::__private::run_blocking(move || #call).await?;)
        }
    }

    /// How the response is described, and how the value becomes it.
    fn output(
        &self,
        site: &Ident,
        this: &Ident,
        request: &Ident,
        out: &Ident,
    ) -> (TokenStream, TokenStream) {
        let answer = quote!(&mut ::purlin::Answer::new(&#this.facts, &#request));
        let unit: Type = syn::parse_quote!(());
        let ty = match self.output {
            ReturnType::Default => &unit,
            ReturnType::Type(_, ty) => &**ty,
        };
        if let Type::ImplTrait(_) = ty {
            let function = &self.function;
            let describe = if self.is_async {
                quote!(::purlin::__private::describe_output(&#function, #site);)
            } else {
                quote!(::purlin::__private::describe_plain_output(&#function, #site);)
            };
            return (describe, quote!(::purlin::Respond::respond(#out, #answer)));
        }
        let extent = Extent::of(ty);
        let as_respond = extent.as_respond(ty);
        let describe = quote_spanned!(extent.start=> #as_respond::describe(#site););
        (describe, quote_spanned!(extent.start=> #as_respond::respond(#out, #answer)))
    }
}

/// A name as it is read: `type`, and not `r#type`.
pub(crate) fn name_of(ident: &Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

/// The doc comment of an item.
pub(crate) fn doc_text(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter(|attr| attr.path().is_ident("doc")).filter_map(|attr| {
        let syn::Meta::NameValue(pair) = &attr.meta else { return None };
        let syn::Expr::Lit(literal) = &pair.value else { return None };
        let syn::Lit::Str(text) = &literal.lit else { return None };
        let text = text.value();
        Some(text.strip_prefix(' ').unwrap_or(&text).trim_end().to_owned())
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}
