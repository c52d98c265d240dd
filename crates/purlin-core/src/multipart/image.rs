//! How large an image is, from its header alone.

use std::fmt;

/// The formats of images that are recognized: those that every browser shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ImageFormat {
    /// GIF.
    Gif,
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    WebP,
}

impl ImageFormat {
    /// The media type: `image/png`.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Gif => "image/gif",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
        }
    }

    /// The usual extension of a file: `png`.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Gif => "gif",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
        }
    }
}

impl fmt::Display for ImageFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Gif => "GIF",
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
        })
    }
}

/// What the header of an image says: its format and its size.
///
/// The image is not decoded: a header that lies is found out by whoever decodes it, who should hold
/// it to the same limits. An animated image has the size of its canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Image {
    /// The format.
    pub format: ImageFormat,
    /// The width in pixels, at least 1.
    pub width: u32,
    /// The height in pixels, at least 1.
    pub height: u32,
}

impl Image {
    /// Reads the header of an image; `None` when it is none of the known formats, or ends before it
    /// says its size.
    ///
    /// ```
    /// use purlin_core::{Image, ImageFormat};
    ///
    /// let image = Image::of(b"GIF89a\x20\x00\x10\x00").unwrap();
    /// assert_eq!((image.format, image.width, image.height), (ImageFormat::Gif, 32, 16));
    /// assert!(Image::of(b"not an image").is_none());
    /// ```
    pub fn of(content: &[u8]) -> Option<Self> {
        let mut probe = ImageProbe::default();
        probe.push(content);
        probe.image()
    }

    /// Width times height.
    pub const fn pixels(&self) -> u64 {
        self.width as u64 * self.height as u64
    }
}

/// How many bytes say the size in all formats but JPEG.
const HEADER: usize = 30;

/// Looks for the size of an image while it goes by, in constant memory: in a JPEG it may stand far
/// behind the beginning.
#[derive(Debug, Default)]
pub(crate) struct ImageProbe {
    state: State,
}

#[derive(Debug)]
enum State {
    /// The first bytes.
    Header(Vec<u8>),
    Jpeg(Jpeg),
    Done(Option<Image>),
}

impl Default for State {
    fn default() -> Self {
        Self::Header(Vec::with_capacity(HEADER))
    }
}

impl ImageProbe {
    /// Looks at the next bytes.
    pub(crate) fn push(&mut self, mut chunk: &[u8]) {
        while let State::Header(header) = &mut self.state {
            if chunk.is_empty() {
                return;
            }
            let missing = HEADER - header.len();
            let (taken, rest) = chunk.split_at(chunk.len().min(missing));
            header.extend_from_slice(taken);
            chunk = rest;
            if let Some(next) = recognize(header) {
                self.state = next;
            }
        }
        if let State::Jpeg(jpeg) = &mut self.state
            && let Some(found) = jpeg.push(chunk)
        {
            self.state = State::Done(found.0);
        }
    }

    /// What was found.
    pub(crate) fn image(&self) -> Option<Image> {
        match &self.state {
            State::Header(header) => short(header),
            State::Jpeg(_) => None,
            State::Done(image) => *image,
        }
    }
}

/// Goes on when enough of the header is there.
fn recognize(header: &[u8]) -> Option<State> {
    if header.starts_with(&[0xff, 0xd8, 0xff]) {
        let mut jpeg = Jpeg::default();
        return Some(match jpeg.push(&header[2..]) {
            Some(found) => State::Done(found.0),
            None => State::Jpeg(jpeg),
        });
    }
    (header.len() == HEADER).then(|| State::Done(short(header)))
}

/// An image whose size stands at the beginning.
fn short(header: &[u8]) -> Option<Image> {
    let (format, width, height) = gif(header).or_else(|| png(header)).or_else(|| webp(header))?;
    image(format, width, height)
}

fn image(format: ImageFormat, width: u32, height: u32) -> Option<Image> {
    (width > 0 && height > 0).then_some(Image { format, width, height })
}

fn gif(header: &[u8]) -> Option<(ImageFormat, u32, u32)> {
    let rest = header.strip_prefix(b"GIF87a").or_else(|| header.strip_prefix(b"GIF89a"))?;
    Some((ImageFormat::Gif, little(rest.get(..2)?), little(rest.get(2..4)?)))
}

/// PNG §5.2, §11.2.1: the signature, then a chunk `IHDR` of 13 bytes.
fn png(header: &[u8]) -> Option<(ImageFormat, u32, u32)> {
    let rest = header.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")?;
    Some((ImageFormat::Png, big(rest.get(..4)?), big(rest.get(4..8)?)))
}

