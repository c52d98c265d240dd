//! The development error page: what happened, where, why, and what to do about it.
//!
//! The same facts leave in two forms: [`development`] for a browser, [`development_text`] for a
//! terminal; the page carries the text too, behind its copy button.

use super::drawing::{Roof, roof};
use super::escape::Html;
use super::facts::{DevelopmentPage, Fault, Frame, RequestFacts, RouteLine};
use super::parts::{end_section, place, route_table, section};
use super::report::development_text;
use super::sheet::{DEVELOPER, Sheet, bar, close, developer_body, open};

const STYLE: &str = include_str!("assets/development.css");
const SCRIPT: &str = include_str!("assets/development.js");

/// A message longer than this is set in smaller letters.
const LONG_MESSAGE: usize = 110;

/// Returns the development error page.
///
/// It is served with [`content_security_policy`](super::content_security_policy) of the same nonce.
/// It works without its script, which adds a copy button and a filter for the routes.
pub(crate) fn development(page: &DevelopmentPage<'_>) -> String {
    let mut html = Html::new();
    let title = format!("{} {} · {}", page.status, page.title, page.headline());
    open(&mut html, &Sheet { title: &title, style: &[DEVELOPER, STYLE], nonce: page.nonce });
    developer_body(&mut html);
    bar(&mut html, "development");
    html.raw(
        "<p class=\"tools\"><span role=\"status\" id=\"said\"></span>\
         <button type=\"button\" id=\"copy\" hidden>Copy report</button></p></header>\n<main>\n",
    );
    headline(&mut html, page);
    help(&mut html, page.help);
    faults(&mut html, page.faults);
    source(&mut html, page);
    causes(&mut html, page);
    if page.is_about_routing() {
        routes(&mut html, page.routes, true);
    }
    backtrace(&mut html, page.backtrace);
    request(&mut html, &page.request);
    if !page.is_about_routing() {
        routes(&mut html, page.routes, false);
    }
    report(&mut html, page);
    html.raw(
        "</main>\n<footer><p>You see this page because the application runs in development mode. \
         In production the answer has the status, the title and the request id, and nothing of \
         what is below them.</p></footer>\n<script nonce=\"",
    )
    .text(page.nonce)
    .raw("\">\n")
    .raw(SCRIPT)
    .raw("</script>\n");
    close(&mut html);
    html.finish()
}

fn headline(html: &mut Html, page: &DevelopmentPage<'_>) {
    html.raw("<div class=\"top\"><div class=\"words\">\n<p class=\"status\"><strong>")
        .show(page.status)
        .raw("</strong> ")
        .text(page.title)
        .raw("</p>\n<h1")
        .raw(if page.headline().chars().count() > LONG_MESSAGE { " class=\"long\"" } else { "" })
        .raw(">")
        .prose(page.headline())
        .raw("</h1>\n</div>");
    let state = if page.status < 500 { Roof::Missing } else { Roof::Fallen };
    html.raw("<div class=\"drawing\">");
    roof(html, state, &page.status.to_string());
    html.raw("</div></div>\n");
    title_block(html, page);
}

fn title_block(html: &mut Html, page: &DevelopmentPage<'_>) {
    html.raw("<dl class=\"title-block\">\n");
    cell(html, "request", |html| {
        html.text(page.request.method).raw(" ").path(page.request.path);
    });
    if let Some(at) = page.place {
        cell(html, "raised at", |html| place(html, at));
    }
    for (name, value) in
        [("type", page.error_type), ("code", page.code), ("request id", page.request.id)]
    {
        if !value.is_empty() {
            cell(html, name, |html| {
                html.path(value);
            });
        }
    }
    html.raw("</dl>\n");
}

fn cell(html: &mut Html, name: &'static str, value: impl FnOnce(&mut Html)) {
    html.raw("<div><dt>").raw(name).raw("</dt><dd>");
    value(html);
    html.raw("</dd></div>\n");
}

fn help(html: &mut Html, help: Option<&str>) {
    if let Some(help) = help.filter(|help| !help.is_empty()) {
        html.raw("<aside class=\"help\" aria-labelledby=\"help\"><h2 id=\"help\">Help</h2><p>")
            .prose(help)
            .raw("</p></aside>\n");
    }
}

fn source(html: &mut Html, page: &DevelopmentPage<'_>) {
    if page.source.is_empty() {
        return;
    }
    section(html, "source", "Source");
    html.raw("<figure class=\"code\">");
    if let Some(at) = page.place {
        html.raw("<figcaption>");
        place(html, at);
        html.raw("</figcaption>");
    }
    html.raw("<pre tabindex=\"0\" role=\"region\" aria-labelledby=\"source\"><code>");
    for line in page.source {
        html.raw(if line.is_the_line {
            "<mark class=\"row\"><i>"
        } else {
            "<span class=\"row\"><i>"
        })
        .show(line.number)
        .raw("</i>")
        .text(line.text)
        .raw("\n")
        .raw(if line.is_the_line { "</mark>" } else { "</span>" });
    }
    html.raw("</code></pre></figure>\n");
    end_section(html);
}

