//! What came of a load test.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What came of a load test; times are in seconds.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Summary {
    /// All requests, also those without an answer.
    pub total_requests: u64,
    /// How many at a time.
    pub concurrency: usize,
    /// From the first request to the last answer.
    pub total_time: f64,
    /// Answers per second.
    pub requests_per_second: f64,
    /// Of all answers, as are the following.
    pub avg_response_time: f64,
    /// The shortest.
    pub min_response_time: f64,
    /// The longest.
    pub max_response_time: f64,
    /// Half of the answers were as fast.
    pub p50_response_time: f64,
    /// 95 % of the answers were as fast.
    pub p95_response_time: f64,
    /// 99 % of the answers were as fast.
    pub p99_response_time: f64,
    /// Requests without an answer.
    pub errors: u64,
    /// Why, and how often.
    pub error_kinds: BTreeMap<String, u64>,
    /// Answers of another status than 2xx.
    pub not_2xx: u64,
    /// How many answers of each status.
    pub statuses: BTreeMap<u16, u64>,
    /// Of all bodies.
    pub bytes: u64,
}

impl Summary {
    /// Whether every request got a 2xx, and there was one at all.
    pub fn is_good(&self) -> bool {
        self.errors == 0 && self.not_2xx == 0 && self.total_requests > 0
    }

    pub(super) fn of(outcome: Outcome, concurrency: usize, total: Duration) -> Self {
        let Outcome { mut times, statuses, bytes, errors, error_kinds, .. } = outcome;
        times.sort_unstable();
        let answers = times.len() as u64;
        let seconds = |time: Option<&Duration>| time.map_or(0.0, Duration::as_secs_f64);
        let sum: f64 = times.iter().map(Duration::as_secs_f64).sum();
        let not_2xx = statuses.iter().filter(|(status, _)| !(200..300).contains(*status));
        Self {
            total_requests: answers + errors,
            concurrency,
            total_time: total.as_secs_f64(),
            requests_per_second: answers as f64 / total.as_secs_f64().max(f64::MIN_POSITIVE),
            avg_response_time: if answers == 0 { 0.0 } else { sum / answers as f64 },
            min_response_time: seconds(times.first()),
            max_response_time: seconds(times.last()),
            p50_response_time: percentile(&times, 50).as_secs_f64(),
            p95_response_time: percentile(&times, 95).as_secs_f64(),
            p99_response_time: percentile(&times, 99).as_secs_f64(),
            errors,
            error_kinds,
            not_2xx: not_2xx.map(|(_, count)| count).sum(),
            statuses,
            bytes,
        }
    }
}

/// The value at `n * percent / 100` of `n` sorted ones; zero of none.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let index = sorted.len() * percent / 100;
    sorted.get(index).copied().unwrap_or_default()
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |seconds: f64| seconds * 1000.0;
        writeln!(f, "Requests: {}, {} at a time", self.total_requests, self.concurrency)?;
        writeln!(f, "Total time: {:.2}s", self.total_time)?;
        writeln!(f, "Requests per second: {:.2}", self.requests_per_second)?;
        writeln!(f, "Average response time: {:.2}ms", ms(self.avg_response_time))?;
        writeln!(f, "Minimum response time: {:.2}ms", ms(self.min_response_time))?;
        writeln!(f, "Maximum response time: {:.2}ms", ms(self.max_response_time))?;
        writeln!(f, "Median response time: {:.2}ms", ms(self.p50_response_time))?;
        writeln!(f, "95th percentile response time: {:.2}ms", ms(self.p95_response_time))?;
        writeln!(f, "99th percentile response time: {:.2}ms", ms(self.p99_response_time))?;
        writeln!(f, "Errors: {}", self.errors)?;
        for (kind, count) in &self.error_kinds {
            writeln!(f, "  {count} × {kind}")?;
        }
        write!(f, "Answers that are no 2xx: {}", self.not_2xx)?;
        for (status, count) in &self.statuses {
            if !(200..300).contains(status) {
                write!(f, "\n  {count} × {status}")?;
            }
        }
        Ok(())
    }
}

/// What came of the requests of a place, and of all of them.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    times: Vec<Duration>,
    statuses: BTreeMap<u16, u64>,
    bytes: u64,
    errors: u64,
    error_kinds: BTreeMap<String, u64>,
    /// Sent, or to be sent, and not answered yet.
    pub(super) pending: u64,
}

impl Outcome {
    pub(super) fn answered(&mut self, status: u16, bytes: u64, time: Duration) {
        self.times.push(time);
        *self.statuses.entry(status).or_default() += 1;
        self.bytes += bytes;
        self.pending -= 1;
    }

    /// All that is pending is lost.
    pub(super) fn failed(&mut self, error: &io::Error) {
        let lost = std::mem::take(&mut self.pending);
        self.errors += lost;
        *self.error_kinds.entry(error.kind().to_string()).or_default() += lost;
    }

    pub(super) fn add(&mut self, other: Self) {
        self.times.extend(other.times);
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.bytes += other.bytes;
        self.errors += other.errors;
        for (kind, count) in other.error_kinds {
            *self.error_kinds.entry(kind).or_default() += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(milliseconds: impl IntoIterator<Item = u64>) -> Outcome {
        let mut outcome = Outcome::default();
        for time in milliseconds {
            outcome.pending += 1;
            outcome.answered(200, 10, Duration::from_millis(time));
        }
        outcome
    }

    fn assert_near(value: f64, wanted: f64) {
        assert!((value - wanted).abs() < 1e-9, "{value} is not {wanted}");
    }

    #[test]
    fn percentiles_are_those_of_the_sorted_times() {
        let summary = Summary::of(outcome((1..=100).rev()), 10, Duration::from_secs(2));
        assert_near(summary.p50_response_time, 0.051);
        assert_near(summary.p95_response_time, 0.096);
        assert_near(summary.p99_response_time, 0.1);
        assert_near(summary.min_response_time, 0.001);
        assert_near(summary.max_response_time, 0.1);
        assert_near(summary.avg_response_time, 0.0505);
        assert_near(summary.requests_per_second, 50.0);
        assert_eq!((summary.total_requests, summary.bytes), (100, 1000));
        assert!(summary.is_good());
    }

    #[test]
    fn errors_and_other_statuses_are_no_success() {
        let mut bad = outcome([1]);
        bad.pending += 2;
        bad.answered(503, 0, Duration::from_millis(1));
        bad.failed(&io::ErrorKind::ConnectionReset.into());
        let summary = Summary::of(bad, 1, Duration::from_secs(1));
        assert_eq!((summary.total_requests, summary.errors, summary.not_2xx), (3, 1, 1));
        assert!(!summary.is_good());
        let text = summary.to_string();
        assert!(text.contains("1 × connection reset") && text.contains("1 × 503"), "{text}");
    }

    #[test]
    fn no_answer_at_all_is_no_division_by_zero() {
        let summary = Summary::of(Outcome::default(), 1, Duration::ZERO);
        assert_near(summary.avg_response_time, 0.0);
        assert_near(summary.requests_per_second, 0.0);
        assert!(!summary.is_good());
    }

    #[test]
    fn the_three_lines_are_printed() {
        let text = Summary::of(outcome([20, 20]), 2, Duration::from_secs(1)).to_string();
        for line in [
            "Requests per second: 2.00",
            "Average response time: 20.00ms",
            "95th percentile response time: 20.00ms",
        ] {
            assert!(text.contains(line), "{text}");
        }
    }
}
