//! How much a form may bring.

use crate::config::Size;

/// How much a form may bring, beside what the whole body may have; of a URL-encoded one, the number
/// of its fields is limited.
///
/// | what | unless said | refused with |
/// |---|---|---|
/// | the whole body | 1 MiB, said with `body_limit` | 413 `body_too_large` |
/// | [`parts`](Self::parts) | 1,000 | 413 `too_many_parts` |
/// | [`field`](Self::field): one field of text | 1 MiB | 413 `field_too_large` |
/// | [`file`](Self::file): one file | the limit of the body | 413 `file_too_large` |
/// | [`memory`](Self::memory): all fields of text of a form together | 1 MiB | 413 `field_too_large` |
/// | [`memory`](Self::memory): all files of a form together | 1 MiB | kept on disk from there on |
///
/// Said for a route, a group or the application with `form_limits`; for one argument with
/// [`Multipart::with_limits`](crate::Multipart::with_limits), or for one file of a form by the rule
/// on its field: `#[garde(length(max = 5_242_880))]`.
///
/// ```
/// use purlin_core::config::Size;
/// use purlin_core::{FormLimits, Routes};
///
/// let photos = Routes::new()
///     .body_limit(50 << 20)
///     .form_limits(FormLimits::new().parts(20).file(Size::mib(5)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormLimits {
    pub(crate) parts: usize,
    pub(crate) field: u64,
    pub(crate) file: u64,
    pub(crate) memory: u64,
}

impl FormLimits {
    /// The limits that hold unless something else is said.
    pub const fn new() -> Self {
        Self { parts: 1_000, field: 1 << 20, file: u64::MAX, memory: 1 << 20 }
    }

    /// The most parts: fields and files together, in either encoding.
    #[must_use]
    pub const fn parts(mut self, most: usize) -> Self {
        self.parts = most;
        self
    }

    /// The most of one field of text.
    #[must_use]
    pub const fn field(mut self, most: Size) -> Self {
        self.field = most.in_bytes();
        self
    }

    /// The most of one file.
    #[must_use]
    pub const fn file(mut self, most: Size) -> Self {
        self.file = most.in_bytes();
        self
    }

    /// The most of a form that is held in memory: of its text, and as much again of its files. Files
    /// beyond it go to disk, text beyond it is refused.
    #[must_use]
    pub const fn memory(mut self, most: Size) -> Self {
        self.memory = most.in_bytes();
        self
    }
}

impl Default for FormLimits {
    fn default() -> Self {
        Self::new()
    }
}
