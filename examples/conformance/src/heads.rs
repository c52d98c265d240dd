//! Statuses and header fields.

use std::collections::BTreeMap;
use std::time::Duration;

use garde::Validate;
use purlin::http::StatusCode;
use purlin::{
    Cookie, Error, Json, Query, Redirect, Request, Respond, Response, Result, SetCookies, get,
};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema, Validate)]
pub struct Pair {
    #[garde(length(min = 1, max = 50), pattern("^[A-Za-z0-9_-]+$"))]
    k: String,
    #[garde(length(chars, max = 1000))]
    v: String,
}

/// An answer of any final status.
#[get("/status/{code}")]
pub async fn status(code: u16) -> Result<Response> {
    let status = StatusCode::from_u16(code).ok().filter(|_| code >= 200);
    let status = status.ok_or_else(|| Error::not_found(format!("{code} is no final status")))?;
    Ok(Response::text(status, format!("{status}\n")))
}

/// The header fields of the request; the lines of one field are a list (RFC 9110 §5.3).
#[get("/headers")]
pub async fn headers(request: Request) -> Json<BTreeMap<String, String>> {
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in request.headers() {
        let field = fields.entry(name.to_string()).or_default();
        if !field.is_empty() {
            field.push_str(", ");
        }
        field.push_str(&String::from_utf8_lossy(value.as_bytes()));
    }
    Json(fields)
}

/// Sets a cookie.
#[get("/cookies/set")]
pub async fn set_cookie(query: Query<Pair>) -> (SetCookies, &'static str) {
    let Query(Pair { k, v }) = query;
    (SetCookies::new().add(Cookie::new(k, v)), "set\n")
}

/// Where a way ends, or goes on.
#[derive(Respond)]
pub enum Way {
    End(&'static str),
    On(Redirect),
}

/// Redirects so many times.
#[get("/redirect/{n}")]
pub async fn redirect(n: u32) -> Way {
    match n.checked_sub(1) {
        None => Way::End("the end\n"),
        Some(left) => Way::On(Redirect::to(redirect::url(left))),
    }
}

/// Answers after so many milliseconds, at most a minute.
#[get("/delay/{ms}")]
pub async fn delay(ms: u64) -> String {
    tokio::time::sleep(Duration::from_millis(ms.min(60_000))).await;
    format!("{ms} ms\n")
}
