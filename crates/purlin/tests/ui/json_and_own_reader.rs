//! A JSON body and an extractor of one's own that reads the body, too.
//!
//! error: `upload` reads the request body, and so does `body` before it
//! at: Upload
//! help: take one body

use purlin::{Extract, Json, Reported, Request, Result, Site, post};

#[derive(serde::Deserialize, schemars::JsonSchema, garde::Validate)]
struct NewBook {
    #[garde(length(min = 1))]
    title: String,
}

struct Upload;

impl Extract for Upload {
    type Prepared = ();
    const READS_BODY: bool = true;

    fn prepare(_site: &mut Site<'_>) -> Result<(), Reported> {
        Ok(())
    }

    async fn extract((): &(), _request: &mut Request) -> Result<Self> {
        Ok(Self)
    }
}

#[post("/books")]
async fn create(body: Json<NewBook>, upload: Upload) -> String {
    let Upload = upload;
    body.0.title
}

fn main() {
    let _ = purlin::routes![create];
}
