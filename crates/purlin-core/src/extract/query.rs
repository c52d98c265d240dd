//! `Query<T>`: the query string, read into a type.

use std::ops::{Deref, DerefMut};

use http::StatusCode;
use serde_json::Value;

use super::input::{Input, Rejected};
use super::limits::checked_schema;
use super::{Extract, pairs};
use crate::error::{Error, FaultIn, Result};
use crate::openapi::{Parameter, ParameterIn};
use crate::report::Reported;
use crate::request::Request;
use crate::site::Site;

/// The query string. Each field of `T` is a parameter of its name; lists are parameters that
/// repeat; names that `T` does not know are ignored.
///
/// # Errors
///
/// 422 `invalid_input` with a fault for each parameter that is missing, of the wrong type, or
/// breaks a rule; 422 `too_many_parameters` with more of them than
/// [`query_limit`](crate::Routes::query_limit) says, 1,000 unless said.
///
/// ```
/// use purlin_core::Query;
/// # use serde::Deserialize; use schemars::JsonSchema; use garde::Validate;
///
/// #[derive(Deserialize, JsonSchema, Validate)]
/// struct Search {
///     #[garde(length(chars, min = 1, max = 100))]
///     q: String,
///     #[serde(default)]
///     #[garde(skip)]
///     tag: Vec<String>,
/// }
///
/// async fn search(query: Query<Search>) -> String {
///     format!("{} in {:?}", query.q, query.tag)
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is matched by its field, and has no other")]
pub struct Query<T>(pub T);

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Query<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// How many parameters there may be, and what a refused query is explained with.
#[derive(Clone, Debug)]
pub struct QueryPlan {
    most: usize,
    schema: Value,
}

impl<T: Input> Extract for Query<T> {
    type Prepared = QueryPlan;

    fn prepare(site: &mut Site<'_>) -> Result<QueryPlan, Reported> {
        let schema = checked_schema::<T>(site)?;
        document_fields(site, &schema, ParameterIn::Query);
        site.operation().problem(
            StatusCode::UNPROCESSABLE_ENTITY,
            "too_many_parameters",
            "The query has too many parameters",
        );
        Ok(QueryPlan { most: site.query_limit(), schema: without_null_fields(&schema) })
    }

    async fn extract(plan: &QueryPlan, request: &mut Request) -> Result<Self> {
        let (read, _) = read::<T>(plan, request)?;
        read.map(Self).map_err(|rejected| rejected.error)
    }
}

/// The value, and whether there is nothing of which it was read.
pub(super) fn read<T: Input>(
    plan: &QueryPlan,
    request: &Request,
) -> Result<(Result<T, Rejected<T>>, bool)> {
    let query = request.query().as_bytes();
    let pairs = pairs::split(query, plan.most, too_many_parameters)?;
    let nothing = pairs.is_empty();
    let read = pairs::read::<T>(&plan.schema, pairs, FaultIn::Query);
    Ok((if nothing { read.map_err(Rejected::absent) } else { read }, nothing))
}

#[cold]
fn too_many_parameters(limit: usize) -> Error {
    let detail = format!("the query has more than {limit} parameters");
    Error::new(StatusCode::UNPROCESSABLE_ENTITY, "too_many_parameters", detail)
        .with_member("limit", limit)
}

/// Documents each field of an object schema as a parameter.
pub(super) fn document_fields(site: &mut Site<'_>, schema: &Value, within: ParameterIn) {
    let mut found = Vec::new();
    collect_fields(schema, schema, &mut found);
    if found.is_empty() {
        return;
    }
    for (name, field, required) in found {
        let description = field.get("description").and_then(Value::as_str).map(str::to_owned);
        let mut parameter = Parameter::new(name, within, without_null(inlined(&field, schema, 0)))
            .described(description);
        parameter.required = required;
        parameter.deprecated = field.get("deprecated").and_then(Value::as_bool).unwrap_or(false);
        site.operation().parameter(parameter);
    }
    let operation = site.operation();
    operation.problem(
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid_input",
        "The input breaks its rules",
    );
    if within == ParameterIn::Query {
        operation.problem(StatusCode::BAD_REQUEST, "invalid_encoding", "The query is not UTF-8");
    }
}

/// The names of the fields of an object, also of those flattened into it.
pub(super) fn field_names(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect_fields(schema, schema, &mut found);
    found.into_iter().map(|(name, ..)| name).collect()
}

/// The fields of an object, also of those flattened into it.
fn collect_fields(schema: &Value, root: &Value, found: &mut Vec<(String, Value, bool)>) {
    let target = schema.get("$ref").and_then(Value::as_str);
    let target = target.and_then(|target| target.strip_prefix('#'));
    if let Some(target) = target.and_then(|pointer| root.pointer(pointer)) {
        collect_fields(target, root, found);
    }
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        if !found.iter().any(|(known, ..)| known == name) {
            found.push((name.clone(), field.clone(), required.contains(&name.as_str())));
        }
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        collect_fields(part, root, found);
    }
}

/// The schema of an object whose fields are left out where they have no value. Only in a form an
/// empty text means null: a browser sends it for an input that was left blank.
pub(super) fn without_null_fields(schema: &Value) -> Value {
    let mut schema = schema.clone();
    let fields = schema.get_mut("properties").and_then(Value::as_object_mut);
    for field in fields.into_iter().flat_map(|fields| fields.values_mut()) {
        *field = without_null(field.take());
    }
    schema
}

/// Text has no null: a parameter is left out instead.
fn without_null(mut schema: Value) -> Value {
    let Some(members) = schema.as_object_mut() else { return schema };
    if let Some(Value::Array(types)) = members.get_mut("type") {
        types.retain(|name| name != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            members.insert("type".to_owned(), one);
        }
    }
    for name in ["anyOf", "oneOf"] {
        let Some(Value::Array(branches)) = members.get_mut(name) else { continue };
        branches.retain(|branch| branch.get("type") != Some(&Value::from("null")));
        if let [Value::Object(one)] = branches.as_slice() {
            let one = one.clone();
            members.remove(name);
            members.extend(one);
        }
    }
    if members.get("default") == Some(&Value::Null) {
        members.remove("default");
    }
    schema
}

/// A parameter's schema without references: they would point into the schema of its struct.
fn inlined(schema: &Value, root: &Value, depth: usize) -> Value {
    if depth > 16 {
        return Value::Bool(true);
    }
    match schema {
        Value::Array(items) => items.iter().map(|item| inlined(item, root, depth)).collect(),
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str);
            let target = target.and_then(|t| t.strip_prefix('#')).and_then(|t| root.pointer(t));
            let mut all = match target.map(|target| inlined(target, root, depth + 1)) {
                Some(Value::Object(all)) => all,
                _ => serde_json::Map::new(),
            };
            for (name, member) in members.iter().filter(|(name, _)| *name != "$ref") {
                all.insert(name.clone(), inlined(member, root, depth));
            }
            Value::Object(all)
        }
        other => other.clone(),
    }
}
