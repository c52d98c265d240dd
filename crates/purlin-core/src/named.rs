//! Parts of a whole by name: of a document, of a table of the configuration.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// Parts of a document, each with a name of its own, in the order of their names.
///
/// There are many kinds of parts and few of each: a sorted list is less code than a tree, which is
/// compiled for each kind again.
///
/// ```
/// use purlin_core::openapi::ResponseDoc;
///
/// let mut answer = ResponseDoc::default();
/// answer.content("text/plain", serde_json::json!({ "type": "string" }));
/// assert!(answer.content.contains("text/plain"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<T> {
    parts: Vec<(String, T)>,
}

impl<T> Named<T> {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether there is one of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.position(name).is_ok()
    }

    /// The part of this name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.position(name).ok().map(|at| &self.parts[at].1)
    }

    /// The part of this name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        self.position(name).ok().map(|at| &mut self.parts[at].1)
    }

    /// Adds a part, or replaces the one of the same name.
    pub fn insert(&mut self, name: String, part: T) {
        match self.position(&name) {
            Ok(at) => self.parts[at].1 = part,
            Err(at) => self.parts.insert(at, (name, part)),
        }
    }

    /// The part of this name, which is added if there is none.
    pub fn get_or_add(&mut self, name: String) -> &mut T
    where
        T: Default,
    {
        let at = match self.position(&name) {
            Ok(at) => at,
            Err(at) => {
                self.parts.insert(at, (name, T::default()));
                at
            }
        };
        &mut self.parts[at].1
    }

    /// Takes the part of this name out.
    pub fn remove(&mut self, name: &str) -> Option<T> {
        self.position(name).ok().map(|at| self.parts.remove(at).1)
    }

    /// All parts, in the order of their names.
    pub fn iter(&self) -> std::slice::Iter<'_, (String, T)> {
        self.parts.iter()
    }

    /// All parts, to be changed; their names stay.
    pub(crate) fn each_mut(&mut self) -> std::slice::IterMut<'_, (String, T)> {
        self.parts.iter_mut()
    }

    pub(crate) fn extend(&mut self, others: Self) {
        for (name, part) in others {
            self.insert(name, part);
        }
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.parts.binary_search_by(|(known, _)| known.as_str().cmp(name))
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { parts: Vec::new() }
    }
}

impl<T> IntoIterator for Named<T> {
    type Item = (String, T);
    type IntoIter = std::vec::IntoIter<(String, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.parts.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Named<T> {
    type Item = &'a (String, T);
    type IntoIter = std::slice::Iter<'a, (String, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.parts.len()))?;
        for (name, part) in self {
            map.serialize_entry(name, part)?;
        }
        map.end()
    }
}
