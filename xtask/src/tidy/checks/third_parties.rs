//! What a crate may never know: the sockets, databases and files that other crates are for.

use super::Finding;
use crate::repository::{Kind, Package, Workspace};
use crate::rust::mentions;

/// Crate, and the packages that never appear among its dependencies.
const NEVER: &[(&str, &[&str])] = &[
    (
        "purlin-core",
        &["h2", "h3", "hyper", "hyper-util", "minijinja", "quinn", "rustls", "sea-orm", "sqlx"],
    ),
    (
        "purlin-server",
        &[
            "minijinja",
            "purlin-auth",
            "purlin-data",
            "purlin-jobs",
            "purlin-view",
            "sea-orm",
            "sqlx",
        ],
    ),
    ("purlin-view", &["purlin-auth", "purlin-data", "sea-orm", "sqlx"]),
    ("purlin-realtime", &["purlin-auth", "purlin-data", "sea-orm", "sqlx"]),
    ("purlin-services", &["purlin-data", "sea-orm"]),
    ("purlin-auth", &["purlin-jobs", "sea-orm", "sqlx"]),
    ("purlin-jobs", &["purlin-auth"]),
    ("purlin-cli", &["purlin-data", "purlin-server"]),
];

/// Paths that open something: `purlin-core` is pure. Address types are fine.
const OPENING: [&str; 8] = [
    "std::fs",
    "std::net::TcpListener",
    "std::net::TcpStream",
    "std::net::ToSocketAddrs",
    "std::net::UdpSocket",
    "std::os::unix::net",
    "tokio::fs",
    "tokio::net",
];

pub(crate) fn find(workspace: &Workspace<'_>) -> Vec<Finding> {
    let mut findings: Vec<_> = workspace.packages.iter().flat_map(of_package).collect();
    findings.extend(openings(workspace));
    findings
}

fn of_package(package: &Package) -> Vec<Finding> {
    let name = package.manifest.name.as_str();
    let Some((_, never)) = NEVER.iter().find(|(crate_name, _)| *crate_name == name) else {
        return Vec::new();
    };
    let dependencies = package.manifest.dependencies.iter().filter(|dependency| {
        dependency.kind != Kind::Dev && never.contains(&dependency.package.as_str())
    });
    let findings = dependencies.map(|dependency| {
        let message = format!("`{name}` must not depend on `{}`", dependency.package);
        Finding::new(package.manifest_path(), dependency.line, message)
    });
    findings.collect()
}

/// Where the core opens files or sockets.
fn openings(workspace: &Workspace<'_>) -> Vec<Finding> {
    let core = workspace.library_sources();
    let core = core.filter(|(path, _)| path.starts_with("crates/purlin-core/"));
    let mut findings = Vec::new();
    for (path, source) in core {
        for mention in mentions(&source.tokens).iter().filter(|mention| !mention.test) {
            if let Some(opening) = OPENING.iter().find(|opening| mention.is_in(opening)) {
                let message = format!("`purlin-core` must not use `{opening}`");
                findings.push(Finding::new(path, mention.line, message));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::tidy::checks::fixture::check;

    #[test]
    fn forbidden_packages_are_found_outside_dev_dependencies() {
        let core = "[package]\nname = \"purlin-core\"\n[dependencies]\nhyper.workspace = true\n\
                    http.workspace = true\n[dev-dependencies]\nsqlx.workspace = true\n";
        let server = "[package]\nname = \"purlin-server\"\n[dependencies]\nhyper.workspace = true\n\
                      purlin-data.workspace = true\n";
        check(
            find,
            &[("crates/purlin-core/Cargo.toml", core), ("crates/purlin-server/Cargo.toml", server)],
            &[
                "crates/purlin-core/Cargo.toml:4: `purlin-core` must not depend on `hyper`",
                "crates/purlin-server/Cargo.toml:5: `purlin-server` must not depend on `purlin-data`",
            ],
        );
    }

    #[test]
    fn the_core_opens_nothing() {
        let text = "use std::{fs, net::{IpAddr, SocketAddr, TcpListener}};\n\
                    fn f() { let _ = ::std::fs::read(\"std::fs::read\"); }\n\
                    #[cfg(test)] mod tests { use std::fs; }\n";
        check(
            find,
            &[("crates/purlin-core/src/lib.rs", text), ("crates/purlin-server/src/lib.rs", text)],
            &[
                "crates/purlin-core/src/lib.rs:1: `purlin-core` must not use `std::fs`",
                "crates/purlin-core/src/lib.rs:1: `purlin-core` must not use `std::net::TcpListener`",
                "crates/purlin-core/src/lib.rs:2: `purlin-core` must not use `std::fs`",
            ],
        );
    }
}
