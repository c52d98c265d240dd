//! `cargo xtask gallery`: writes the page that shows what the compiler says of mistakes.
//!
//! The programs and the messages are those of `crates/purlin/tests/ui`, where a test holds them. For
//! some there is a twin, the same mistake in an application of axum: `gallery axum` compiles these
//! with the newest axum, in a project of its own, and keeps what was said.

mod axum;
mod page;

use std::fs;
use std::path::{Path, PathBuf};

use self::page::Entry;
use crate::printer;
use crate::repository::root;

const FOLDER: &str = "crates/purlin/tests/ui";
/// What writes the messages that the page shows.
const WRITE: &str = "PURLIN_MESSAGES=write cargo test -p purlin --test it gallery";
const PAGE: &str = "docs/compile-errors.md";

/// Writes the page; behind `axum`, the messages of the twins before it.
pub(crate) fn run(arguments: &[&str]) -> Result<bool, String> {
    let root = root()?;
    match arguments {
        [] => {}
        ["axum"] => axum::compile(&root, &root.join(FOLDER).join("axum"))?,
        other => {
            return Err(format!(
                "`gallery {}` is no command; write `gallery`, or `gallery axum`",
                other.join(" ")
            ));
        }
    }
    write(&root.join(PAGE), &page_of(&root)?)?;
    printer::status("Written", PAGE);
    Ok(true)
}

/// The page, made of what is in the repository.
fn page_of(root: &Path) -> Result<String, String> {
    let folder = root.join(FOLDER);
    let mut entries = Vec::new();
    for path in programs(&folder)? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("ok_") {
            continue;
        }
        let twin = folder.join("axum").join(&name).with_extension("stderr");
        entries.push(Entry {
            source: read(&path)?,
            message: read(&path.with_extension("stderr"))
                .map_err(|error| format!("{error}\nhelp: {WRITE}"))?,
            of_axum: twin.exists().then(|| read(&twin)).transpose()?,
            name,
        });
    }
    let compiler = read(&folder.join("COMPILER"))?;
    let of_axum = read(&folder.join("axum/VERSIONS"))?;
    Ok(page::page(&entries, compiler.trim(), of_axum.trim()))
}

/// The Rust files of a folder, by name.
fn programs(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let located = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut programs = Vec::new();
    for entry in fs::read_dir(folder).map_err(located)? {
        let path = entry.map_err(located)?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            programs.push(path);
        }
    }
    programs.sort();
    Ok(programs)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{PAGE, page_of, read};
    use crate::repository::root;

    #[test]
    fn the_page_shows_the_gallery_as_it_is() {
        let root = root().unwrap();
        let is_same = read(&root.join(PAGE)).unwrap() == page_of(&root).unwrap();
        assert!(is_same, "`{PAGE}` is of another gallery: run `cargo xtask gallery`");
    }
}
