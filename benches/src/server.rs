//! The servers that are measured, built and started one after the other.

use std::collections::BTreeMap;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::contract;

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Purlin,
    /// Purlin with what it does beyond the others: log, request ids, security headers.
    PurlinEverything,
    Hyper,
    Axum,
    ActixWeb,
    Salvo,
    Poem,
    XitcaWeb,
}

impl Kind {
    /// In the order of the tables.
    pub(crate) const ALL: [Self; 8] = [
        Self::Purlin,
        Self::PurlinEverything,
        Self::Hyper,
        Self::Axum,
        Self::ActixWeb,
        Self::Salvo,
        Self::Poem,
        Self::XitcaWeb,
    ];

    /// As in the tables and in the data.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Purlin => "purlin",
            Self::PurlinEverything => "purlin, all on",
            Self::Hyper => "hyper",
            Self::Axum => "axum",
            Self::ActixWeb => "actix-web",
            Self::Salvo => "salvo",
            Self::Poem => "poem",
            Self::XitcaWeb => "xitca-web",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The crate whose version the page shows.
    pub(crate) fn library(self) -> &'static str {
        if self.is_ours() { "purlin" } else { self.name() }
    }

    pub(crate) fn package(self) -> String {
        format!("peer-{}", self.library())
    }

    pub(crate) fn is_ours(self) -> bool {
        matches!(self, Self::Purlin | Self::PurlinEverything)
    }

    /// Whether a body that breaks a rule of its type is refused.
    pub(crate) fn validates(self) -> bool {
        self.is_ours()
    }

    /// hyper has no middlewares of its own.
    pub(crate) fn has_middleware(self) -> bool {
        self != Self::Hyper
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Purlin => &["--threads", "1", "--mode", "prod"],
            Self::PurlinEverything => &["--threads", "1", "--mode", "prod", "--everything"],
            _ => &[],
        }
    }
}

/// Builds the servers, one after the other, so that no features of one get into another; and `load`.
pub(crate) fn build(kinds: &[Kind]) -> Result<(), String> {
    let mut packages: Vec<_> = kinds.iter().map(|kind| kind.package()).collect();
    packages.dedup();
    packages.iter().try_for_each(|package| build_package(package))?;
    build_package("purlin-benches")
}

pub(crate) fn build_package(package: &str) -> Result<(), String> {
    println!("building {package}");
    let mut command = cargo();
    command.args(["build", "--release", "--quiet", "--package", package]);
    let status = command.current_dir(folder()).status();
    let status = status.map_err(|error| format!("cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{package} cannot be built")) }
}

pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The versions of the libraries, as locked.
pub(crate) fn versions() -> Result<BTreeMap<String, String>, String> {
    let path = folder().join("Cargo.lock");
    let text = fs::read_to_string(&path);
    let text = text.map_err(|error| format!("{}: {error}", path.display()))?;
    let mut versions = BTreeMap::new();
    for package in text.split("[[package]]") {
        let field = |name: &str| {
            let rest = package.lines().find_map(|line| line.strip_prefix(name))?;
            Some(rest.trim_matches([' ', '=', '"']).to_owned())
        };
        let (Some(name), Some(version)) = (field("name"), field("version")) else { continue };
        let is_shown = name == "tokio" || Kind::ALL.iter().any(|kind| kind.library() == name);
        if is_shown {
            versions.insert(name, version);
        }
    }
    Ok(versions)
}

/// The folder of the benchmarks in the repository.
pub(crate) fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A program of this workspace: they all lie beside this one.
pub(crate) fn program(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a running program has a path");
    own.with_file_name(name)
}

/// A folder for what is thrown away.
pub(crate) fn scratch() -> Result<PathBuf, String> {
    let folder = program("benches");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// A server that runs until it is dropped.
pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) routes: usize,
    pub(crate) middleware: bool,
    child: Child,
}

/// How a server is started.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Start<'a> {
    pub(crate) routes: usize,
    pub(crate) middleware: bool,
    /// A program in front of it, with its arguments.
    pub(crate) wrapper: &'a [String],
}

impl Server {
    /// Starts a server, waits until it answers, and compares its answers with the contract.
    pub(crate) fn start(kind: Kind, start: Start<'_>) -> Result<Self, String> {
        let port = free_port()?;
        let binary = program(&kind.package());
        let mut command = match start.wrapper.split_first() {
            None => Command::new(binary),
            Some((wrapper, arguments)) => {
                let mut command = Command::new(wrapper);
                command.args(arguments).arg(binary);
                command
            }
        };
        command.arg("--port").arg(port.to_string()).args(kind.arguments());
        command.arg("--routes").arg(start.routes.to_string());
        if start.middleware {
            command.arg("--middleware");
        }
        // A configuration of the repository, or of who runs this, is none of the benchmark.
        command.current_dir(scratch()?);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PURLIN") {
                command.env_remove(name);
            }
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().map_err(|error| format!("{}: {error}", kind.name()))?;
        let Start { routes, middleware, .. } = start;
        let mut server = Self { port, routes, middleware, child };
        server.wait(kind)?;
        contract::check(&server, kind)?;
        Ok(server)
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// A line of `/proc/<id>/status`, in KiB.
    pub(crate) fn memory(&self) -> Result<u64, String> {
        let path = format!("/proc/{}/status", self.id());
        let text = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        number.ok_or_else(|| format!("{path} has no VmRSS"))
    }

    fn wait(&mut self, kind: Kind) -> Result<(), String> {
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = self.child.try_wait().map_err(|error| error.to_string())?;
            if let Some(status) = ended {
                return Err(format!("{} ended at its start: {status}", kind.name()));
            }
            if start.elapsed() > Duration::from_mins(3) {
                return Err(format!("{} does not listen after three minutes", kind.name()));
            }
            sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody has at the moment.
fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string())?;
    Ok(listener.local_addr().map_err(|error| error.to_string())?.port())
}
