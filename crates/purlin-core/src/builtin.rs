//! What every application answers by itself: its document, the page that shows it, its health.

use std::future::ready;
use std::sync::{Arc, OnceLock};

use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::json;

use crate::endpoint::BoxFuture;
use crate::error::{Error, Result, caught};
use crate::extract::Path;
use crate::openapi::Document;
use crate::pages::{self, DocsPage};
use crate::pipeline::{RouteRow, Settings, no_route, nonce};
use crate::request::Request;
use crate::response::Response;
use crate::routes::Routes;

/// Where the document and its page are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DocsPaths {
    pub(crate) page: &'static str,
    pub(crate) document: &'static str,
}

impl Default for DocsPaths {
    fn default() -> Self {
        Self { page: "/docs", document: "/openapi.json" }
    }
}

pub(crate) const LIVE: &str = "/healthz";
pub(crate) const READY: &str = "/readyz";

/// Checks one thing the application cannot do without.
pub(crate) type Check = Arc<dyn Fn() -> BoxFuture<Result> + Send + Sync>;

/// The document and the page that shows it.
pub(crate) fn docs(title: &str, paths: DocsPaths, document: Arc<Document>) -> Routes {
    let title = title.to_owned();
    let serve = move || {
        let body = document.bytes();
        let mut response = Response::with_body(StatusCode::OK, "application/json", body);
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        ready(response)
    };
    let page = move || {
        let page = DocsPage { title: &title, openapi_url: paths.document, asset_base: paths.page };
        ready(with_policy(Response::html(StatusCode::OK, pages::docs(&page))))
    };
    let asset = async |headers: HeaderMap, Path(name): Path<String>| -> Result<Response> {
        let asset = pages::docs_asset(&name).ok_or_else(|| Error::not_found("no such asset"))?;
        let known =
            headers.get(IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == asset.etag.as_bytes());
        let mut response = if known {
            Response::new(StatusCode::NOT_MODIFIED)
        } else {
            Response::with_body(StatusCode::OK, asset.content_type, asset.bytes)
        };
        let headers = response.headers_mut();
        headers.insert(ETAG, HeaderValue::try_from(asset.etag)?);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if asset.is_gzip && !known {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        Ok(with_policy(response))
    };
    Routes::new()
        .get(paths.document, serve)
        .get(paths.page, page)
        .get(&format!("{}/{{name}}", paths.page.trim_end_matches('/')), asset)
}

fn with_policy(mut response: Response) -> Response {
    let policy = HeaderValue::from_static(pages::DOCS_CONTENT_SECURITY_POLICY);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response
}

/// Alive: the process answers. Ready: so does everything it depends on.
pub(crate) fn health(checks: Arc<OnceLock<Vec<(String, Check)>>>) -> Routes {
    let live = async || Response::text(StatusCode::OK, "ok\n");
    let ready = move || is_ready(Arc::clone(&checks));
    Routes::new().get(LIVE, live).get(READY, ready)
}

async fn is_ready(checks: Arc<OnceLock<Vec<(String, Check)>>>) -> Result<Response> {
    let mut failed = false;
    let mut results = serde_json::Map::new();
    for (name, check) in checks.get().into_iter().flatten() {
        // A check that panics has failed, and that is all.
        let result = caught(check()).await;
        if let Err(error) = &result {
            failed = true;
            tracing::warn!(target: "purlin::health", check = name, "not ready: {error:?}");
        }
        results.insert(name.clone(), json!(if result.is_ok() { "ok" } else { "failing" }));
    }
    let status = if failed { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    let body = json!({ "ready": !failed, "checks": results });
    let mut response = Response::json(status, &body)?;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// What a new application shows at its root, to the machine it is developed on.
pub(crate) fn welcome(settings: Arc<Settings>, documented: Option<DocsPaths>) -> Routes {
    let page = move |request: Request| {
        let is_developer = settings.develops_for(request.connection(), request.headers());
        ready(if is_developer {
            Ok(welcome_page(&settings, documented))
        } else {
            Err(no_route("nothing is at `/`".to_owned()))
        })
    };
    Routes::new().get("/", page)
}

/// What a new application shows at its root, in development.
fn welcome_page(settings: &Settings, documented: Option<DocsPaths>) -> Response {
    let nonce = nonce();
    let rows = settings.routes.get().map(Vec::as_slice).unwrap_or_default();
    let routes: Vec<_> = rows.iter().map(RouteRow::line).collect();
    let html = pages::welcome(&pages::WelcomePage {
        name: &settings.name,
        docs_url: documented.map(|paths| paths.page),
        openapi_url: documented.map(|paths| paths.document),
        place: Some(pages::Place { file: settings.place.file, line: settings.place.line }),
        routes: &routes,
        nonce: &nonce,
    });
    crate::pipeline::with_policy(Response::html(StatusCode::OK, html), &nonce)
}
