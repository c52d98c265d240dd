//! A middleware that lets only requests with a token through (SC-02).
//!
//! Run with: `cargo run -p example-auth-middleware`

use purlin::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use purlin::http::{HeaderValue, StatusCode};
use purlin::{App, Inject, Next, Request, Response, Result, get, routes};
use serde_json::json;

/// The tokens that are good.
struct Tokens(Vec<String>);

impl Tokens {
    fn accept(&self, token: &str) -> bool {
        self.0.iter().any(|known| known == token)
    }
}

/// Passes on what is public, or comes with a good token.
async fn authenticate(tokens: Inject<Tokens>, request: Request, next: Next) -> Result<Response> {
    if is_public(request.path()) {
        return Ok(next.run(request).await);
    }
    let header = request.header(AUTHORIZATION);
    match header.and_then(|header| header.strip_prefix("Bearer ")) {
        None => refuse("Unauthorized"),
        Some(token) if !tokens.accept(token) => refuse("Invalid token"),
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
        .provide(Tokens(vec!["open-sesame".to_owned()]))
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

    /// SC-02, S-103, S-106
    #[purlin_test::test]
    async fn only_requests_with_a_good_token_pass() {
        let app = TestApp::start(super::app()).await;
        app.get("/public/news").await.assert_ok();
        app.get("/login").await.assert_ok();

        let request = app.get("/secret").without_conformance();
        let refused = request.await;
        refused.assert_status(401).assert_json(&json!({ "error": "Unauthorized" }));
        refused.assert_header("www-authenticate", "Bearer");
        let basic = app.get("/secret").header("authorization", "Basic eDp5").without_conformance();
        basic.await.assert_json(&json!({ "error": "Unauthorized" }));
        let wrong = app.get("/secret").bearer("guess").without_conformance();
        wrong.await.assert_status(401).assert_json(&json!({ "error": "Invalid token" }));
        // Header names have no case.
        app.get("/secret").header("aUtHoRiZaTiOn", "Bearer open-sesame").await.assert_ok();
    }

    #[purlin_test::test]
    async fn a_longer_word_is_not_public() {
        let app = TestApp::start(super::app()).await;
        app.get("/publicity").await.assert_status(401);
        app.get("/public").bearer("open-sesame").await.assert_status(404);
    }
}
