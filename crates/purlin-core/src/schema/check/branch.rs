//! Choices between schemas: finding the branch that was meant, to say only what is wrong there.
//!
//! Listing the faults of every variant of an enum tells nobody anything. Which one was meant shows,
//! in this order: by the kind of value; by the tag; by the only member of an object; and else by
//! how far one got: no member missing, few faults, deep inside.

use std::cmp::Reverse;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::super::pointer;
use super::super::shape::{self, Kinds, list_under};
use super::place::Token;
use super::words::{one_of, one_of_members, wrong_kind};
use super::{COMPARED_PER_STEP, Checker, Found, Violation};

/// How the branch is found that a value of one kind means: worked out once, used for each value.
#[derive(Debug)]
pub(super) enum Plan<'a> {
    /// No branch takes this kind; these are taken.
    None(Kinds),
    Tag(Tag<'a>),
    Choices(Vec<&'a Value>),
    /// Each branch is an object with one member.
    Members(Vec<(&'a str, &'a Value)>),
    Nearest(Vec<&'a Value>),
}

impl<'a> Plan<'a> {
    fn new(branches: &'a [Value], kind: Kinds, root: &'a Value) -> Self {
        let fitting: Vec<&'a Value> =
            branches.iter().filter(|branch| shape::kinds(branch, root).meets(kind)).collect();
        if fitting.is_empty() {
            let expected = branches.iter().map(|branch| shape::kinds(branch, root));
            return Self::None(expected.fold(Kinds::NONE, |all, one| all | one));
        }
        if fitting.len() == 1 {
            return Self::Nearest(fitting);
        }
        let is_object = kind == Kinds::OBJECT;
        if let Some(tag) = shared_tag(&fitting, root).filter(|_| is_object) {
            return Self::Tag(tag);
        }
        if let Some(choices) = choices(&fitting, root) {
            return Self::Choices(choices);
        }
        match only_members(&fitting, root).filter(|_| is_object) {
            Some(named) => Self::Members(named),
            None => Self::Nearest(fitting),
        }
    }
}

impl<'a: 'v, 'v> Checker<'a, 'v> {
    pub(super) fn check_branches(&mut self, branches: &'a [Value], instance: &'v Value) {
        match &*self.plan(branches, Kinds::of(instance)) {
            Plan::None(expected) => self.fault("type", &mut |_| wrong_kind(*expected, instance)),
            Plan::Tag(tag) => self.check_tagged(tag, instance),
            Plan::Choices(choices) => self.check_choices(choices, instance),
            Plan::Members(named) => self.check_named(named, instance),
            Plan::Nearest(branches) => self.check_nearest(branches, instance),
        }
    }

    fn plan(&mut self, branches: &'a [Value], kind: Kinds) -> Rc<Plan<'a>> {
        let key = (branches.as_ptr(), kind);
        if let Some(plan) = self.plans.get(&key) {
            return Rc::clone(plan);
        }
        self.spend(branches.len());
        let plan = Rc::new(Plan::new(branches, kind, self.root));
        self.plans.insert(key, Rc::clone(&plan));
        plan
    }

    fn check_tagged(&mut self, tag: &Tag<'a>, instance: &'v Value) {
        let Some(sent) = instance.get(tag.name) else {
            return self.within(Token::Name(tag.name), |checker| {
                checker.fault("required", &mut |_| "is required".to_owned());
            });
        };
        self.spend(tag.values.len() / COMPARED_PER_STEP);
        let meant = of_name(&tag.values, &sent);
        if !meant.is_empty() {
            return self.check_nearest(&meant, instance);
        }
        self.within(Token::Name(tag.name), |checker| {
            let values = &mut tag.values.iter().map(|&(value, _)| value);
            checker.fault("enum", &mut |hints| one_of(values, sent, hints));
        });
    }

    fn check_choices(&mut self, choices: &[&Value], instance: &Value) {
        self.spend(choices.len() / COMPARED_PER_STEP);
        if !choices.contains(&instance) {
            self.fault("enum", &mut |hints| one_of(&mut choices.iter().copied(), instance, hints));
        }
    }

    /// An externally tagged variant is an object whose only member carries the name of the variant;
    /// flattened, it has others beside it, and serde takes the first that names one.
    fn check_named(&mut self, named: &[(&'a str, &'a Value)], instance: &'v Value) {
        let (mut looked_at, mut name) = (0, None);
        if let Value::Object(members) = instance {
            name = members.keys().map(String::as_str).find(|sent| {
                looked_at += 1;
                named.iter().any(|(name, _)| name == sent)
            });
        }
        self.spend(looked_at * (1 + named.len() / COMPARED_PER_STEP));
        if let Some(name) = name {
            return self.check_nearest(&of_name(named, &name), instance);
        }
        self.fault("one_of", &mut |hints| {
            let names: Vec<&str> = named.iter().map(|&(name, _)| name).collect();
            one_of_members(&names, instance, hints)
        });
    }

    /// Nothing, if one branch accepts the value, and the faults of the nearest one otherwise.
    fn check_nearest(&mut self, branches: &[&'a Value], instance: &'v Value) {
        if let [only] = branches {
            return self.check(only, instance);
        }
        if branches.iter().any(|branch| self.accepts(branch, instance)) {
            return;
        }
        if !self.found.has_room(self.place.length()) {
            return self.found.leave_out(|| self.place.above());
        }
        let place = self.place.pointer();
        let mut best: Option<(Distance, Found)> = None;
        for branch in branches {
            let found = self.apart(branch, instance, Found::new());
            let distance = distance(&found, &place);
            // Only who ran out of steps finds nothing.
            let is_nearer = best.as_ref().is_none_or(|(least, _)| distance < *least);
            if !found.is_empty() && is_nearer {
                best = Some((distance, found));
            }
        }
        if let Some((_, found)) = best {
            self.found.take(found);
        }
    }
}

/// How far a value is from a branch: a wrong choice or kind right here, members missing right here,
/// faults at all, and not deep.
type Distance = (bool, usize, usize, Reverse<usize>);

fn distance(found: &Found, place: &str) -> Distance {
    let below = |fault: &Violation| pointer::depth(&fault.pointer[place.len()..]);
    let is_another = |fault: &Violation| match fault.code {
        "type" | "enum" | "one_of" => below(fault) == 0,
        "const" => below(fault) <= 1,
        _ => false,
    };
    let is_missing = |fault: &&Violation| fault.code == "required" && below(fault) == 1;
    let faults = found.listed();
    (
        faults.iter().any(is_another),
        faults.iter().filter(is_missing).count(),
        found.count(),
        Reverse(faults.iter().map(below).max().unwrap_or_default()),
    )
}

/// The member that names the variant, and which branch each of its values means.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    name: &'a str,
    values: Vec<(&'a Value, &'a Value)>,
}

/// The branches that a name means: a value of the tag, or the name of a member.
fn of_name<'a, N: PartialEq>(branches: &[(N, &'a Value)], sent: &N) -> Vec<&'a Value> {
    let mut meant = Vec::new();
    for (name, branch) in branches {
        if name == sent {
            meant.push(*branch);
        }
    }
    meant
}

