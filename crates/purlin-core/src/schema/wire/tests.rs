use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::*;

/// The pointer that the schema alone finds for a path of garde's report.
fn wire_pointer(schema: &Value, root: &Value, path: &Path) -> String {
    Wire::new(root, None).map(schema, path).pointer
}

/// As [`wire_pointer`], where the value itself settles what the schema leaves open.
fn wire_pointer_in(schema: &Value, root: &Value, path: &Path, instance: &Value) -> String {
    Wire::new(root, Some(instance)).map(schema, path).pointer
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase")]
#[garde(allow_unvalidated)]
struct Order {
    #[garde(dive)]
    sold_lines: Vec<Line>,
    #[garde(dive)]
    #[serde(flatten)]
    customer: Customer,
    #[garde(dive)]
    #[serde(rename = "shippingAddress")]
    ship: Address,
    #[garde(dive)]
    title: Title,
    #[garde(dive)]
    titles: Vec<Title>,
    #[garde(dive)]
    tags: Tags,
    #[garde(dive)]
    prices: HashMap<String, Line>,
    #[garde(dive)]
    payment: Payment,
    #[garde(dive)]
    state: State,
    #[garde(length(min = 1))]
    #[serde(rename = "ref")]
    number: String,
    #[garde(range(min = 1))]
    r#type: u8,
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "kebab-case")]
struct Line {
    #[garde(range(min = 1))]
    item_count: u32,
}

#[derive(Deserialize, JsonSchema, Validate)]
struct Customer {
    #[garde(length(min = 1))]
    first_name: String,
}

#[derive(Deserialize, JsonSchema, Validate)]
struct Address {
    #[garde(length(min = 1))]
    street: String,
}

