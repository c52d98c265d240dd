//! Where uploads are kept while they arrive.

use std::path::PathBuf;
use std::sync::Arc;

use purlin_core::config::Configuration;
use purlin_core::{App, Spool};
use purlin_files::TempFiles;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const SECTION: &str = "temp_files";

/// The section `[temp_files]` of the configuration.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TempFilesConfig {
    /// The directory for uploads that are too large for memory, until their request is done with
    /// them; by default the system's for temporary files. Saving is quickest where it is on the
    /// disk on which uploads are kept.
    #[serde(default)]
    pub folder: Option<PathBuf>,
}

/// Keeps large uploads in temporary files, where the application has said nothing else.
pub(crate) fn install(app: App, configuration: &Configuration) -> App {
    // A section that cannot be read is reported by the assembly.
    let config = configuration.section::<TempFilesConfig>(SECTION).unwrap_or_default();
    let spool = match config.folder {
        Some(folder) => TempFiles::in_folder(configuration.path(folder)),
        None => TempFiles::new(),
    };
    let spool = Arc::new(spool);
    let used = Arc::clone(&spool);
    // Not when the last of those who know it is gone: that may be after the end of the process.
    let remove = move || {
        used.remove();
        std::future::ready(Ok(()))
    };
    app.config::<TempFilesConfig>(SECTION).provide_default_as::<dyn Spool>(spool).on_stop(remove)
}