/// RFC 9649 §2.5 to §2.7: three kinds of first chunk.
fn webp(header: &[u8]) -> Option<(ImageFormat, u32, u32)> {
    let body = header.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WEBP")?;
    let (kind, body) = (body.get(..4)?, body.get(8..)?);
    let (width, height) = match kind {
        b"VP8 " => {
            let frame = body.get(3..)?.strip_prefix(&[0x9d, 0x01, 0x2a])?;
            // The two bits above are for scaling.
            (little(frame.get(..2)?) & 0x3fff, little(frame.get(2..4)?) & 0x3fff)
        }
        b"VP8L" => {
            let bits = little(body.strip_prefix(&[0x2f])?.get(..4)?);
            ((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1)
        }
        b"VP8X" => (little(body.get(4..7)?) + 1, little(body.get(7..10)?) + 1),
        _ => return None,
    };
    Some((ImageFormat::WebP, width, height))
}

fn little(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn big(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Walks the segments of a JPEG (ITU T.81 Annex B) up to the one that says the size.
#[derive(Debug, Default)]
struct Jpeg {
    /// How many bytes are not looked at.
    skip: usize,
    /// The beginning of a segment: marker, length, and in a frame header the size.
    segment: Vec<u8>,
}

impl Jpeg {
    /// Looks at the next bytes after the marker of the beginning.
    fn push(&mut self, mut chunk: &[u8]) -> Option<Found> {
        loop {
            let skipped = self.skip.min(chunk.len());
            self.skip -= skipped;
            chunk = &chunk[skipped..];
            let (byte, rest) = chunk.split_first()?;
            chunk = rest;
            self.segment.push(*byte);
            match self.look() {
                Look::More => {}
                Look::Skip(length) => {
                    self.segment.clear();
                    self.skip = length;
                }
                Look::Found(image) => return Some(Found(image)),
            }
        }
    }

    fn look(&mut self) -> Look {
        match self.segment[..] {
            // Any number of fill bytes may stand before a marker.
            [0xff, 0xff] => {
                self.segment.truncate(1);
                Look::More
            }
            // Markers that stand alone.
            [0xff, 0x01 | 0xd0..=0xd7] => Look::Skip(0),
            // Without a frame before it, a scan or an end is of no image.
            [0xff, 0x00 | 0xd8..=0xda] => Look::Found(None),
            [0xff, marker, high, low] if !is_frame(marker) => {
                match (usize::from(high) << 8 | usize::from(low)).checked_sub(2) {
                    Some(length) => Look::Skip(length),
                    None => Look::Found(None),
                }
            }
            [0xff, _, _, _, _, y1, y2, x1, x2] => {
                Look::Found(image(ImageFormat::Jpeg, big(&[x1, x2]), big(&[y1, y2])))
            }
            [0xff, ..] => Look::More,
            _ => Look::Found(None),
        }
    }
}

/// That no more has to be looked at, and the image if it is one.
struct Found(Option<Image>);

enum Look {
    More,
    Skip(usize),
    Found(Option<Image>),
}

/// Whether a segment begins a frame, and so says the size.
fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn size(content: &[u8]) -> Option<(ImageFormat, u32, u32)> {
        Image::of(content).map(|image| (image.format, image.width, image.height))
    }

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\x02\0\0\0\x03\x08\x06";
    const LOSSLESS: &[u8] = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x1f\xc0\x03\0";

    fn jpeg() -> Vec<u8> {
        let mut jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec();
        // A comment longer than what is kept, a table, then a progressive frame.
        jpeg.extend_from_slice(b"\xff\xff\xff\xfe\xff\xff");
        jpeg.extend(std::iter::repeat_n(0xff, 65533));
        jpeg.extend_from_slice(b"\xff\xc4\0\x03\0\xff\xc2\0\x11\x08\x01\x00\x02\x01\x03");
        jpeg
    }

    #[test]
    fn the_size_of_every_format_is_found() {
        assert_eq!(size(PNG), Some((ImageFormat::Png, 0x102, 3)));
        assert_eq!(size(b"GIF87a\x01\x02\x03\x00"), Some((ImageFormat::Gif, 0x201, 3)));
        assert_eq!(size(&jpeg()), Some((ImageFormat::Jpeg, 0x201, 0x100)));
        assert_eq!(size(LOSSLESS), Some((ImageFormat::WebP, 32, 16)));
        let lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\x30\x01\x00\x9d\x01\x2a\x40\x41\xf0\x00";
        assert_eq!(size(lossy), Some((ImageFormat::WebP, 320, 240)));
        let extended = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0\xff\x03\0\x01\0\0";
        assert_eq!(size(extended), Some((ImageFormat::WebP, 1024, 2)));
    }

    #[test]
    fn what_says_no_size_is_no_image() {
        for content in [
            &b""[..],
            b"text",
            b"<svg width='1' height='1'/>",
            b"GIF89a\x01",
            b"GIF89a\0\0\x01\0",
            b"\x89PNG\r\n\x1a\n\0\0\0\x0cIHDR\0\0\x01\x02\0\0\0\x03",
            b"\xff\xd8\xff\xd9",
            b"\xff\xd8\xff\xda\0\x03\0\xff\xc0\0\x11\x08\0\x01\0\x01",
            b"\xff\xd8\xff\xfe\0\x01",
            b"\xff\xd8\xff\xfe\0\x03ab",
            b"RIFF\0\0\0\0WEBPXXXX\0\0\0\0\x2f\x1f\xc0\x03\0",
            b"RIFF\0\0\0\0WAVEfmt ",
        ] {
            assert_eq!(Image::of(content), None, "{}", content.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn however_it_is_cut_the_size_is_the_same(
            which in 0..3_usize,
            cuts in prop::collection::vec(1..40_usize, 0..60),
        ) {
            let content = vec![PNG.to_vec(), LOSSLESS.to_vec(), jpeg()].swap_remove(which);
            let mut probe = ImageProbe::default();
            let mut rest = &content[..];
            for cut in cuts {
                let (chunk, after) = rest.split_at(cut.min(rest.len()));
                probe.push(chunk);
                rest = after;
            }
            probe.push(rest);
            prop_assert_eq!(probe.image(), Image::of(&content));
            prop_assert!(probe.image().is_some());
        }

        #[test]
        fn no_content_is_too_odd(
            start in prop::sample::select(vec![&b""[..], b"\xff\xd8\xff", b"RIFF....WEBPVP8", PNG]),
            content in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            Image::of(&[start, &content].concat());
        }
    }
}
