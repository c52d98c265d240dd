//! Files.

use std::path::Path;

use garde::Validate;
use purlin::files::{Directory, File};
use purlin::{Form, Inject, Json, Result, Upload, get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A file of this application.
#[get("/static/hello.txt")]
pub async fn hello() -> Result<File> {
    File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("static/hello.txt")).await
}

/// A form with a file.
#[derive(Deserialize, JsonSchema, Validate)]
pub struct NewFile {
    /// At most 50 MiB.
    #[garde(length(max = 52_428_800))]
    file: Upload,
}

/// A file that was saved.
#[derive(Serialize, JsonSchema)]
pub struct Saved {
    filename: String,
    size: u64,
    content_type: String,
}

/// Saves a file under its own name, or a similar one where that is taken.
#[post("/upload", body_limit = "60MiB")]
pub async fn upload(form: Form<NewFile>, files: Inject<Directory>) -> Result<Json<Saved>> {
    let saved = form.file.save_to(&*files).await?;
    let content_type = form.file.media_type().to_owned();
    Ok(Json(Saved { filename: saved.name.to_string(), size: saved.size, content_type }))
}

/// A file that was uploaded, to be saved.
#[get("/download/{name}")]
pub async fn download(name: String, files: Inject<Directory>) -> Result<File> {
    Ok(files.file(&name).await?.attachment())
}
