//! Path parameters: by name in attributed handlers, as `Path<T>` in handlers by hand.

use std::any::Any;
use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Extract;
use super::input::{Input, fault_at};
use super::limits::states_limits;
use super::text::{Pair, Pairs, from_parameters, from_text};
use crate::error::{Error, Fault, FaultIn, Result};
use crate::openapi::{Parameter, ParameterIn};
use crate::pattern::decode;
use crate::report::Reported;
use crate::request::Request;
use crate::schema::shape;
use crate::schema::{check, faults_in, object_from_pairs, scalar};
use crate::site::Site;

/// What may be a path parameter: a type that is read from, and written as, one piece of text.
///
/// Numbers, strings, UUIDs, dates, plain enums and newtypes of these are; derive `Serialize`,
/// `Deserialize` and `JsonSchema`. Limits that the schema states are checked.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a path parameter",
    label = "not a path parameter",
    note = "a path parameter is a number, a string, a plain enum or a newtype of these; derive `Serialize`, `Deserialize` and `JsonSchema` on `{Self}`"
)]
pub trait PathValue: Serialize + DeserializeOwned + JsonSchema + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + JsonSchema + Send + 'static> PathValue for T {}

/// The text of a path parameter in an address.
fn path_text<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => text,
        Ok(other) => other.to_string(),
        // A parameter that cannot be written cannot have been read either.
        Err(_) => String::new(),
    }
}

/// A path parameter by the name of its argument; used by the route attributes.
#[doc(hidden)]
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "it is matched by its field, and has no other")]
pub struct Segment<T>(pub T);

/// What is worked out about a path parameter.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct SegmentPlan {
    index: usize,
    name: &'static str,
    limits: Option<Arc<Value>>,
}

impl<T: PathValue> Extract for Segment<T> {
    type Prepared = SegmentPlan;

    fn prepare(site: &mut Site<'_>) -> Result<SegmentPlan, Reported> {
        let name = site.argument().unwrap_or_default();
        let index = site.path_parameter(name)?;
        let schema = site.standalone::<T>();
        document(site, name, &schema);
        let limits = states_limits(&schema).then_some(schema);
        Ok(SegmentPlan { index, name, limits })
    }

    fn path_text(value: &dyn Any) -> String {
        value.downcast_ref::<T>().map(path_text).unwrap_or_default()
    }

    async fn extract(plan: &SegmentPlan, request: &mut Request) -> Result<Self> {
        let text = parameter(plan.index, request)?;
        let value = from_text::<T>(Cow::Borrowed(&text))
            .map_err(|error| invalid(plan.name, &text, "type", &error.to_string()))?;
        if let Some(schema) = &plan.limits {
            let fault = check(schema, schema, &scalar(&text, schema, schema)).into_iter().next();
            if let Some(fault) = fault {
                return Err(invalid(plan.name, &text, fault.code, &fault.message));
            }
        }
        Ok(Self(value))
    }
}

fn document(site: &mut Site<'_>, name: &str, schema: &Value) {
    let description = schema.get("description").and_then(Value::as_str).map(str::to_owned);
    let mut schema = schema.clone();
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("title");
        // An empty segment is no segment: the route would not match.
        if schema.get("type") == Some(&Value::from("string")) && !schema.contains_key("format") {
            schema.entry("minLength").or_insert(1.into());
        }
    }
    let parameter = Parameter::new(name, ParameterIn::Path, schema).described(description);
    // The document has those of a host among its servers.
    let is_of_path = site.path_parameters().iter().any(|known| known == name);
    let operation = site.operation();
    if is_of_path {
        operation.parameter(parameter);
    }
    operation.problem(StatusCode::NOT_FOUND, "invalid_path_parameter", "Nothing has such a path");
    operation.problem(StatusCode::BAD_REQUEST, "invalid_encoding", "The path is not UTF-8");
}

