//! One row by its key.

use purlin::data::{Database, DbError};
use purlin::{Inject, Json, get};
use schemars::JsonSchema;
use serde::Serialize;

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct World {
    id: i64,
    random_number: i64,
}

/// One row.
#[get("/db/{id}")]
pub async fn world(id: i64, database: Inject<Database>) -> Result<Json<World>, DbError> {
    let query = sqlx::query_as("SELECT id, random_number FROM worlds WHERE id = ?").bind(id);
    let (id, random_number) = query.fetch_one(database.read()).await?;
    Ok(Json(World { id, random_number }))
}
