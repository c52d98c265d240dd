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
    assert_eq!(faults.len(), MOST_FAULTS + 1);
    assert_eq!(faults[7].pointer, "/7");
    assert_eq!(faults[100].code, "more_faults");
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[garde(allow_unvalidated)]
#[expect(dead_code, reason = "only read by serde and garde")]
struct Import {
    first: u8,
    rows: Vec<Row>,
    #[garde(range(max = 9))]
    last: u8,
    #[serde(default)]
    day: Option<Day>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only read by serde")]
enum Row {
    Count(u8),
    Nothing,
}

fn refused_import(body: &str) -> Vec<String> {
    let schema = schemars::schema_for!(Import).to_value();
    let report = serde_json::from_str::<Import>(body).ok().and_then(|read| read.validate().err());
    match faults_of::<Import>(body.as_bytes(), &schema, &schema, report.as_ref()) {
        Refusal::Faults(faults) => faults
            .iter()
            .map(|fault| format!("{} {}: {}", fault.pointer, fault.code, fault.message))
            .collect(),
        Refusal::Syntax { message, .. } => vec![message],
    }
}

#[test]
fn of_a_large_body_the_beginning_is_looked_at() {
    let rows = r#"{"Count": 1},"#.repeat(20_000);
    let body = |first: &str, end: &str| format!(r#"{{"first": {first}, "rows": [{rows}{end}}}"#);
    // What was not read is not missing.
    assert_eq!(
        refused_import(&body("-1", r#""Nothing"], "last": 1"#)),
        ["/first minimum: must be at least 0"]
    );
    // Behind it, serde says what is wrong, and garde.
    assert_eq!(
        refused_import(&body("1", r#"{"Count": "x"}], "last": 1"#)),
        [r#"/rows/20000 invalid: invalid type: string "x", expected u8"#]
    );
    assert_eq!(
        refused_import(&body("1", r#""Nothing"], "last": -1"#)),
        ["/last invalid: invalid value: integer `-1`, expected u8"]
    );
    assert_eq!(refused_import(&body("1", r#""Nothing"]"#)), ["/last required: is required"]);
    assert_eq!(
        refused_import(&body("1", r#""Nothing"], "last": 10"#)),
        ["/last maximum: must be at most 9"]
    );
    assert_eq!(refused_import(&body("1", "\"Nothing\"], \"last\": 1]")), ["expected `,` or `}`"]);
}

#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only read by serde")]
struct Secret(#[schemars(with = "String")] u8);

#[test]
fn a_message_of_serde_is_not_as_long_as_the_value() {
    let body = |day: &str| format!(r#"{{"first": 1, "rows": [], "last": 1, "day": {day}}}"#);
    let told = refused_import(&body(&format!("[\"{}\"]", "a".repeat(5_000))));
    assert_eq!(told, ["/day type: must be text or null, not a list"]);
    let schema = schemars::schema_for!(Secret).to_value();
    let long = json!("a".repeat(5_000));
    let faults = faults_in::<Secret>(&long, &schema, &schema, None);
    assert_eq!(faults[0].message.chars().count(), LONGEST_MESSAGE + 1);
    assert!(faults[0].message.ends_with("a…"), "{}", faults[0].message);
}

#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only read by serde")]
struct Outer {
    #[serde(flatten)]
    inner: Inner,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only read by serde")]
struct Inner {
    size: u8,
    day: Day,
}

#[test]
fn a_whole_number_is_no_fault_however_it_is_written() {
    assert_eq!(
        refused_import(r#"{"first": 1.0, "rows": [], "last": 2e0, "day": "never"}"#),
        ["/day invalid: only today is a day"]
    );
    let schema = schemars::schema_for!(Outer).to_value();
    let body = br#"{"size": 1.0, "day": "never"}"#;
    let Refusal::Faults(faults) = faults_of::<Outer>(body, &schema, &schema, None) else {
        panic!("it is JSON");
    };
    assert_eq!(faults[0].message, "only today is a day");
}