#[derive(Deserialize, JsonSchema, Validate)]
struct Title(#[garde(length(min = 1))] String);

#[derive(Deserialize, JsonSchema, Validate)]
struct Tags(#[garde(inner(length(min = 1)))] Vec<String>);

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
enum Payment {
    Card {
        #[garde(length(min = 4))]
        card_number: String,
    },
    Cash {
        #[garde(range(min = 1))]
        coin_count: u8,
    },
}

#[derive(Deserialize, JsonSchema, Validate)]
enum State {
    Open(#[garde(range(min = 1))] u8),
    Shipped {
        #[garde(length(min = 1))]
        parcel: String,
    },
    Lost(#[garde(range(min = 1))] u8, #[garde(range(min = 1))] u8),
}

fn order() -> Value {
    json!({
        "soldLines": [{"item-count": 1}, {"item-count": 0}],
        "first_name": "", "shippingAddress": {"street": ""},
        "title": "", "titles": ["a", ""], "tags": ["a", ""],
        "prices": {"a.b[0]": {"item-count": 0}},
        "payment": {"type": "Cash", "coinCount": 0},
        "state": {"Shipped": {"parcel": ""}},
        "ref": "", "type": 0,
    })
}

fn report(order: &Value) -> garde::Report {
    let order = Order::deserialize(order).unwrap();
    order.validate().unwrap_err()
}

fn pointers(map: impl Fn(&Path) -> String, order: &Value) -> Vec<String> {
    let report = report(order);
    let mut pointers: Vec<String> = report.iter().map(|(path, _)| map(path)).collect();
    pointers.sort();
    pointers
}

#[test]
fn every_path_with_a_place_on_the_wire_finds_it() {
    let schema = schemars::schema_for!(Order).to_value();
    let order = order();
    let expected = [
        "", // `number`, renamed to `ref`: nothing tells, so its parent it is
        "/first_name",
        "/payment/coinCount",
        "/prices/a.b[0]/item-count",
        "/shippingAddress/street",
        "/soldLines/1/item-count",
        "/state/Shipped/parcel",
        "/tags/1",
        "/title",
        "/titles/1",
        "/type",
    ];
    let blind = |path: &Path| wire_pointer(&schema, &schema, path);
    assert_eq!(pointers(blind, &order), expected);
    let seeing = |path: &Path| wire_pointer_in(&schema, &schema, path, &order);
    assert_eq!(pointers(seeing, &order), expected);
}

#[test]
fn the_value_settles_which_variant_it_is() {
    let schema = schemars::schema_for!(State).to_value();
    let lost = json!({"Lost": [1, 0]});
    let report = State::deserialize(&lost).unwrap().validate().unwrap_err();
    let (path, _) = report.iter().next().unwrap();
    assert_eq!(wire_pointer_in(&schema, &schema, path, &lost), "/Lost/1");
    let open = json!({"Open": 0});
    let report = State::deserialize(&open).unwrap().validate().unwrap_err();
    let (path, _) = report.iter().next().unwrap();
    assert_eq!(wire_pointer_in(&schema, &schema, path, &open), "/Open");
    assert_eq!(
        wire_pointer(&schema, &schema, path),
        "",
        "`Open` and `Lost` both have a first field"
    );
}

#[test]
fn two_ways_are_as_good_as_none() {
    let schema = json!({"properties": {
        "shippingAddress": {"type": "object", "properties": {"name": {"type": "string"}}},
        "name": {"type": "string"},
    }});
    let path = Path::new("ship").join("name");
    assert_eq!(wire_pointer(&schema, &schema, &path), "");
}

#[test]
fn a_newtypes_index_is_left_out() {
    assert_eq!(without_newtypes(&[3, 0], 1), Some(vec![3]));
    assert_eq!(without_newtypes(&[0, 3], 1), Some(vec![3]));
    assert_eq!(without_newtypes(&[0], 0), Some(vec![]));
    assert_eq!(without_newtypes(&[1, 2], 1), None);
}

#[derive(Deserialize, JsonSchema, Validate)]
struct Tree {
    #[garde(length(min = 1))]
    name: String,
    #[serde(default)]
    #[garde(dive)]
    sub_trees: Vec<Self>,
}

/// How many steps it takes to map a path that leads down so many levels, and where it ends.
fn steps_of_depth(depth: usize, name: &'static str) -> (usize, String) {
    let schema = schemars::schema_for!(Tree).to_value();
    let path = (0..depth).fold(Path::empty(), |path, _| path.join("sub_trees").join(0));
    let wire = Wire::new(&schema, None);
    let mapped = wire.map(&schema, &path.join(name));
    (wire.steps.get(), mapped.pointer)
}

#[test]
fn a_deep_path_takes_a_step_per_level() {
    let (taken, pointer) = steps_of_depth(60, "name");
    assert_eq!(pointer, format!("{}/name", "/sub_trees/0".repeat(60)));
    let (half, _) = steps_of_depth(30, "name");
    assert!(taken < 2 * half, "{half} for 30 levels, {taken} for 60");
}

#[test]
fn a_path_that_leads_nowhere_is_given_up() {
    let (taken, pointer) = steps_of_depth(60, "strange");
    assert!(taken < MOST_STEPS_OF_DETOURS * 2, "{taken}");
    assert_eq!(pointer, "/sub_trees/0".repeat(60));
}

#[test]
fn the_paths_of_a_report_share_their_steps() {
    let below = |schema: Value| -> Value {
        let members = (0..20).map(|n| (format!("m{n}"), schema.clone()));
        let members: Value = members.collect();
        json!({"properties": members})
    };
    let schema = below(below(below(json!({"type": "string"}))));
    let wire = Wire::new(&schema, None);
    for _ in 0..100 {
        let strange = Path::new("x").join("y").join("z");
        assert_eq!(wire.map(&schema, &strange).pointer, "");
    }
    assert!(wire.steps.get() < MOST_STEPS, "{}", wire.steps.get());
    let direct = Path::new("m1").join("m2").join("m3");
    assert_eq!(wire.map(&schema, &direct).pointer, "/m1/m2/m3", "the direct way is always open");
}

#[test]
fn variants_with_a_member_of_the_same_name_are_one_way() {
    let node = |tag: &str| json!({"properties": {"t": {"const": tag}, "child": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]}}});
    let root =
        json!({"$defs": {"Node": {"oneOf": [node("A"), node("B")]}}, "$ref": "#/$defs/Node"});
    let wire = Wire::new(&root, None);
    let path = (0..60).fold(Path::empty(), |path, _| path.join("child"));
    assert_eq!(wire.map(&root, &path).pointer, "/child".repeat(60));
    assert!(wire.steps.get() < 60 * 20, "{}", wire.steps.get());
}

#[test]
fn a_name_that_is_too_long_ends_the_way() {
    let root = json!({"additionalProperties": {"properties": {"a": {}}}});
    let mapped = Wire::new(&root, None).map(&root, &Path::new("k".repeat(5_000)).join("a"));
    assert_eq!((&*mapped.pointer, mapped.is_whole, mapped.is_cut), ("", false, true));
}
