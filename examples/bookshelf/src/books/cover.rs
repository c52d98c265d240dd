//! Covers, drawn from what the library knows of a book: no two alike, and the same every time.

use std::fmt::Write as _;

use purlin::http::StatusCode;
use purlin::http::header::CACHE_CONTROL;
use purlin::{Answer, Respond, Response, Result, Site};

use super::book::Book;

/// A drawing.
#[derive(Debug)]
pub struct Svg(String);

impl Respond for Svg {
    fn describe(site: &mut Site<'_>) {
        let schema = serde_json::json!({ "type": "string" });
        site.operation().response(StatusCode::OK, "The drawing").content("image/svg+xml", schema);
    }

    fn respond(self, _answer: &mut Answer<'_>) -> Result<Response> {
        let mut response = Response::with_body(StatusCode::OK, "image/svg+xml", self.0);
        response.set_header(CACHE_CONTROL.as_str(), "max-age=300")?;
        Ok(response)
    }
}

/// Cloth, its shadow, and what is printed on it.
const CLOTHS: [(&str, &str, &str); 8] = [
    ("#7b2d26", "#5f211c", "#f2d9a8"),
    ("#1f3a5f", "#162b48", "#e8d8b0"),
    ("#2f4f3a", "#22392a", "#ecdcae"),
    ("#4a3566", "#37274d", "#ead7b4"),
    ("#8a5a1f", "#6b4516", "#fbeecb"),
    ("#35424a", "#262f35", "#e9e2cf"),
    ("#6a3b4f", "#502b3b", "#f1dcc4"),
    ("#2a5557", "#1d3d3f", "#e6e0c3"),
];

/// Draws the cover of a book.
pub fn draw(book: &Book) -> Svg {
    let number = hash(&book.title);
    let (cloth, shadow, print) = CLOTHS[(number % 8) as usize];
    let mut svg = String::new();
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 240 340\" role=\"img\" aria-label=\"{}\">",
        escape(&format!("{} by {}", book.title, book.author.name))
    );
    let _ = write!(svg, "<rect width=\"240\" height=\"340\" rx=\"4\" fill=\"{cloth}\"/>");
    let _ = write!(svg, "<rect width=\"18\" height=\"340\" rx=\"4\" fill=\"{shadow}\"/>");
    let _ = write!(
        svg,
        "<rect x=\"30\" y=\"16\" width=\"194\" height=\"308\" fill=\"none\" stroke=\"{print}\" stroke-opacity=\".6\"/>"
    );
    ornament(&mut svg, number, print);
    let lines = wrap(&book.title, 15, 5);
    let size = if lines.len() > 3 { 19 } else { 23 };
    text(&mut svg, &lines, 62, size, print, "600");
    text(&mut svg, &wrap(&book.author.name, 22, 2), 272, 14, print, "400");
    let year = if book.year < 0 { format!("{} BCE", -book.year) } else { book.year.to_string() };
    text(&mut svg, &[year], 310, 11, print, "400");
    svg.push_str("</svg>");
    Svg(svg)
}

/// A rose of arcs whose number and turn are the book's own.
fn ornament(svg: &mut String, number: u64, color: &str) {
    let petals = 5 + (number >> 3) % 7;
    let turn = (number >> 7) % 90;
    for petal in 0..petals {
        let angle = turn + petal * 360 / petals;
        let _ = write!(
            svg,
            "<ellipse cx=\"127\" cy=\"193\" rx=\"9\" ry=\"30\" fill=\"none\" stroke=\"{color}\" stroke-opacity=\".75\" transform=\"rotate({angle} 127 213)\"/>"
        );
    }
}

fn text(svg: &mut String, lines: &[String], top: usize, size: usize, color: &str, weight: &str) {
    for (index, line) in lines.iter().enumerate() {
        let y = top + index * (size + 4);
        let _ = write!(
            svg,
            "<text x=\"127\" y=\"{y}\" font-family=\"Georgia, serif\" font-size=\"{size}\" font-weight=\"{weight}\" fill=\"{color}\" text-anchor=\"middle\">{}</text>",
            escape(line)
        );
    }
}

/// Breaks a text at spaces; what does not fit in the last line ends with an ellipsis.
fn wrap(text: &str, width: usize, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let word: String = word.chars().take(width + 3).collect();
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

fn escape(text: &str) -> String {
    let clean = text.chars().filter(|c| !c.is_control());
    let mut out = String::with_capacity(text.len());
    for c in clean {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// FNV-1a: the same on every machine and in every year.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_titles_are_broken_and_cut() {
        assert_eq!(
            wrap("The Life and Opinions of Tristram Shandy", 15, 2),
            ["The Life and", "Opinions of…"]
        );
    }

    #[test]
    fn what_readers_wrote_stays_text() {
        assert_eq!(escape("<script>&\"'\u{0}"), "&lt;script&gt;&amp;&quot;&#39;");
    }
}
