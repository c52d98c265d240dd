//! Numbers: limits written in the schema, and those of the Rust type behind a `format`.

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use super::super::format;
use super::Checker;

impl Checker<'_> {
    pub(super) fn check_number(&mut self, rules: &Map<String, Value>, number: &Number) {
        let before = self.found.len();
        for (keyword, code, words, wrong) in LIMITS {
            let limit = rules.get(keyword).and_then(Value::as_number);
            if let Some(limit) = limit.filter(|limit| wrong.contains(&compare(number, limit))) {
                self.fault(code, format!("{words} {limit}"));
            }
        }
        if self.found.len() == before {
            self.check_range_of_type(rules, number);
        }
        if let Some(Value::Number(step)) = rules.get("multipleOf")
            && !is_multiple(number, step)
        {
            self.fault("multiple_of", format!("must be a multiple of {step}"));
        }
    }

    fn check_range_of_type(&mut self, rules: &Map<String, Value>, number: &Number) {
        let name = rules.get("format").and_then(Value::as_str);
        let Some((least, most)) = name.and_then(format::range) else {
            return;
        };
        if compare_to(number, least) == Ordering::Less {
            self.fault("minimum", format!("must be at least {least}"));
        } else if compare_to(number, most) == Ordering::Greater {
            self.fault("maximum", format!("must be at most {most}"));
        }
    }
}

/// Keyword, code, words, and how the number compares to the limit when it is wrong.
const LIMITS: [(&str, &str, &str, &[Ordering]); 4] = [
    ("minimum", "minimum", "must be at least", &[Ordering::Less]),
    ("maximum", "maximum", "must be at most", &[Ordering::Greater]),
    (
        "exclusiveMinimum",
        "exclusive_minimum",
        "must be more than",
        &[Ordering::Less, Ordering::Equal],
    ),
    (
        "exclusiveMaximum",
        "exclusive_maximum",
        "must be less than",
        &[Ordering::Greater, Ordering::Equal],
    ),
];

/// Whole numbers are compared as such: a float would not tell 2⁶³ from 2⁶³ - 1.
fn compare(number: &Number, limit: &Number) -> Ordering {
    match whole(limit) {
        Some(limit) => compare_to(number, limit),
        None => float(number).total_cmp(&float(limit)),
    }
}

fn compare_to(number: &Number, limit: i128) -> Ordering {
    #[expect(clippy::cast_precision_loss, reason = "the other side is a float, no finer than this")]
    match whole(number) {
        Some(number) => number.cmp(&limit),
        None => float(number).total_cmp(&(limit as f64)),
    }
}

fn is_multiple(number: &Number, step: &Number) -> bool {
    if let (Some(number), Some(step)) = (whole(number), whole(step)) {
        return step == 0 || number % step == 0;
    }
    let times = float(number) / float(step);
    (times - times.round()).abs() < 1e-9
}

fn whole(number: &Number) -> Option<i128> {
    let signed = number.as_i64().map(i128::from);
    signed.or_else(|| number.as_u64().map(i128::from))
}

fn float(number: &Number) -> f64 {
    number.as_f64().unwrap_or(f64::NAN)
}
