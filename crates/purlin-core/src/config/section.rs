//! A section as a type: read, checked, and explained where it is wrong.

use std::mem::take;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::tree::{Content, Node, dotted, unknown};
use super::{ConfigMistake, Configuration, Origin, environment};
use crate::named::Named;
use crate::schema::pointer;
use crate::schema::shape::{self, Kinds};
use crate::schema::{Violation, check, read_value, scalar};

impl Configuration {
    /// Reads the section `name` as a `T`; a section that is not there is an empty one.
    ///
    /// Text of variables and flags becomes what the type asks for, a comma between the items of a
    /// list. A key that the type does not know is a mistake even where the type would ignore it: in a
    /// file that a person wrote, it is a misspelling.
    ///
    /// # Errors
    ///
    /// All mistakes of the section, in the order of its keys.
    pub fn section<T>(&self, name: &str) -> Result<T, Vec<ConfigMistake>>
    where
        T: DeserializeOwned + JsonSchema,
    {
        let schema = schemars::schema_for!(T).to_value();
        let section = Section::new(self, name, &schema);
        let faults = match read_value(&section.value, &schema) {
            Ok(read) if section.is_faultless() => return Ok(read),
            Ok(_) => check(&schema, &schema, &section.value),
            Err(faults) => faults,
        };
        Err(section.mistakes(faults))
    }
}

/// One section, ready to be read.
pub(super) struct Section<'a> {
    name: &'a str,
    file: &'a str,
    schema: &'a Value,
    node: Option<Node>,
    pub(super) value: Value,
    unknown: Vec<ConfigMistake>,
}

impl<'a> Section<'a> {
    pub(super) fn new(configuration: &'a Configuration, name: &'a str, schema: &'a Value) -> Self {
        let node = configuration.root.below(name);
        let node = node.map(|node| in_names_of(schema, schema, node));
        let value = node.as_ref().map(|node| value_of(node, schema, schema));
        let mut unknown = Vec::new();
        if let Some(node) = &node {
            add_unknown(node, schema, schema, name, &mut unknown);
        }
        Self {
            name,
            file: &configuration.file,
            schema,
            node,
            value: value.unwrap_or_else(|| Value::Object(Map::new())),
            unknown,
        }
    }

    pub(super) fn node(&self) -> Option<&Node> {
        self.node.as_ref()
    }

    fn is_faultless(&self) -> bool {
        self.unknown.is_empty() && check(self.schema, self.schema, &self.value).is_empty()
    }

    fn mistakes(mut self, faults: Vec<Violation>) -> Vec<ConfigMistake> {
        let mut mistakes: Vec<ConfigMistake> = Vec::new();
        let mut add = |mistake: ConfigMistake| {
            let at = mistakes.partition_point(|known| known.key <= mistake.key);
            mistakes.insert(at, mistake);
        };
        let unknown = take(&mut self.unknown);
        for fault in faults {
            // Unknown keys are told once, with the nearest of this table.
            if fault.code != "unknown_field" {
                add(self.mistake(fault));
            }
        }
        unknown.into_iter().for_each(add);
        mistakes
    }

    fn mistake(&self, fault: Violation) -> ConfigMistake {
        let Violation { pointer, code, message } = fault;
        let key = self.key(&pointer);
        // The author of the file knows the object by its name in TOML.
        let message = match code {
            "type" => message.replace("an object", "a table"),
            _ => message,
        };
        let help = match code {
            "required" => Some(self.how_to_set(&key)),
            _ => example(self.schema_at(&pointer), self.schema),
        };
        let origin = self.origin(&pointer, code);
        let is_truth = || {
            let schema = self.schema_at(&pointer)?;
            (shape::kinds(schema, self.schema) == Kinds::BOOLEAN).then(|| truth(&key, &origin))
        };
        let help = help.or_else(|| if code == "type" { is_truth() } else { None });
        ConfigMistake { key, origin, message, help }
    }

    /// `server.hosts[1]`.
    fn key(&self, pointer: &str) -> String {
        let mut key = self.name.to_owned();
        let mut node = self.node.as_ref();
        for token in pointer::tokens(pointer) {
            let is_item = node.is_some_and(|node| matches!(node.content, Content::List(_)));
            key = if is_item { format!("{key}[{token}]") } else { dotted(&key, &token) };
            node = node.and_then(|node| node.below(&token));
        }
        key
    }

    /// Where the value stands; for one that is missing, the table it is missing from.
    fn origin(&self, pointer: &str, code: &str) -> Origin {
        let Some(mut node) = self.node.as_ref() else {
            return Origin::Unset;
        };
        for token in pointer::tokens(pointer) {
            let Some(below) = node.below(&token) else {
                break;
            };
            node = below;
        }
        match (code, &node.origin) {
            ("required", Origin::File { .. }) => node.origin.clone(),
            ("required", _) => Origin::Unset,
            (_, origin) => origin.clone(),
        }
    }

