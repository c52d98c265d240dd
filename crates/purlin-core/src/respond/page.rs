//! Pages of a list: by number where the reader wants to jump, by cursor where the list moves.

use std::fmt::Write as _;

use garde::Validate;
use http::header::LINK;
use http::{HeaderValue, StatusCode, Uri};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::output::{HasSchema, Writable};
use super::{Answer, Respond};
use crate::error::Result;
use crate::openapi::Direction;
use crate::response::Response;
use crate::site::Site;

/// Which page: `?page=2&per_page=50`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Validate)]
#[non_exhaustive]
pub struct PageQuery {
    /// The number of the page, from 1.
    #[serde(default = "first")]
    #[garde(range(min = 1, max = 1_000_000))]
    pub page: u32,
    /// How many items a page has, at most 100.
    #[serde(default = "usual")]
    #[garde(range(min = 1, max = 100))]
    pub per_page: u32,
}

fn first() -> u32 {
    1
}

fn usual() -> u32 {
    20
}

impl Default for PageQuery {
    fn default() -> Self {
        Self { page: first(), per_page: usual() }
    }
}

impl PageQuery {
    /// How many items come before this page.
    pub fn offset(&self) -> u64 {
        u64::from(self.page.saturating_sub(1)) * u64::from(self.per_page)
    }
}

/// One page of a list that is counted.
///
/// The links to its neighbours are in the body and in the `Link` header (RFC 8288).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    items: Vec<T>,
    query: PageQuery,
    total: u64,
}

impl<T> Page<T> {
    /// The items of a page, out of so many in total.
    pub fn new(items: Vec<T>, query: PageQuery, total: u64) -> Self {
        Self { items, query, total }
    }

    /// The items.
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// The same page of other items, in the same order.
    #[must_use]
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        let items = self.items.into_iter().map(f).collect();
        Page { items, query: self.query, total: self.total }
    }

    /// How many items all pages have.
    pub fn total(&self) -> u64 {
        self.total
    }

    fn links(&self, uri: &Uri) -> Links {
        let PageQuery { page, per_page } = self.query;
        let last = self.total.div_ceil(u64::from(per_page.max(1))).max(1);
        let at = |number: u64| Some(with_parameter(uri, "page", &number.to_string()));
        Links {
            first: at(1),
            prev: (page > 1).then(|| u64::from(page) - 1).and_then(at),
            next: (u64::from(page) < last).then(|| u64::from(page) + 1).and_then(at),
            last: at(last),
        }
    }
}

/// Links to other pages of the same list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
struct Links {
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
}

impl Links {
    fn header(&self) -> Option<HeaderValue> {
        let all = [
            ("first", &self.first),
            ("prev", &self.prev),
            ("next", &self.next),
            ("last", &self.last),
        ];
        let mut text = String::new();
        for (relation, target) in all {
            if let Some(target) = target {
                let comma = if text.is_empty() { "" } else { ", " };
                let _ = write!(text, "{comma}<{target}>; rel=\"{relation}\"");
            }
        }
        if text.is_empty() { None } else { HeaderValue::try_from(text).ok() }
    }
}

/// The target with one parameter of its query replaced.
fn with_parameter(uri: &Uri, name: &str, value: &str) -> String {
    let value = crate::url::encode_segment(value).to_string();
    let others = uri.query().unwrap_or_default().split('&');
    let is_other =
        |part: &&str| !part.is_empty() && part.split('=').next().is_some_and(|known| known != name);
    let mut query: Vec<&str> = others.filter(is_other).collect();
    let own = format!("{name}={value}");
    query.push(&own);
    format!("{}?{}", uri.path(), query.join("&"))
}

/// One page of a list that moves: `?cursor=…&limit=50`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Validate)]
#[non_exhaustive]
pub struct CursorQuery {
    /// Where the page begins: the `next` of the page before. Without it, the beginning.
    #[serde(default)]
    #[garde(length(chars, max = 512))]
    pub cursor: Option<String>,
    /// How many items a page has, at most 100.
    #[serde(default = "usual")]
    #[garde(range(min = 1, max = 100))]
    pub limit: u32,
}