/// A path with a parameter of the wrong shape leads nowhere, hence 404.
#[cold]
fn invalid(name: &str, text: &str, code: &'static str, message: &str) -> Error {
    let fault = Fault::new(FaultIn::Path, format!("/{name}"), code, message);
    no_such_path(detail_of(name, text, message)).with_fault(fault)
}

fn detail_of(name: &str, text: &str, message: &str) -> String {
    format!("`{text}` is no valid `{name}`: it {message}")
}

fn no_such_path(detail: String) -> Error {
    Error::new(StatusCode::NOT_FOUND, "invalid_path_parameter", detail)
}

/// The parameters of the path, for handlers that are registered by hand.
///
/// A single value takes the only parameter, a tuple takes all in order, a struct by name, those of
/// the host included.
///
/// ```
/// use purlin_core::{Path, Routes};
///
/// async fn post(Path((user, post)): Path<(String, u64)>) -> String {
///     format!("{user} wrote {post}")
/// }
///
/// let routes = Routes::new().get("/users/{user}/posts/{post}", post);
/// ```
///
/// # Errors
///
/// 404 `invalid_path_parameter` when a parameter is not what the type wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is matched by its field, and has no other")]
pub struct Path<T>(pub T);

impl<T> Deref for Path<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// What is worked out about the parameters of a path.
#[derive(Clone, Debug)]
pub struct PathPlan {
    names: Vec<(usize, String)>,
    shape: Shape,
    /// The schema of the type, with everything it refers to.
    schema: Arc<Value>,
    limits: Option<Box<Value>>,
}

/// How a type takes the parameters of a path.
#[derive(Clone, Copy, Debug)]
enum Shape {
    ByName,
    InOrder,
    Single,
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Extract for Path<T> {
    type Prepared = PathPlan;

    fn prepare(site: &mut Site<'_>) -> Result<PathPlan, Reported> {
        let schema = site.standalone::<T>();
        let all = Parameters {
            of: "Path",
            pattern: site.pattern().to_owned(),
            names: site.path_parameters().to_vec(),
        };
        prepare(site, schema, all)
    }

    async fn extract(plan: &PathPlan, request: &mut Request) -> Result<Self> {
        plan.take(request).map(Self)
    }
}

/// Reads the parameters of a path, and checks the rules of the type. What breaks a limit or a rule
/// is listed, so that asynchronous rules can add to it.
pub(super) fn read<T: Input>(plan: &PathPlan, request: &Request) -> Result<(T, Vec<Fault>)> {
    let pairs = plan.pairs(request)?;
    let value =
        from_parameters::<T>(&pairs).map_err(|error| plan.explain(&pairs, &error.to_string()))?;
    let limits = plan.limits.as_deref();
    let report = value.rules().err();
    if report.is_none() && limits.is_none_or(|limits| faults(&pairs, limits).is_empty()) {
        return Ok((value, Vec::new()));
    }
    let schema = &*plan.schema;
    let faults = faults_in::<T>(&plan.value(&pairs), schema, schema, report.as_ref());
    Ok((value, faults.into_iter().map(|fault| fault_at(FaultIn::Path, fault)).collect()))
}

/// The parameters of the host, from left to right: `Host<String>` for `{tenant}.example.com`.
///
/// A single value takes the only parameter, a tuple takes all in order, a struct by name. They are
/// in lower case, whatever the client sent. A handler with an attribute takes one by its name, too:
/// `#[path] tenant: String`.
///
/// ```
/// use purlin_core::{Host, Routes};
///
/// async fn home(Host(tenant): Host<String>) -> String {
///     format!("the site of {tenant}")
/// }
///
/// let sites = Routes::new().get("/", home).host("{tenant}.example.com");
/// ```
///
/// # Errors
///
/// 404 `invalid_path_parameter` when a parameter is not what the type wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is matched by its field, and has no other")]
pub struct Host<T>(pub T);

impl<T> Deref for Host<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Extract for Host<T> {
    type Prepared = PathPlan;