    fn how_to_set(&self, key: &str) -> String {
        let (table, name) = key.rsplit_once('.').unwrap_or(("", key));
        let in_file = format!("set `{name}` under `[{table}]` in {}", self.file);
        if key.contains('[') {
            return in_file;
        }
        format!("{in_file}, or the variable `{}`", environment::variable_of(key))
    }

    fn schema_at(&self, pointer: &str) -> Option<&'a Value> {
        pointer::tokens(pointer).try_fold(self.schema, |schema, token| {
            let item = token.parse().ok().and_then(|index| shape::item(schema, self.schema, index));
            item.or_else(|| shape::member(schema, self.schema, &token))
        })
    }
}

/// How to say yes or no where somebody said something else.
fn truth(key: &str, origin: &Origin) -> String {
    let name = key.rsplit_once('.').map_or(key, |(_, name)| name);
    match origin {
        // The items of a list are written together.
        Origin::File { .. } if !key.ends_with(']') => {
            format!("write `{name} = true` or `{name} = false`")
        }
        Origin::Environment { variable } => format!("set `{variable}` to `true` or `false`"),
        _ => "give `true` or `false`".to_owned(),
    }
}

/// The entries that came through the capitals of a variable, in the names the schema has for them:
/// `pool_size` may mean `poolSize`, `pool-size` or `PoolSize`.
fn in_names_of(schema: &Value, root: &Value, node: &Node) -> Node {
    let Content::Table(entries) = &node.content else {
        return node.clone();
    };
    let mut renamed = Node { content: Content::Table(Named::default()), ..node.clone() };
    for (name, entry) in entries {
        let properties = shape::properties(schema, root);
        let named = |is_meant: &dyn Fn(&str) -> bool| {
            properties.iter().map(|(known, _)| *known).find(|known| is_meant(known))
        };
        let is_alike = |known: &str| entry.layer.is_of_variables() && shape::is_alike(known, name);
        let name = named(&|known| known == name).or_else(|| named(&is_alike)).unwrap_or(name);
        let below = shape::member(schema, root, name).unwrap_or(&Value::Bool(true));
        let entry = in_names_of(below, root, entry).under(name);
        renamed.merge(entry, "", &mut Vec::new());
    }
    Node { origin: node.origin.clone(), layer: node.layer, ..renamed }
}

/// The JSON that serde reads, with text turned into what the schema asks for.
pub(super) fn value_of(node: &Node, schema: &Value, root: &Value) -> Value {
    const ANYTHING: &Value = &Value::Bool(true);
    match &node.content {
        Content::Value(value) => value.clone(),
        Content::Text(text) => read(text, schema, root),
        Content::List(items) => {
            let item = |index| shape::item(schema, root, index).unwrap_or(ANYTHING);
            let items = items.iter().enumerate();
            items.map(|(index, node)| value_of(node, item(index), root)).collect()
        }
        Content::Table(entries) => {
            let member = |name| shape::member(schema, root, name).unwrap_or(ANYTHING);
            let mut members = Map::new();
            for (name, node) in entries {
                members.insert(name.clone(), value_of(node, member(name), root));
            }
            Value::Object(members)
        }
    }
}

/// A variable holds a list as its items with commas between them.
fn read(text: &str, schema: &Value, root: &Value) -> Value {
    let kinds = shape::kinds(schema, root);
    if !kinds.meets(Kinds::ARRAY) || kinds.meets(Kinds::STRING) {
        return scalar(text, schema, root);
    }
    let mut items = Vec::new();
    if !text.trim().is_empty() {
        for (index, item) in text.split(',').enumerate() {
            let schema = shape::item(schema, root, index).unwrap_or(&Value::Bool(true));
            items.push(scalar(item.trim(), schema, root));
        }
    }
    Value::Array(items)
}

fn add_unknown(
    node: &Node,
    schema: &Value,
    root: &Value,
    key: &str,
    found: &mut Vec<ConfigMistake>,
) {
    if let Content::List(items) = &node.content {
        for (index, node) in items.iter().enumerate() {
            if let Some(schema) = shape::item(schema, root, index) {
                add_unknown(node, schema, root, &format!("{key}[{index}]"), found);
            }
        }
    }
    let kinds = shape::kinds(schema, root);
    if kinds == Kinds::ANY || !kinds.meets(Kinds::OBJECT) {
        return;
    }
    let mut known: Vec<&str> = Vec::new();
    for (name, _) in shape::properties(schema, root) {
        if let Err(at) = known.binary_search(&name) {
            known.insert(at, name);
        }
    }
    let takes_all = shape::takes_other_members(schema, root);
    for (name, node) in node.entries() {
        match shape::member(schema, root, name) {
            Some(schema) => add_unknown(node, schema, root, &dotted(key, name), found),
            None if takes_all => {}
            None => found.push(unknown(key, name, &node.origin, &known)),
        }
    }
}

fn example(schema: Option<&Value>, root: &Value) -> Option<String> {
    let examples = shape::layers(schema?, root);
    let examples = examples.into_iter().find_map(|rules| rules.get("examples"))?;
    let example = examples.get(0)?;
    let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
    Some(format!("for example `{text}`"))
}
