//! Choices between schemas: finding the branch that was meant, to say only what is wrong there.
//!
//! Listing the faults of every variant of an enum tells nobody anything. Which one was meant shows,
//! in this order: by the kind of value; by the tag; by the only member of an object; and else by
//! how far one got: no member missing, few faults, deep inside.

use std::cmp::Reverse;

use serde_json::{Map, Value};

use super::super::shape::{self, Kinds, each};
use super::words::{one_of, one_of_members, wrong_kind};
use super::{Checker, Violation};

impl<'a> Checker<'a> {
    pub(super) fn check_branches(&mut self, branches: &'a [Value], instance: &Value) {
        let root = self.root;
        let kind = Kinds::of(instance);
        let fitting: Vec<&'a Value> =
            branches.iter().filter(|branch| shape::kinds(branch, root).meets(kind)).collect();
        if fitting.is_empty() {
            let expected = branches.iter().map(|branch| shape::kinds(branch, root));
            let expected = expected.fold(Kinds::NONE, |all, one| all | one);
            return self.fault("type", wrong_kind(expected, instance));
        }
        if let [only] = fitting.as_slice() {
            return self.check(only, instance);
        }
        if let Some(tag) = instance.as_object().and_then(|_| shared_tag(&fitting, root)) {
            return self.check_tagged(&tag, instance);
        }
        if let Some(choices) = choices(&fitting, root) {
            return self.check_choices(&choices, instance);
        }
        let fitting = match named_by_their_member(&fitting, root, instance) {
            Meant::Anything => fitting,
            Meant::These(branches) => branches,
            Meant::Nothing(names) => return self.fault("one_of", one_of_members(&names, instance)),
        };
        self.check_nearest(&fitting, instance);
    }

    fn check_tagged(&mut self, tag: &Tag<'a>, instance: &Value) {
        let Some(sent) = instance.get(tag.name) else {
            return self.within(tag.name, |checker| checker.fault("required", "is required"));
        };
        let meant: Vec<&'a Value> = tag.branches_of(sent).collect();
        if !meant.is_empty() {
            return self.check_nearest(&meant, instance);
        }
        let message = one_of(tag.values.iter().map(|&(value, _)| value), sent);
        self.within(tag.name, |checker| checker.fault("enum", message));
    }

    fn check_choices(&mut self, choices: &[&Value], instance: &Value) {
        if !choices.contains(&instance) {
            self.fault("enum", one_of(choices.iter().copied(), instance));
        }
    }

    /// Nothing, if one branch accepts the value, and the faults of the nearest one otherwise.
    fn check_nearest(&mut self, branches: &[&'a Value], instance: &Value) {
        let mut best: Option<(Distance, Vec<Violation>)> = None;
        for branch in branches {
            let faults = self.faults(branch, instance);
            if faults.is_empty() {
                return;
            }
            let distance = distance(&faults, self.place.len());
            if best.as_ref().is_none_or(|(least, _)| distance < *least) {
                best = Some((distance, faults));
            }
        }
        self.found.extend(best.into_iter().flat_map(|(_, faults)| faults));
        self.found.truncate(super::MOST_FAULTS);
    }
}

/// How far a value is from a branch: a wrong choice or kind right here, members missing right here,
/// faults at all, and not deep.
type Distance = (bool, usize, usize, Reverse<usize>);

fn distance(faults: &[Violation], place: usize) -> Distance {
    let depth = |fault: &Violation| fault.pointer[place..].matches('/').count();
    let is_another = |fault: &Violation| match fault.code {
        "type" | "enum" | "one_of" => depth(fault) == 0,
        "const" => depth(fault) <= 1,
        _ => false,
    };
    let is_missing = |fault: &&Violation| fault.code == "required" && depth(fault) == 1;
    (
        faults.iter().any(is_another),
        faults.iter().filter(is_missing).count(),
        faults.len(),
        Reverse(faults.iter().map(depth).max().unwrap_or_default()),
    )
}

/// The member that names the variant, and which branch each of its values means.
struct Tag<'a> {
    name: &'a str,
    values: Vec<(&'a Value, &'a Value)>,
}

