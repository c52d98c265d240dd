//! No errors of SeaORM, where it is not compiled in.

use std::error::Error as StdError;

use super::meaning::Meaning;

/// Would say what an error of SeaORM means.
pub(super) fn meaning_of(_error: &(dyn StdError + 'static)) -> Option<Meaning> {
    None
}
