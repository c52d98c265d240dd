//! The file: TOML, with the line of every value.

use std::fmt;
use std::ops::Range;

use serde_json::{Number, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::tree::{Content, Layer, Node, dotted};
use super::{ConfigMistake, Mode, Origin};
use crate::named::Named;

/// A parsed `purlin.toml`.
///
/// Its tables `[dev]`, `[test]` and `[prod]` hold what differs in that mode: `[prod.server]` is laid
/// over `[server]` in production, and not looked at otherwise.
#[derive(Clone)]
pub struct ConfigFile {
    pub(super) name: String,
    pub(super) root: Node,
    pub(super) modes: Vec<(Mode, Node)>,
}

impl ConfigFile {
    /// Parses TOML; `name` is what mistakes call the file.
    ///
    /// # Errors
    ///
    /// Every line that is no TOML, and every value that no configuration can hold.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<ConfigMistake>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut reader = Reader { name, text, mistakes: Vec::new() };
        let mut starts = Vec::new();
        for error in &errors {
            let span = error.span().unwrap_or_default();
            let at = starts.partition_point(|before| *before <= span.start);
            starts.insert(at, span.start);
            let mistake = reader.new_mistake("", &span, error.message());
            reader.mistakes.insert(at, mistake);
        }
        if !errors.is_empty() {
            return Err(reader.mistakes); // what was read around them is a guess
        }
        let (mut modes, mut entries) = (Vec::new(), Named::default());
        for (key, value) in table.get_ref() {
            let (span, key) = (key.span(), key.get_ref());
            match key.parse::<Mode>() {
                Ok(mode) if matches!(value.get_ref(), DeValue::Table(_)) => {
                    modes.push((mode, reader.node("", value, span, Layer::ModeOfFile)));
                }
                Ok(_) => reader.mistake(key, span, "is a mode, and must be a table"),
                Err(_) => {
                    let node = reader.node(key, value, span, Layer::File);
                    entries.insert(key.to_string(), node);
                }
            }
        }
        if !reader.mistakes.is_empty() {
            return Err(reader.mistakes);
        }
        let mut root = Node::table(Origin::Unset, Layer::File);
        root.content = Content::Table(entries);
        Ok(Self { name: name.to_owned(), root, modes })
    }

    /// What mistakes call the file.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The values may be secrets.
impl fmt::Debug for ConfigFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ConfigFile")
            .field("name", &self.name)
            .field("sections", &self.root.entry_names())
            .finish_non_exhaustive()
    }
}

struct Reader<'t> {
    name: &'t str,
    text: &'t str,
    mistakes: Vec<ConfigMistake>,
}

impl Reader<'_> {
    /// `span` is that of the key, if there is one: a table's own begins only after its header.
    fn node(
        &mut self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        span: Range<usize>,
        layer: Layer,
    ) -> Node {
        let content = match value.get_ref() {
            DeValue::Table(table) => Content::Table(self.entries(key, table, layer)),
            DeValue::Array(items) => Content::List(
                (items.iter().enumerate())
                    .map(|(index, item)| {
                        self.node(&format!("{key}[{index}]"), item, item.span(), layer)
                    })
                    .collect(),
            ),
            value => Content::Value(scalar(value).unwrap_or_else(|message| {
                self.mistake(key, span.clone(), message);
                Value::Null
            })),
        };
        let origin = self.origin(&span);
        Node { origin, layer, content }
    }

    fn entries(&mut self, key: &str, table: &DeTable<'_>, layer: Layer) -> Named<Node> {
        let mut entries = Named::default();
        for (name, value) in table {
            let below = dotted(key, name.get_ref());
            let node = self.node(&below, value, name.span(), layer);
            entries.insert(name.get_ref().to_string(), node);
        }
        entries
    }

    fn origin(&self, span: &Range<usize>) -> Origin {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = 1 + before.matches('\n').count();
        Origin::File { name: self.name.to_owned(), line }
    }

    fn mistake(&mut self, key: &str, span: Range<usize>, message: &str) {
        self.mistakes.push(self.new_mistake(key, &span, message));
    }

    fn new_mistake(&self, key: &str, span: &Range<usize>, message: &str) -> ConfigMistake {
        let origin = self.origin(span);
        ConfigMistake { key: key.to_owned(), origin, message: message.to_owned(), help: None }
    }
}

/// Dates and times stay text: JSON has nothing else for them, and their types read text.
fn scalar(value: &DeValue<'_>) -> Result<Value, &'static str> {
    match value {
        DeValue::String(text) => Ok(Value::from(text.as_ref())),
        DeValue::Integer(number) => {
            let (digits, radix) = (number.as_str(), number.radix());
            let signed = i64::from_str_radix(digits, radix).map(Value::from);
            signed
                .or_else(|_| u64::from_str_radix(digits, radix).map(Value::from))
                .map_err(|_| "must fit into 64 bits")
        }
        DeValue::Float(number) => {
            let number = number.as_str().parse().ok().and_then(Number::from_f64);
            number.map(Value::Number).ok_or("must be a finite number")
        }
        DeValue::Boolean(value) => Ok(Value::Bool(*value)),
        DeValue::Datetime(time) => Ok(Value::from(time.to_string())),
        DeValue::Array(_) | DeValue::Table(_) => Ok(Value::Null),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(text: &str) -> Vec<String> {
        let mistakes = ConfigFile::parse("purlin.toml", text).unwrap_err();
        mistakes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_value_knows_its_line() {
        let text = "title = 'a'\n\n[server]\nhosts = [\n  'a',\n  'b',\n]\nlimits.body = 1\n";
        let file = ConfigFile::parse("purlin.toml", text).unwrap();
        let line = |key: &str| file.root.at(key.split('.')).map(|node| node.origin.to_string());
        assert_eq!(line("title").as_deref(), Some("purlin.toml:1"));
        assert_eq!(line("server").as_deref(), Some("purlin.toml:3"));
        assert_eq!(line("server.hosts").as_deref(), Some("purlin.toml:4"));
        assert_eq!(line("server.hosts.1").as_deref(), Some("purlin.toml:6"));
        assert_eq!(line("server.limits.body").as_deref(), Some("purlin.toml:8"));
    }

    #[test]
    fn all_lines_that_are_no_toml_are_told() {
        let mistakes = mistakes("a = \n[b\nc = 1\nc = 2\n");
        assert!(mistakes.len() > 1, "{mistakes:?}");
        assert!(mistakes[0].ends_with("(purlin.toml:1)"), "{mistakes:?}");
    }

    #[test]
    fn what_json_cannot_hold_is_a_mistake_with_its_key() {
        assert_eq!(
            mistakes("[a]\nb = nan\nc = 99999999999999999999\n"),
            [
                "`a.b` must be a finite number (purlin.toml:2)",
                "`a.c` must fit into 64 bits (purlin.toml:3)"
            ]
        );
        assert_eq!(mistakes("prod = 1"), ["`prod` is a mode, and must be a table (purlin.toml:1)"]);
    }
}
