//! The problem documents of an operation: which codes a status has, and which members each brings.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::example::example;
use super::media::{Example, MediaType};
use crate::error::{Describe, ProblemMember, describe};
use crate::named::Named;

/// The media type of a problem document.
pub(super) const PROBLEM: &str = "application/problem+json";

/// One code that an answer can have.
#[derive(Clone, Default)]
pub struct ProblemDoc {
    description: Cow<'static, str>,
    /// How often it was documented. A member of all of them is always there.
    said: usize,
    members: Named<Vec<Describe>>,
}

impl fmt::Debug for ProblemDoc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names = f.debug_set();
        for (name, _) in &self.members {
            names.entry(name);
        }
        names.finish()
    }
}

impl ProblemDoc {
    /// Documents an extension member (RFC 9457 §3.2), which every answer with this code has.
    pub fn member<T: ProblemMember>(&mut self, name: impl Into<Cow<'static, str>>) -> &mut Self {
        self.add_member(name.into(), describe::<T>());
        self
    }

    pub(super) fn add_member(&mut self, name: Cow<'static, str>, describe: Describe) {
        self.members.get_or_add(name.into_owned()).push(describe);
    }

    /// The schema of what is particular to this code.
    fn schema(&self, code: &str, generator: &mut SchemaGenerator) -> Value {
        let mut properties = Map::new();
        properties.insert("code".to_owned(), json!({ "type": "string", "const": code }));
        let mut required = vec!["code"];
        for (name, describe) in &self.members {
            let mut schemas: Vec<Value> = Vec::new();
            for describe in describe {
                let schema = describe(generator).to_value();
                if !schemas.contains(&schema) {
                    schemas.push(schema);
                }
            }
            let one = schemas.len() == 1;
            let schema = if one { schemas.remove(0) } else { json!({ "anyOf": schemas }) };
            properties.insert(name.clone(), schema);
            if describe.len() == self.said {
                required.push(name);
            }
        }
        json!({ "type": "object", "properties": properties, "required": required })
    }
}

/// All codes that an answer can have, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Codes(Named<ProblemDoc>);

impl Codes {
    pub(super) fn add(&mut self, code: &str, description: Cow<'static, str>) -> &mut ProblemDoc {
        let doc = self.0.get_or_add(code.to_owned());
        if doc.description.is_empty() {
            doc.description = description;
        }
        doc.said += 1;
        doc
    }

    pub(crate) fn extend(&mut self, other: Self) {
        for (code, added) in other.0 {
            let doc = self.0.get_or_add(code);
            if doc.description.is_empty() {
                doc.description = added.description;
            }
            doc.said += added.said;
            for (name, describe) in added.members {
                doc.members.get_or_add(name).extend(describe);
            }
        }
    }

    /// The content of an answer of this status. Where an operation is open it may have other codes
    /// than these.
    pub(super) fn content(
        &self,
        status: &str,
        is_open: bool,
        generator: &mut SchemaGenerator,
    ) -> MediaType {
        let any = generator.subschema_for::<ProblemDocument>().to_value();
        if self.0.iter().all(|(_, doc)| doc.members.is_empty()) {
            let codes: Vec<&String> = self.0.iter().map(|(code, _)| code).collect();
            let code = json!({ "type": "string", "enum": codes });
            let codes = json!({ "type": "object", "properties": { "code": code } });
            let is_any = is_open || self.0.is_empty();
            let schema = if is_any { any } else { json!({ "allOf": [any, codes] }) };
            return MediaType { schema, ..MediaType::default() };
        }
        let mut examples = Named::default();
        let mut alternatives = Vec::new();
        for (code, doc) in &self.0 {
            let schema = doc.schema(code, generator);
            let value = doc.example(status, &schema, generator.definitions());
            let summary = doc.description.clone().into_owned();
            examples.insert(code.clone(), Example { summary, value });
            alternatives.push(json!({ "allOf": [any.clone(), schema] }));
        }
        if is_open {
            alternatives.push(any);
        }
        let one = alternatives.len() == 1;
        let schema = if one { alternatives.remove(0) } else { json!({ "anyOf": alternatives }) };
        MediaType { schema, examples }
    }
}

impl ProblemDoc {
    /// A whole document with this code.
    fn example(&self, status: &str, own: &Value, definitions: &Map<String, Value>) -> Value {
        let status: http::StatusCode = status.parse().unwrap_or_default();
        let mut document = json!({
            "type": "about:blank",
            "title": status.canonical_reason().unwrap_or("Error"),
            "status": status.as_u16(),
            "request_id": "e265e2cec76f96b1538454127b096493",
        });
        // What the server did wrong is not told.
        if !status.is_server_error() {
            document["detail"] = json!(self.description);
        }
        if let (Some(members), Value::Object(own)) =
            (document.as_object_mut(), example(own, definitions))
        {
            members.extend(own);
        }
        document
    }
}

/// The document that every problem is, as a component of the OpenAPI document. It takes the name
/// before any type of the application can.
pub(super) struct ProblemDocument;

impl JsonSchema for ProblemDocument {
    fn schema_name() -> Cow<'static, str> {
        "Problem".into()
    }

    fn schema_id() -> Cow<'static, str> {
        concat!(module_path!(), "::ProblemDocument").into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "type": "object",
            "description": "What went wrong (RFC 9457).",
            "required": ["type", "title", "status", "code", "request_id"],
            "properties": {
                "type": { "type": "string", "format": "uri-reference", "description": "The kind of problem; `about:blank` where the status says all." },
                "title": { "type": "string", "description": "The status in words." },
                "status": { "type": "integer", "minimum": 400, "maximum": 599 },
                "detail": { "type": "string", "description": "What went wrong this time, for people." },
                "code": { "type": "string", "description": "What went wrong, for programs." },
                "request_id": { "type": "string", "description": "Names this request in the server's log." },
                "errors": {
                    "type": "array",
                    "description": "Every fault of the input.",
                    "items": {
                        "type": "object",
                        "required": ["in", "pointer", "code", "message"],
                        "properties": {
                            "in": { "enum": ["body", "cookie", "form", "header", "path", "query"] },
                            "pointer": { "type": "string", "description": "RFC 6901 pointer to the value." },
                            "code": { "type": "string", "description": "The broken rule, for programs." },
                            "message": { "type": "string", "description": "The broken rule, for people." }
                        }
                    }
                }
            }
        })
    }
}
