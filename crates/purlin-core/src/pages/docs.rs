//! The API page: Swagger UI in the look of the house, and the files it is made of.
//!
//! The page has no inline script and no inline style, and asks nobody outside the application for
//! anything, so that it is served under [`DOCS_CONTENT_SECURITY_POLICY`].

use super::drawing::{ICON, MARK};
use super::escape::Html;
use super::swagger;

/// The `Content-Security-Policy` of the API page and of its files.
pub(crate) const DOCS_CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
     style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const STYLE: &str = concat!(
    // What is in no layer beats what is in one: every rule of docs.css every rule of Swagger UI.
    "@layer house, swagger;\n@import url(\"swagger-ui.css\") layer(swagger);\n@layer house {\n",
    include_str!("assets/base.css"),
    "}\n",
    include_str!("assets/docs.css"),
);
const SCRIPT: &str = include_str!("assets/init.js");

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

static ASSETS: [(&str, Asset); 5] = [
    ("docs.css", Asset::plain(STYLE, CSS, etag_text(&const { etag(checksum(STYLE)) }))),
    ("init.js", Asset::plain(SCRIPT, JAVASCRIPT, etag_text(&const { etag(checksum(SCRIPT)) }))),
    (
        "swagger-ui-bundle.js",
        Asset::gzip(
            &swagger::BUNDLE,
            JAVASCRIPT,
            etag_text(&const { etag(swagger::BUNDLE_CHECKSUM) }),
        ),
    ),
    (
        "swagger-ui.css",
        Asset::gzip(&swagger::STYLE, CSS, etag_text(&const { etag(swagger::STYLE_CHECKSUM) })),
    ),
    (
        "LICENSE.txt",
        Asset::gzip(&swagger::LICENSE, TEXT, etag_text(&const { etag(swagger::LICENSE_CHECKSUM) })),
    ),
];

/// What the API page shows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DocsPage<'a> {
    /// The application's title.
    pub(crate) title: &'a str,
    /// The path of the `OpenAPI` document.
    pub(crate) openapi_url: &'a str,
    /// The path under which [`docs_asset`] is served.
    pub(crate) asset_base: &'a str,
}

/// A file of the API page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asset {
    /// The body of the answer.
    pub(crate) bytes: &'static [u8],
    /// Its `Content-Type`.
    pub(crate) content_type: &'static str,
    /// Whether the answer needs `Content-Encoding: gzip`: the file is kept packed only.
    pub(crate) is_gzip: bool,
    /// Its `ETag`, with the quotes.
    pub(crate) etag: &'static str,
}

impl Asset {
    const fn plain(text: &'static str, content_type: &'static str, etag: &'static str) -> Self {
        Self { bytes: text.as_bytes(), content_type, is_gzip: false, etag }
    }

    const fn gzip(bytes: &'static [u8], content_type: &'static str, etag: &'static str) -> Self {
        Self { bytes, content_type, is_gzip: true, etag }
    }
}

/// Returns the API page.
///
/// It is served with [`DOCS_CONTENT_SECURITY_POLICY`], and its files, from [`docs_asset`], below
/// `asset_base`.
pub(crate) fn docs(page: &DocsPage<'_>) -> String {
    let base = page.asset_base.trim_end_matches('/');
    let mut html = Html::new();
    html.raw(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>",
    )
    .text(page.title)
    .raw(" API</title>\n")
    .raw(ICON)
    .raw("\n<link rel=\"stylesheet\" href=\"")
    .text(base)
    .raw("/docs.css\">\n<script defer src=\"")
    .text(base)
    .raw("/swagger-ui-bundle.js\"></script>\n<script defer src=\"")
    .text(base)
    .raw("/init.js\"></script>\n</head>\n<body>\n<header class=\"bar\"><p class=\"brand\">")
    .raw(MARK)
    .raw("<span>")
    .text(page.title)
    .raw("</span></p><p><a href=\"")
    .text(page.openapi_url)
    .raw("\">OpenAPI document</a></p></header>\n<main id=\"docs\" data-document=\"")
    .text(page.openapi_url)
    .raw(
        "\"><noscript><p>This page needs JavaScript. The OpenAPI document can be read without it.\
         </p></noscript></main>\n<footer><p>Drawn by Swagger UI, copyright SmartBear Software, \
         under the <a href=\"",
    )
    .text(base)
    .raw("/LICENSE.txt\">Apache License 2.0</a>.</p></footer>\n</body>\n</html>\n");
    html.finish()
}

