//! A field of a model was renamed, and its uses were not (S-283).
//!
//! several: each use of the old name has its own error
//! error: no field `name`
//! at: name

use garde::Validate;
use purlin::{Json, Query, get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Deserialize, JsonSchema, Serialize, Validate)]
#[garde(allow_unvalidated)]
struct Reader {
    full_name: String,
}

#[get("/readers")]
async fn find(reader: Query<Reader>) -> String {
    reader.name.clone()
}

#[post("/readers")]
async fn create(reader: Json<Reader>) -> Json<Reader> {
    Json(Reader { full_name: reader.0.name })
}

fn main() {
    let _ = purlin::routes![find, create];
}
