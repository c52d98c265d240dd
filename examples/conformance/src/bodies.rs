//! Bodies, in and out, whole and in pieces.

use std::time::Duration;

use garde::Validate;
use purlin::http::{HeaderMap, HeaderValue, StatusCode};
use purlin::{Body, Form, Json, Response, Result, get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Low,
    High,
}

#[derive(Deserialize, Serialize, JsonSchema, Validate)]
pub struct Place {
    #[garde(length(chars, min = 1, max = 100))]
    city: String,
    #[garde(range(min = 0, max = 99_999))]
    zip: u32,
}

/// Eight fields of different kinds.
#[derive(Deserialize, Serialize, JsonSchema, Validate)]
pub struct Echo {
    #[garde(range(min = 1))]
    id: u64,
    #[garde(length(chars, min = 1, max = 100))]
    name: String,
    #[garde(email)]
    email: String,
    #[garde(range(min = 0.0, max = 1.0))]
    score: f64,
    #[garde(skip)]
    active: bool,
    #[garde(length(max = 10), inner(length(chars, max = 50)))]
    tags: Vec<String>,
    #[garde(dive)]
    place: Option<Place>,
    #[garde(skip)]
    level: Level,
}

#[derive(Deserialize, Serialize, JsonSchema, Validate)]
pub struct Login {
    #[garde(length(chars, min = 1, max = 100))]
    name: String,
    #[garde(range(min = 0, max = 150))]
    age: u8,
}

/// Sends a validated value back.
#[post("/echo")]
pub async fn echo(body: Json<Echo>) -> Json<Echo> {
    body
}

/// Sends a validated form back as JSON.
#[post("/form")]
pub async fn form(form: Form<Login>) -> Json<Login> {
    Json(form.0)
}

/// Sends the body back, piece by piece, as it comes.
#[post("/bytes")]
pub async fn back(body: Body) -> Body {
    body
}

/// So many bytes, at most 100 million.
#[get("/bytes/{n}")]
pub async fn some(n: u32) -> Body {
    const PIECE: &[u8] = &[b'x'; 64 * 1024];
    let n = n.min(100_000_000);
    Body::produce(move |out| async move {
        let mut left = n as usize;
        while left > 0 {
            let piece = &PIECE[..left.min(PIECE.len())];
            out.send(piece).await?;
            left -= piece.len();
        }
        Ok(())
    })
    .sized(u64::from(n))
}

/// So many chunks, ten milliseconds apart.
#[get("/stream/{n}")]
pub async fn chunks(n: u32) -> Body {
    Body::produce(move |out| async move {
        for chunk in 0..n.min(10_000) {
            out.send(format!("chunk {chunk}\n")).await?;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    })
}

/// A body, and after it how long it was.
#[get("/trailers")]
pub async fn trailers() -> Result<Response> {
    let body = Body::produce(|out| async move {
        out.send("Hello, World!").await?;
        let mut trailers = HeaderMap::new();
        trailers.insert("x-length", HeaderValue::from_static("13"));
        out.trailers(trailers).await?;
        Ok(())
    });
    let mut response = Response::text(StatusCode::OK, body);
    response.set_header("trailer", "x-length")?;
    Ok(response)
}
