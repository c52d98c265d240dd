//! Parts: what several pages for the developer are put together from.

use super::escape::Html;
use super::facts::{Place, RouteLine};

/// Begins a section; `id` is also that of its heading.
pub(super) fn section(html: &mut Html, id: &'static str, heading: &'static str) {
    html.raw("<section aria-labelledby=\"")
        .raw(id)
        .raw("\">\n<h2 id=\"")
        .raw(id)
        .raw("\">")
        .raw(heading)
        .raw("</h2>\n<div>\n");
}

/// Ends a section.
pub(super) fn end_section(html: &mut Html) {
    html.raw("</div>\n</section>\n");
}

/// Writes the routes as a table.
pub(super) fn route_table(html: &mut Html, routes: &[RouteLine<'_>]) {
    html.raw(
        "<table role=\"table\" class=\"routes\"><thead><tr role=\"row\">\
         <th scope=\"col\">Method</th><th scope=\"col\">Path</th>\
         <th scope=\"col\">Handler</th><th scope=\"col\">Written at</th></tr></thead>\n<tbody>\n",
    );
    for route in routes {
        html.raw("<tr role=\"row\"><td role=\"cell\" class=\"in\">")
            .text(route.methods)
            .raw("</td><td role=\"cell\" class=\"key\"><code>")
            .path(route.pattern)
            .raw("</code></td><td role=\"cell\" class=\"soft\"><code>")
            .path(route.handler)
            .raw("</code></td><td role=\"cell\" class=\"place\">");
        if let Some(at) = route.place {
            place(html, at);
        }
        html.raw("</td></tr>\n");
    }
    html.raw("</tbody></table>\n");
}

/// Writes a place, with its line.
pub(super) fn place(html: &mut Html, place: Place<'_>) {
    html.path(place.file).raw("<span class=\"line\">:").show(place.line).raw("</span>");
}
