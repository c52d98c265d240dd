//! The pages behind the error codes.

macro_rules! pages {
    ($($code:ident)*) => {
        /// The page of an error code.
        pub(crate) fn page(code: &str) -> Option<&'static str> {
            match code {
                $(stringify!($code) => Some(include_str!(concat!(
                    "../errors/", stringify!($code), ".md"
                ))),)*
                _ => None,
            }
        }
    };
}

pages! {
    P0101 P0102 P0103 P0104 P0105 P0106 P0107 P0108 P0109 P0110 P0111 P0112 P0113
    P0201 P0202
    P0301 P0302 P0303 P0304 P0305
    P0401 P0402 P0403 P0404
}
