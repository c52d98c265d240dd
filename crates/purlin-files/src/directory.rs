//! A directory whose files are asked for by names that come from clients.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use http::StatusCode;
use purlin_core::{Error, Result};

use crate::file::File;
use crate::reading::blocking;

/// A directory that a name cannot lead out of.
///
/// It is cheap to clone, and made for [`App::provide_with`](purlin_core::App::provide_with).
#[derive(Clone, Debug)]
pub struct Directory {
    root: Arc<Path>,
}

impl Directory {
    /// A directory that exists.
    ///
    /// # Errors
    ///
    /// When nothing is at `path`, or no directory is.
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let root = blocking(move || {
            let root = path.canonicalize()?;
            if root.is_dir() { Ok(root) } else { Err(io::ErrorKind::NotADirectory.into()) }
        });
        Ok(Self { root: root.await?.into() })
    }

    /// As [`Directory::open`]; the directory is made, with its parents, where it does not exist.
    ///
    /// # Errors
    ///
    /// When it cannot be made, or something else is at `path`.
    pub async fn create(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let root = blocking(move || {
            std::fs::create_dir_all(&path)?;
            path.canonicalize()
        });
        Ok(Self { root: root.await?.into() })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Opens a file by its name, which may have directories before it, parted by `/`.
    ///
    /// # Errors
    ///
    /// 404 `file_not_found` for what does not exist, and just so for whatever is no plain file
    /// below this directory: `..`, absolute paths, `\`, NUL, names that begin with a dot, symbolic
    /// links on the way, directories, devices. Names that try to leave are logged.
    pub async fn file(&self, name: &str) -> Result<File> {
        let Some(relative) = relative(name) else {
            tracing::warn!(target: "purlin::files", name, "a name that leads out of its directory was refused");
            return Err(not_found());
        };
        let root = Arc::clone(&self.root);
        let path = blocking(move || plain_file(&root, &relative)).await;
        match path {
            Ok(path) => File::open(path).await,
            Err(error) if is_absence(error.kind()) => Err(not_found()),
            Err(error) => Err(error.into()),
        }
    }
}

/// What a name may be made of, as a path below a directory.
fn relative(name: &str) -> Option<PathBuf> {
    let is_safe = |part: &str| {
        !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0', ':'])
    };
    if !name.split('/').all(is_safe) {
        return None;
    }
    let path = PathBuf::from(name);
    path.components().all(|part| matches!(part, Component::Normal(_))).then_some(path)
}

/// The path of a plain file; a link anywhere on the way is as if nothing were there.
fn plain_file(root: &Path, relative: &Path) -> io::Result<PathBuf> {
    let mut path = root.to_path_buf();
    let mut parts = relative.components().peekable();
    while let Some(part) = parts.next() {
        path.push(part);
        let kind = path.symlink_metadata()?.file_type();
        let is_right = if parts.peek().is_some() { kind.is_dir() } else { kind.is_file() };
        if !is_right {
            return Err(io::ErrorKind::NotFound.into());
        }
    }
    Ok(path)
}

fn is_absence(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{InvalidFilename, InvalidInput, NotADirectory, NotFound};
    matches!(kind, NotFound | NotADirectory | InvalidFilename | InvalidInput)
}

fn not_found() -> Error {
    Error::new(StatusCode::NOT_FOUND, "file_not_found", "there is no such file")
}