fn causes(html: &mut Html, page: &DevelopmentPage<'_>) {
    if page.causes.is_empty() {
        return;
    }
    section(html, "causes", "Caused by");
    html.raw("<ol class=\"chain\">\n");
    for cause in page.causes {
        html.raw("<li>").prose(cause).raw("</li>\n");
    }
    html.raw("</ol>\n");
    end_section(html);
}

fn backtrace(html: &mut Html, frames: &[Frame<'_>]) {
    if frames.is_empty() {
        return;
    }
    let others = frames.iter().filter(|frame| !frame.in_app).count();
    section(html, "backtrace", "Backtrace");
    if others < frames.len() {
        frame_list(html, frames, true);
    } else {
        html.raw("<p class=\"none\">No frame of the application is in this backtrace.</p>\n");
    }
    if others > 0 {
        html.raw("<details><summary>")
            .show(others)
            .raw(if others == 1 { " library frame" } else { " library frames" })
            .raw("</summary>\n");
        frame_list(html, frames, false);
        html.raw("</details>\n");
    }
    end_section(html);
}

fn frame_list(html: &mut Html, frames: &[Frame<'_>], in_app: bool) {
    html.raw("<ol class=\"frames\">\n");
    for (index, frame) in frames.iter().enumerate().filter(|(_, frame)| frame.in_app == in_app) {
        html.raw("<li value=\"")
            .show(index)
            .raw("\"><i>")
            .show(index)
            .raw("</i><code>")
            .path(frame.function)
            .raw("</code>");
        if let Some(at) = frame.place {
            html.raw("<span class=\"place\">");
            place(html, at);
            html.raw("</span>");
        }
        html.raw("</li>\n");
    }
    html.raw("</ol>\n");
}

fn faults(html: &mut Html, faults: &[Fault<'_>]) {
    if faults.is_empty() {
        return;
    }
    section(html, "faults", if faults.len() == 1 { "Fault" } else { "Faults" });
    // The roles keep it a table where a narrow screen lays it out as a list.
    html.raw(
        "<table role=\"table\"><thead><tr role=\"row\"><th scope=\"col\">In</th>\
         <th scope=\"col\">Pointer</th><th scope=\"col\">Message</th>\
         <th scope=\"col\">Code</th></tr></thead>\n<tbody>\n",
    );
    for fault in faults {
        html.raw("<tr role=\"row\"><td role=\"cell\" class=\"in\">")
            .text(fault.part)
            .raw("</td><td role=\"cell\" class=\"key\"><code>")
            .text(if fault.pointer.is_empty() { "(whole)" } else { fault.pointer })
            .raw("</code></td><td role=\"cell\" class=\"words\">")
            .prose(fault.message)
            .raw("</td><td role=\"cell\" class=\"soft\"><code>")
            .text(fault.code)
            .raw("</code></td></tr>\n");
    }
    html.raw("</tbody></table>\n");
    end_section(html);
}

fn request(html: &mut Html, request: &RequestFacts<'_>) {
    section(html, "request", "Request");
    html.raw("<p class=\"target\"><strong>")
        .text(request.method)
        .raw("</strong> <code>")
        .path(request.path);
    if !request.query.is_empty() {
        html.raw("<span class=\"query\">?<wbr>").text(request.query).raw("</span>");
    }
    html.raw("</code>");
    if !request.peer.is_empty() {
        html.raw(" <span class=\"soft\">from <code>").text(request.peer).raw("</code></span>");
    }
    html.raw("</p>\n");
    pairs(html, "Path parameters", request.path_parameters);
    pairs(html, "Header fields", request.headers);
    end_section(html);
}

fn pairs(html: &mut Html, heading: &'static str, pairs: &[(&str, &str)]) {
    if pairs.is_empty() {
        return;
    }
    html.raw("<h3>").raw(heading).raw("</h3>\n<dl class=\"pairs\">\n");
    for (name, value) in pairs {
        html.raw("<div><dt>").text(name).raw("</dt><dd>").text(value).raw("</dd></div>\n");
    }
    html.raw("</dl>\n");
}

fn routes(html: &mut Html, routes: &[RouteLine<'_>], is_open: bool) {
    if routes.is_empty() {
        return;
    }
    section(html, "routes", "Routes");
    html.raw("<details id=\"routing\"").raw(if is_open { " open" } else { "" }).raw("><summary>");
    html.show(routes.len()).raw(if routes.len() == 1 { " route" } else { " routes" }).raw(
        "</summary>\n<p class=\"filter\" hidden><label for=\"filter\">Filter</label> \
         <input type=\"search\" id=\"filter\" autocomplete=\"off\" spellcheck=\"false\"> \
         <span role=\"status\" id=\"matches\"></span></p>\n",
    );
    route_table(html, routes);
    html.raw("</details>\n");
    end_section(html);
}

fn report(html: &mut Html, page: &DevelopmentPage<'_>) {
    section(html, "plain", "Report");
    html.raw(
        "<details id=\"whole\"><summary>Everything above as plain text</summary>\n\
         <pre class=\"plain\" tabindex=\"0\" role=\"region\" aria-labelledby=\"plain\" \
         id=\"report\">",
    )
    // The parser drops one line feed after the tag; this one, so that none of the text is lost.
    .raw("\n")
    .text(&development_text(page))
    .raw("</pre></details>\n");
    end_section(html);
}