/// Returns a file of the API page by its name: `docs.css`, `init.js`, `swagger-ui-bundle.js`,
/// `swagger-ui.css`, `LICENSE.txt`.
pub(crate) fn docs_asset(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|(known, _)| *known == name).map(|(_, asset)| asset)
}

/// The CRC-32 of a text, as zip and gzip have it.
const fn checksum(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let mut sum = u32::MAX;
    let mut at = 0;
    while at < bytes.len() {
        sum ^= bytes[at] as u32;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
            bit += 1;
        }
        at += 1;
    }
    !sum
}

/// Writes a checksum as an entity tag.
const fn etag(checksum: u32) -> [u8; 10] {
    let mut tag = [b'"'; 10];
    let mut at = 0;
    while at < 8 {
        tag[8 - at] = b"0123456789abcdef"[(checksum >> (4 * at) & 15) as usize];
        at += 1;
    }
    tag
}

const fn etag_text(tag: &'static [u8; 10]) -> &'static str {
    match str::from_utf8(tag) {
        Ok(text) => text,
        Err(_) => panic!("an entity tag is ASCII"),
    }
}

#[cfg(test)]
mod tests {
    use super::{DocsPage, SCRIPT, STYLE, checksum, docs, docs_asset};

    const HOSTILE: &str = "\"'></title><script>alert(1)</script>&";

    #[test]
    fn no_field_becomes_markup() {
        let page = docs(&DocsPage { title: HOSTILE, openapi_url: HOSTILE, asset_base: HOSTILE });
        assert_eq!(page.matches("<script").count(), 2);
        assert!(!page.contains("alert(1)</script>"));
    }

    #[test]
    fn the_page_has_nothing_inline_and_every_file_it_names_is_there() {
        let page = docs(&DocsPage {
            title: "Bookshelf",
            openapi_url: "/openapi.json",
            asset_base: "/docs/assets/",
        });
        assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains(" on"));
        assert_eq!(page.matches("<script").count(), page.matches("></script>").count());
        let files: Vec<_> = page
            .split("\"/docs/assets/")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert_eq!(files.len(), 4);
        for file in files {
            assert!(docs_asset(file).is_some(), "{file}");
        }
        assert!(STYLE.contains("url(\"swagger-ui.css\")"));
        assert!(docs_asset("swagger-ui.css").is_some());
        assert!(docs_asset("../Cargo.toml").is_none());
    }

    #[test]
    fn swagger_ui_is_cut_out_whole() {
        for (name, least) in [
            ("swagger-ui-bundle.js", 1_000_000),
            ("swagger-ui.css", 100_000),
            ("LICENSE.txt", 9_000),
        ] {
            let asset = docs_asset(name).unwrap();
            let (head, tail) = asset.bytes.split_at(asset.bytes.len() - 8);
            assert!(asset.is_gzip && head.starts_with(&[0x1f, 0x8b, 8]));
            let checksum = u32::from_le_bytes(tail[..4].try_into().unwrap());
            let unpacked = u32::from_le_bytes(tail[4..].try_into().unwrap());
            assert_eq!(asset.etag, format!("\"{checksum:08x}\""));
            assert!(unpacked > least, "{name}: {unpacked}");
        }
    }

    #[test]
    fn swagger_ui_asks_nobody_and_keeps_nothing() {
        assert!(SCRIPT.contains("validatorUrl: null"));
        assert!(SCRIPT.contains("persistAuthorization: false"));
        assert!(!STYLE.contains("http"));
    }

    #[test]
    fn the_checksum_is_that_of_zip() {
        assert_eq!(checksum("123456789"), 0xcbf4_3926);
    }
}
