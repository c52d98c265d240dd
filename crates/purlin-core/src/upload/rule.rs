//! Rules about uploads, for `#[garde(custom(…))]`.

use super::Upload;
use crate::multipart::Image;

/// What a rule about uploads can stand on: an [`Upload`], an optional one, or a list of them.
pub trait Uploads {
    /// All that are there.
    fn uploads(&self) -> impl Iterator<Item = &Upload>;
}

impl Uploads for Upload {
    fn uploads(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self)
    }
}

impl Uploads for Option<Upload> {
    fn uploads(&self) -> impl Iterator<Item = &Upload> {
        self.iter()
    }
}

impl Uploads for Vec<Upload> {
    fn uploads(&self) -> impl Iterator<Item = &Upload> {
        self.iter()
    }
}

impl Upload {
    /// A rule: the content looks like one of these media types; `image/*` stands for all of a kind.
    ///
    /// `#[garde(custom(Upload::looks_like(&["application/pdf", "image/*"])))]`
    pub fn looks_like<U: Uploads>(media_types: &[&str]) -> impl Fn(&U, &()) -> garde::Result {
        move |uploads, ()| {
            each(uploads, |upload| {
                let is_one = |wanted: &&str| covers(wanted, upload.media_type());
                if media_types.iter().any(is_one) {
                    return Ok(());
                }
                let list = media_types.join(", ");
                Err(format!("must look like {list} (it looks like {})", upload.media_type()))
            })
        }
    }

    /// A rule: the name ends in one of these extensions, whatever their case.
    ///
    /// `#[garde(custom(Upload::ends_in(&["jpg", "jpeg"])))]`
    pub fn ends_in<U: Uploads>(extensions: &[&str]) -> impl Fn(&U, &()) -> garde::Result {
        move |uploads, ()| {
            each(uploads, |upload| {
                let extension = upload.name().extension().unwrap_or_default();
                if extensions.iter().any(|wanted| wanted.eq_ignore_ascii_case(&extension)) {
                    return Ok(());
                }
                Err(format!("must have a name that ends in .{}", extensions.join(", .")))
            })
        }
    }
}

impl Image {
    /// A rule: the file is an image of a known format, at most so wide and so high.
    ///
    /// `#[garde(custom(Image::up_to(4096, 4096)))]`
    pub fn up_to<U: Uploads>(width: u32, height: u32) -> impl Fn(&U, &()) -> garde::Result {
        image_rule(move |image| {
            (image.width > width || image.height > height)
                .then(|| format!("must be at most {width} × {height} pixels large"))
        })
    }

    /// A rule: the file is an image of a known format, with at most so many pixels.
    ///
    /// `#[garde(custom(Image::pixels_up_to(20_000_000)))]`
    pub fn pixels_up_to<U: Uploads>(most: u64) -> impl Fn(&U, &()) -> garde::Result {
        image_rule(move |image| {
            (image.pixels() > most).then(|| format!("must have at most {most} pixels"))
        })
    }
}

fn image_rule<U: Uploads>(
    breaks: impl Fn(Image) -> Option<String>,
) -> impl Fn(&U, &()) -> garde::Result {
    move |uploads, ()| {
        each(uploads, |upload| match upload.image() {
            None => Err("must be a PNG, JPEG, GIF or WebP image".to_owned()),
            Some(image) => match breaks(image) {
                None => Ok(()),
                Some(rule) => Err(format!("{rule} (it has {} × {})", image.width, image.height)),
            },
        })
    }
}

fn each<U: Uploads>(uploads: &U, rule: impl Fn(&Upload) -> Result<(), String>) -> garde::Result {
    uploads.uploads().try_for_each(rule).map_err(garde::Error::new)
}

fn covers(wanted: &str, media_type: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(kind) => media_type.starts_with(kind),
        None => wanted.eq_ignore_ascii_case(media_type),
    }
}
