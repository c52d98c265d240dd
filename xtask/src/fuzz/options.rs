//! What `cargo xtask fuzz` is asked for.

/// How long a target runs unless said: a look, not a search.
const SECONDS: u32 = 10;

#[derive(Debug, PartialEq)]
pub(super) struct Options {
    pub(super) seconds: u32,
    pub(super) targets: Vec<String>,
}

impl Options {
    /// Reads `[--seconds N] [TARGET]`; without a target, all are meant.
    pub(super) fn read(arguments: &[&str], known: &[String]) -> Result<Self, String> {
        let mut options = Self { seconds: SECONDS, targets: Vec::new() };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match *argument {
                "--seconds" => options.seconds = seconds(arguments.next())?,
                target if known.iter().any(|known| known == target) => {
                    options.targets.push(target.to_owned());
                }
                unknown => {
                    return Err(format!("no target `{unknown}`; there are {}", known.join(", ")));
                }
            }
        }
        if options.targets.is_empty() {
            options.targets = known.to_vec();
        }
        Ok(options)
    }
}

fn seconds(text: Option<&&str>) -> Result<u32, String> {
    let number = text.and_then(|text| text.parse().ok()).filter(|seconds| *seconds > 0);
    number.ok_or_else(|| "`--seconds` wants a number, at least 1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::Options;

    fn read(line: &str) -> Result<(u32, String), String> {
        let known = ["cookies".to_owned(), "routes".to_owned()];
        let arguments: Vec<&str> = line.split_whitespace().collect();
        let options = Options::read(&arguments, &known)?;
        Ok((options.seconds, options.targets.join(" ")))
    }

    #[test]
    fn every_target_is_meant_unless_one_is_named() {
        assert_eq!(read(""), Ok((10, "cookies routes".to_owned())));
        assert_eq!(read("--seconds 600 routes"), Ok((600, "routes".to_owned())));
        assert_eq!(read("routes --seconds 1"), Ok((1, "routes".to_owned())));
    }

    #[test]
    fn what_is_no_target_and_no_time_is_told() {
        let told = "no target `paths`; there are cookies, routes";
        assert_eq!(read("paths"), Err(told.to_owned()));
        for line in ["--seconds", "--seconds 0", "--seconds soon"] {
            assert_eq!(read(line), Err("`--seconds` wants a number, at least 1".to_owned()));
        }
    }
}
