//! The mode: for whom the application runs.

use std::fmt;
use std::str::FromStr;

use crate::suggest::nearest;

/// For whom the application runs: its developer, its tests, or everybody.
///
/// The three are all there are, and nothing but defaults may depend on them: what differs between
/// two servers is configuration, not a mode.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[expect(
    clippy::exhaustive_enums,
    reason = "what differs between two servers is configuration, never another mode"
)]
pub enum Mode {
    /// On the developer's machine: explains mistakes in full.
    Dev,
    /// Under test: as production, but quiet and without waiting.
    Test,
    /// For everybody: tells nothing about itself.
    Prod,
}

impl Mode {
    /// All modes, the most talkative first.
    pub const ALL: [Self; 3] = [Self::Dev, Self::Test, Self::Prod];

    /// The name in `PURLIN_MODE`, in `--mode` and as a table of the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Test => "test",
            Self::Prod => "prod",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Mode {
    type Err = ModeError;

    fn from_str(text: &str) -> Result<Self, ModeError> {
        let found = Self::ALL.into_iter().find(|mode| mode.name() == text);
        found.ok_or_else(|| ModeError { text: text.to_owned() })
    }
}

/// A name that is no mode.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ModeError {
    text: String,
}

impl fmt::Display for ModeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text } = self;
        write!(formatter, "`{text}` is not a mode: there are `dev`, `test` and `prod`")?;
        let whole_words = ["development", "testing", "production"];
        match nearest(text, whole_words.into_iter().chain(Mode::ALL.map(Mode::name))) {
            Some(name) if name.starts_with("dev") => formatter.write_str(", and this means `dev`"),
            Some(name) if name.starts_with("test") => {
                formatter.write_str(", and this means `test`")
            }
            Some(_) => formatter.write_str(", and this means `prod`"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ModeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_written_as_it_is_read() {
        for mode in Mode::ALL {
            assert_eq!(mode.to_string().parse(), Ok(mode));
        }
        assert_eq!(
            "production".parse::<Mode>().unwrap_err().to_string(),
            "`production` is not a mode: there are `dev`, `test` and `prod`, and this means `prod`"
        );
        assert_eq!(
            "x".parse::<Mode>().unwrap_err().to_string(),
            "`x` is not a mode: there are `dev`, `test` and `prod`"
        );
    }
}
