//! Files: single ones as answers, and a directory whose names may come from clients.
//!
//! A [`File`] streams in pieces of 64 KiB, whatever its size, only as fast as the client reads. It
//! brings `Content-Length`, `ETag` and `Last-Modified`, answers conditions with 304 and 412
//! (RFC 9110 §13) and ranges with 206 and 416 (§14), and is never read for HEAD.
//!
//! A [`Directory`] opens files by names that users send: a name leads to a file below the
//! directory, or to 404.
//!
//! ```no_run
//! use purlin_core::{App, Inject, Path, Result, Routes};
//! use purlin_files::{Directory, File};
//!
//! async fn download(Path(name): Path<String>, files: Inject<Directory>) -> Result<File> {
//!     Ok(files.file(&name).await?.attachment())
//! }
//!
//! let app = App::new("archive")
//!     .provide_with(|| Directory::create("data/files"))
//!     .routes(Routes::new().get("/download/{*name}", download));
//! ```
//!
//! Uploads are saved in a directory with `upload.save_to(&*files)`, and [`TempFiles`] keeps those
//! that are too large for memory while they arrive.
//!
//! The core opens no file, which is why this is a crate of its own.

mod saving;

mod temporary;

mod directory;

mod file;

mod disposition;

mod parts;

#[cfg(unix)]
#[path = "private/unix.rs"]
mod private;

#[cfg(not(unix))]
#[path = "private/other.rs"]
mod private;

mod reading;

pub use self::directory::Directory;
pub use self::file::File;
pub use self::saving::SavedFile;
pub use self::temporary::TempFiles;
