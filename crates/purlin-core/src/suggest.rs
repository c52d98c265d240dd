//! Suggestions: the known name that a misspelt one most likely meant.
//!
//! Every message about an unknown name (a configuration key, a JSON member, a route) ends with the
//! nearest known one. A wrong guess is worse than none, so [`nearest`] keeps silent unless about
//! two letters out of three are right.

/// Returns the known name nearest to `wanted`, if one is near enough to be worth mentioning.
///
/// Case is ignored, and exchanging two neighboring letters counts as one mistake, because that is
/// how fingers slip. Among equally near names the first one wins.
///
/// ```
/// # use purlin_core::nearest;
/// assert_eq!(nearest("prot", ["host", "port"]), Some("port"));
/// assert_eq!(nearest("colour", ["host", "port"]), None);
/// ```
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = letters(wanted);
    let mut nearest: Option<(usize, &str)> = None;
    for name in known {
        if let Some(distance) = distance_within_reach(&wanted, &letters(name))
            && nearest.is_none_or(|(least, _)| distance < least)
        {
            nearest = Some((distance, name));
        }
    }
    nearest.map(|(_, name)| name)
}

fn letters(name: &str) -> Vec<char> {
    name.to_lowercase().chars().collect()
}

/// The edit distance, or `None` where the names have too little in common.
///
/// Names whose lengths differ too much are not compared at all: a name may come from a request,
/// and be as long as its body.
fn distance_within_reach(a: &[char], b: &[char]) -> Option<usize> {
    let reach = a.len().max(b.len()) / 3;
    if a.len().abs_diff(b.len()) > reach {
        return None;
    }
    Some(distance(a, b)).filter(|&distance| distance <= reach)
}

/// Optimal string alignment: insertions, deletions, replacements and exchanges of neighbors.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &right) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(left != right);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && left == b[j - 1] && a[i - 1] == right {
                best = best.min(before_last[j - 1] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 5] = ["host", "port", "pool_size", "max_body_size", "id"];

    #[test]
    fn a_slip_of_the_finger_is_recognized() {
        assert_eq!(nearest("prot", KNOWN), Some("port"));
        assert_eq!(nearest("pol_size", KNOWN), Some("pool_size"));
        assert_eq!(nearest("maxBodySize", KNOWN), Some("max_body_size"));
        assert_eq!(nearest("PORT", KNOWN), Some("port"));
    }

    #[test]
    fn a_stranger_is_not_given_a_name() {
        assert_eq!(nearest("workers", KNOWN), None);
        assert_eq!(nearest("", KNOWN), None);
        assert_eq!(nearest("xx", KNOWN), None);
    }

    #[test]
    fn the_first_of_equals_wins() {
        assert_eq!(nearest("cart", ["card", "carp"]), Some("card"));
    }

    #[test]
    fn distances_are_counted_in_letters() {
        let count = |a, b| distance(&letters(a), &letters(b));
        assert_eq!(count("", "abc"), 3);
        assert_eq!(count("abc", "acb"), 1);
        assert_eq!(count("straße", "strasse"), 2);
        assert_eq!(count("kitten", "sitting"), 3);
    }
}
