//! Where uploads go: while they arrive, and for good.

use std::fmt;
use std::io;
use std::path::Path;
use std::pin::Pin;

use bytes::Bytes;

use super::Upload;
use crate::body::Body;
use crate::error::Result;
use crate::multipart::FileName;

/// What a [`Spool`] is busy with.
pub type Spooling<'a, T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send + 'a>>;

/// Where files of forms are kept that are too large for memory, until the handler is done with
/// them.
///
/// `purlin::run` provides one that writes temporary files; without one, files stay in memory, up to
/// the limit of the body. Provide your own with `provide_as::<dyn Spool>(…)`.
pub trait Spool: fmt::Debug + Send + Sync + 'static {
    /// Begins a file.
    fn begin(&self) -> Spooling<'_, Box<dyn SpoolWriter>>;
}

/// A file that is being received. One that is dropped unfinished is deleted.
pub trait SpoolWriter: Send {
    /// Adds the next bytes. The client is not read on before this is done.
    fn write(&mut self, chunk: Bytes) -> Spooling<'_, ()>;

    /// Ends the file: everything written can be read from here on.
    fn finish(self: Box<Self>) -> Spooling<'static, Box<dyn Spooled>>;
}

/// A file that was received. It is deleted when it is dropped.
pub trait Spooled: Send + Sync {
    /// The content, from its beginning.
    fn read(&self) -> Body;

    /// Where it lies on this machine, for those who can move it instead of reading it.
    fn path(&self) -> Option<&Path> {
        None
    }
}

/// Where uploads are saved for good: a folder, a bucket.
///
/// `purlin::Folder` is one.
pub trait UploadStore: Sync {
    /// What is known of a file that was saved: where it is.
    type Saved: Send;

    /// Saves a file under a name, or under a similar one where that is taken: nothing is replaced.
    fn save(
        &self,
        upload: &Upload,
        name: &FileName,
    ) -> impl Future<Output = Result<Self::Saved>> + Send;
}
