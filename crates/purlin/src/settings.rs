//! Where the configuration comes from: the file, `.env`, the environment and the flags.

use std::path::{Path, PathBuf};

use purlin_core::config::{ConfigFile, ConfigMistake, Configuration, EnvFile};
use purlin_core::{Error, Mode, Result};

use crate::line::Line;

/// The name of the configuration file.
const FILE: &str = "purlin.toml";
/// The name of the file with variables for development.
const ENV_FILE: &str = ".env";
/// How variables begin that set something.
const PREFIX: &str = "PURLIN__";

/// Reads every source. A mistake in one of them is kept for the report, with its place.
pub(crate) fn load(line: &Line) -> Result<(Configuration, Vec<ConfigMistake>)> {
    let mode = mode(line)?;
    let mut configuration = Configuration::new(mode);
    let mut mistakes = Vec::new();
    if let Some(path) = find(line, mode)? {
        let text = read(&path)?;
        configuration = configuration.folder(folder_of(&path));
        match ConfigFile::parse(&shown(&path), &text) {
            Ok(file) => configuration = configuration.file(file),
            Err(found) => mistakes.extend(found),
        }
    }
    if mode == Mode::Dev
        && let Some(path) = beside(mode, ENV_FILE)
    {
        match EnvFile::parse(&shown(&path), &read(&path)?) {
            Ok(file) => configuration = configuration.env_file(&file),
            Err(found) => mistakes.extend(found),
        }
    }
    configuration = configuration.environment(environment()?);
    for (flag, key, value) in &line.settings {
        configuration = configuration.flag(flag, key, value);
    }
    Ok((configuration, mistakes))
}

fn mode(line: &Line) -> Result<Mode> {
    let (text, origin) = match (&line.mode, std::env::var("PURLIN_MODE")) {
        (Some(text), _) => (text.clone(), "--mode"),
        (None, Ok(text)) => (text, "PURLIN_MODE"),
        (None, Err(_)) => {
            return Ok(if cfg!(debug_assertions) { Mode::Dev } else { Mode::Prod });
        }
    };
    text.parse().map_err(|error| Error::from(error).context(format!("`{origin}` names no mode")))
}

/// `--config`, `PURLIN_CONFIG`, the working directory, and in development the crate's own folder.
/// A file that was named and is not there is a mistake; the others may be missing.
fn find(line: &Line, mode: Mode) -> Result<Option<PathBuf>> {
    let named = line.config.clone().map(|path| ("--config", PathBuf::from(path)));
    let named =
        named.or_else(|| Some(("PURLIN_CONFIG", std::env::var_os("PURLIN_CONFIG")?.into())));
    if let Some((origin, path)) = named {
        if !path.is_file() {
            let text = format!("`{origin}` names `{}`, and there is no such file", path.display());
            return Err(Error::internal(text));
        }
        return Ok(Some(path));
    }
    Ok(beside(mode, FILE))
}

/// A file in the working directory, or in development in the crate's own folder, if there is one.
fn beside(mode: Mode, name: &str) -> Option<PathBuf> {
    let mut places = vec![PathBuf::from(name)];
    if mode == Mode::Dev {
        places.extend(crate_folder().map(|folder| folder.join(name)));
    }
    places.into_iter().find(|path| path.is_file())
}

/// The variables of the process. Those of others may be no text, ours may not.
fn environment() -> Result<Vec<(String, String)>> {
    let mut variables = Vec::new();
    for (name, value) in std::env::vars_os() {
        match (name.into_string(), value.into_string()) {
            (Ok(name), Ok(value)) => variables.push((name, value)),
            (Ok(name), Err(_)) if name.starts_with(PREFIX) => {
                let text = format!("the environment variable `{name}` is not UTF-8");
                return Err(Error::internal(text).with_help("set it to text in UTF-8"));
            }
            _ => {}
        }
    }
    Ok(variables)
}

/// The folder of the crate that `cargo run` runs.
pub(crate) fn crate_folder() -> Option<PathBuf> {
    std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from)
}

/// The folder of a file, which relative paths in the configuration are relative to.
fn folder_of(file: &Path) -> PathBuf {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path)
        .map_err(|error| Error::from(error).context(format!("cannot read `{}`", path.display())))
}

/// A path as short as it can be shown: relative to the working directory where it lies in it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let short = here.as_deref().and_then(|here| path.strip_prefix(here).ok());
    short.unwrap_or(path).display().to_string()
}

/// Reads a source file for the development page; names in panics are relative to the workspace.
pub(crate) fn read_source(file: &str) -> Option<String> {
    let here = std::fs::read_to_string(file).ok();
    here.or_else(|| {
        let folder = crate_folder()?;
        let mut above = folder.ancestors().take(5);
        above.find_map(|folder| std::fs::read_to_string(folder.join(file)).ok())
    })
}
