use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::*;

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase")]
struct Loan {
    #[garde(length(chars, min = 1, max = 8))]
    reader_name: String,
    #[garde(range(min = 1, max = 30))]
    days: u16,
    #[garde(custom(is_weekday))]
    due_day: Option<u8>,
    #[serde(default)]
    #[garde(prefix("B-"))]
    code: String,
    #[garde(skip)]
    #[expect(dead_code, reason = "only read by serde")]
    until: Option<Day>,
}

/// A type whose schema says less than its reader asks.
#[derive(Debug)]
struct Day;

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        let text = String::deserialize(json)?;
        if text == "today" {
            return Ok(Self);
        }
        Err(serde::de::Error::custom("only today is a day"))
    }
}

impl JsonSchema for Day {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string"})
    }
}

#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "garde calls it so")]
fn is_weekday(day: &Option<u8>, (): &()) -> garde::Result {
    if day.is_some_and(|day| day > 5) {
        return Err(garde::Error::new("is not a day of the week"));
    }
    Ok(())
}

fn refused(body: &str) -> Refusal {
    let schema = schemars::schema_for!(Loan).to_value();
    let report = serde_json::from_str::<Loan>(body).ok().map(|loan| loan.validate().unwrap_err());
    faults_of::<Loan>(body.as_bytes(), &schema, &schema, report.as_ref())
}

#[track_caller]
fn check_faults(body: &str, expected: &[&str]) {
    let Refusal::Faults(faults) = refused(body) else {
        panic!("{body} is not JSON");
    };
    let lines = faults.iter();
    let lines: Vec<String> =
        lines.map(|fault| format!("{} {}: {}", fault.pointer, fault.code, fault.message)).collect();
    assert_eq!(lines, expected);
}

#[test]
fn text_that_is_no_json_is_said_to_be_at_its_place() {
    let expected = Refusal::Syntax { line: 2, column: 10, message: "expected value".to_owned() };
    assert_eq!(refused("{\n \"days\": x}"), expected);
    assert!(matches!(refused(""), Refusal::Syntax { line: 1, column: 0, .. }));
}

#[test]
fn schema_and_rules_make_one_list() {
    check_faults(
        r#"{"code": "C-1", "days": 0, "dueDay": 6, "readerName": "Annabella"}"#,
        &[
            "/code prefix: must begin with \"B-\"",
            "/days minimum: must be at least 1",
            "/dueDay invalid: is not a day of the week",
            "/readerName max_length: must be at most 8 characters long (it has 9)",
        ],
    );
}

#[test]
fn a_rule_that_the_default_breaks_asks_for_the_member() {
    check_faults(r#"{"readerName": "Ann", "days": 1}"#, &["/code required: is required"]);
}

#[test]
fn what_only_serde_knows_is_found_by_reading_again() {
    check_faults(
        r#"{"readerName": "Ann", "days": 1, "until": "tomorrow"}"#,
        &["/until invalid: only today is a day"],
    );
    check_faults(
        r#"{"readerName": "Ann", "days": 1, "days": 2}"#,
        &[" invalid: duplicate field `days`"],
    );
}

#[test]
fn a_value_that_is_json_already_is_explained_the_same_way() {
    let schema = schemars::schema_for!(Loan).to_value();
    let instance = json!({"readerName": "Ann", "days": 1, "until": "tomorrow"});
    let faults = faults_in::<Loan>(&instance, &schema, &schema, None);
    assert_eq!(faults[0].pointer, "/until");
    let good = json!({"readerName": "Ann", "days": 1});
    assert_eq!(faults_in::<Loan>(&good, &schema, &schema, None).len(), 1, "never empty");
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
struct Codes(#[garde(inner(prefix("B-")))] Vec<String>);

#[test]
fn a_flood_of_broken_rules_comes_to_an_end() {
    let schema = schemars::schema_for!(Codes).to_value();
    let instance = Value::Array(vec![json!("C"); 10_000]);
    let report = Codes::deserialize(&instance).unwrap().validate();
    let faults = faults_in::<Codes>(&instance, &schema, &schema, report.err().as_ref());
    assert_eq!(faults.len(), MOST_FAULTS);
    assert_eq!(faults[7].pointer, "/7");
}
