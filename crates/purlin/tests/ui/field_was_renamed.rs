//! Fields of a model were renamed, and their uses were not: in a query, and in an answer (S-283).
//!
//! several: each use of an old name has its own error
//! error: no field `name` on type
//! at: name
//! at: town

use garde::Validate;
use purlin::{Json, Query, get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, JsonSchema, Serialize, Validate)]
#[garde(allow_unvalidated)]
struct Reader {
    full_name: String,
    city: String,
}

#[get("/readers")]
async fn find(reader: Query<Reader>) -> String {
    reader.name.clone()
}

#[post("/readers")]
async fn create(reader: Json<Reader>) -> Json<Reader> {
    Json(Reader { full_name: reader.0.full_name, town: reader.0.city })
}

fn main() {
    let _ = purlin::routes![find, create];
}
