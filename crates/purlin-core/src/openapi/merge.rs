//! One operation of several: routes of one method and path that hosts or conditions tell apart.
//!
//! OpenAPI knows one operation for each. It promises everything that one of them promises: a
//! parameter is required if all require it, a body and an answer may be that of any. What each says
//! of itself is in a list beside it, so that nothing is lost.

use std::collections::HashMap;

use super::document::{Described, operation_key};
use super::media::MediaType;
use super::model::{Alternative, Header, Operation, Parameter, RequestBody, ResponseDoc, Server};
use crate::named::Named;

/// Merges what the document can only say once. Of several the one without host and condition gives
/// the name and the description, or the first.
pub(super) fn merge(operations: Vec<Described>) -> Vec<Described> {
    let mut merged: Vec<Vec<Described>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for described in operations {
        let key = operation_key(&described.method, &described.pattern);
        let at = *known.entry(key).or_insert(merged.len());
        match merged.get_mut(at) {
            Some(same) => same.push(described),
            None => merged.push(vec![described]),
        }
    }
    let mut operations = Vec::new();
    for same in merged {
        operations.push(merge_same(same));
    }
    operations
}

fn merge_same(mut all: Vec<Described>) -> Described {
    if all.len() < 2 {
        let mut only = all.remove(0);
        only.operation.servers = servers(std::slice::from_ref(&only));
        only.operation.description = described(only.operation.description.take(), note(&only));
        return only;
    }
    let servers = servers(&all);
    let alternatives = all.iter().map(alternative).collect();
    let is_plain = |one: &Described| (one.conditions.is_empty(), one.host.is_none());
    // The first of equals: `max_by_key` would take the last.
    let chief = (0..all.len()).rev().max_by_key(|index| is_plain(&all[*index])).unwrap_or(0);
    let mut notes = Vec::new();
    for described in &all {
        notes.extend(line(described));
    }
    let mut chief = all.remove(chief);
    for other in all {
        add(&mut chief.operation, other.operation);
    }
    chief.operation.servers = servers;
    chief.operation.alternatives = alternatives;
    let notes = Some(notes.join("\n")).filter(|notes| !notes.is_empty());
    chief.operation.description = described(chief.operation.description.take(), notes);
    chief
}

/// A description with what is known of when the operation is the one.
fn described(description: Option<String>, notes: Option<String>) -> Option<String> {
    match (description, notes) {
        (Some(description), Some(notes)) => Some(format!("{description}\n\n{notes}")),
        (description, notes) => description.or(notes),
    }
}

fn alternative(described: &Described) -> Alternative {
    let Described { host, conditions, operation, .. } = described;
    Alternative {
        host: host.as_ref().map(ToString::to_string),
        conditions: conditions.clone(),
        summary: operation.summary.clone(),
        description: operation.description.clone(),
        deprecated: operation.deprecated,
    }
}

/// The hosts of all; none where one of them answers on every host.
fn servers(all: &[Described]) -> Vec<Server> {
    let mut servers = Vec::new();
    for described in all {
        let Some(host) = &described.host else { return Vec::new() };
        let server = Server::of_host(host);
        if !servers.contains(&server) {
            servers.push(server);
        }
    }
    servers
}

/// When one of several answers, as a line of a list. That the only one is on one host is said by the
/// servers.
fn note(described: &Described) -> Option<String> {
    if described.conditions.is_empty() { None } else { line(described) }
}

fn line(described: &Described) -> Option<String> {
    let mut when = Vec::new();
    for condition in &described.conditions {
        when.push(format!("`{condition}`"));
    }
    if let Some(host) = &described.host {
        when.push(format!("the host `{host}`"));
    }
    let summary = described.operation.summary.as_deref().map(|text| format!(": {text}"));
    let fate = if described.operation.deprecated { " (deprecated)" } else { "" };
    let line = || format!("- For {}{fate}{}", when.join(" and "), summary.unwrap_or_default());
    (!when.is_empty()).then(line)
}

fn add(operation: &mut Operation, other: Operation) {
    let Operation { parameters, request_body, responses, security, schemes, tags, .. } = other;
    for tag in tags {
        if !operation.tags.contains(&tag) {
            operation.tags.push(tag);
        }
    }
    add_parameters(&mut operation.parameters, parameters);
    operation.request_body = match (operation.request_body.take(), request_body) {
        (Some(one), Some(other)) => Some(either_body(one, other)),
        (one, other) => one.or(other).map(|body| RequestBody { required: false, ..body }),
    };
    for (status, answer) in responses {
        match operation.responses.get_mut(&status) {
            Some(known) => add_answer(known, answer),
            None => operation.responses.insert(status, answer),
        }
    }
    for (name, header) in other.answer_headers {
        let header = Header { required: false, ..header };
        match operation.answer_headers.get_mut(&name) {
            Some(known) => known.required = false,
            None => operation.answer_headers.insert(name, header),
        }
    }
    // The empty alternative demands nothing.
    let nothing = (operation.security.is_empty() != security.is_empty()).then(Named::default);
    for requirement in nothing.into_iter().chain(security) {
        if !operation.security.contains(&requirement) {
            operation.security.push(requirement);
        }
    }
    operation.schemes.extend(schemes);
    operation.open |= other.open;
    operation.deprecated &= other.deprecated;
}

fn add_parameters(parameters: &mut Vec<Parameter>, others: Vec<Parameter>) {
    let is_path = |one: &Parameter| one.within == super::ParameterIn::Path;
    let same =
        |one: &Parameter, other: &Parameter| one.name == other.name && one.within == other.within;
    for known in parameters.iter_mut() {
        let is_shared = others.iter().any(|other| same(known, other) && other.required);
        known.required &= is_shared || is_path(known);
    }
    for mut other in others {
        match parameters.iter_mut().find(|known| same(known, &other)) {
            Some(known) if known.schema == other.schema => {}
            Some(known) => {
                let schemas = [known.schema.take(), other.schema];
                known.schema = serde_json::json!({ "anyOf": schemas });
            }
            None => {
                other.required = is_path(&other);
                parameters.push(other);
            }
        }
    }
}

fn either_body(mut one: RequestBody, other: RequestBody) -> RequestBody {
    one.required &= other.required;
    // The same alternatives as those of an answer.
    let mut all = ResponseDoc { content: one.content, ..ResponseDoc::default() };
    add_content(&mut all, other.content);
    RequestBody { content: all.content, ..one }
}

fn add_answer(known: &mut ResponseDoc, other: ResponseDoc) {
    if known.description != other.description {
        known.description = format!("{}; {}", known.description, other.description).into();
    }
    for (name, header) in known.headers.each_mut() {
        header.required &= other.headers.get(name.as_str()).is_some_and(|header| header.required);
    }
    for (name, mut header) in other.headers {
        if !known.headers.contains(&name) {
            header.required = false;
            known.headers.insert(name, header);
        }
    }
    known.problem |= other.problem;
    known.codes.extend(other.codes);
    add_content(known, other.content);
}

fn add_content(known: &mut ResponseDoc, content: Named<MediaType>) {
    for (media_type, media) in content {
        known.content(&media_type, media.schema);
        let examples = known.content.get_or_add(media_type);
        examples.examples.extend(media.examples);
    }
}
