//! Showing the configuration: every key, its value, and who says so.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::secret::MASK;
use super::section::{Section, value_of};
use super::tree::{Content, Node, dotted};
use super::{Configuration, Origin};
use crate::schema::shape::{self, Kinds};

const ANYTHING: &Value = &Value::Bool(true);

/// One line of `config show`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Row {
    /// The key, from the top: `server.port`.
    pub key: String,
    /// Its value as text, with secrets masked.
    pub value: String,
    /// Where the value comes from: `purlin.toml:12`.
    pub origin: String,
}

impl Configuration {
    /// Lists every key of the sections with its effective value and origin, sorted by key.
    ///
    /// A section is its name, the schema of its type, and its defaults as JSON. The tables of a list
    /// have rows of their own: `accounts[0].name`. Secrets are masked: what has the format `password`
    /// ([`Secret`](super::Secret)), whole, and passwords inside addresses.
    pub fn explain(&self, sections: &[(&str, &Value, &Value)]) -> Vec<Row> {
        let mut rows = Vec::new();
        for &(name, schema, defaults) in sections {
            let section = Section::new(self, name, schema);
            let mut list = List { root: schema, rows: &mut rows };
            list.add(name, schema, section.node(), Some(defaults));
        }
        rows
    }
}

struct List<'a> {
    root: &'a Value,
    rows: &'a mut Vec<Row>,
}

impl<'a> List<'a> {
    fn add(
        &mut self,
        key: &str,
        schema: &'a Value,
        node: Option<&Node>,
        default: Option<&'a Value>,
    ) {
        let default = default.or_else(|| schema.get("default"));
        // A secret is masked before anything looks into it.
        if self.is_secret(schema) {
            return self.show(key, schema, node, default);
        }
        let items = self.items(schema, node, default);
        for index in 0..items {
            let token = index.to_string();
            let below = shape::item(schema, self.root, index).unwrap_or(ANYTHING);
            let node = node.and_then(|node| node.below(&token));
            let default = default.and_then(|default| default.get(index));
            self.add(&format!("{key}[{token}]"), below, node, default);
        }
        let names = self.names(schema, node, default);
        if names.is_empty() && items == 0 {
            return self.show(key, schema, node, default);
        }
        for name in names {
            let below = shape::member(schema, self.root, &name).unwrap_or(ANYTHING);
            let node = node.and_then(|node| node.below(&name));
            let default = default.and_then(|default| default.get(&name));
            self.add(&dotted(key, &name), below, node, default);
        }
    }

    /// How many items a list has, where they have an inside; a list of plain values is one row.
    fn items(&self, schema: &Value, node: Option<&Node>, default: Option<&Value>) -> usize {
        let has_inside = |index| {
            let kinds =
                shape::item(schema, self.root, index).map(|item| shape::kinds(item, self.root));
            kinds.is_some_and(|kinds| {
                kinds != Kinds::ANY && kinds.meets(Kinds::OBJECT | Kinds::ARRAY)
            })
        };
        let count = match node.map(|node| &node.content) {
            Some(Content::List(items)) => items.len(),
            Some(_) => 0,
            None => default.and_then(Value::as_array).map_or(0, Vec::len),
        };
        if (0..count).any(has_inside) { count } else { 0 }
    }

    /// The keys of a table: those the schema knows, and those a map happens to have. None if the
    /// value is no table, or an optional one that is not there.
    fn names(&self, schema: &Value, node: Option<&Node>, default: Option<&Value>) -> Vec<String> {
        let kinds = shape::kinds(schema, self.root);
        let is_absent = node.is_none() && default.is_none_or(Value::is_null);
        let is_other = node.is_some_and(|node| node.entries().is_empty());
        if !kinds.meets(Kinds::OBJECT) || is_other || is_absent && kinds.meets(Kinds::NULL) {
            return Vec::new();
        }
        let mut names = Vec::new();
        for (name, _) in shape::properties(schema, self.root) {
            names.push(name.to_owned());
        }
        if shape::takes_other_members(schema, self.root) {
            if let Some(Value::Object(members)) = default {
                names.extend(members.keys().cloned());
            }
            for (name, _) in node.map(Node::entries).unwrap_or_default() {
                names.push(name.to_owned());
            }
        }
        names.sort();
        names.dedup();
        names
    }

