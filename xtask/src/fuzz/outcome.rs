//! What libFuzzer wrote, in few words.

/// How much of what it wrote is shown when something was found.
const MOST_LINES: usize = 40;

/// The last line: how many targets found something.
pub(super) fn summary(count: usize, failed: &[&str]) -> String {
    match failed.len() {
        0 => format!("fuzz: {count} targets found nothing"),
        some => format!("error: {some} of {count} targets found something: {}", failed.join(", ")),
    }
}

/// How much was tried, and how much of the program it reached.
pub(super) fn told(text: &str) -> String {
    let inputs = text.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    let edges = text.lines().rev().find_map(|line| line.split_once("cov: ")?.1.split(' ').next());
    let (inputs, edges) = (inputs.map_or("?", str::trim), edges.unwrap_or("?"));
    format!("{inputs} inputs, {edges} edges")
}

/// What was found, and how to see it again.
pub(super) fn wrong(text: &str, binary: &str) -> String {
    let begins = |line: &&str| line.contains("panicked at") || line.contains("ERROR: libFuzzer");
    let is_noise = |line: &&str| line.starts_with('#') || line.starts_with("0x");
    let lines = text.lines().skip_while(|line| !begins(line)).filter(|line| !is_noise(line));
    let shown: Vec<&str> = lines.take(MOST_LINES).collect();
    let written = text.lines().rev().find_map(|line| line.split_once("Test unit written to "));
    let again = match written {
        Some((_, input)) => format!("\n\nto see it again: {binary} {input}"),
        None => String::new(),
    };
    // Where it ended in another way, its last words have to do.
    let shown = if shown.is_empty() { text.lines().rev().take(1).collect() } else { shown };
    shown.join("\n") + &again
}

#[cfg(test)]
mod tests {
    use super::{summary, told, wrong};

    const PASSED: &str = "\
#2 INITED cov: 11 ft: 12 corp: 1/1b exec/s: 0 rss: 27Mb
#900 DONE   cov: 467 ft: 1500 corp: 362/30Kb lim: 4096 exec/s: 71601 rss: 28Mb
stat::number_of_executed_units: 900
stat::peak_rss_mb:              28
";

    const FAILED: &str = "\
#2 INITED cov: 11 ft: 12 corp: 1/1b exec/s: 0 rss: 27Mb
thread '<unnamed>' panicked at targets/ranges.rs:9:5:
a part is empty
#3 NEW cov: 12
0x30,0x0a,
artifact_prefix='x'; Test unit written to target/fuzz/findings/ranges-crash-1
Base64: MAo=
";

    #[test]
    fn a_run_is_told_by_its_numbers() {
        assert_eq!(told(PASSED), "900 inputs, 467 edges");
        assert_eq!(told("Segmentation fault"), "? inputs, ? edges");
    }

    #[test]
    fn a_finding_is_told_with_its_input() {
        let told = wrong(FAILED, "target/ranges");
        assert!(told.starts_with("thread '<unnamed>' panicked at targets/ranges.rs"), "{told}");
        assert!(told.contains("a part is empty") && !told.contains("0x30"), "{told}");
        let again = "to see it again: target/ranges target/fuzz/findings/ranges-crash-1";
        assert!(told.ends_with(again), "{told}");
    }

    #[test]
    fn another_end_is_told_by_its_last_words() {
        assert_eq!(wrong("INFO: seed\nout of memory", "x"), "out of memory");
    }

    #[test]
    fn the_summary_names_the_targets() {
        assert_eq!(summary(2, &[]), "fuzz: 2 targets found nothing");
        let expected = "error: 1 of 2 targets found something: routes";
        assert_eq!(summary(2, &["routes"]), expected);
    }
}
