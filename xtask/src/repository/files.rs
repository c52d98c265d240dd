//! The text files of the repository, in memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Larger files are data, not something people wrote.
const MAX_BYTES: u64 = 1024 * 1024;

/// Text by path; paths are relative to the root and use `/`.
#[derive(Debug, Default)]
pub(crate) struct Files(BTreeMap<String, String>);

impl Files {
    /// Reads every text file below `root`, except what tools generate.
    pub(crate) fn read(root: &Path) -> Result<Self, String> {
        let mut files = Self::default();
        files.read_folder(root, "").map_err(|(path, error)| format!("{path}: {error}"))?;
        Ok(files)
    }

    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect())
    }

    pub(crate) fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    fn read_folder(&mut self, folder: &Path, path: &str) -> Result<(), (String, io::Error)> {
        let located = |error| (path.to_owned(), error);
        for entry in fs::read_dir(folder).map_err(located)? {
            let entry = entry.map_err(located)?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            let kind = entry.file_type().map_err(located)?;
            if kind.is_dir() && !is_skipped_folder(&entry.path(), &name) {
                self.read_folder(&entry.path(), &path)?;
            } else if kind.is_file() && !is_skipped_file(&name) {
                self.read_file(&entry.path(), path)?;
            }
        }
        Ok(())
    }

    /// Takes a file in unless it is binary, large, or gone since its folder was listed.
    fn read_file(&mut self, file: &Path, path: String) -> Result<(), (String, io::Error)> {
        if fs::metadata(file).is_ok_and(|metadata| metadata.len() > MAX_BYTES) {
            return Ok(());
        }
        match fs::read(file) {
            Ok(bytes) => {
                if let Ok(text) = String::from_utf8(bytes) {
                    self.0.insert(path, text);
                }
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err((path, error)),
        }
    }
}

fn is_skipped_folder(folder: &Path, name: &str) -> bool {
    let hidden = name.starts_with('.') && !matches!(name, ".cargo" | ".ci" | ".github");
    hidden || matches!(name, "node_modules" | "target") || folder.join("CACHEDIR.TAG").exists()
}

fn is_skipped_file(name: &str) -> bool {
    matches!(name, ".env" | "Cargo.lock")
}

/// Finds the root of the repository from the working directory upwards.
pub(crate) fn root() -> Result<PathBuf, String> {
    let current = env::current_dir().map_err(|error| format!("working directory: {error}"))?;
    let root = current.ancestors().find(|folder| folder.join("xtask/tidy.toml").is_file());
    root.map(Path::to_owned).ok_or_else(|| "no `xtask/tidy.toml` here or above".to_owned())
}

/// The folder of a file, without the slash.
pub(crate) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The name of a file, without its last extension.
pub(crate) fn stem_of(path: &str) -> &str {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Whether the name of a file ends in `.` and `extension`.
pub(crate) fn has_extension(path: &str, extension: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, last)| last == extension)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Files;

    #[test]
    fn generated_and_binary_files_are_left_out() {
        let root = std::env::temp_dir().join(format!("xtask-files-{}", std::process::id()));
        for folder in ["src", "target", "cache", ".ci", ".hidden"] {
            fs::create_dir_all(root.join(folder)).unwrap();
            fs::write(root.join(folder).join("a.txt"), "a").unwrap();
        }
        fs::write(root.join("cache/CACHEDIR.TAG"), "tag").unwrap();
        fs::write(root.join("binary"), [0xff, 0xfe]).unwrap();
        fs::write(root.join(".env"), "SECRET=1").unwrap();
        let files = Files::read(&root);
        fs::remove_dir_all(&root).unwrap();
        let files = files.unwrap();
        let paths: Vec<_> = files.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, [".ci/a.txt", "src/a.txt"]);
    }
}
