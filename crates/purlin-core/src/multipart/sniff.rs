//! What content looks like, whatever anybody says about it.

/// How many bytes of the beginning are looked at (WHATWG MIME Sniffing §5.2).
pub(crate) const HEAD: usize = 1445;

/// What begins a file of a type. A space in the pattern of bytes stands for any byte.
struct Signature {
    pattern: &'static [Option<u8>],
    media_type: &'static str,
}

/// Writes a pattern: text where every `.` stands for any byte.
macro_rules! pattern {
    ($text:expr) => {{
        const TEXT: &[u8] = $text;
        const PATTERN: [Option<u8>; TEXT.len()] = {
            let mut pattern = [None; TEXT.len()];
            let mut at = 0;
            while at < TEXT.len() {
                if TEXT[at] != b'.' {
                    pattern[at] = Some(TEXT[at]);
                }
                at += 1;
            }
            pattern
        };
        &PATTERN
    }};
}

macro_rules! signatures {
    ($($text:literal => $media_type:literal,)*) => {
        [$(Signature { pattern: pattern!($text), media_type: $media_type }),*]
    };
}

/// WHATWG MIME Sniffing §6.1, §6.2, §6.3, §6.4 and §7.1, and the archives and documents beside them
/// that people send.
static SIGNATURES: [Signature; 40] = signatures! {
    b"\x89PNG\r\n\x1a\n" => "image/png",
    b"\xff\xd8\xff" => "image/jpeg",
    b"GIF87a" => "image/gif",
    b"GIF89a" => "image/gif",
    b"RIFF....WEBPVP" => "image/webp",
    b"BM" => "image/bmp",
    b"\0\0\x01\0" => "image/x-icon",
    b"\0\0\x02\0" => "image/x-icon",
    b"II*\0" => "image/tiff",
    b"MM\0*" => "image/tiff",
    b"....ftypavif" => "image/avif",
    b"....ftypheic" => "image/heic",
    b"....ftypheix" => "image/heic",
    b"....ftypmif1" => "image/heif",
    b"....ftypM4A" => "audio/mp4",
    b"....ftypqt" => "video/quicktime",
    b"....ftyp" => "video/mp4",
    b"FORM....AIFF" => "audio/aiff",
    b"ID3" => "audio/mpeg",
    b"OggS\0" => "application/ogg",
    b"MThd\0\0\0\x06" => "audio/midi",
    b"RIFF....AVI " => "video/avi",
    b"RIFF....WAVE" => "audio/wave",
    b"fLaC" => "audio/flac",
    b"\x1a\x45\xdf\xa3" => "video/webm",
    b"\0\x01\0\0" => "font/ttf",
    b"OTTO" => "font/otf",
    b"ttcf" => "font/collection",
    b"wOFF" => "font/woff",
    b"wOF2" => "font/woff2",
    b"\x1f\x8b\x08" => "application/gzip",
    b"PK\x03\x04" => "application/zip",
    b"PK\x05\x06" => "application/zip",
    b"Rar!\x1a\x07" => "application/vnd.rar",
    b"7z\xbc\xaf\x27\x1c" => "application/x-7z-compressed",
    b"\x28\xb5\x2f\xfd" => "application/zstd",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" => "application/x-cfb",
    b"\0asm" => "application/wasm",
    b"%PDF-" => "application/pdf",
    b"%!PS-Adobe-" => "application/postscript",
};

/// What makes a browser run a text, after white space and in any case.
const MARKUP: [(&[u8], &str); 21] = [
    (b"<!doctype html", "text/html"),
    (b"<html", "text/html"),
    (b"<head", "text/html"),
    (b"<script", "text/html"),
    (b"<iframe", "text/html"),
    (b"<h1", "text/html"),
    (b"<div", "text/html"),
    (b"<font", "text/html"),
    (b"<table", "text/html"),
    (b"<a", "text/html"),
    (b"<style", "text/html"),
    (b"<title", "text/html"),
    (b"<b", "text/html"),
    (b"<body", "text/html"),
    (b"<br", "text/html"),
    (b"<p", "text/html"),
    (b"<!--", "text/html"),
    (b"<img", "text/html"),
    (b"<svg", "image/svg+xml"),
    (b"<!doctype svg", "image/svg+xml"),
    (b"<?xml", "text/xml"),
];

/// The media type that the first [`HEAD`] bytes of a content look like: of a known signature, of
/// text, or `application/octet-stream`.
pub(crate) fn sniff(head: &[u8]) -> &'static str {
    let head = &head[..head.len().min(HEAD)];
    markup(head)
        .or_else(|| SIGNATURES.iter().find(|known| known.fits(head)).map(|known| known.media_type))
        .unwrap_or_else(|| if is_text(head) { "text/plain" } else { "application/octet-stream" })
}

impl Signature {
    fn fits(&self, head: &[u8]) -> bool {
        head.len() >= self.pattern.len()
            && self.pattern.iter().zip(head).all(|(wanted, byte)| wanted.is_none_or(|w| w == *byte))
    }
}

fn markup(head: &[u8]) -> Option<&'static str> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let start = head.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let head = &head[start..];
    let fits = |(tag, _): &&(&[u8], &str)| {
        let begins = head.get(..tag.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(tag));
        // `<b` is a tag, `<bank` is none; `<!--` and `<?xml` end by themselves.
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
        begins
            && (tag.ends_with(b"--")
                || tag.ends_with(b"xml")
                || head.get(tag.len()).is_some_and(ends))
    };
    MARKUP.iter().find(fits).map(|(_, media_type)| *media_type)
}

/// Without a byte that no text has (WHATWG MIME Sniffing §3).
fn is_text(head: &[u8]) -> bool {
    let has_mark =
        [&b"\xef\xbb\xbf"[..], b"\xfe\xff", b"\xff\xfe"].iter().any(|m| head.starts_with(m));
    let is_binary = |byte: &u8| matches!(byte, 0..=8 | 0xb | 0xe..=0x1a | 0x1c..=0x1f);
    has_mark || !head.iter().any(is_binary)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_known_by_how_it_begins() {
        for (head, media_type) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "image/png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
            (b"GIF89a\x01\0", "image/gif"),
            (b"RIFF\x01\x02\x03\x04WEBPVP8 ", "image/webp"),
            (b"RIFF\x01\x02\x03\x04WAVEfmt ", "audio/wave"),
            (b"\0\0\0\x18ftypavif\0\0", "image/avif"),
            (b"\0\0\0\x18ftypisom\0\0", "video/mp4"),
            (b"%PDF-1.7", "application/pdf"),
            (b"PK\x03\x04\x14\0", "application/zip"),
            (b"  \n<HTML >", "text/html"),
            (b"\xef\xbb\xbf<!DOCTYPE html>", "text/html"),
            (b"<script>alert(1)</script>", "text/html"),
            (b"<b>bold</b>", "text/html"),
            (b"<bank>", "text/plain"),
            (b"<svg xmlns='x' onload='alert(1)'>", "image/svg+xml"),
            (b"<?xml version='1.0'?><svg/>", "text/xml"),
            (b"#!/bin/sh\necho hi", "text/plain"),
            ("Größe".as_bytes(), "text/plain"),
            (b"", "text/plain"),
            (b"\x7fELF\x02\x01", "application/octet-stream"),
            (b"MZ\x90\0", "application/octet-stream"),
            (b"\x89PNG", "text/plain"),
        ] {
            assert_eq!(sniff(head), media_type, "{}", head.escape_ascii());
        }
    }
}
