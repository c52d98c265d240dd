//! Saving uploads in a directory: whole or not at all, and over nothing that is there.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use purlin_core::{Error, FileName, Result, Upload, UploadStore};

use crate::directory::Directory;
use crate::reading::blocking;
use crate::temporary::random;

/// How many names are counted up before they are drawn by lot: everybody's photo has one name.
const COUNTED: u32 = 9;
/// How many names are tried.
const TRIED: u32 = 100;

/// An upload that was saved.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SavedFile {
    /// The name it has got, by which [`Directory::file`] opens it: that of the upload, with a
    /// number where it was taken.
    pub name: FileName,
    /// Where it is.
    pub path: PathBuf,
    /// How many bytes it has.
    pub size: u64,
}

/// Saves uploads: `form.cover.save_to(&*directory).await?`.
///
/// A file appears whole or not at all, directly in the directory, and replaces none: where its name
/// is taken, it gets a number.
///
/// # Errors
///
/// What the system says, as a 500: the disk is full, the directory may not be written to.
impl UploadStore for Directory {
    type Saved = SavedFile;

    async fn save(&self, upload: &Upload, name: &FileName) -> Result<SavedFile> {
        let (root, name) = (self.path().to_path_buf(), name.clone());
        // Held until it is done: its temporary file goes with it.
        let held = upload.clone();
        let content = match upload.path() {
            Some(_) => None,
            None => Some(upload.bytes().await?),
        };
        let saved = blocking(move || {
            let content = match (&content, held.path()) {
                (None, Some(path)) => Content::File(path),
                (content, _) => Content::Bytes(content.clone().unwrap_or_default()),
            };
            save(&root, &name, &content)
        });
        let name = saved.await.map_err(|error| {
            let directory = self.path().display();
            Error::from(error).context(format!("an upload could not be saved in `{directory}`"))
        })?;
        let path = self.path().join(&name);
        Ok(SavedFile { path, name, size: upload.size() })
    }
}

enum Content<'a> {
    Bytes(Bytes),
    File(&'a Path),
}

fn save(root: &Path, name: &FileName, content: &Content<'_>) -> io::Result<FileName> {
    if let Content::File(path) = content
        && let Some(name) = link(path, root, name)
    {
        return Ok(name);
    }
    let mut staged = Staged::create(root)?;
    match content {
        Content::Bytes(bytes) => staged.file.write_all(bytes)?,
        Content::File(path) => {
            io::copy(&mut File::open(path)?, &mut staged.file)?;
        }
    }
    match link(&staged.path, root, name) {
        Some(name) => Ok(name),
        None => staged.rename(root, name),
    }
}

/// Gives a file its name, if the file system has it that a file has several; `None` if not.
fn link(file: &Path, root: &Path, name: &FileName) -> Option<FileName> {
    names(name).find_map(|name| match fs::hard_link(file, root.join(&name)) {
        Ok(()) => Some(Some(name)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => None,
        Err(_) => Some(None),
    })?
}

/// The name, and those that are taken where it is taken.
fn names(name: &FileName) -> impl Iterator<Item = FileName> {
    (1..=TRIED).map(|number| match number {
        1 => name.clone(),
        2..=COUNTED => name.numbered(number),
        // Half of its digits are enough.
        _ => name.numbered((random() >> 32) as u32),
    })
}

/// A file that is being written, under a name that [`Directory::file`] does not open.
struct Staged {
    file: File,
    path: PathBuf,
}

impl Staged {
    fn create(root: &Path) -> io::Result<Self> {
        let path = root.join(format!(".purlin-{:016x}", random()));
        Ok(Self { file: File::create_new(&path)?, path })
    }

    /// For file systems on which a file has one name: claims it, then replaces the claim.
    fn rename(&self, root: &Path, name: &FileName) -> io::Result<FileName> {
        for name in names(name) {
            match File::create_new(root.join(&name)) {
                Ok(_) => {
                    fs::rename(&self.path, root.join(&name))?;
                    return Ok(name);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // It has another name by now, or is not wanted.
        let _ = fs::remove_file(&self.path);
    }
}
