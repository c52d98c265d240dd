//! The tree of values: each knows its origin, and the stronger of two survives.

use serde_json::Value;

use super::{ConfigMistake, Origin};
use crate::named::Named;
use crate::suggest::nearest;

/// The layers, the weakest first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Layer {
    Default,
    File,
    ModeOfFile,
    EnvFile,
    Environment,
    Flag,
    Override,
}

impl Layer {
    /// Whether the names of keys went through the capitals of an environment variable.
    pub(super) fn is_of_variables(self) -> bool {
        matches!(self, Self::EnvFile | Self::Environment)
    }
}

/// A value with its origin. Not `Debug`, since it may be a secret.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) origin: Origin,
    pub(super) layer: Layer,
    pub(super) content: Content,
}

#[derive(Clone)]
pub(super) enum Content {
    /// A value of the file: its kind is settled.
    Value(Value),
    /// Text of a variable or flag: what it means, the schema decides.
    Text(String),
    List(Vec<Node>),
    Table(Named<Node>),
}

impl Node {
    pub(super) fn table(origin: Origin, layer: Layer) -> Self {
        Self { origin, layer, content: Content::Table(Named::default()) }
    }

    pub(super) fn text(text: &str, origin: Origin, layer: Layer) -> Self {
        Self { origin, layer, content: Content::Text(text.to_owned()) }
    }

    pub(super) fn from_json(value: Value, origin: &Origin, layer: Layer) -> Self {
        let below = |value| Self::from_json(value, origin, layer);
        let content = match value {
            Value::Object(members) => {
                let mut entries = Named::default();
                for (name, value) in members {
                    entries.insert(name, below(value));
                }
                Content::Table(entries)
            }
            Value::Array(items) => Content::List(items.into_iter().map(below).collect()),
            value => Content::Value(value),
        };
        Self { origin: origin.clone(), layer, content }
    }

    /// A table in which this node is the only entry.
    pub(super) fn under(self, name: &str) -> Self {
        let (origin, layer) = (self.origin.clone(), self.layer);
        let mut entries = Named::default();
        entries.insert(name.to_owned(), self);
        Self { origin, layer, content: Content::Table(entries) }
    }

    /// Lays `other` over this node. Tables are joined; of two values the stronger one stays, and of
    /// two as strong the later one.
    pub(super) fn merge(&mut self, other: Self, key: &str, mistakes: &mut Vec<ConfigMistake>) {
        if self.is_table() != other.is_table() {
            mistakes.push(clash(self, &other, key));
        }
        match (&mut self.content, other.content) {
            (Content::Table(entries), Content::Table(others)) => {
                // A header in the file is the better place to point at than a variable.
                if matches!(other.origin, Origin::File { .. }) && other.layer <= Layer::File {
                    self.origin = other.origin;
                }
                self.layer = self.layer.max(other.layer);
                for (name, node) in others {
                    let key = dotted(key, &name);
                    match entries.get_mut(&name) {
                        Some(entry) => entry.merge(node, &key, mistakes),
                        None => entries.insert(name, node),
                    }
                }
            }
            (_, content) if other.layer >= self.layer => {
                *self = Self { origin: other.origin, layer: other.layer, content };
            }
            _ => {}
        }
    }

    /// The entries of a table; none of anything else.
    pub(super) fn entries(&self) -> Vec<(&str, &Self)> {
        let mut entries = Vec::new();
        if let Content::Table(table) = &self.content {
            for (name, node) in table {
                entries.push((name.as_str(), node));
            }
        }
        entries
    }

    pub(super) fn entry_names(&self) -> Vec<&str> {
        self.entries().iter().map(|(name, _)| *name).collect()
    }

    /// The node at a path of names, and of indices in lists.
    pub(super) fn at<'k>(&self, path: impl IntoIterator<Item = &'k str>) -> Option<&Self> {
        path.into_iter().try_fold(self, Self::below)
    }

    /// The entry or item called `token`.
    pub(super) fn below(&self, token: &str) -> Option<&Self> {
        match &self.content {
            Content::Table(entries) => entries.get(token),
            Content::List(items) => items.get(token.parse::<usize>().ok()?),
            Content::Value(_) | Content::Text(_) => None,
        }
    }

    /// Entries whose names are none of `known`, each as a mistake.
    pub(super) fn unknown_entries(&self, key: &str, known: &[&str]) -> Vec<ConfigMistake> {
        let mut mistakes = Vec::new();
        for (name, node) in self.entries() {
            if !known.contains(&name) {
                mistakes.push(unknown(key, name, &node.origin, known));
            }
        }
        mistakes
    }

    fn is_table(&self) -> bool {
        matches!(self.content, Content::Table(_))
    }
}

/// `server.port`, or `port` at the top.
pub(super) fn dotted(key: &str, name: &str) -> String {
    if key.is_empty() {
        return name.to_owned();
    }
    format!("{key}.{name}")
}

/// The mistake of a key that nobody knows.
pub(super) fn unknown(key: &str, name: &str, origin: &Origin, known: &[&str]) -> ConfigMistake {
    const MOST_NAMED: usize = 12;
    let help = match nearest(name, known.iter().copied()) {
        Some(known) => Some(format!("the nearest known key is `{}`", dotted(key, known))),
        None if known.is_empty() || known.len() > MOST_NAMED => None,
        None => Some(format!("known keys are `{}`", known.join("`, `"))),
    };
    ConfigMistake {
        key: dotted(key, name),
        origin: origin.clone(),
        message: "is not a known key".to_owned(),
        help,
    }
}

/// One layer says that the key is a table, another that it is a value.
fn clash(one: &Node, other: &Node, key: &str) -> ConfigMistake {
    let (table, value) = if one.is_table() { (one, other) } else { (other, one) };
    ConfigMistake {
        key: key.to_owned(),
        origin: value.origin.clone(),
        message: format!("is one value here, and a table with keys of its own in {}", table.origin),
        help: None,
    }
}
