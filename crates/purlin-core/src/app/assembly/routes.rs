//! Compiles the routes: each gets its chain, its operation and its place in the router.

use std::any::TypeId;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use http::Method;

use super::assembled::RouteInfo;
use super::table::{Clash, Prepared, Table, is_alike, name_alternatives};
use crate::condition::{Condition, Never, vary};
use crate::endpoint::{Endpoint, Finishing};
use crate::hosts::{HostPattern, NAMELESS};
use crate::openapi::{Described, Operation, name_operations};
use crate::pattern::{check, meeting};
use crate::pipeline::Chain;
use crate::pipeline::Settings;
use crate::pipeline::{Routing, SharedCell, Stray};
use crate::pipeline::{Step, StepSource};
use crate::report::{Mistake, Place, Reported};
use crate::request::Captures;
use crate::router::any_method;
use crate::routes::{Common, Entry, RouteDoc, RouteSource, Routes, TimeLimit};
use crate::security::SecurityHeaders;
use crate::services::Reach;
use crate::site::{Build, Position, Site};
use crate::url::Mount;

pub(super) struct Compiler<'a> {
    pub(super) build: Build<'a>,
    pub(super) settings: &'a Arc<Settings>,
    pub(super) shared: SharedCell,
}

pub(super) struct Compiled {
    pub(super) routing: Routing,
    pub(super) described: Vec<Described>,
    pub(super) rows: Vec<RouteInfo>,
    pub(super) mounts: HashMap<TypeId, Vec<Mount>>,
}