impl<'a> Tag<'a> {
    fn branches_of(&self, sent: &Value) -> impl Iterator<Item = &'a Value> {
        let matching = self.values.iter().filter(move |(value, _)| *value == sent);
        matching.map(|&(_, branch)| branch)
    }
}

/// The required member that is a constant in every branch, as serde's tagged enums have one.
fn shared_tag<'a>(branches: &[&'a Value], root: &'a Value) -> Option<Tag<'a>> {
    let (first, _) = branches.split_first()?;
    constants(first, root).find_map(|(name, _)| {
        let value_in = |branch: &&'a Value| {
            let mut constants = constants(branch, root);
            let (_, value) = constants.find(|&(other, _)| other == name)?;
            Some((value, *branch))
        };
        let values = branches.iter().map(value_in).collect::<Option<_>>()?;
        Some(Tag { name, values })
    })
}

/// The required members of an object schema that allow only one value.
fn constants<'a>(schema: &'a Value, root: &'a Value) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let layers = shape::layers(schema, root);
    let required: Vec<&str> = layers
        .iter()
        .filter_map(|rules| rules.get("required"))
        .flat_map(each)
        .filter_map(Value::as_str)
        .collect();
    layers
        .into_iter()
        .take(1) // serde puts its tag at the top, a member of the content is none
        .filter_map(|rules| rules.get("properties")?.as_object())
        .flatten()
        .filter_map(|(name, schema)| Some((name.as_str(), schema.get("const")?)))
        .filter(move |(name, _)| required.contains(name))
}

/// All values that branches made of nothing but choices allow.
fn choices<'a>(branches: &[&'a Value], root: &'a Value) -> Option<Vec<&'a Value>> {
    let of_one = |branch: &&'a Value| {
        let rules = resolved(branch, root)?;
        match (rules.get("const"), rules.get("enum")) {
            (Some(only), _) => Some(vec![only]),
            (_, Some(Value::Array(several))) => Some(several.iter().collect()),
            _ => None,
        }
    };
    let all: Option<Vec<Vec<&'a Value>>> = branches.iter().map(of_one).collect();
    Some(all?.into_iter().flatten().collect())
}

/// What an object's members say about the branch that was meant.
enum Meant<'a> {
    Anything,
    These(Vec<&'a Value>),
    Nothing(Vec<&'a str>),
}

/// An externally tagged variant is an object whose only member carries the name of the variant.
fn named_by_their_member<'a>(
    branches: &[&'a Value],
    root: &'a Value,
    instance: &Value,
) -> Meant<'a> {
    let Value::Object(members) = instance else {
        return Meant::Anything;
    };
    let name_of = |branch: &&'a Value| Some((only_member(resolved(branch, root)?)?, *branch));
    let Some(named) = branches.iter().map(name_of).collect::<Option<Vec<_>>>() else {
        return Meant::Anything;
    };
    let meant: Vec<&'a Value> = named
        .iter()
        .filter(|(name, _)| members.contains_key(*name))
        .map(|&(_, branch)| branch)
        .collect();
    if meant.is_empty() {
        return Meant::Nothing(named.into_iter().map(|(name, _)| name).collect());
    }
    Meant::These(meant)
}

/// The one member an object schema both knows and requires.
fn only_member(rules: &Map<String, Value>) -> Option<&str> {
    let properties = rules.get("properties")?.as_object()?;
    let (name, _) = properties.iter().next().filter(|_| properties.len() == 1)?;
    let mut required = rules.get("required").into_iter().flat_map(each);
    required.any(|required| required == name).then_some(name.as_str())
}

fn resolved<'a>(branch: &'a Value, root: &'a Value) -> Option<&'a Map<String, Value>> {
    let rules = branch.as_object()?;
    match shape::reference(rules) {
        Some(reference) => shape::target(reference, root).as_object(),
        None => Some(rules),
    }
}