    fn prepare(site: &mut Site<'_>) -> Result<PathPlan, Reported> {
        let schema = site.standalone::<T>();
        let names: Vec<String> = site.host_parameters().map(str::to_owned).collect();
        let facts = site.facts();
        if names.is_empty() {
            let message = "`Host` wants a parameter, and the host has none".to_owned();
            let help = "say `.host(\"{tenant}.example.com\")` on the routes".to_owned();
            return Err(site.refuse("P0104", message, help));
        }
        let pattern = facts.host().unwrap_or_default();
        prepare(site, schema, Parameters { of: "Host", pattern, names })
    }

    async fn extract(plan: &PathPlan, request: &mut Request) -> Result<Self> {
        plan.take(request).map(Self)
    }
}

/// What a value or a tuple takes.
struct Parameters {
    of: &'static str,
    pattern: String,
    names: Vec<String>,
}

fn prepare(
    site: &mut Site<'_>,
    schema: Arc<Value>,
    parameters: Parameters,
) -> Result<PathPlan, Reported> {
    let Parameters { of, pattern, names: all } = parameters;
    let mut shape = Shape::InOrder;
    let mut wanted: Vec<(String, Value)> = Vec::new();
    if let Some(Value::Object(fields)) = schema.get("properties") {
        shape = Shape::ByName;
        for (name, field) in fields {
            wanted.push((name.clone(), field.clone()));
        }
    } else if let Some(items) = schema.get("prefixItems").and_then(Value::as_array) {
        if items.len() != all.len() {
            let message = format!(
                "`{of}` wants {} parameters, and `{pattern}` has {}",
                items.len(),
                all.len()
            );
            return Err(site.refuse("P0104", message, String::new()));
        }
        for (name, item) in all.into_iter().zip(items) {
            wanted.push((name, item.clone()));
        }
    } else if schema.get("type") == Some(&Value::from("array")) {
        for name in all {
            wanted.push((name, schema["items"].clone()));
        }
    } else if let [only] = &*all {
        shape = Shape::Single;
        wanted.push((only.clone(), Value::clone(&schema)));
    } else {
        let message = format!("`{of}` wants one parameter, and `{pattern}` has {}", all.len());
        let help = "take a tuple of all parameters, or a struct with their names".to_owned();
        return Err(site.refuse("P0104", message, help));
    }
    let mut names = Vec::new();
    for (name, field) in &wanted {
        let index = site.path_parameter(name)?;
        document(site, name, &inline(field, &schema));
        names.push((index, name.clone()));
    }
    let limits = states_limits(&schema).then(|| {
        let mut properties = serde_json::Map::new();
        for (name, field) in wanted {
            properties.insert(name, field);
        }
        let defs = schema.get("$defs").cloned().unwrap_or_default();
        Box::new(serde_json::json!({ "type": "object", "properties": properties, "$defs": defs }))
    });
    Ok(PathPlan { names, shape, schema, limits })
}

/// A field's own schema where it is a reference into the schema of its struct.
fn inline(field: &Value, root: &Value) -> Value {
    let target = field.get("$ref").and_then(Value::as_str);
    let target = target.and_then(|target| target.strip_prefix('#'));
    target.and_then(|pointer| root.pointer(pointer)).unwrap_or(field).clone()
}

impl PathPlan {
    fn take<T: DeserializeOwned>(&self, request: &Request) -> Result<T> {
        // Most paths have one parameter, which needs no list, and most types no limits.
        let [only] = &*self.names else { return self.read(&self.pairs(request)?) };
        let pair = pair(only, request)?;
        if self.limits.is_none()
            && matches!(self.shape, Shape::Single)
            && let Ok(value) = from_text(Cow::Borrowed(&*pair.1))
        {
            return Ok(value);
        }
        self.read(&[pair])
    }