    /// Adds a row, in the order of the keys.
    fn show(&mut self, key: &str, schema: &'a Value, node: Option<&Node>, default: Option<&Value>) {
        let set = node.map(|node| value_of(node, schema, self.root));
        let origin = match (node, default) {
            (Some(node), _) => &node.origin,
            (None, Some(_)) => &Origin::Default,
            (None, None) => &Origin::Unset,
        };
        let is_secret = self.holds_secret(schema, &mut Vec::new());
        let value = match set.as_ref().or(default) {
            None | Some(Value::Null) => String::new(),
            Some(value) if is_secret && !is_empty(value) => MASK.to_owned(),
            Some(Value::String(text)) => without_passwords(text),
            Some(value) => without_passwords(&value.to_string()),
        };
        let at = self.rows.partition_point(|row| row.key.as_str() <= key);
        self.rows.insert(at, Row { key: key.to_owned(), value, origin: origin.to_string() });
    }

    /// Whether the schema is one of a secret.
    fn is_secret(&self, schema: &Value) -> bool {
        let mut layers = shape::layers(schema, self.root).into_iter();
        layers.any(|rules| rules.get("format") == Some(&Value::from("password")))
    }

    /// Whether there is a secret anywhere in what the schema describes. `open` holds the references
    /// that are being followed.
    fn holds_secret(&self, schema: &'a Value, open: &mut Vec<&'a str>) -> bool {
        match schema {
            Value::Array(parts) => parts.iter().any(|part| self.holds_secret(part, open)),
            Value::Object(rules) => {
                let parts = rules.iter().filter(|(keyword, _)| *keyword != "$defs");
                rules.get("format") == Some(&Value::from("password"))
                    || shape::reference(rules).is_some_and(|name| self.leads_to_secret(name, open))
                    || parts.into_iter().any(|(_, part)| self.holds_secret(part, open))
            }
            _ => false,
        }
    }

    fn leads_to_secret(&self, reference: &'a str, open: &mut Vec<&'a str>) -> bool {
        if open.contains(&reference) {
            return false;
        }
        open.push(reference);
        self.holds_secret(shape::target(reference, self.root), open)
    }
}

/// A list or table in which nothing lies.
fn is_empty(value: &Value) -> bool {
    let table = value.as_object().is_some_and(serde_json::Map::is_empty);
    table || value.as_array().is_some_and(Vec::is_empty)
}

/// Masks the password in `scheme://user:password@host` and in `password=…`. Takes too much rather
/// than too little: a password may have any letter in it.
fn without_passwords(text: &str) -> String {
    static IN_ADDRESS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(://[^\s/:@]*):\S*@").ok());
    static BY_NAME: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i-u:(password|passwd|pwd|secret|token))=[^\s&;,]+").ok());
    let replace = |regex: &Option<Regex>, text: &str, with: &str| match regex {
        Some(regex) => regex.replace_all(text, with).into_owned(),
        None => MASK.to_owned(),
    };
    let text = replace(&IN_ADDRESS, text, &format!("$1:{MASK}@"));
    replace(&BY_NAME, &text, &format!("$1={MASK}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_inside_text_are_masked() {
        let masked = "postgres://app:[secret]@db/blog";
        assert_eq!(without_passwords("postgres://app:a/b@c@db/blog"), masked);
        assert_eq!(without_passwords("redis://:pw@cache:6379"), "redis://:[secret]@cache:6379");
        assert_eq!(without_passwords("db?password=x&ssl=1"), "db?password=[secret]&ssl=1");
        assert_eq!(without_passwords("https://example.org:8080/a"), "https://example.org:8080/a");
    }
}
