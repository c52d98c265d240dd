//! The boundary of a form, from its `Content-Type`.

use super::disposition::parameters;

pub(crate) const FORM_DATA: &str = "multipart/form-data";

/// The longest boundary there is (RFC 2046 §5.1.1).
const LONGEST: usize = 70;

/// The text that separates the parts of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Boundary(String);

impl Boundary {
    /// Takes the boundary from the parameters of a media type.
    pub(crate) fn of(content_type: &[u8]) -> Result<Self, &'static str> {
        let start =
            content_type.iter().position(|byte| *byte == b';').unwrap_or(content_type.len());
        let mut found = None;
        for parameter in parameters(&content_type[start..]) {
            let (name, value) = parameter.map_err(|_| "its Content-Type cannot be read")?;
            if !name.eq_ignore_ascii_case("boundary") {
                continue;
            }
            // Two boundaries are two readings of one body.
            if found.replace(value).is_some() {
                return Err("its Content-Type has two boundaries");
            }
        }
        let found = found.ok_or("its Content-Type has no boundary")?;
        Self::new(&found)
    }

    fn new(text: &[u8]) -> Result<Self, &'static str> {
        let is_sound = !text.is_empty()
            && text.len() <= LONGEST
            && text.iter().all(|byte| is_boundary_byte(*byte))
            && !text.ends_with(b" ");
        match String::from_utf8(text.to_vec()) {
            Ok(text) if is_sound => Ok(Self(text)),
            _ => Err("its boundary is not 1 to 70 letters, digits and marks (RFC 2046 §5.1.1)"),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// `bchars` of RFC 2046 §5.1.1.
fn is_boundary_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(content_type: &str) -> Result<String, &'static str> {
        Boundary::of(content_type.as_bytes()).map(|boundary| boundary.as_str().to_owned())
    }

    #[test]
    fn a_boundary_may_be_quoted_and_stand_anywhere() {
        assert_eq!(of("multipart/form-data; boundary=abc"), Ok("abc".to_owned()));
        assert_eq!(of("multipart/form-data;charset=utf-8;BOUNDARY=a-b"), Ok("a-b".to_owned()));
        assert_eq!(
            of("multipart/form-data; boundary=\"a b(c)?=\" ; x=y"),
            Ok("a b(c)?=".to_owned())
        );
        let longest = "x".repeat(70);
        assert_eq!(of(&format!("multipart/form-data; boundary={longest}")), Ok(longest));
    }

    #[test]
    fn other_boundaries_are_refused() {
        for parameters in [
            "",
            ";",
            "; boundary",
            "; boundary=",
            "; boundary=\"\"",
            "; boundary=\"a \"",
            "; boundary=\"a",
            "; boundary=ü",
            "; boundary=\"a;b\"",
            "; boundary=\"a\\-b\"",
            "; boundary=a; boundary=b",
            "; boundary=a; boundary=a",
        ] {
            assert!(of(&format!("multipart/form-data{parameters}")).is_err(), "{parameters:?}");
        }
        assert!(of(&format!("multipart/form-data; boundary={}", "x".repeat(71))).is_err());
    }
}
