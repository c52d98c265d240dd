//! The schemas of a document: what is read and what is written, in one list of components.
//!
//! A type can look different in the two directions: a field with a default may be left out of an
//! input and is always in an output. Where the two differ, the input is named `…Input`.

use std::any::TypeId;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};

use super::problem::ProblemDocument;

/// Which way a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no third direction")]
pub enum Direction {
    /// The server reads it.
    Input,
    /// The server writes it.
    Output,
}

const INPUTS: &str = "/components/inputs";
const OUTPUTS: &str = "/components/schemas";

/// The schemas met so far.
pub struct Schemas {
    inputs: SchemaGenerator,
    outputs: SchemaGenerator,
    /// Those of inputs that stand for themselves, by type.
    standalone: HashMap<TypeId, Arc<Value>>,
}

impl Default for Schemas {
    fn default() -> Self {
        let at = |path: &'static str| {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = path.into();
                settings.meta_schema = None;
            })
        };
        let mut inputs = at(INPUTS).for_deserialize().into_generator();
        let mut outputs = at(OUTPUTS).for_serialize().into_generator();
        // First, so that a type of the application with this name gets another one.
        for generator in [&mut inputs, &mut outputs] {
            generator.subschema_for::<ProblemDocument>();
        }
        Self { inputs, outputs, standalone: HashMap::new() }
    }
}

impl fmt::Debug for Schemas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schemas").finish_non_exhaustive()
    }
}

impl Schemas {
    /// The schema of a type, by reference where it has a name.
    pub fn of<T: JsonSchema + ?Sized>(&mut self, direction: Direction) -> Value {
        match direction {
            Direction::Input => self.inputs.subschema_for::<T>().to_value(),
            Direction::Output => self.outputs.subschema_for::<T>().to_value(),
        }
    }

    /// The schema of an input, together with everything it refers to, to check values against.
    pub fn standalone<T: JsonSchema + ?Sized>() -> Value {
        let settings = SchemaSettings::draft2020_12().for_deserialize();
        let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("$schema");
        }
        schema
    }

    /// As [`standalone`](Self::standalone), written when a type is met first.
    pub(crate) fn kept<T: JsonSchema + 'static>(&mut self) -> Arc<Value> {
        let kept = self.standalone.entry(TypeId::of::<T>());
        Arc::clone(kept.or_insert_with(|| Arc::new(Self::standalone::<T>())))
    }

    /// What makes the schemas of what the server writes.
    pub(super) fn outputs(&mut self) -> &mut SchemaGenerator {
        &mut self.outputs
    }

    /// All components, and the names under which references to inputs are found there.
    pub(super) fn finish(mut self) -> Components {
        let inputs = self.inputs.take_definitions(true);
        let mut schemas = self.outputs.take_definitions(true);
        let mut renamed = Map::new();
        let differs = |name: &str, input: &Value| {
            schemas.get(name).is_some_and(|output| *output != outward(input))
        };
        for (name, input) in &inputs {
            let taken = if differs(name, input) { format!("{name}Input") } else { name.clone() };
            renamed.insert(name.clone(), Value::String(taken));
        }
        // What refers to a renamed input is itself different from its output.
        loop {
            let more: Vec<String> = inputs
                .iter()
                .filter(|(name, input)| {
                    schemas.contains_key(*name)
                        && renamed[*name] == **name
                        && refers_to_renamed(input, &renamed)
                })
                .map(|(name, _)| name.clone())
                .collect();
            if more.is_empty() {
                break;
            }
            for name in more {
                let input = Value::String(format!("{name}Input"));
                renamed.insert(name, input);
            }
        }
        let mut components = Components { schemas: Map::new(), renamed };
        for (name, mut input) in inputs {
            components.resolve(&mut input);
            let name = components.name_of(&name).to_owned();
            components.schemas.insert(name, input);
        }
        components.schemas.append(&mut schemas);
        // By name, so that the document changes only where a type does.
        components.schemas.sort_keys();
        components
    }
}

/// The same schema as it would be on the output side.
fn outward(input: &Value) -> Value {
    let mut value = input.clone();
    each_reference(&mut value, &mut |target| {
        if let Some(name) = target.strip_prefix("#/components/inputs/") {
            *target = format!("#/components/schemas/{name}");
        }
    });
    value
}

fn refers_to_renamed(input: &Value, renamed: &Map<String, Value>) -> bool {
    let mut found = false;
    each_reference(&mut input.clone(), &mut |target| {
        if let Some(name) = target.strip_prefix("#/components/inputs/") {
            found |= renamed.get(name).is_some_and(|new| new != name);
        }
    });
    found
}

pub(super) struct Components {
    pub(super) schemas: Map<String, Value>,
    renamed: Map<String, Value>,
}

impl Components {
    /// Points the references of a schema at the final list of components.
    pub(super) fn resolve(&self, schema: &mut Value) {
        each_reference(schema, &mut |target| {
            if let Some(name) = target.strip_prefix("#/components/inputs/") {
                *target = format!("#/components/schemas/{}", self.name_of(name));
            }
        });
    }

    fn name_of<'a>(&'a self, name: &'a str) -> &'a str {
        self.renamed.get(name).and_then(Value::as_str).unwrap_or(name)
    }
}

fn each_reference(value: &mut Value, change: &mut dyn FnMut(&mut String)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each_reference(item, change)),
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(target) if name == "$ref" => change(target),
                    other => each_reference(other, change),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(dead_code, reason = "the fields are only looked at by the schema")]
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Same {
        id: u32,
    }

    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Differs {
        #[serde(default)]
        tags: Vec<String>,
    }

    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Outer {
        inner: Differs,
    }

    #[test]
    fn a_type_that_differs_by_direction_has_two_components() {
        let mut schemas = Schemas::default();
        for direction in [Direction::Input, Direction::Output] {
            schemas.of::<Same>(direction);
            schemas.of::<Outer>(direction);
        }
        let components = schemas.finish();
        let names: Vec<_> = components.schemas.keys().map(String::as_str).collect();
        assert_eq!(names, ["Differs", "DiffersInput", "Outer", "OuterInput", "Problem", "Same"]);
        let reference = &components.schemas["OuterInput"]["properties"]["inner"]["$ref"];
        assert_eq!(reference, "#/components/schemas/DiffersInput");
    }
}
