//! Names of files that are safe to be the last part of a path.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

/// The most bytes of a name: what file systems take, less room for a number.
const LONGEST: usize = 200;
/// What a file is called whose name has nothing left.
const NAMELESS: &str = "unnamed";
/// Devices of Windows, whatever their extension.
const DEVICES: [&str; 6] = ["aux", "con", "conin$", "conout$", "nul", "prn"];

/// The name of a file, safe to be the last part of a path on every system.
///
/// Made from any text: what names a folder is cut off, as is what hides the name or its end.
///
/// | in the text | in the name |
/// |---|---|
/// | everything up to the last `/` or `\` | left out |
/// | control characters, and those that turn the direction of text | left out |
/// | `<`, `>`, `:`, `"`, `\|`, `?`, `*` | `_` |
/// | dots and spaces at the beginning and the end | left out |
/// | a device of Windows, such as `nul` or `com1.txt` | `_` before it |
/// | more than 200 bytes | cut, the extension kept |
/// | nothing left | `unnamed` |
///
/// ```
/// use purlin_core::FileName;
///
/// assert_eq!(FileName::from("../../etc/passwd"), "passwd");
/// assert_eq!(FileName::from("C:\\temp\\Größe 1.PNG").extension(), Some("png".to_owned()));
/// assert_eq!(FileName::from("..").as_str(), "unnamed");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileName(String);

impl FileName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name up to its last dot: `report` of `report.pdf`.
    pub fn stem(&self) -> &str {
        self.split().0
    }

    /// What follows the last dot, in lower case: `png` of `Cover.PNG`. It is what the client
    /// wrote, and says nothing about the content.
    pub fn extension(&self) -> Option<String> {
        self.split().1.map(str::to_lowercase)
    }

    /// The same name with a number, for a place where it is taken: `report-2.pdf`.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Self {
        let (stem, extension) = self.split();
        Self(match extension {
            Some(extension) => format!("{stem}-{number}.{extension}"),
            None => format!("{stem}-{number}"),
        })
    }

    fn split(&self) -> (&str, Option<&str>) {
        match self.0.rsplit_once('.') {
            Some((stem, extension)) => (stem, Some(extension)),
            None => (&self.0, None),
        }
    }
}

impl From<&str> for FileName {
    fn from(text: &str) -> Self {
        let base = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let sound = base.chars().filter(|letter| !is_hidden(*letter));
        let sound: String =
            sound.map(|letter| if is_special(letter) { '_' } else { letter }).collect();
        let mut name = cut(trim(&sound));
        let stem = name.split('.').next().unwrap_or_default().trim_end();
        if is_device(stem) {
            name.insert(0, '_');
        }
        if name.is_empty() {
            name.push_str(NAMELESS);
        }
        Self(name)
    }
}

impl From<String> for FileName {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&String> for FileName {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&Self> for FileName {
    fn from(name: &Self) -> Self {
        name.clone()
    }
}

impl Deref for FileName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for FileName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl AsRef<std::path::Path> for FileName {
    fn as_ref(&self) -> &std::path::Path {
        self.0.as_ref()
    }
}

impl Borrow<str> for FileName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for FileName {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for FileName {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A dot in front hides a file, dots and spaces behind are dropped by Windows.
fn trim(text: &str) -> &str {
    text.trim_matches(|letter: char| letter == '.' || letter.is_whitespace())
}

/// Characters that are not seen, or that change how others are seen: `exe.gnp` for `png.exe`.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(letter, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// What Windows takes for something else.
fn is_special(letter: char) -> bool {
    matches!(letter, '<' | '>' | ':' | '"' | '|' | '?' | '*')
}

fn is_device(stem: &str) -> bool {
    let stem = stem.to_lowercase();
    let numbered = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let is_numbered = numbered.is_some_and(|number| {
        let mut letters = number.chars();
        matches!((letters.next(), letters.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    });
    is_numbered || DEVICES.contains(&stem.as_str())
}

/// Cuts a long name, and keeps its extension if that is not the long part.
fn cut(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let extension = extension.filter(|extension| extension.len() <= 20);
    match extension {
        Some(extension) => {
            let stem = &name[..name.floor_char_boundary(LONGEST - extension.len() - 1)];
            format!("{}.{extension}", trim(stem))
        }
        None => trim(&name[..name.floor_char_boundary(LONGEST)]).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_never_a_path() {
        for (text, name) in [
            ("a.png", "a.png"),
            ("Größe 1 (2).jpg", "Größe 1 (2).jpg"),
            ("../../x.sh", "x.sh"),
            ("..\\..\\x.sh", "x.sh"),
            ("/etc/passwd", "passwd"),
            ("C:\\x\\a.txt", "a.txt"),
            ("C:a.txt", "C_a.txt"),
            ("a.txt:stream", "a.txt_stream"),
            ("folder/", "unnamed"),
            ("..", "unnamed"),
            (". .", "unnamed"),
            ("", "unnamed"),
            ("\0", "unnamed"),
            ("a\0.png", "a.png"),
            ("a\r\nb", "ab"),
            ("photo\u{202e}gnp.exe", "photognp.exe"),
            (".env", "env"),
            (".htaccess", "htaccess"),
            ("a.txt. . ", "a.txt"),
            ("NUL", "_NUL"),
            ("nul.txt", "_nul.txt"),
            ("com1.tar.gz", "_com1.tar.gz"),
            ("COM¹", "_COM¹"),
            ("lpt9 .txt", "_lpt9 .txt"),
            ("com10", "com10"),
            ("console", "console"),
            ("a|b?c*d<e>f\"g", "a_b_c_d_e_f_g"),
        ] {
            assert_eq!(FileName::from(text), name, "{text:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let name = FileName::from(format!("{}.Tar", "ü".repeat(300)));
        assert!(name.len() <= LONGEST && name.ends_with("ü.Tar"), "{name}");
        let name = FileName::from(format!("a.{}", "ü".repeat(300)));
        assert!(name.len() <= LONGEST && name.starts_with("a.ü"), "{name}");
    }

    #[test]
    fn a_name_has_parts_and_can_be_numbered() {
        let name = FileName::from("a.tar.GZ");
        assert_eq!((name.stem(), name.extension()), ("a.tar", Some("gz".to_owned())));
        assert_eq!(name.numbered(2), "a.tar-2.GZ");
        let bare = FileName::from("README");
        assert_eq!((bare.stem(), bare.extension()), ("README", None));
        assert_eq!(bare.numbered(3), "README-3");
    }

    proptest! {
        #[test]
        fn every_name_is_one_part_of_a_path_and_safe_already(text: String, dots in "[./\\\\ a-c]{0,20}") {
            for text in [text, dots] {
                let name = FileName::from(&text);
                let path = std::path::Path::new("folder").join(&name);
                prop_assert_eq!(path.parent(), Some(std::path::Path::new("folder")));
                prop_assert_eq!(path.file_name(), Some(std::ffi::OsStr::new(name.as_str())));
                prop_assert!(!name.is_empty() && name.len() <= LONGEST + 1);
                prop_assert!(!name.contains(['/', '\\', '\0']) && !name.starts_with('.'));
                prop_assert_eq!(FileName::from(name.as_str()), name);
            }
        }
    }
}
