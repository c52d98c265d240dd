//! Changes JSON as a tree, so that what comes out is JSON again, near to what went in.

use serde_json::{Value, json};

/// A small generator of numbers that look random: xorshift.
struct Dice(u32);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % most.max(1)
    }

    fn one_of<'t, T>(&mut self, list: &'t [T]) -> &'t T {
        &list[self.below(list.len())]
    }
}

/// The text with one to four changes of its tree; `None` for what is no JSON. Members that are added
/// are called after one of `names`.
pub fn mutated(text: &[u8], seed: u32, names: &[&str]) -> Option<Vec<u8>> {
    let mut value: Value = serde_json::from_slice(text).ok()?;
    let mut dice = Dice(seed | 1);
    for _ in 0..=dice.below(4) {
        change(&mut value, &mut dice, names);
    }
    let mut written = value.to_string();
    if dice.below(12) == 0 {
        repeat_a_member(&mut written, &value);
    }
    Some(written.into_bytes())
}

fn change(value: &mut Value, dice: &mut Dice, names: &[&str]) {
    let mut places = Vec::new();
    collect(value, "", &mut places);
    let other = value.pointer(dice.one_of::<String>(&places)).cloned().unwrap_or_default();
    let place = dice.one_of(&places).clone();
    let Some(target) = value.pointer_mut(&place) else { return };
    match (dice.below(8), target) {
        (0 | 1, Value::Object(members)) if !members.is_empty() => {
            let name = members.keys().nth(dice.below(members.len())).cloned().unwrap_or_default();
            members.remove(&name);
        }
        (2..=4, Value::Object(members)) => {
            let added = if dice.below(2) == 0 { other } else { interesting(dice) };
            members.insert((*dice.one_of(names)).to_owned(), added);
        }
        (0, Value::Array(items)) if !items.is_empty() => {
            items.remove(dice.below(items.len()));
        }
        (1..=4, Value::Array(items)) => {
            let copies = 1 + dice.below(3);
            let added = if dice.below(2) == 0 { other } else { interesting(dice) };
            items.extend(std::iter::repeat_n(added, copies));
        }
        (0..=2, Value::String(text)) => change_text(text, dice, names),
        (5, target) => *target = other,
        (6, target) => *target = json!([target.take()]),
        (7, target) => *target = json!({ *dice.one_of(names): target.take() }),
        (_, target) => *target = interesting(dice),
    }
}

fn change_text(text: &mut String, dice: &mut Dice, names: &[&str]) {
    match dice.below(5) {
        0 => text.clear(),
        1 => text.push_str(*dice.one_of::<&str>(&[
            "é",
            "a",
            "~",
            "/",
            "~1",
            "\u{0}",
            " ",
            "\u{1f980}",
            "0",
        ])),
        2 => *text = text.repeat(3),
        3 => drop(text.pop()),
        _ => (*dice.one_of(names)).clone_into(text),
    }
}

fn interesting(dice: &mut Dice) -> Value {
    const SEEDS: [&str; 38] = [
        "null",
        "true",
        "false",
        "0",
        "1",
        "-1",
        "-0",
        "2",
        "10",
        "127",
        "128",
        "255",
        "256",
        "-129",
        "65536",
        "4294967296",
        "9007199254740993",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "1.0",
        "-0.0",
        "0.5",
        "1e3",
        "1e20",
        "1e300",
        "4e-320",
        "340282366920938463463374607431768211455",
        "\"\"",
        "\"a\"",
        "\"é\"",
        "\"12345\"",
        "\"a@b.example\"",
        "\"192.0.2.1\"",
        "[]",
        "[1,1]",
        "{}",
        "[[]]",
    ];
    serde_json::from_str(dice.one_of::<&str>(&SEEDS)).expect("the seeds are JSON")
}

fn collect(value: &Value, here: &str, places: &mut Vec<String>) {
    places.push(here.to_owned());
    let below = |token: &str| format!("{here}/{}", token.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &below(&index.to_string()), places);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                collect(member, &below(name), places);
            }
        }
        _ => {}
    }
}

/// Writes the first member of the whole twice, which a tree cannot hold.
fn repeat_a_member(written: &mut String, value: &Value) {
    let first = value.as_object().and_then(|members| members.iter().next());
    if let Some((name, member)) = first {
        written.replace_range(..1, &format!("{{{}:{member},", Value::from(name.as_str())));
    }
}
