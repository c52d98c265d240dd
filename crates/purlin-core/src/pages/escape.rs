//! Escaping: the one way by which text of others gets into a page.

use std::fmt::Display;

/// A text, safe between tags and inside a quoted attribute.
pub(crate) fn escaped(text: &str) -> String {
    let mut html = Html::default();
    html.text(text);
    html.0
}

/// A page being written.
///
/// What is a literal of ours goes in by [`raw`](Self::raw), everything else by
/// [`text`](Self::text): the types make the mistake of swapping them hard, since `raw` takes only
/// `&'static str`.
#[derive(Debug, Default)]
pub(super) struct Html(String);

impl Html {
    /// Starts an empty page with room for a usual one.
    pub(super) fn new() -> Self {
        Self(String::with_capacity(16 * 1024))
    }

    /// Writes markup as it stands.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Writes text, escaped so that it is safe between tags and inside a quoted attribute.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        let mut rest = text;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'', '\0']) {
            let (clean, tail) = rest.split_at(at);
            self.0.push_str(clean);
            self.0.push_str(match tail.as_bytes().first() {
                Some(b'&') => "&amp;",
                Some(b'<') => "&lt;",
                Some(b'>') => "&gt;",
                Some(b'"') => "&quot;",
                Some(b'\'') => "&#39;",
                // HTML has no way to write a NUL.
                _ => "\u{fffd}",
            });
            rest = tail.get(1..).unwrap_or_default();
        }
        self.0.push_str(rest);
        self
    }

    /// Writes a sentence, escaped, with each part between two backticks set as code.
    ///
    /// For messages, which put values in backticks. A backtick without a partner stays one.
    pub(super) fn prose(&mut self, sentence: &str) -> &mut Self {
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('`') {
            let Some((code, tail)) = after.split_once('`') else {
                break;
            };
            self.text(before).raw("<code>").text(code).raw("</code>");
            rest = tail;
        }
        self.text(rest)
    }

    /// Writes a path of any kind, escaped, with leave to break the line after `/` and `::`.
    pub(super) fn path(&mut self, path: &str) -> &mut Self {
        let mut rest = path;
        while let Some(at) = rest.find(['/', ':']) {
            let end = if rest[at..].starts_with("::") { at + 2 } else { at + 1 };
            let (part, tail) = rest.split_at(end);
            self.text(part).raw(if tail.is_empty() { "" } else { "<wbr>" });
            rest = tail;
        }
        self.text(rest)
    }

    /// Writes a number, or anything else that displays itself, escaped.
    pub(super) fn show(&mut self, value: impl Display) -> &mut Self {
        self.text(&value.to_string())
    }

    /// Ends the page.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Html;

    fn text(text: &str) -> String {
        let mut html = Html::new();
        html.text(text);
        html.finish()
    }

    fn prose(text: &str) -> String {
        let mut html = Html::new();
        html.prose(text);
        html.finish()
    }

    #[test]
    fn text_keeps_no_character_that_means_something_to_html() {
        assert_eq!(
            text("<a href=\"x\" id='y'>&amp;</a>"),
            "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;"
        );
        assert_eq!(text("\0é…"), "\u{fffd}é…");
        assert_eq!(text(""), "");
    }

    #[test]
    fn a_path_may_break_after_its_separators() {
        let mut html = Html::new();
        html.path("/a/<b>").raw(" ").path("x::y::");
        assert_eq!(html.finish(), "/<wbr>a/<wbr>&lt;b&gt; x::<wbr>y::");
    }

    #[test]
    fn prose_sets_code_between_pairs_of_backticks_only() {
        assert_eq!(prose("no `<T>` here"), "no <code>&lt;T&gt;</code> here");
        assert_eq!(prose("`a` and ` alone"), "<code>a</code> and ` alone");
        assert_eq!(prose("plain"), "plain");
    }
}
