//! A form with files, received and read into a type.

use http::StatusCode;
use serde_json::{Value, json};

use crate::config::Size;
use crate::error::{Error, FaultIn, Result};
use crate::extract::input::{Input, Rejected};
use crate::extract::multipart::Multipart;
use crate::extract::pairs::reread;
use crate::extract::text::{self, from_values};
use crate::multipart::FormLimits;
use crate::schema::shape::{self, Kinds};
use crate::schema::{FILE, FILE_SIZE, object_from_pairs};
use crate::upload::{Upload, is_file, with_files};

/// What a client sent: texts by name, files by name.
#[derive(Debug, Default)]
pub(super) struct Sent {
    texts: Vec<(String, String)>,
    /// Their names, and beside each the file.
    names: Vec<String>,
    files: Vec<Upload>,
}

impl Sent {
    /// Receives a whole form. The schema says which files have a limit of their own.
    pub(super) async fn receive(
        mut form: Multipart,
        limits: &FormLimits,
        schema: &Value,
    ) -> Result<Self> {
        let mut sent = Self::default();
        let mut room = limits.memory;
        while let Some(field) = form.next().await? {
            let name = field.name().to_owned();
            if field.is_file() {
                let most = most_bytes(schema, &name).unwrap_or(u64::MAX).min(limits.file);
                let file = field.limit(Size::bytes(most)).upload().await?;
                sent.names.push(name);
                sent.files.push(file);
                continue;
            }
            let mut field = field;
            let text = field.text().await?;
            room = room
                .checked_sub((name.len() + text.len()) as u64)
                .ok_or_else(|| too_much_text(limits.memory))?;
            sent.texts.push((name, text));
        }
        Ok(sent)
    }

    /// Reads it into a type and checks its rules. A refusal is explained with the schema in which
    /// files are objects.
    pub(super) fn read<T: Input>(
        &self,
        schema: &Value,
        of_objects: &Value,
    ) -> Result<T, Rejected<T>> {
        with_files(&self.files, || {
            if let Ok(value) = from_values::<T>(self.values())
                && value.rules().is_ok()
            {
                return Ok(value);
            }
            reread(&self.object(schema), of_objects, FaultIn::Form)
        })
    }

    fn values(&self) -> impl Iterator<Item = (&str, text::Value<'_>)> {
        let texts = self.texts.iter();
        let texts = texts.map(|(name, text)| (name, text::Value::One(text.as_str().into())));
        let files = self.names.iter().enumerate();
        let files = files.map(|(index, name)| (name, text::Value::File(index)));
        texts.chain(files).map(|(name, value)| (name.as_str(), value))
    }

    /// The JSON that the schema makes of it.
    fn object(&self, schema: &Value) -> Value {
        let pairs = self.texts.iter();
        let pairs = pairs.map(|(name, text)| (name.as_str().into(), text.as_str().into()));
        let mut object = object_from_pairs(pairs, schema, schema);
        let Some(members) = object.as_object_mut() else { return object };
        for (index, (name, file)) in self.names.iter().zip(&self.files).enumerate() {
            let value = json!({ FILE: index, FILE_SIZE: file.size() });
            match members.get_mut(name) {
                Some(Value::Array(items)) => items.push(value),
                Some(first) => *first = Value::Array(vec![first.take(), value]),
                None if is_list(schema, name) => {
                    members.insert(name.clone(), Value::Array(vec![value]));
                }
                None => {
                    members.insert(name.clone(), value);
                }
            }
        }
        object
    }
}

/// The same schema for values in which files are objects.
pub(super) fn with_objects(schema: &Value) -> Value {
    match schema {
        file if is_file(file) => {
            let kinds = Kinds::named(&file["type"]);
            let or_null =
                if kinds.meets(Kinds::NULL) { json!(["object", "null"]) } else { json!("object") };
            json!({ "type": or_null, "x-message": "must be a file" })
        }
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), with_objects(value))).collect()
        }
        Value::Array(items) => items.iter().map(with_objects).collect(),
        other => other.clone(),
    }
}

/// The limit that the type states for the files of a name.
fn most_bytes(schema: &Value, name: &str) -> Option<u64> {
    let property = shape::member(schema, schema, name)?;
    let file = if is_file(property) { property } else { shape::item(property, schema, 0)? };
    file.get("maxLength").filter(|_| is_file(file))?.as_u64()
}

fn is_list(schema: &Value, name: &str) -> bool {
    let property = shape::member(schema, schema, name);
    property.is_some_and(|property| {
        let kinds = shape::kinds(property, schema);
        kinds.meets(Kinds::ARRAY) && !kinds.meets(Kinds::STRING)
    })
}

#[cold]
fn too_much_text(limit: u64) -> Error {
    let detail = format!("the fields of the form are together larger than {limit} bytes");
    Error::new(StatusCode::PAYLOAD_TOO_LARGE, "field_too_large", detail).with_member("limit", limit)
}
