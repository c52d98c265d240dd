//! What the attributes make of a function, by hand.

/// `route!(show_user = "GET" "/users/{id}" => show);` makes the type beside a handler.
macro_rules! route {
    ($name:ident = $method:literal $path:literal => $handler:expr) => {
        crate::by_hand::route!($name = $method $path => $handler, options: Default::default());
    };
    ($name:ident = $method:literal $path:literal => $handler:expr, options: $options:expr) => {
        crate::by_hand::route!($name = $method $path => $handler, options: $options, hidden: false);
    };
    (
        $name:ident = $method:literal $path:literal => $handler:expr,
        options: $options:expr, hidden: $hidden:literal
    ) => {
        #[allow(non_camel_case_types, reason = "as an attribute would name it")]
        enum $name {}

        impl purlin_core::Route for $name {
            const METHOD: &'static str = $method;
            const PATH: &'static str = $path;
            const PLACE: purlin_core::Place =
                purlin_core::Place::new(stringify!($name), file!(), line!());
            const DOC: purlin_core::RouteDoc = {
                let doc = purlin_core::RouteDoc::new(module_path!());
                if $hidden { doc.hidden() } else { doc }
            };

            fn options() -> purlin_core::RouteOptions {
                $options
            }

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

/// `dependency!(reader(token: Token) -> Reader { … } finish(reader, status) { … });`
macro_rules! dependency {
    (
        $name:ident($($arg:ident: $type:ty),*) -> $value:ty $build:block
        $(finish($done:ident, $status:ident) $finish:block)?
    ) => {
        #[allow(non_camel_case_types, reason = "as an attribute would name it")]
        enum $name {}

        impl purlin_core::Dependency for $name {
            type Value = $value;
            type Prepared = ($(<$type as purlin_core::Extract>::Prepared,)*);
            const PLACE: purlin_core::Place =
                purlin_core::Place::new(stringify!($name), file!(), line!());

            fn prepare(
                site: &mut purlin_core::Site<'_>,
            ) -> purlin_core::Result<Self::Prepared, purlin_core::Reported> {
                let _ = &site;
                Ok(($(<$type as purlin_core::Extract>::prepare(site)?,)*))
            }

            fn begin<'a>(
                prepared: &'a Self::Prepared,
                request: &'a mut purlin_core::Request,
            ) -> std::pin::Pin<
                Box<
                    dyn Future<
                            Output = purlin_core::Result<
                                purlin_core::BoxFuture<purlin_core::Result<$value>>,
                            >,
                        > + Send
                        + 'a,
                >,
            > {
                Box::pin(async move {
                    let _ = &request;
                    let ($($arg,)*) = prepared;
                    $(let $arg = <$type as purlin_core::Extract>::extract($arg, request).await?;)*
                    let build: purlin_core::BoxFuture<purlin_core::Result<$value>> =
                        Box::pin(async move { $build });
                    Ok(build)
                })
            }

            $(
                const FINISHES: bool = true;

                fn finish(
                    $done: std::sync::Arc<$value>,
                    $status: http::StatusCode,
                ) -> Option<purlin_core::BoxFuture<purlin_core::Result>> {
                    Some(Box::pin(async move { $finish }))
                }
            )?
        }
    };
}

pub(crate) use dependency;
