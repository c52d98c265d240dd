//! Files that clients send in forms: what is known of them, and where their content is.
//!
//! An [`Upload`] is in memory, or where a [`Spool`] put it: the core opens no file itself. Its name
//! is safe already, its type is what the content looks like, and its content is gone with the last
//! clone.

mod receive;
mod rule;
mod spool;
mod value;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

pub(crate) use self::receive::Receiver;
pub use self::rule::Uploads;
pub use self::spool::{Spool, SpoolWriter, Spooled, Spooling, UploadStore};
pub(crate) use self::value::{is_file, with_files};
use crate::body::{Body, ReadError};
use crate::error::{Error, Result};
use crate::multipart::{FileName, Image, ImageProbe, sniff};

/// A file that a client sent: a field of a [`Form`](crate::Form), or made of a part of a
/// [`Multipart`](crate::Multipart).
///
/// Small files are in memory, larger ones in a temporary file that is deleted with the last clone;
/// see [`FormLimits`](crate::FormLimits). What a client says of its file is a claim:
/// [`name`](Self::name) is made safe, [`content_type`](Self::content_type) is as it was said, and
/// [`media_type`](Self::media_type) is what the content looks like.
///
/// # Example
///
/// Limits and rules stand on the field, and are told like those of every other input: a file that
/// is too large is refused while it arrives, with 413, a broken rule with 422.
///
/// ```
/// use purlin_core::{Form, Image, Upload};
/// use garde::Validate;
/// use schemars::JsonSchema;
/// use serde::Deserialize;
///
/// #[derive(Deserialize, JsonSchema, Validate)]
/// struct NewCover {
///     #[garde(length(chars, min = 1, max = 200))]
///     title: String,
///     /// At most 5 MiB, and at most 4096 by 4096 pixels.
///     #[garde(length(max = 5_242_880), custom(Image::up_to(4096, 4096)))]
///     cover: Upload,
///     #[serde(default)]
///     #[garde(length(max = 3), inner(custom(Upload::looks_like(&["application/pdf"]))))]
///     samples: Vec<Upload>,
/// }
///
/// async fn add(form: Form<NewCover>) -> String {
///     format!("{}: {} ({} bytes)", form.title, form.cover.name(), form.cover.size())
/// }
/// ```
#[derive(Clone)]
pub struct Upload(Arc<Inner>);

struct Inner {
    name: FileName,
    content_type: Option<String>,
    media_type: &'static str,
    image: Option<Image>,
    size: u64,
    content: Content,
}

/// Where the bytes are.
enum Content {
    Memory(Bytes),
    Spooled(Box<dyn Spooled>),
}

impl Upload {
    /// A file in memory, to call a handler directly in a test.
    ///
    /// ```
    /// use purlin_core::Upload;
    ///
    /// let upload = Upload::new("../notes.txt", "some text");
    /// assert_eq!(upload.name().as_str(), "notes.txt");
    /// assert_eq!((upload.size(), upload.media_type()), (9, "text/plain"));
    /// ```
    pub fn new(name: impl Into<FileName>, content: impl Into<Bytes>) -> Self {
        Self::in_memory(name.into(), content.into())
    }

    fn in_memory(name: FileName, content: Bytes) -> Self {
        let mut probe = ImageProbe::default();
        probe.push(&content);
        Self(Arc::new(Inner {
            name,
            content_type: None,
            media_type: sniff(&content),
            image: probe.image(),
            size: content.len() as u64,
            content: Content::Memory(content),
        }))
    }

    /// The name that the client gave it, made safe: it names no folder, and can be saved under.
    pub fn name(&self) -> &FileName {
        &self.0.name
    }

    /// The media type that the client says it has, as it was said.
    pub fn content_type(&self) -> Option<&str> {
        self.0.content_type.as_deref()
    }

    /// The media type that the content looks like, from its first 1,445 bytes: `image/png`,
    /// `text/html`; `text/plain` for other text, `application/octet-stream` for everything else.
    pub fn media_type(&self) -> &'static str {
        self.0.media_type
    }

    /// The number of bytes.
    pub fn size(&self) -> u64 {
        self.0.size
    }

    /// Format and size of an image, from its header; `None` when it is no PNG, JPEG, GIF or WebP.
    pub fn image(&self) -> Option<Image> {
        self.0.image
    }

    /// Reads the whole content into memory.
    ///
    /// # Errors
    ///
    /// 500 when the file it was put in cannot be read.
    pub async fn bytes(&self) -> Result<Bytes> {
        let mut body = match &self.0.content {
            Content::Memory(bytes) => return Ok(bytes.clone()),
            Content::Spooled(file) => file.read(),
        };
        let most = usize::try_from(self.0.size).unwrap_or(usize::MAX);
        body.collect(most).await.map_err(|error| match error {
            ReadError::Broken(source) => Error::internal(source),
            ReadError::TooLarge => Error::internal("the file has grown since it was received"),
        })
    }

    /// The content as a stream, from its beginning: to hash it, to send it on, to answer with it.
    pub fn body(&self) -> Body {
        match &self.0.content {
            Content::Memory(bytes) => Body::from(bytes.clone()),
            Content::Spooled(file) => file.read().holding(self.clone()),
        }
    }

    /// The temporary file it is in, where it is in one, as long as a clone of the upload is there.
    pub fn path(&self) -> Option<&Path> {
        match &self.0.content {
            Content::Memory(_) => None,
            Content::Spooled(file) => file.path(),
        }
    }

    /// Saves it under its own name, made safe: the client chooses no folder and replaces nothing.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn save_to<S: UploadStore + ?Sized>(&self, store: &S) -> Result<S::Saved> {
        store.save(self, self.name()).await
    }

    /// Saves it under a name of your choice.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn save_as<S: UploadStore + ?Sized>(
        &self,
        store: &S,
        name: impl Into<FileName>,
    ) -> Result<S::Saved> {
        store.save(self, &name.into()).await
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { name, media_type, size, .. } = &*self.0;
        write!(f, "Upload({name:?}, {media_type}, {size} bytes)", name = name.as_str())
    }
}
