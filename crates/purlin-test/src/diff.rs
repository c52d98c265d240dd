//! Says how two JSON values differ: line by line, or by what one lacks of the other.

use std::fmt::Write as _;

use serde_json::Value;

/// How many equal lines are shown before the first difference, and after the last one.
const CONTEXT: usize = 10;
/// How many lines of each value are compared with each other, from the first that differs on: the
/// work and the memory are the square of it.
const COMPARED: usize = 1000;

/// Both values, line by line: `-` was expected, `+` came.
pub(crate) fn lines(expected: &Value, came: &Value) -> String {
    let (expected, came) = (format!("{expected:#}"), format!("{came:#}"));
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), came.lines().collect());
    let at = equal(old.iter().zip(&new));
    let (head, old, new) = (&old[..at], &old[at..], &new[at..]);
    let same = equal(old.iter().rev().zip(new.iter().rev()));
    let (old, tail) = old.split_at(old.len() - same);
    let new = &new[..new.len() - same];

    let mut out = String::new();
    let (hidden, shown) = head.split_at(head.len().saturating_sub(CONTEXT));
    write_hidden(&mut out, hidden.len(), "equal");
    write_lines(&mut out, ' ', shown);
    let (old, old_rest) = old.split_at(old.len().min(COMPARED));
    let (new, new_rest) = new.split_at(new.len().min(COMPARED));
    write_difference(&mut out, old, new);
    write_hidden(&mut out, old_rest.len(), "more that were expected");
    write_hidden(&mut out, new_rest.len(), "more that came");
    let (shown, hidden) = tail.split_at(tail.len().min(CONTEXT));
    write_lines(&mut out, ' ', shown);
    write_hidden(&mut out, hidden.len(), "equal");
    out
}

/// How many pairs are equal, up to the first that is not.
fn equal<'a>(pairs: impl Iterator<Item = (&'a &'a str, &'a &'a str)>) -> usize {
    pairs.take_while(|(old, new)| old == new).count()
}

fn write_lines(out: &mut String, sign: char, lines: &[&str]) {
    for line in lines {
        let _ = writeln!(out, "  {sign} {line}");
    }
}

fn write_hidden(out: &mut String, count: usize, what: &str) {
    if count > 0 {
        let plural = if count == 1 { "" } else { "s" };
        let _ = writeln!(out, "  … {count} line{plural} {what}");
    }
}

fn write_difference(out: &mut String, old: &[&str], new: &[&str]) {
    let common = longest_common(old, new);
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        let (sign, line) = if i < old.len() && j < new.len() && old[i] == new[j] {
            i += 1;
            j += 1;
            (' ', old[i - 1])
        } else if j == new.len() || i < old.len() && common[i + 1][j] >= common[i][j + 1] {
            i += 1;
            ('-', old[i - 1])
        } else {
            j += 1;
            ('+', new[j - 1])
        };
        write_lines(out, sign, &[line]);
    }
}

/// For every pair of ends, how many lines the rests have in common.
fn longest_common(old: &[&str], new: &[&str]) -> Vec<Vec<usize>> {
    let mut table = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            table[i][j] = if old[i] == new[j] {
                table[i + 1][j + 1] + 1
            } else {
                table[i + 1][j].max(table[i][j + 1])
            };
        }
    }
    table
}

/// What `came` lacks of `part`, each with its pointer. Lists are compared item by item.
pub(crate) fn missing(part: &Value, came: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect_missing(part, came, "", &mut found);
    found
}

fn collect_missing(part: &Value, came: &Value, at: &str, found: &mut Vec<String>) {
    let place = if at.is_empty() { "the body" } else { at };
    match (part, came) {
        (Value::Object(part), Value::Object(came)) => {
            for (name, value) in part {
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                match came.get(name) {
                    Some(came) => collect_missing(value, came, &at, found),
                    None => found.push(format!("{at} is missing, and {value} was expected")),
                }
            }
        }
        (Value::Array(part), Value::Array(came)) if part.len() == came.len() => {
            for (index, (part, came)) in part.iter().zip(came).enumerate() {
                collect_missing(part, came, &format!("{at}/{index}"), found);
            }
        }
        (Value::Array(part), Value::Array(came)) => {
            let (wanted, have) = (part.len(), came.len());
            found.push(format!("{place} has {have} items, and {wanted} were expected"));
        }
        _ if part == came => {}
        _ => found.push(format!("{place} is {came}, and {part} was expected")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_that_differ_stand_beside_each_other() {
        let text = lines(&json!({"a": 1, "b": [1, 2], "c": 3}), &json!({"a": 1, "b": [1], "c": 4}));
        let expected = [
            "    {",
            "      \"a\": 1,",
            "      \"b\": [",
            "  -     1,",
            "  -     2",
            "  +     1",
            "      ],",
            "  -   \"c\": 3",
            "  +   \"c\": 4",
            "    }",
        ];
        assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn long_lists_are_told_where_they_differ() {
        let list = |at: usize, value: i32| {
            let mut list = vec![7; 50_000];
            list[at] = value;
            json!(list)
        };
        let text = lines(&list(20_000, 1), &list(20_000, 2));
        let equal = "      7,\n".repeat(CONTEXT);
        let expected = format!(
            "  … 19991 lines equal\n{equal}  -   1,\n  +   2,\n{equal}  … 29990 lines equal\n"
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn no_difference_is_long() {
        let one: Vec<usize> = (0..50_000).collect();
        let other: Vec<usize> = (100_000..160_000).collect();
        let text = lines(&json!(one), &json!(other));
        assert!(text.contains("  … 49000 lines more that were expected\n"));
        assert!(text.contains("  … 59000 lines more that came\n"));
        assert_eq!(text.lines().count(), 2 * COMPARED + 4);
    }

    #[test]
    fn what_is_missing_is_named_by_pointer() {
        let came = json!({"a": 1, "b": {"c/d": [1, {"e": 2}]}, "f": []});
        assert!(missing(&json!({"b": {"c/d": [1, {}]}}), &came).is_empty());
        assert_eq!(
            missing(&json!({"a": "1", "b": {"c/d": [1, {"e": 3}], "x": 0}, "f": [1]}), &came),
            [
                "/a is 1, and \"1\" was expected",
                "/b/c~1d/1/e is 2, and 3 was expected",
                "/b/x is missing, and 0 was expected",
                "/f has 0 items, and 1 were expected",
            ]
        );
    }
}
