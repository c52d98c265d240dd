//! What the checks look at: the files, the members of the workspace and their modules.

mod workspace;

mod module_tree;

mod manifest;

mod files;

pub(crate) use files::{Files, folder_of, has_extension, root, stem_of};
pub(crate) use manifest::{Kind, line_at};
pub(crate) use workspace::{Package, Workspace};
