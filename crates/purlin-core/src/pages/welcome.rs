//! The welcome page: what a new application answers at `/` before it has a route for it.

use super::drawing::{Roof, roof};
use super::escape::Html;
use super::facts::{Place, RouteLine};
use super::parts::route_table;
use super::sheet::{DEVELOPER, Sheet, bar, close, developer_body, open};

const STYLE: &str = include_str!("assets/welcome.css");

/// What the welcome page shows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WelcomePage<'a> {
    /// The application's name.
    pub(crate) name: &'a str,
    /// The path of the API page, if it is served.
    pub(crate) docs_url: Option<&'a str>,
    /// The path of the `OpenAPI` document, if it is served.
    pub(crate) openapi_url: Option<&'a str>,
    /// Where the application is described, if known.
    pub(crate) place: Option<Place<'a>>,
    /// The application's routes, in their order.
    pub(crate) routes: &'a [RouteLine<'a>],
    /// The nonce of the answer's content security policy.
    pub(crate) nonce: &'a str,
}

/// Returns the welcome page.
///
/// It is served with [`content_security_policy`](super::content_security_policy) of the same nonce.
pub(crate) fn welcome(page: &WelcomePage<'_>) -> String {
    let mut html = Html::new();
    open(&mut html, &Sheet { title: page.name, style: &[DEVELOPER, STYLE], nonce: page.nonce });
    developer_body(&mut html);
    bar(&mut html, "development");
    html.raw("</header>\n<main>\n");
    headline(&mut html, page);
    steps(&mut html, page);
    html.raw("<section aria-labelledby=\"routes\">\n<h2 id=\"routes\">Routes</h2>\n<div>\n");
    if page.routes.is_empty() {
        html.raw("<p class=\"none\">The application has no route yet.</p>\n");
    } else {
        route_table(&mut html, page.routes);
    }
    html.raw(
        "</div>\n</section>\n</main>\n<footer><p>This page stands in for your home page in \
         development mode. It goes away with the first route for <code>/</code>, and is never \
         served in production.</p></footer>\n",
    );
    close(&mut html);
    html.finish()
}

fn headline(html: &mut Html, page: &WelcomePage<'_>) {
    html.raw("<div class=\"top\"><div class=\"words\">\n<h1>")
        .text(page.name)
        .raw("</h1>\n<p>The application runs. It has no page at <code>/</code> yet.</p>\n");
    if page.docs_url.is_some() || page.openapi_url.is_some() {
        html.raw("<p class=\"links\">");
        link(html, page.docs_url, "button", "Open the API page");
        link(html, page.openapi_url, "plain", "OpenAPI document");
        html.raw("</p>\n");
    }
    html.raw("</div>\n<div class=\"drawing\">");
    let measure = match page.routes.len() {
        1 => "1 route".to_owned(),
        count => format!("{count} routes"),
    };
    roof(html, Roof::Sound, &measure);
    html.raw("</div></div>\n");
}

fn link(html: &mut Html, url: Option<&str>, class: &'static str, words: &'static str) {
    if let Some(url) = url {
        html.raw("<a class=\"").raw(class).raw("\" href=\"").text(url).raw("\">");
        html.raw(words).raw("</a> ");
    }
}

fn steps(html: &mut Html, page: &WelcomePage<'_>) {
    html.raw(
        "<section aria-labelledby=\"next\">\n<h2 id=\"next\">Next</h2>\n<div>\n<ol class=\"steps\">\n\
         <li><div><h3>Give <code>/</code> a page</h3>\n<p>Write the handler, then add its name to \
         <code>routes![…]</code>",
    );
    if let Some(place) = page.place {
        html.raw(" in <code>")
            .text(place.file)
            .raw("<span class=\"line\">:")
            .show(place.line)
            .raw("</span></code>");
    }
    html.raw(
        ".</p></div>\n<pre tabindex=\"0\" role=\"region\" aria-label=\"A handler for the home page\">\
         <code>#[get(\"/\")]\nasync fn home() -&gt; &amp;'static str {\n    \"It stands.\"\n}\
         </code></pre></li>\n\
         <li><div><h3>See what it answers</h3>\n<p>Print every route with its handler, and the OpenAPI \
         document that follows from them.</p></div>\n\
         <pre tabindex=\"0\" role=\"region\" aria-label=\"Commands that print the routes\">\
         <code>cargo run -- routes\ncargo run -- openapi</code></pre></li>\n\
         <li><div><h3>Check it before it starts</h3>\n<p>The check finds missing services, conflicting \
         routes and wrong settings, all at once, without opening a port.</p></div>\n\
         <pre tabindex=\"0\" role=\"region\" aria-label=\"The command that checks\">\
         <code>cargo run -- check</code></pre></li>\n</ol>\n</div>\n</section>\n",
    );
}
