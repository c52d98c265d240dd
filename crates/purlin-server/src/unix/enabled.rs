use std::fs::{self, File, Permissions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockAddr, SockRef, Socket, Type};
use tokio::net::UnixStream;

use crate::mode::SocketMode;

/// How often the lock of a folder is tried, and how long it is waited in between: a second in all.
const TRIES: usize = 200;
const PAUSE: Duration = Duration::from_millis(5);

/// A Unix socket that is open, and not yet watched.
#[derive(Debug)]
pub(crate) struct UnixDoor {
    listener: net::UnixListener,
    /// Nothing where somebody else has made the socket, who then removes it.
    file: Option<Arc<SocketFile>>,
    path: PathBuf,
}

impl UnixDoor {
    /// Opens a socket. What an earlier server has left at the path is removed, if nobody listens to it.
    pub(crate) fn open(path: &Path, mode: SocketMode, backlog: u16) -> io::Result<Self> {
        // Between `bind` and `listen`, a socket looks like one that was left: a server that starts
        // at the same moment would remove it.
        let _alone = Alone::with(path);
        let socket = match bound(path) {
            Err(error) if error.kind() == ErrorKind::AddrInUse => {
                remove_stale(path, error)?;
                bound(path)?
            }
            other => other?,
        };
        let file = SocketFile::of(path)?;
        // Nobody can connect before `listen`, so that nobody does with other permissions.
        fs::set_permissions(path, Permissions::from_mode(mode.bits().into()))?;
        socket.listen(backlog.into())?;
        Ok(Self { listener: socket.into(), file: Some(Arc::new(file)), path: path.to_owned() })
    }

    /// Takes a socket that somebody else has opened, and who removes its file, too.
    pub(crate) fn adopt(listener: net::UnixListener) -> io::Result<Self> {
        if SockRef::from(&listener).peer_addr().is_ok() {
            return Err(io::Error::new(ErrorKind::InvalidInput, "it is a connection already"));
        }
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let path = address.as_pathname().unwrap_or(Path::new("(without a name)")).to_owned();
        Ok(Self { listener, file: None, path })
    }

    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        let (file, path) = (self.file.clone(), self.path.clone());
        Ok(Self { listener: self.listener.try_clone()?, file, path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn watch(self) -> io::Result<UnixListener> {
        let listener = tokio::net::UnixListener::from_std(self.listener)?;
        Ok(UnixListener { listener, file: self.file })
    }
}

/// The right to change which sockets lie in a folder, of all servers that ask for it.
struct Alone {
    /// Unlocked when it is closed.
    _folder: File,
}

impl Alone {
    /// Waits until other servers have opened what they open there, which takes them microseconds.
    /// Where the folder cannot be locked, or somebody else keeps it locked, it is done without.
    fn with(path: &Path) -> Option<Self> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = File::open(folder.unwrap_or(Path::new("."))).ok()?;
        for _ in 0..TRIES {
            match folder.try_lock() {
                Ok(()) => return Some(Self { _folder: folder }),
                Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
                Err(TryLockError::Error(_)) => return None,
            }
        }
        None
    }
}

fn bound(path: &Path) -> io::Result<Socket> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::unix(path)?)?;
    Ok(socket)
}

/// Removes a socket that nobody listens to; anything else stays, and is why this fails.
fn remove_stale(path: &Path, in_use: io::Error) -> io::Result<()> {
    if !fs::symlink_metadata(path)?.file_type().is_socket() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    // One whose backlog is full would hold a client that blocks.
    let client = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    client.set_nonblocking(true)?;
    match client.connect(&SockAddr::unix(path)?) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => fs::remove_file(path),
        _ => Err(in_use),
    }
}

/// A Unix socket that is watched.
#[derive(Debug)]
pub(crate) struct UnixListener {
    listener: tokio::net::UnixListener,
    file: Option<Arc<SocketFile>>,
}

impl UnixListener {
    pub(crate) fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<UnixStream>> {
        let (stream, _) = ready!(self.listener.poll_accept(cx))?;
        Poll::Ready(Ok(stream))
    }

    /// What the system has accepted already. The file goes first: whoever comes later is told that
    /// nobody is here, and not kept waiting by a socket that is closed next.
    pub(crate) fn backlog(self, mut take: impl FnMut(UnixStream)) -> io::Result<()> {
        drop(self.file);
        let listener = self.listener.into_std()?;
        loop {
            let (stream, _) = listener.accept()?;
            stream.set_nonblocking(true)?;
            take(UnixStream::from_std(stream)?);
        }
    }
}

/// The file of a socket, which goes with the last who listens to it, unless another one lies there by then.
#[derive(Debug)]
struct SocketFile {
    path: PathBuf,
    /// Device and number.
    id: (u64, u64),
}

impl SocketFile {
    fn of(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), id: id(path)? })
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if id(&self.path).is_ok_and(|id| id == self.id) {
            // One that stays is removed by the next server.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn id(path: &Path) -> io::Result<(u64, u64)> {
    let metadata = fs::symlink_metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}
