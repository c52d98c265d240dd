//! A middleware that lets only requests with a token through (SC-02).
//!
//! Run with: `cargo run -p example-auth-middleware`

use purlin::config::Secret;
use purlin::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use purlin::http::{HeaderValue, StatusCode};
use purlin::{App, Config, Next, Request, Response, Result, get, routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The section `access` of the configuration.
#[derive(Default, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
struct Access {
    /// The tokens that are good; without any, nobody gets in.
    tokens: Vec<Secret>,
}

impl Access {
    fn accepts(&self, token: &str) -> bool {
        self.tokens.iter().any(|known| known.expose() == token)
    }
}

/// Passes on what is public, or comes with a good token.
async fn authenticate(access: Config<Access>, request: Request, next: Next) -> Result<Response> {
    if is_public(request.path()) {
        return Ok(next.run(request).await);
    }
    let header = request.header(AUTHORIZATION);
    match header.and_then(|header| header.strip_prefix("Bearer ")) {
        None => refuse("Unauthorized"),
        Some(token) if !access.accepts(token) => refuse("Invalid token"),
        Some(_) => Ok(next.run(request).await),
    }
}

/// `/public` and everything below it; `/publicity` is something else.
fn is_public(path: &str) -> bool {
    path == "/login" || path == "/public" || path.starts_with("/public/")
}

fn refuse(why: &str) -> Result<Response> {
    let mut response = Response::json(StatusCode::UNAUTHORIZED, &json!({ "error": why }))?;
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    Ok(response)
}

#[get("/public/news")]
async fn news() -> &'static str {
    "for everybody"
}

#[get("/login")]
async fn login() -> &'static str {
    "who are you?"
}

#[get("/secret")]
async fn secret() -> &'static str {
    "for those who know"
}

fn app() -> App {
    App::new("auth-middleware")
        .config::<Access>("access")
        .middleware(authenticate)
        .routes(routes![news, login, secret])
}

fn main() -> Result {
    purlin::run(app)
}

#[cfg(test)]
mod tests {
    use purlin_test::TestApp;
    use serde_json::json;

    async fn app() -> TestApp {
        TestApp::of(super::app()).configure("access.tokens", json!(["open-sesame"])).start().await
    }

    /// SC-02, S-103, S-106
    #[purlin_test::test]
    async fn only_requests_with_a_good_token_pass() {
        let app = app().await;
        app.get("/public/news").await.assert_ok();
        app.get("/login").await.assert_ok();
        app.get("/secret").bearer("open-sesame").await.assert_ok();

        for (header, why) in [
            (None, "Unauthorized"),
            (Some("Basic eDp5"), "Unauthorized"),
            (Some("Bearer guess"), "Invalid token"),
        ] {
            let request = app.get("/secret").without_conformance();
            let request = match header {
                Some(header) => request.header("authorization", header),
                None => request,
            };
            let refused = request.await;
            refused.assert_status(401).assert_json(&json!({ "error": why }));
            refused.assert_header("www-authenticate", "Bearer");
        }
    }

    /// SC-02: what begins with the same letters is something else.
    #[purlin_test::test]
    async fn a_longer_word_is_not_public() {
        let app = app().await;
        app.get("/publicity").await.assert_status(401);
        app.get("/public").bearer("open-sesame").await.assert_status(404);
    }

    /// SC-02: nobody has a token where none is configured.
    #[purlin_test::test]
    async fn without_tokens_nobody_gets_in() {
        let app = TestApp::start(super::app()).await;
        app.get("/secret").bearer("open-sesame").without_conformance().await.assert_status(401);
        app.get("/secret").bearer("").without_conformance().await.assert_status(401);
        app.get("/login").await.assert_ok();
    }
}