    fn read<T: DeserializeOwned>(&self, pairs: &[Pair<'_>]) -> Result<T> {
        match from_parameters::<T>(pairs) {
            Ok(value) => self.check(pairs).map(|()| value),
            Err(error) => Err(self.explain(pairs, &error.to_string())),
        }
    }

    fn pairs<'r>(&'r self, request: &'r Request) -> Result<Pairs<'r>> {
        self.names.iter().map(|name| pair(name, request)).collect()
    }

    fn check(&self, pairs: &[Pair<'_>]) -> Result {
        let Some(schema) = &self.limits else { return Ok(()) };
        match faults(pairs, schema).first() {
            Some((name, text, code, message)) => Err(invalid(name, text, code, message)),
            None => Ok(()),
        }
    }

    /// The parameters as JSON of the type's own shape.
    fn value(&self, pairs: &[Pair<'_>]) -> Value {
        let schema = &*self.schema;
        let scalars = || {
            pairs.iter().enumerate().map(|(index, (_, text))| {
                let item = shape::item(schema, schema, index).unwrap_or(schema);
                scalar(text, item, schema)
            })
        };
        match self.shape {
            Shape::ByName => object_from_pairs(pairs.iter().cloned(), schema, schema),
            Shape::InOrder => scalars().collect(),
            Shape::Single => {
                pairs.first().map(|(_, text)| scalar(text, schema, schema)).unwrap_or_default()
            }
        }
    }

    /// Refuses parameters with which something is wrong, by the names that the path has for them.
    pub(super) fn refuse(&self, request: &Request, faults: Vec<Fault>) -> Result {
        let faults: Vec<Fault> = faults.into_iter().map(|fault| self.by_name(fault)).collect();
        let Some(first) = faults.first() else { return Ok(()) };
        let pairs = self.pairs(request)?;
        let named = pairs.iter().find(|(name, _)| first.pointer.strip_prefix('/') == Some(name));
        let detail = match named {
            Some((name, text)) => detail_of(name, text, &first.message),
            None => format!("the path {}", first.message),
        };
        Err(faults.into_iter().fold(no_such_path(detail), Error::with_fault))
    }

    fn by_name(&self, mut fault: Fault) -> Fault {
        let index = match self.shape {
            Shape::ByName => None,
            Shape::InOrder => fault.pointer.strip_prefix('/').and_then(|at| at.parse().ok()),
            Shape::Single => Some(0).filter(|_| fault.pointer.is_empty()),
        };
        if let Some((_, name)) = index.and_then(|index: usize| self.names.get(index)) {
            fault.pointer = format!("/{name}");
        }
        fault
    }

    #[cold]
    fn explain(&self, pairs: &[Pair<'_>], message: &str) -> Error {
        let (name, text) = pairs.first().cloned().unwrap_or_default();
        let found =
            self.limits.as_deref().and_then(|schema| faults(pairs, schema).into_iter().next());
        match found {
            Some((name, text, code, message)) => invalid(&name, &text, code, &message),
            None => invalid(&name, &text, "type", message),
        }
    }
}

/// A parameter of the path, decoded.
fn pair<'r>((index, name): &'r (usize, String), request: &'r Request) -> Result<Pair<'r>> {
    Ok((Cow::Borrowed(name.as_str()), parameter(*index, request)?))
}

/// The text of a parameter, decoded.
fn parameter(index: usize, request: &Request) -> Result<Cow<'_, str>> {
    let raw = request.capture(index).unwrap_or_default();
    if request.is_plain(index) { Ok(Cow::Borrowed(raw)) } else { decode(raw) }
}

/// Parameters that break the limits of their schema: name, text, code and message.
fn faults(pairs: &[Pair<'_>], schema: &Value) -> Vec<(String, String, &'static str, String)> {
    let value = object_from_pairs(pairs.iter().cloned(), schema, schema);
    let faults = check(schema, schema, &value).into_iter().filter_map(|fault| {
        let name = fault.pointer.strip_prefix('/')?.to_owned();
        let text = pairs.iter().find(|(known, _)| *known == name)?.1.clone().into_owned();
        Some((name, text, fault.code, fault.message))
    });
    faults.collect()
}