impl Default for CursorQuery {
    fn default() -> Self {
        Self { cursor: None, limit: usual() }
    }
}

/// A page of a list that moves, with the cursor of the page that follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CursorPage<T> {
    items: Vec<T>,
    next: Option<String>,
}

impl<T> CursorPage<T> {
    /// The items of a page, and the cursor at which the next one begins.
    pub fn new(items: Vec<T>, next: Option<String>) -> Self {
        Self { items, next }
    }

    /// Cuts a page from one item more than it holds: the usual way to know whether there is
    /// another page.
    pub fn cut(mut items: Vec<T>, limit: u32, cursor: impl FnOnce(&T) -> String) -> Self {
        let limit = limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(cursor) } else { None };
        Self { items, next }
    }

    /// The items.
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// The same page of other items, in the same order.
    #[must_use]
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> CursorPage<U> {
        CursorPage { items: self.items.into_iter().map(f).collect(), next: self.next }
    }

    /// The cursor of the next page.
    pub fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}

fn describe_page<T: JsonSchema>(site: &mut Site<'_>, more: &serde_json::Value, required: &[&str]) {
    let item = site.schema::<T>(Direction::Output);
    let link = json!({ "type": "string", "format": "uri-reference" });
    let mut schema = json!({
        "type": "object",
        "required": ["items", "links"],
        "properties": {
            "items": { "type": "array", "items": item },
            "links": {
                "type": "object",
                "description": "The neighbours of this page.",
                "properties": { "first": link, "prev": link, "next": link, "last": link },
            },
        },
    });
    if let (Some(all), Some(more)) = (schema["properties"].as_object_mut(), more.as_object()) {
        all.extend(more.clone());
    }
    if let Some(all) = schema["required"].as_array_mut() {
        all.extend(required.iter().map(|name| json!(name)));
    }
    let answer = site.operation().response(StatusCode::OK, "A page of the list");
    answer.content("application/json", schema);
    answer.header("Link", "The neighbours of this page (RFC 8288)", json!({ "type": "string" }));
}

fn respond_page(body: &serde_json::Value, links: &Links) -> Result<Response> {
    let mut response = Response::json(StatusCode::OK, body)?;
    if let Some(header) = links.header() {
        response.headers_mut().insert(LINK, header);
    }
    Ok(response)
}

impl<T: Writable + HasSchema> Respond for Page<T> {
    fn describe(site: &mut Site<'_>) {
        let more = json!({
            "page": { "type": "integer", "minimum": 1 },
            "per_page": { "type": "integer", "minimum": 1 },
            "total": { "type": "integer", "minimum": 0, "description": "How many items all pages have." },
        });
        describe_page::<T>(site, &more, &["page", "per_page", "total"]);
    }

    fn respond(self, answer: &mut Answer<'_>) -> Result<Response> {
        let links = self.links(answer.uri());
        let body = json!({
            "items": serde_json::to_value(&self.items)?,
            "page": self.query.page,
            "per_page": self.query.per_page,
            "total": self.total,
            "links": links,
        });
        respond_page(&body, &links)
    }
}

impl<T: Writable + HasSchema> Respond for CursorPage<T> {
    fn describe(site: &mut Site<'_>) {
        let more = json!({
            "next": { "type": ["string", "null"], "description": "The cursor of the next page." },
        });
        describe_page::<T>(site, &more, &["next"]);
    }

    fn respond(self, answer: &mut Answer<'_>) -> Result<Response> {
        let next = self.next.as_deref();
        let next = next.map(|cursor| with_parameter(answer.uri(), "cursor", cursor));
        let links = Links { next, ..Links::default() };
        let body = json!({
            "items": serde_json::to_value(&self.items)?,
            "next": self.next,
            "links": links,
        });
        respond_page(&body, &links)
    }
}
