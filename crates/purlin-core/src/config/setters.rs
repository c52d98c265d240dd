//! Sections that are written in code: a function for each field.

/// Writes a function for each field of a section, of its name, that sets it: for the sections of
/// Purlin's own crates, and without a promise to anybody else.
#[doc(hidden)]
#[macro_export]
macro_rules! __setters {
    ($section:ty { $($field:ident: $given:ty,)* }) => {
        impl $section {
            $(
                #[doc = concat!("Sets [`", stringify!($field), "`](field@Self::", stringify!($field), ").")]
                #[must_use]
                pub fn $field(mut self, $field: $given) -> Self {
                    self.$field = $field.into();
                    self
                }
            )*
        }
    };
}
