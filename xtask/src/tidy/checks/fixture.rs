//! Runs one check over files written in a test.

use super::Finding;
use crate::repository::{Files, Workspace};

/// Compares what a check finds in `files` with the expected lines.
pub(crate) fn check(
    find: fn(&Workspace<'_>) -> Vec<Finding>,
    files: &[(&str, &str)],
    expected: &[&str],
) {
    let files = Files::of(files);
    let mut found = find(&Workspace::read(&files));
    found.sort();
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
}
