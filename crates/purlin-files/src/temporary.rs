//! Temporary files, for uploads that are too large for memory.

use std::collections::hash_map::RandomState;
use std::fs::{self, File};
use std::hash::BuildHasher;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use purlin_core::{Body, Spool, SpoolWriter, Spooled, Spooling};

use crate::private;
use crate::reading::{Part, Reading, blocking};

/// How much is gathered before it is written.
const PIECE: usize = 256 * 1024;

/// Keeps uploads that are too large for memory in temporary files.
///
/// They lie in a directory of their own that nobody else may enter, and are deleted when the
/// request is done with them, however it ends; what a process that was killed leaves behind is for
/// the system to clean up. `purlin::run` provides it, with the directory that `temp_files.folder`
/// of the configuration names. Elsewhere:
///
/// ```
/// use std::sync::Arc;
/// use purlin_core::{App, Spool};
/// use purlin_files::TempFiles;
///
/// let app = App::new("archive").provide_as::<dyn Spool>(Arc::new(TempFiles::new()));
/// ```
#[derive(Debug)]
pub struct TempFiles {
    base: PathBuf,
    own: Arc<Own>,
}

/// The directory of this process.
#[derive(Debug, Default)]
struct Own {
    path: Mutex<Option<PathBuf>>,
    files: AtomicU64,
}

impl TempFiles {
    /// In the directory that the system has for temporary files. Where that one is held in memory,
    /// as `/tmp` sometimes is, [`TempFiles::in_folder`] is the better choice.
    pub fn new() -> Self {
        Self::in_folder(std::env::temp_dir())
    }

    /// In a directory of your choice, which is made when the first file comes. Saving is quickest
    /// where it is on the disk on which uploads are kept.
    pub fn in_folder(path: impl Into<PathBuf>) -> Self {
        Self { base: path.into(), own: Arc::default() }
    }

    /// Removes the directory of this process, which is empty once no request has a file in it. The
    /// next upload makes another one. `purlin::run` does so when the application stops.
    pub fn remove(&self) {
        self.own.remove();
    }
}

impl Default for TempFiles {
    fn default() -> Self {
        Self::new()
    }
}

impl Spool for TempFiles {
    fn begin(&self) -> Spooling<'_, Box<dyn SpoolWriter>> {
        let (base, own) = (self.base.clone(), Arc::clone(&self.own));
        Box::pin(async move {
            let file = blocking(move || own.create(&base)).await?;
            let writing = Writing { file, gathered: Vec::new() };
            Ok(Box::new(writing) as Box<dyn SpoolWriter>)
        })
    }
}

impl Own {
    fn create(&self, base: &Path) -> io::Result<TempFile> {
        let number = self.files.fetch_add(1, Ordering::Relaxed).to_string();
        let create = || -> io::Result<TempFile> {
            let path = self.folder(base)?.join(&number);
            let file = Some(Arc::new(File::create_new(&path)?));
            Ok(TempFile { file, path })
        };
        match create() {
            // Whoever tidies up the system's directory may have taken ours.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                *self.known() = None;
                create()
            }
            other => other,
        }
    }

    /// The directory of this process, made when it is asked for first.
    fn folder(&self, base: &Path) -> io::Result<PathBuf> {
        let mut known = self.known();
        if let Some(path) = &*known {
            return Ok(path.clone());
        }
        fs::create_dir_all(base)?;
        let path = base.join(format!("purlin-{:016x}", random()));
        private::create_dir(&path)?;
        Ok(known.insert(path).clone())
    }

    fn remove(&self) {
        if let Some(path) = self.known().take() {
            // Empty by now, or somebody else's matter.
            let _ = fs::remove_dir(path);
        }
    }

    fn known(&self) -> MutexGuard<'_, Option<PathBuf>> {
        self.path.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.remove();
    }
}

/// A number that nobody can guess.
pub(crate) fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

/// A file that is deleted when it is dropped.
#[derive(Debug)]
struct TempFile {
    /// There until the end.
    file: Option<Arc<File>>,
    path: PathBuf,
}

impl Drop for TempFile {
    fn drop(&mut self) {
        // The name goes at once. The blocks go when the file is closed, which takes its time with
        // a large one.
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(target: "purlin::files", path = %self.path.display(), %error, "a temporary file stays");
        }
        let file = self.file.take();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn_blocking(move || drop(file));
        }
    }
}

/// A file that is being received.
struct Writing {
    file: TempFile,
    gathered: Vec<u8>,
}

impl Writing {
    async fn flush(&mut self) -> io::Result<()> {
        let Some(file) = self.file.file.clone() else { return Ok(()) };
        let gathered = std::mem::take(&mut self.gathered);
        self.gathered = blocking(move || {
            (&*file).write_all(&gathered)?;
            // Its room is used again.
            Ok(gathered)
        })
        .await?;
        self.gathered.clear();
        Ok(())
    }
}

impl SpoolWriter for Writing {
    fn write(&mut self, chunk: Bytes) -> Spooling<'_, ()> {
        Box::pin(async move {
            self.gathered.extend_from_slice(&chunk);
            if self.gathered.len() >= PIECE { self.flush().await } else { Ok(()) }
        })
    }

    fn finish(mut self: Box<Self>) -> Spooling<'static, Box<dyn Spooled>> {
        Box::pin(async move {
            self.flush().await?;
            Ok(Box::new(self.file) as Box<dyn Spooled>)
        })
    }
}

impl Spooled for TempFile {
    fn read(&self) -> Body {
        let path = self.path.clone();
        Body::produce(|out| async move {
            let (file, length) = blocking(move || {
                let file = File::open(path)?;
                let length = file.metadata()?.len();
                Ok((file, length))
            })
            .await?;
            let mut content = Body::unpinned(Reading::new(file, [Part::Bytes(0..length)]));
            while let Some(frame) = content.frame().await {
                if let Ok(data) = frame?.into_data() {
                    out.send(data).await?;
                }
            }
            Ok(())
        })
    }

    fn path(&self) -> Option<&Path> {
        Some(&self.path)
    }
}
