//! Numbers: limits written in the schema, and those of the Rust type behind a `format`.

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use super::super::format;
use super::super::whole::exact;
use super::Checker;
use super::part::Part;

/// What a schema says about a number.
#[derive(Debug)]
pub(super) struct NumberRules<'a> {
    limits: Vec<(&'static Limit, &'a Number)>,
    /// The range of the Rust type.
    range: Option<(i128, i128)>,
    step: Option<&'a Number>,
}

impl<'a> NumberRules<'a> {
    pub(super) fn read(rules: &'a Map<String, Value>) -> Self {
        let number = |keyword: &str| rules.get(keyword).and_then(Value::as_number);
        let limits = LIMITS.iter().filter_map(|limit| Some((limit, number(limit.keyword)?)));
        Self {
            limits: limits.collect(),
            range: rules.get("format").and_then(Value::as_str).and_then(format::range),
            step: number("multipleOf"),
        }
    }
}

impl<'a: 'v, 'v> Checker<'a, 'v> {
    pub(super) fn check_number(&mut self, part: &Part<'a>, number: &Number) {
        let rules = &part.number;
        let mut is_within = true;
        for (limit, bound) in &rules.limits {
            if limit.wrong.contains(&compare(number, bound)) {
                is_within = false;
                self.fault(limit.code, &mut |_| format!("{} {bound}", limit.words));
            }
        }
        if let (true, Some((least, most))) = (is_within, rules.range) {
            self.check_range_of_type(number, least, most);
        }
        if let Some(step) = rules.step.filter(|step| !is_multiple(number, step)) {
            self.fault("multiple_of", &mut |_| format!("must be a multiple of {step}"));
        }
    }

    fn check_range_of_type(&mut self, number: &Number, least: i128, most: i128) {
        if compare_to(number, least) == Ordering::Less {
            self.fault("minimum", &mut |_| format!("must be at least {least}"));
        } else if compare_to(number, most) == Ordering::Greater {
            self.fault("maximum", &mut |_| format!("must be at most {most}"));
        }
    }
}

#[derive(Debug)]
struct Limit {
    keyword: &'static str,
    code: &'static str,
    words: &'static str,
    /// How the number compares to the limit when it is wrong.
    wrong: &'static [Ordering],
}

const LIMITS: [Limit; 4] = [
    Limit {
        keyword: "minimum",
        code: "minimum",
        words: "must be at least",
        wrong: &[Ordering::Less],
    },
    Limit {
        keyword: "maximum",
        code: "maximum",
        words: "must be at most",
        wrong: &[Ordering::Greater],
    },
    Limit {
        keyword: "exclusiveMinimum",
        code: "exclusive_minimum",
        words: "must be more than",
        wrong: &[Ordering::Less, Ordering::Equal],
    },
    Limit {
        keyword: "exclusiveMaximum",
        code: "exclusive_maximum",
        words: "must be less than",
        wrong: &[Ordering::Greater, Ordering::Equal],
    },
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

/// `1.0` counts; a float above 2^53 does not say which whole number it is.
fn whole(number: &Number) -> Option<i128> {
    let signed = number.as_i64().map(i128::from);
    let whole = signed.or_else(|| number.as_u64().map(i128::from));
    whole.or_else(|| exact(float(number)).map(i128::from))
}

fn float(number: &Number) -> f64 {
    number.as_f64().unwrap_or(f64::NAN)
}
