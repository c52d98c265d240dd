//! Puts the operations of an application together to one document.

use std::collections::HashMap;

use http::Method;
use serde_json::{Map, Value, json};

use super::media::MediaType;
use super::merge::merge;
use super::model::{Operation, StatusKey};
use super::problem::PROBLEM;
use super::schemas::{Components, Schemas};
use crate::hosts::HostPattern;
use crate::named::Named;

/// What the head of the document says.
#[derive(Clone, Debug)]
pub(crate) struct Info {
    pub(crate) title: String,
    pub(crate) version: String,
    pub(crate) description: Option<String>,
}

/// One operation and where it is mounted.
#[derive(Clone, Debug)]
pub(crate) struct Described {
    pub(crate) method: Method,
    pub(crate) host: Option<HostPattern>,
    pub(crate) pattern: String,
    /// What must hold for it to be the one.
    pub(crate) conditions: Vec<String>,
    pub(crate) operation: Operation,
}

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

pub(crate) fn build(info: &Info, operations: Vec<Described>, mut schemas: Schemas) -> Value {
    let mut operations = merge(operations);
    for described in &mut operations {
        complete_problems(&mut described.operation, &mut schemas);
    }
    let components = schemas.finish();
    let mut paths = Map::new();
    let mut schemes = Map::new();
    let mut tags: Vec<String> = Vec::new();
    for Described { method, pattern, mut operation, .. } in operations {
        let method = method.as_str().to_ascii_lowercase();
        // OpenAPI 3.1 has no place for methods of one's own.
        if !is_documented_method(&method) {
            continue;
        }
        for (name, scheme) in std::mem::take(&mut operation.schemes) {
            schemes.insert(name, json!(scheme));
        }
        for tag in &operation.tags {
            if !tags.contains(tag) {
                tags.push(tag.clone());
            }
        }
        complete(&mut operation, &components);
        let path = paths.entry(document_path(&pattern)).or_insert_with(|| json!({}));
        path[method] = json!(operation);
    }
    paths.sort_keys();
    tags.sort();
    let mut document = json!({
        "openapi": "3.1.0",
        "info": { "title": info.title, "version": info.version },
        "paths": {},
        "components": {},
    });
    // Most of it, which `json!` would copy.
    document["paths"] = Value::Object(paths);
    document["components"]["schemas"] = components.schemas.into();
    if let Some(description) = &info.description {
        document["info"]["description"] = json!(description);
    }
    if !schemes.is_empty() {
        document["components"]["securitySchemes"] = Value::Object(schemes);
    }
    if !tags.is_empty() {
        document["tags"] = tags.iter().map(|name| json!({ "name": name })).collect();
    }
    document
}

/// Gives operations that were not named by hand a name that is unique: the function's, with as
/// many of its modules before it as it takes.
pub(crate) fn name_operations(names: &mut [(String, Vec<&'static str>)]) {
    let mut depth = vec![1usize; names.len()];
    loop {
        let mut seen: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, (name, path)) in names.iter_mut().enumerate() {
            if !path.is_empty() {
                *name = path[path.len().saturating_sub(depth[index])..].join("_");
            }
            seen.entry(name.clone()).or_default().push(index);
        }
        let mut changed = false;
        for same in seen.values().filter(|same| same.len() > 1) {
            for &index in same {
                if depth[index] < names[index].1.len() {
                    depth[index] += 1;
                    changed = true;
                }
            }
        }
        if !changed {
            return;
        }
    }
}

/// Points all references at the components.
fn complete(operation: &mut Operation, components: &Components) {
    for parameter in &mut operation.parameters {
        components.resolve(&mut parameter.schema);
    }
    if let Some(body) = &mut operation.request_body {
        complete_content(&mut body.content, components);
    }
    for (_, answer) in operation.responses.each_mut() {
        complete_content(&mut answer.content, components);
    }
    if operation.responses.is_empty() {
        operation.response(http::StatusCode::OK, "OK");
    }
    for (_, answer) in operation.responses.each_mut() {
        for (name, header) in &operation.answer_headers {
            if !answer.headers.contains(name) {
                answer.headers.insert(name.clone(), header.clone());
            }
        }
    }
}

fn complete_content(content: &mut Named<MediaType>, components: &Components) {
    for (_, media) in content.each_mut() {
        components.resolve(&mut media.schema);
    }
}

/// Writes out the problem documents of an operation.
fn complete_problems(operation: &mut Operation, schemas: &mut Schemas) {
    let is_open = operation.open;
    if is_open {
        let answer = operation.response(StatusKey::default_response(), "");
        if answer.description.is_empty() {
            answer.description = "Any other problem".into();
        } else if answer.content.is_empty() && !answer.problem {
            // A handler may answer with any status alone.
            answer.may_be_empty = true;
            answer.description = format!("{}, or any other problem", answer.description).into();
        }
        answer.problem = true;
    }
    for (status, answer) in operation.responses.each_mut() {
        if !answer.problem {
            continue;
        }
        let content = answer.codes.content(status, is_open, schemas.outputs());
        answer.content.insert(PROBLEM.to_owned(), content);
    }
}

/// Whether OpenAPI has a place for a method, in lower case.
pub(super) fn is_documented_method(method: &str) -> bool {
    METHODS.contains(&method)
}

/// What an operation is found by: a document has one for a method and a path.
pub(crate) fn operation_key(method: &Method, pattern: &str) -> String {
    format!("{method} {}", document_path(pattern))
}

/// `/books/{*rest}` is `/books/{rest}` in OpenAPI, which has no tails.
pub(super) fn document_path(pattern: &str) -> String {
    pattern.replace("{*", "{")
}
