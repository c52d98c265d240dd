//! One part of a schema, read once per walk: a list of a hundred thousand items meets it that often.

use serde_json::{Map, Value};

use super::super::shape::{self, Kinds, list_under};
use super::list::ListRules;
use super::number::NumberRules;
use super::object::ObjectRules;
use super::text::TextRules;

/// What the keywords of one object of the schema ask for.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) own: &'a Map<String, Value>,
    /// The sentence that the schema has for a value of the wrong kind.
    pub(super) own_words: Option<&'a str>,
    pub(super) kinds: Option<Kinds>,
    pub(super) only: Option<&'a Value>,
    pub(super) choices: Option<&'a [Value]>,
    /// What `$ref` leads to.
    pub(super) target: Option<&'a Value>,
    pub(super) all_of: &'a [Value],
    /// `anyOf` and `oneOf`.
    pub(super) branches: Vec<&'a [Value]>,
    pub(super) forbidden: Option<&'a Value>,
    pub(super) text: TextRules<'a>,
    pub(super) number: NumberRules<'a>,
    pub(super) list: ListRules<'a>,
    pub(super) object: ObjectRules<'a>,
}

impl<'a> Part<'a> {
    pub(super) fn read(own: &'a Map<String, Value>, root: &'a Value) -> Self {
        let kinds = own.get("type").map(Kinds::named);
        let branches = ["anyOf", "oneOf"].into_iter();
        Self {
            own,
            own_words: own.get("x-message").and_then(Value::as_str),
            // A list of choices says more than the kind they share.
            kinds: kinds.filter(|_| !own.contains_key("enum") && !own.contains_key("const")),
            only: own.get("const"),
            choices: own.get("enum").and_then(Value::as_array).map(Vec::as_slice),
            target: shape::reference(own).map(|reference| shape::target(reference, root)),
            all_of: list_under(own, "allOf"),
            branches: branches
                .map(|keyword| list_under(own, keyword))
                .filter(|branches| !branches.is_empty())
                .collect(),
            forbidden: own.get("not"),
            text: TextRules::read(own),
            number: NumberRules::read(own),
            list: ListRules::read(own),
            object: ObjectRules::read(own),
        }
    }
}

/// The limit under a keyword.
pub(super) fn limit(rules: &Map<String, Value>, keyword: &str) -> Option<u64> {
    rules.get(keyword).and_then(Value::as_u64)
}
