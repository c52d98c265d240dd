//! How many descriptors the process may have open.

/// How many descriptors the process may have open, where the system says it in a file.
pub(crate) fn allowed() -> Option<u64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    soft_limit(&limits)
}

/// The soft limit stands before the hard one.
fn soft_limit(limits: &str) -> Option<u64> {
    let columns = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match columns.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_counts() {
        let line = |soft: &str| {
            format!(
                "Max processes 9 9 processes\nMax open files            {soft}   524288   files \n"
            )
        };
        assert_eq!(soft_limit(&line("1024")), Some(1024));
        assert_eq!(soft_limit(&line("unlimited")), Some(u64::MAX));
        assert_eq!(soft_limit("Max processes 9 9 processes\n"), None);
    }
}