impl Compiler<'_> {
    pub(super) fn compile(
        &mut self,
        routes: Routes,
        builtin: Routes,
        fallback: Option<Arc<dyn RouteSource>>,
    ) -> Compiled {
        let common = routes.common();
        let mut entries = routes.flatten();
        let count = entries.len();
        entries.append(&mut Routes::new().merge(builtin).with_common(&common).flatten());
        let mut table = Table::default();
        let mut mounts: HashMap<TypeId, Vec<Mount>> = HashMap::new();
        for (index, entry) in entries.into_iter().enumerate() {
            let is_builtin = index >= count;
            table.note_version(&entry);
            let (id, pattern) = (entry.source.id(), entry.pattern.clone());
            let Ok(host) = self.host(&entry.common) else { continue };
            if let Some(id) = id {
                let mount = Mount { host: host.clone(), pattern };
                mounts.entry(id).or_default().push(mount);
            }
            let choice = Condition::tell(&entry.common.conditions, || table.count_like(&entry));
            let Some(prepared) = self.prepare(entry, host, choice, is_builtin) else { continue };
            match table.add(prepared) {
                Ok(()) => {}
                // What the application answers itself, the framework does not answer.
                Err(_) if is_builtin => {}
                Err(Clash { route, other }) => {
                    self.report_conflict(&route, &table.done[other].info);
                }
            }
        }
        table.finish();
        let stray = self.stray(&common, Arc::new(Stray));
        let choice_fallbacks = match &fallback {
            Some(source) => self.choice_fallbacks(&common, source, &table),
            None => HashMap::new(),
        };
        let fallback = fallback.and_then(|source| self.fallback(&common, source));
        let mut compiled = self.finish(table, stray, fallback, mounts);
        compiled.routing.choice_fallbacks = choice_fallbacks;
        compiled
    }

    fn finish(
        &mut self,
        table: Table,
        stray: Arc<Chain>,
        fallback: Option<Arc<Chain>>,
        mounts: HashMap<TypeId, Vec<Mount>>,
    ) -> Compiled {
        let Table { hosts, choices, path_versions, mut done } = table;
        self.name_all(&mut done);
        name_alternatives(&mut done);
        let (mut chains, mut described, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        for Prepared { chain, operation, mut info, doc, host, conditions } in done {
            // Where one is absent the report is not empty, and nobody will look at the others.
            if let Some(chain) = chain {
                chains.push(chain);
            }
            if !info.builtin && !doc.hidden {
                info.operation_id = Some(operation.operation_id.clone());
                let (method, pattern) = (info.method.clone(), info.pattern.clone());
                let conditions = conditions.iter().map(ToString::to_string).collect();
                described.push(Described { method, host, pattern, conditions, operation });
            }
            rows.push(info);
        }
        rows.sort_by(in_order);
        let choice_fallbacks = HashMap::new();
        let routing =
            Routing { hosts, chains, choices, choice_fallbacks, path_versions, stray, fallback };
        Compiled { routing, described, rows, mounts }
    }

    /// The host of a route; one that is none is reported.
    fn host(&mut self, common: &Common) -> Result<Option<HostPattern>, Reported> {
        let Some((text, place)) = &common.host else { return Ok(None) };
        HostPattern::parse(text).map(Some).map_err(|message| {
            let help =
                Some("write it as in `api.example.com` or `{tenant}.example.com`".to_owned());
            self.mistake("P0112", message, vec![*place], help)
        })
    }

    fn prepare(
        &mut self,
        entry: Entry,
        host: Option<HostPattern>,
        choice: String,
        builtin: bool,
    ) -> Option<Prepared> {
        let Entry { method, pattern, source, common } = entry;
        let place = source.place();
        let mut parameters = match check(&pattern, Captures::MOST) {
            Ok(parameters) => parameters,
            Err(message) => {
                self.mistake("P0101", message, vec![place], None);
                return None;
            }
        };
        for name in host.iter().flat_map(HostPattern::parameters) {
            if name != NAMELESS && parameters.iter().any(|known| known == name) {
                let message = format!("`{{{name}}}` stands in the host and in `{pattern}`");
                let help = "give one of them another name".to_owned();
                self.mistake("P0112", message, vec![place], Some(help));
                return None;
            }
            parameters.push(name.to_owned());
        }
        for Never { reason, help } in common.conditions.iter().filter_map(Condition::mistake) {
            let message = format!("{reason}, so that the condition never holds");
            self.mistake("P0113", message, vec![place], Some(help.clone()));
        }
        let position = Position {
            method,
            host,
            pattern,
            parameters,
            place,
            body_limit: common.body_limit.unwrap_or(usize::MAX),
            form_limits: common.form_limits.unwrap_or_default(),
            query_limit: common.query_limit.unwrap_or(usize::MAX),
            reach: self.build.services.reach_within(&common.groups),
            choice,
        };
        let mut operation = Operation::default();
        let mut doc = source.doc();
        // The document knows methods one by one.
        doc.hidden |= position.method == any_method();
        document(&mut operation, &doc, &common);
        common.conditions.iter().for_each(|condition| condition.describe(&mut operation));
        let steps = self.own_steps(&common);
        let names = steps.iter().map(|step| step.name.to_string()).collect();
        let mut guards = Vec::new();
        let chain = self.chain(&position, &mut operation, &steps, &common, &mut |site| {
            let end = source.prepare(site).ok();
            guards = site.guards();
            end
        });
        let Position { method, host, pattern, .. } = position;
        let info = RouteInfo {
            method,
            host: host.as_ref().map(ToString::to_string),
            pattern,
            conditions: common.conditions.iter().map(ToString::to_string).collect(),
            handler: if builtin { "built in" } else { place.what },
            file: place.file,
            line: place.line,
            steps: names,
            guards,
            operation_id: None,
            builtin,
        };
        let conditions = common.conditions;
        Some(Prepared { chain, host, conditions, operation, info, doc })
    }

    /// The steps of a route, with those that every route has around them.
    fn own_steps(&self, common: &Common) -> Vec<StepSource> {
        let settings = &self.settings;
        let mut steps = Vec::new();
        if settings.security_headers {
            steps.push(StepSource::hook(SecurityHeaders { hsts: settings.hsts.clone() }));
        }
        steps.extend_from_slice(&common.steps);
        steps
    }

    fn chain(
        &mut self,
        position: &Position,
        operation: &mut Operation,
        steps: &[StepSource],
        common: &Common,
        end: &mut dyn FnMut(&mut Site<'_>) -> Option<Arc<dyn Endpoint>>,
    ) -> Option<Arc<Chain>> {
        let is_route = position.place.what != STRAY;
        let mut site = Site::new(self.build.reborrow(), position, operation);
        site.answers_with(common.errors.clone());
        let (mut prepared, mut catches) = (Vec::new(), Vec::new());
        for step in steps {
            if let Ok(step) = step.prepare(&mut site) {
                prepared.push(step);
            }
        }
        let end = end(&mut site);
        for source in &common.catches {
            if let Ok(catch) = source.prepare(&mut site) {
                catches.push(Arc::new(catch));
            }
        }
        site.finish_plan();
        site.at_argument(None);
        for declared in &common.problems {
            site.problems(declared.document);
            site.recognizes(declared.recognize);
        }
        site.refuse_unmet_errors();
        // A handler that could not be prepared may not have come to its parameters.
        if is_route && end.is_some() {
            for name in site.untaken() {
                let message = format!(
                    "nothing takes the path parameter `{{{name}}}` of `{}`",
                    position.pattern
                );
                let help = format!("take it as `{name}: …`, `#[path] {name}: …` or in `Path<…>`");
                site.refuse("P0102", message, help);
            }
        }
        if prepared.len() < steps.len() || catches.len() < common.catches.len() {
            return None;
        }
        if let Some(fields) = site.vary() {
            prepared.insert(0, Step::vary(fields));
        }
        let (scoped, facts) = (site.is_scoped(), site.facts());
        let end = end?;
        let end = if scoped {
            Arc::new(Finishing { end, recognizers: site.recognizers.clone().into() })
                as Arc<dyn Endpoint>
        } else {
            end
        };
        Some(Arc::new(Chain {
            steps: prepared.into(),
            end,
            catches: catches.into(),
            recognizers: site.recognizers.clone().into(),
            facts,
            settings: Arc::clone(self.settings),
            timeout: common.timeout.and_then(TimeLimit::duration),
            scoped,
            shared: Arc::clone(&self.shared),
            vary: OnceLock::new(),
        }))
    }

    /// The chain of requests that no route answers: the application's own steps, and an end.
    fn stray(&mut self, common: &Common, end: Arc<dyn Endpoint>) -> Arc<Chain> {
        let position = Self::nowhere(common);
        let mut operation = Operation::default();
        let steps = self.own_steps(common);
        let chain =
            self.chain(&position, &mut operation, &steps, common, &mut |_| Some(Arc::clone(&end)));
        // Whatever is wrong with the steps is in the report, and the chain will not be used.
        chain.unwrap_or_else(|| {
            let bare = Common::default();
            let mut end = |_: &mut Site<'_>| Some(Arc::clone(&end));
            let chain = self.chain(&position, &mut operation, &[], &bare, &mut end);
            chain.expect("a chain without steps has nothing that could be refused")
        })
    }

    fn fallback(&mut self, common: &Common, source: Arc<dyn RouteSource>) -> Option<Arc<Chain>> {
        let position = Position { place: source.place(), ..Self::nowhere(common) };
        let mut operation = Operation::default();
        let steps = self.own_steps(common);
        self.chain(&position, &mut operation, &steps, common, &mut |site| source.prepare(site).ok())
    }

    /// A fallback for each choice without a route that has no condition: its answers depend on the
    /// same fields as those of the routes.
    fn choice_fallbacks(
        &mut self,
        common: &Common,
        source: &Arc<dyn RouteSource>,
        table: &Table,
    ) -> HashMap<usize, Arc<Chain>> {
        let mut chains = HashMap::new();
        for (first, choices) in table.open_choices() {
            if let Some(chain) = self.fallback(common, Arc::clone(source)) {
                if let Some(vary) = vary(choices) {
                    let _ = chain.vary.set(vary);
                }
                chains.insert(first, chain);
            }
        }
        chains
    }

    fn nowhere(common: &Common) -> Position {
        Position {
            method: Method::GET,
            host: None,
            pattern: String::new(),
            parameters: Vec::new(),
            place: Place { what: STRAY, file: "", line: 0 },
            body_limit: common.body_limit.unwrap_or(usize::MAX),
            form_limits: common.form_limits.unwrap_or_default(),
            query_limit: common.query_limit.unwrap_or(usize::MAX),
            reach: Reach::APPLICATION,
            choice: String::new(),
        }
    }

    fn report_conflict(&mut self, route: &RouteInfo, other: &RouteInfo) {
        let at = |info: &RouteInfo| Place { what: info.handler, file: info.file, line: info.line };
        let message = format!("two routes answer `{} {}`", route.method, route.full_pattern());
        let one_chooses = !route.conditions.is_empty() || !other.conditions.is_empty();
        let help = match (other.pattern == route.pattern, is_alike(other, route)) {
            (true, _) if one_chooses => {
                "give them other conditions: the second of two that are the same is never asked"
                    .to_owned()
            }
            (true, _) => {
                "remove one of them, give it another path, or say with `when` which requests it is \
                 for"
                .to_owned()
            }
            (false, true) if one_chooses => {
                format!("name the parameters alike, as in `{}`", other.pattern)
            }
            (false, true) => format!("`{}` matches the same paths", other.pattern),
            // Of the framed parameters in which they differ neither has more text beside it.
            (false, false) => {
                let both = meeting(&other.pattern, &route.pattern).unwrap_or_default();
                format!(
                    "give one of them more text beside its parameter: `{}` matches `{both}`, too",
                    other.pattern
                )
            }
        };
        self.mistake("P0107", message, vec![at(other), at(route)], Some(help));
    }

    /// Gives every operation its id, and refuses ids chosen twice.
    fn name_all(&mut self, done: &mut [Prepared]) {
        let mut names: Vec<(String, Vec<&'static str>)> = Vec::new();
        for prepared in done.iter() {
            names.push(match prepared.doc.id {
                Some(id) => (id.to_owned(), Vec::new()),
                None => (String::new(), words(prepared.info.handler)),
            });
        }
        name_operations(&mut names);
        let mut seen: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, (name, _)) in names.iter().enumerate() {
            if !done[index].info.builtin && !done[index].doc.hidden {
                seen.entry(name.clone()).or_default().push(index);
            }
        }
        let mut twice = Vec::new();
        for (name, at) in &seen {
            if at.len() > 1 {
                twice.push(name.clone());
            }
        }
        twice.sort();
        for name in twice {
            let at = &seen[&name];
            let chosen = at.iter().filter(|index| done[**index].doc.id.is_some()).count();
            if chosen > 1 {
                let place = |index: &usize| {
                    let info = &done[*index].info;
                    Place { what: info.handler, file: info.file, line: info.line }
                };
                let places = at.iter().map(place).collect();
                let help = Some("give each its own `id = \"…\"`".to_owned());
                self.mistake("P0201", format!("two operations are called `{name}`"), places, help);
            }
        }
        number(&mut names, done);
        for (prepared, (name, _)) in done.iter_mut().zip(names) {
            prepared.operation.operation_id = name;
        }
    }

    fn mistake(
        &mut self,
        code: &'static str,
        message: String,
        places: Vec<Place>,
        help: Option<String>,
    ) -> Reported {
        let labels = Vec::new();
        self.build.report.add(Mistake { code, message, places, labels, origin: None, help })
    }
}

/// One handler on several paths: all but the first get a number. Names chosen by hand stay.
fn number(names: &mut [(String, Vec<&'static str>)], done: &[Prepared]) {
    let is_chosen = |index: &usize| done[*index].doc.id.is_some();
    let mut used: HashSet<String> = HashSet::new();
    for index in (0..names.len()).filter(is_chosen) {
        used.insert(names[index].0.clone());
    }
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for index in (0..names.len()).filter(|index| !is_chosen(index)) {
        let first = names[index].0.clone();
        while !used.insert(names[index].0.clone()) {
            let number = numbers.entry(first.clone()).or_insert(1);
            *number += 1;
            names[index].0 = format!("{first}_{number}");
        }
    }
}

/// By host, pattern and method.
fn in_order(one: &RouteInfo, other: &RouteInfo) -> Ordering {
    let place = one.host.cmp(&other.host).then_with(|| one.pattern.cmp(&other.pattern));
    place.then_with(|| one.method.as_str().cmp(other.method.as_str()))
}

const STRAY: &str = "no route";

/// The modules and the name of a handler, without the crate: what an operation id is made of.
fn words(handler: &'static str) -> Vec<&'static str> {
    let path = handler.trim_end_matches("::{{closure}}").split("::");
    let words: Vec<_> = path.filter(|word| !word.contains(['{', '<', ' '])).collect();
    if words.len() > 1 { words[1..].to_vec() } else { words }
}

fn document(operation: &mut Operation, doc: &RouteDoc, common: &Common) {
    let (summary, description) = match doc.text.split_once("\n\n") {
        Some((summary, description)) => (summary, description.trim()),
        None => (doc.text, ""),
    };
    let summary = summary.split_whitespace().collect::<Vec<_>>().join(" ");
    let summary = summary.trim_end_matches('.');
    operation.summary = (!summary.is_empty()).then(|| summary.to_owned());
    operation.description = (!description.is_empty()).then(|| description.to_owned());
    operation.deprecated = doc.deprecated;
    operation.tags = match doc.tag {
        Some(tag) => vec![tag.to_owned()],
        None if !common.tags.is_empty() => common.tags.clone(),
        None => module_tag(doc.module).into_iter().collect(),
    };
}

/// `bookshelf::api::books` is shown under `books`; the root of the crate under nothing.
fn module_tag(module: &str) -> Option<String> {
    let (_, last) = module.rsplit_once("::")?;
    Some(last.trim_start_matches("r#").to_owned())
}
