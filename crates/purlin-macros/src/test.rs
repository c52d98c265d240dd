//! `#[purlin_test::test] async fn …`: a test that runs on a runtime of its own.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemFn;

use crate::mistake::{mistake, with_item};

pub(crate) fn expand(attribute: &TokenStream, item: TokenStream) -> TokenStream {
    let mut function: ItemFn = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(_) => {
            return with_item(
                &item,
                &mistake(
                    &item,
                    "a test is a function",
                    "put `#[purlin_test::test]` on an `async fn`",
                ),
            );
        }
    };
    if !attribute.is_empty() {
        let message = "a test has no options: it runs on a runtime of one thread";
        let help = "write `#[purlin_test::test]`";
        return with_item(&function, &mistake(attribute, message, help));
    }
    if function.sig.asyncness.take().is_none() {
        let name = &function.sig.ident;
        let message = "this test waits for nothing";
        let help = format!("write `async fn {name}`, or make it a plain `#[test]`");
        return with_item(&function, &mistake(name, message, help));
    }
    if let Some(input) = function.sig.inputs.first() {
        return with_item(
            &function,
            &mistake(input, "a test takes no arguments", "make what it needs inside it"),
        );
    }
    let ItemFn { attrs, vis, sig, block, .. } = function;
    quote! {
        #[::core::prelude::v1::test]
        #(#attrs)*
        #vis #sig {
            ::purlin_test::run(async move #block)
        }
    }
}
