//! How fast a client is, by how long it was waited for.

use std::time::Duration;

/// How far behind the rate it is to keep a client is.
///
/// The time in which it is waited for is added, and each byte takes off the time that it may take. No
/// byte earns time in advance: a client that was fast at first is behind as soon as one that was
/// never.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    behind: Duration,
    /// How many bytes have earned their time already.
    bytes: u64,
}

impl Pace {
    /// Of a client that is not behind, after so many bytes.
    pub(crate) fn after(bytes: u64) -> Self {
        Self { behind: Duration::ZERO, bytes }
    }

    /// Notes that it was waited for.
    pub(crate) fn wait(&mut self, time: Duration) {
        self.behind = self.behind.saturating_add(time);
    }

    /// Notes how many bytes there are by now, at so many bytes per second.
    pub(crate) fn earn(&mut self, bytes: u64, rate: u64) {
        let earned = time_of(bytes.saturating_sub(self.bytes), rate);
        self.behind = self.behind.saturating_sub(earned);
        self.bytes = bytes;
    }

    /// How much longer it may be waited for, of so much.
    pub(crate) fn left(&self, patience: Duration) -> Duration {
        patience.saturating_sub(self.behind)
    }
}

/// How long so many bytes may take. With a rate of zero, that is as long as it likes.
fn time_of(bytes: u64, rate: u64) -> Duration {
    let Some(seconds) = bytes.checked_div(rate) else { return Duration::MAX };
    let nanos = u128::from(bytes % rate) * 1_000_000_000 / u128::from(rate);
    Duration::new(seconds, u32::try_from(nanos).expect("the rest is less than a second"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    /// What is left when it was waited for so long before each of these bytes, in milliseconds.
    fn left(rate: u64, waits: &[(u64, u64)]) -> u128 {
        let (mut pace, mut bytes) = (Pace::after(0), 0);
        for (milliseconds, more) in waits {
            pace.wait(Duration::from_millis(*milliseconds));
            bytes += more;
            pace.earn(bytes, rate);
        }
        pace.left(PATIENCE).as_millis()
    }

    #[test]
    fn a_client_is_behind_by_what_its_bytes_have_not_earned() {
        assert_eq!(left(100, &[]), 10_000);
        assert_eq!(left(100, &[(5_000, 1)]), 5_010);
        assert_eq!(left(100, &[(5_000, 250)]), 7_500);
        assert_eq!(left(100, &[(1_000, 10); 9]), 1_900);
        assert_eq!(left(100, &[(1_000, 10); 20]), 0);
    }

    #[test]
    fn a_client_that_keeps_the_rate_may_take_for_ever() {
        assert_eq!(left(100, &[(1_000, 100); 1_000]), 10_000);
        assert_eq!(left(3, &[(9_000, 27); 1_000]), 10_000);
        assert_eq!(left(0, &[(9_000, 0); 1_000]), 10_000);
    }

    #[test]
    fn no_byte_earns_time_in_advance() {
        assert_eq!(left(100, &[(0, 1_000_000), (9_000, 1)]), 1_010);
        assert_eq!(left(1, &[(1, u64::MAX / 2), (9_000, 1)]), 2_000);
    }
}
