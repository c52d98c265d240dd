//! The drawing: a roof truss with its purlins, and the mark that is made from it.

use super::escape::Html;

/// The state of the roof.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Roof {
    /// One purlin has come down: the server's fault.
    Fallen,
    /// One purlin is not where it was looked for: the client's fault.
    Missing,
    /// Every purlin carries.
    Sound,
}

/// The mark: two rafters, and a purlin on them. It is decoration: the name stands beside it.
pub(super) const MARK: &str = r#"<svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><path d="M1 18.5 11.5 8.5 22 18.5" fill="none" stroke="currentColor" stroke-width="2.5"/><path class="beam" d="M-3-3h6v6h-6z" transform="translate(19.5 8.9) rotate(43.6)"/></svg>"#;

/// The mark as the icon of a developer's page, in the colours of the dark sheet.
pub(super) const ICON: &str = r#"<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='-4.5 -4.5 33 33'%3E%3Crect x='-4.5' y='-4.5' width='33' height='33' rx='6' fill='%230f2340'/%3E%3Cpath d='M1 18.5 11.5 8.5 22 18.5' fill='none' stroke='%23e8f0f9' stroke-width='2.5'/%3E%3Cpath fill='%23f2ac62' d='M-3-3h6v6h-6z' transform='translate(19.5 8.9) rotate(43.6)'/%3E%3C/svg%3E">"#;

const TRUSS: &str = r#"<g class="thin"><path d="M300 18v168" stroke-dasharray="14 4 2 4"/><path d="M76 204v34M524 204v34"/></g><g class="line"><path d="M46.3 184.5 300 44l253.7 140.5-5.3 9.6L300 56.6 51.6 194.1z"/><path d="M97.6 168.6h404.8M77.7 179.6h444.6"/><path d="M294.5 60v108.6M305.5 60v108.6"/><path d="M294.5 151 196.5 113.9M294.5 163.5 181.5 120.7M305.5 151l98-37.1M305.5 163.5l113-42.8"/><path d="M66 180h20v18H66zM514 180h20v18h-20z"/></g>"#;

const PURLINS: &str = r#"<path d="M-8.5-8.5h17v17h-17z" transform="translate(264 53) rotate(-29)"/><path d="M-8.5-8.5h17v17h-17z" transform="translate(199.1 89) rotate(-29)"/><path d="M-8.5-8.5h17v17h-17z" transform="translate(134.1 125) rotate(-29)"/><path d="M-8.5-8.5h17v17h-17z" transform="translate(336 53) rotate(29)"/><path d="M-8.5-8.5h17v17h-17z" transform="translate(465.9 125) rotate(29)"/>"#;

const SOUND: &str =
    r#"<path d="M-8.5-8.5h17v17h-17z" transform="translate(400.9 89) rotate(29)"/>"#;

const GHOST: &str =
    r#"<path class="ghost" d="M-8.5-8.5h17v17h-17z" transform="translate(400.9 89) rotate(29)"/>"#;

const FALLEN: &str = r#"<path class="thin fall" d="M416 80C452 88 474 140 482 206"/><path class="beam" d="M-8.5-8.5h17v17h-17z" transform="translate(484 219) rotate(52)"/>"#;

const MISSING: &str = r#"<path class="leader" d="M409 78l26-40h46"/><circle class="leader" cx="496" cy="38" r="15"/><text class="query" x="496" y="45">?</text>"#;

/// Draws the roof, with `measure` written on the dimension line below it.
pub(super) fn roof(html: &mut Html, roof: Roof, measure: &str) {
    html.raw(r#"<svg class="roof" viewBox="36 8 528 252" role="img" aria-label=""#)
        .text(measure)
        .raw(r#"">"#)
        .raw(TRUSS)
        .raw(if roof == Roof::Sound { r#"<g class="beam">"# } else { r#"<g class="line">"# })
        .raw(PURLINS)
        .raw(if roof == Roof::Sound { SOUND } else { "" })
        .raw("</g>")
        .raw(match roof {
            Roof::Fallen | Roof::Missing => GHOST,
            Roof::Sound => "",
        })
        .raw(match roof {
            Roof::Fallen => FALLEN,
            Roof::Missing => MISSING,
            Roof::Sound => "",
        })
        .raw(r#"<g class="thin">"#)
        .raw(if roof == Roof::Sound {
            r#"<path d="M76 230h124M400 230h124"/>"#
        } else {
            r#"<path d="M76 230h156M368 230h156"/>"#
        })
        .raw(r#"<path class="tick" d="M70 236l12-12M518 236l12-12"/></g>"#)
        .raw(if roof == Roof::Sound {
            r#"<text class="measure small" x="300" y="238">"#
        } else {
            r#"<text class="measure" x="300" y="247">"#
        })
        .text(measure)
        .raw("</text></svg>");
}