/// The required member that is a constant in every branch, as serde's tagged enums have one.
fn shared_tag<'a>(branches: &[&'a Value], root: &'a Value) -> Option<Tag<'a>> {
    let (first, _) = branches.split_first()?;
    for (name, _) in constants(first, root) {
        let mut values = Vec::new();
        for branch in branches {
            let constants = constants(branch, root);
            if let Some((_, value)) = constants.iter().find(|(other, _)| *other == name) {
                values.push((*value, *branch));
            }
        }
        if values.len() == branches.len() {
            return Some(Tag { name, values });
        }
    }
    None
}

/// The required members of an object schema that allow only one value.
fn constants<'a>(schema: &'a Value, root: &'a Value) -> Vec<(&'a str, &'a Value)> {
    let layers = shape::layers(schema, root);
    let is_required = |name: &str| layers.iter().any(|rules| requires(rules, name));
    let mut constants = Vec::new();
    // serde puts its tag at the top, a member of the content is none
    if let Some(properties) = layers.first().and_then(|rules| rules.get("properties")?.as_object())
    {
        for (name, schema) in properties {
            if let Some(only) = schema.get("const").filter(|_| is_required(name)) {
                constants.push((name.as_str(), only));
            }
        }
    }
    constants
}

/// All values that branches made of nothing but choices allow.
fn choices<'a>(branches: &[&'a Value], root: &'a Value) -> Option<Vec<&'a Value>> {
    let mut choices = Vec::new();
    for branch in branches {
        let rules = resolved(branch, root)?;
        match (rules.get("const"), rules.get("enum")) {
            (Some(only), _) => choices.push(only),
            (_, Some(Value::Array(several))) => choices.extend(several),
            _ => return None,
        }
    }
    Some(choices)
}

/// The branches by the name of their only member, if each has only one.
fn only_members<'a>(branches: &[&'a Value], root: &'a Value) -> Option<Vec<(&'a str, &'a Value)>> {
    let mut named = Vec::new();
    for branch in branches {
        named.push((only_member(resolved(branch, root)?)?, *branch));
    }
    Some(named)
}

/// The one member an object schema both knows and requires.
fn only_member(rules: &Map<String, Value>) -> Option<&str> {
    let properties = rules.get("properties")?.as_object()?;
    let (name, _) = properties.iter().next().filter(|_| properties.len() == 1)?;
    requires(rules, name).then_some(name.as_str())
}

fn requires(rules: &Map<String, Value>, name: &str) -> bool {
    list_under(rules, "required").iter().any(|required| required == name)
}

fn resolved<'a>(branch: &'a Value, root: &'a Value) -> Option<&'a Map<String, Value>> {
    let rules = branch.as_object()?;
    match shape::reference(rules) {
        Some(reference) => shape::target(reference, root).as_object(),
        None => Some(rules),
    }
}
