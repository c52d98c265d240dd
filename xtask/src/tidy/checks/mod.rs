//! The checks, one a module.

mod floors;

mod third_parties;

mod cycles;

mod order;

mod names;

mod dead_files;

mod error_codes;

mod unwraps;

mod lengths;

mod texts;

mod versions;

#[cfg(test)]
mod fixture;

use super::finding::Finding;
use crate::repository::Workspace;

/// A house rule.
#[derive(Debug)]
pub(crate) struct Check {
    /// What violations and the allow-list call it.
    pub(crate) name: &'static str,
    pub(crate) find: fn(&Workspace<'_>) -> Vec<Finding>,
}

impl Check {
    const fn new(name: &'static str, find: fn(&Workspace<'_>) -> Vec<Finding>) -> Self {
        Self { name, find }
    }
}

pub(crate) const ALL: &[Check] = &[
    Check::new("floors", floors::find),
    Check::new("third-parties", third_parties::find),
    Check::new("module-cycles", cycles::find),
    Check::new("module-order", order::find),
    Check::new("names", names::find),
    Check::new("dead-files", dead_files::find),
    Check::new("error-codes", error_codes::find),
    Check::new("unwrap", unwraps::find),
    Check::new("length", lengths::find),
    Check::new("texts", texts::find),
    Check::new("versions", versions::find),
];
