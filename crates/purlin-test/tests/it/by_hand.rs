//! What the attributes make of a function, by hand.

/// `route!(show_user = "GET" "/users/{id}" => show, "id" => u32);` makes the type beside a handler.
macro_rules! route {
    ($name:ident = $method:literal $path:literal => $handler:expr) => {
        #[allow(non_camel_case_types, reason = "as an attribute would name it")]
        pub(crate) enum $name {}

        impl purlin_core::Route for $name {
            const METHOD: &'static str = $method;
            const PATH: &'static str = $path;
            const PLACE: purlin_core::Place =
                purlin_core::Place { what: stringify!($name), file: file!(), line: line!() };
            const DOC: purlin_core::RouteDoc = purlin_core::RouteDoc {
                text: "",
                id: None,
                tag: None,
                module: module_path!(),
                deprecated: false,
                hidden: false,
            };

            fn endpoint(
                site: &mut purlin_core::Site<'_>,
            ) -> purlin_core::Result<
                std::sync::Arc<dyn purlin_core::Endpoint>,
                purlin_core::Reported,
            > {
                purlin_core::Handler::prepare(std::sync::Arc::new($handler), site)
            }
        }
    };
}

pub(crate) use route;
