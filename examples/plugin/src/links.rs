//! Where links are kept.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use purlin::{Error, Result};

/// Keeps links. An application provides its own with `provide_as::<dyn Links>(…)`.
pub trait Links: Send + Sync {
    /// Says how many links there may be.
    fn limit(&self, most: usize);

    /// Adds a link, or lets it lead elsewhere.
    ///
    /// # Errors
    ///
    /// When there are as many as there may be.
    fn set(&self, name: &str, url: &str) -> Result;

    /// Where a link leads.
    fn get(&self, name: &str) -> Option<String>;

    /// Whether links can be followed.
    fn is_open(&self) -> bool;

    /// Ends the work with it.
    ///
    /// # Errors
    ///
    /// When what was not yet written cannot be written.
    fn close(&self) -> Result;
}

/// Links in memory.
#[derive(Debug, Default)]
pub struct MemoryLinks(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    links: HashMap<String, String>,
    most: usize,
    is_closed: bool,
}

impl MemoryLinks {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Links for MemoryLinks {
    fn limit(&self, most: usize) {
        self.state().most = most;
    }

    fn set(&self, name: &str, url: &str) -> Result {
        let mut state = self.state();
        if state.links.len() >= state.most && !state.links.contains_key(name) {
            return Err(Error::internal(format!("there are {} short links already", state.most)));
        }
        state.links.insert(name.to_owned(), url.to_owned());
        Ok(())
    }

    fn get(&self, name: &str) -> Option<String> {
        self.state().links.get(name).cloned()
    }

    fn is_open(&self) -> bool {
        !self.state().is_closed
    }

    fn close(&self) -> Result {
        self.state().is_closed = true;
        Ok(())
    }
}
