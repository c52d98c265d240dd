//! Assembly: the whole description is checked, prepared and compiled, without I/O.
//!
//! Nothing stops at the first mistake. What comes out is either the report of all of them, or an
//! application that can only fail for reasons that lie outside of it.

mod assembled;
mod configuration;
mod consumer;
mod routes;
mod table;

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

pub use self::assembled::{Assembled, CommandInfo, RouteInfo, Started};
use self::configuration::{Development, Requests, Security, own_section, read_sections};
pub use self::consumer::Arguments;
pub(crate) use self::consumer::Consumer;
use self::routes::{Compiled, Compiler};
use super::module::Inspection;
use crate::app::{App, Command};
use crate::builtin;
use crate::config::{Configuration, Mode};
use crate::events::{Events, Subscribers};
use crate::openapi::{Document, Info, Schemas};
use crate::pipeline::{Chain, Promises, RouteRow, Settings, Shared};
use crate::report::{Lack, Report};
use crate::routes::Routes;
use crate::services::{ServiceTable, Slot, Source};
use crate::site::{Build, Recognize, WantedUrl};
use crate::tasks::Tasks;
use crate::url::{Mount, UrlTable};

pub(crate) fn assemble(mut app: App) -> Result<Assembled, Report> {
    let mut report = Report::default();
    let mut services = ServiceTable::default();
    let tasks = Tasks::default();
    let subscribers = Subscribers::default();
    let events = Events::new(tasks.clone(), &subscribers, app.most_events);
    let arguments = provide_all(&mut app, &mut services, &tasks, &events);
    let sections = read_sections(&mut app, &mut services, &mut report);
    provide_configuration(&app, &mut services);
    for groups in app.routes.groups() {
        services.reach_within(groups);
    }
    services.prepare(&mut report);

    let mode = app.configuration.mode();
    let documented = app.docs.unwrap_or(mode != Mode::Prod);
    let document = Arc::new(Document::default());
    let checks: Arc<OnceLock<_>> = Arc::default();
    let settings = Arc::new(settings(&app, mode, &mut report));
    let (builtin, documented_at) = builtin_routes(&app, documented, &document, &checks, &settings);

    let urls = Arc::new(UrlTable::new(mode == Mode::Prod));
    let mut schemas = Schemas::default();
    let mut wanted_urls = Vec::new();
    let requests: Requests = own_section(&app.configuration, &mut report);
    let routes = requests.around(app.routes.clone());
    let App { fallback, modules, overrides, .. } = &app;
    let mut compiler = Compiler {
        build: Build {
            services: &mut services,
            report: &mut report,
            schemas: &mut schemas,
            modules,
            urls: &urls,
            overrides,
            wanted_urls: &mut wanted_urls,
        },
        settings: &settings,
        shared: Arc::default(),
    };
    let compiled = compiler.compile(routes, builtin, fallback.clone());
    let shared_cell = Arc::clone(&compiler.shared);
    let Compiled { routing, described, rows, mounts } = compiled;
    check_urls(&wanted_urls, &mounts, &rows, &mut report);
    urls.fill(mounts);

    let mut prepare = |consumers| prepared(consumers, &mut services, &mut report);
    let on_start = prepare(app.on_start);
    let on_stop = prepare(app.on_stop);
    let mut ready_checks = Vec::new();
    for (name, check) in app.checks {
        if let Some(check) = prepare(vec![check]).pop().and_then(Consumer::into_check) {
            ready_checks.push((name, check));
        }
    }
    let mut commands = Vec::new();
    for Command { name, about, run } in app.commands {
        if let Some(run) = prepare(vec![run]).pop() {
            commands.push((CommandInfo { name, about }, run));
        }
    }
    subscribers.prepare(app.subscriptions, &mut services, &mut report);
    let (modules, configuration) = (&app.modules, &app.configuration);
    for (place, inspect) in app.inspections {
        inspect(&Inspection { routes: &rows, modules, configuration, place }, &mut report);
    }
    if !report.is_empty() {
        return Err(report);
    }
    let _ = checks.set(ready_checks);
    let (version, description) = (app.version.clone(), app.description);
    document.fill(Info { title: app.name, version: app.version, description }, described, schemas);
    if documented {
        document.bytes();
    }
    complete(&settings, &rows, &routing.chains, &document);
    let trailing_slash = app.trailing_slash;
    let shared = Arc::new(Shared { routing, trailing_slash, settings, urls, subscribers });
    let _ = shared_cell.set(Arc::downgrade(&shared));
    Ok(Assembled {
        shared,
        services,
        on_start,
        on_stop,
        commands,
        arguments,
        rows,
        version,
        document,
        configuration: app.configuration,
        sections,
        tasks,
        documented_at,
        stop_timeout: app.stop_timeout,
    })
}

/// Functions that take services, with these.
fn prepared(
    mut consumers: Vec<Consumer>,
    services: &mut ServiceTable,
    report: &mut Report,
) -> Vec<Consumer> {
    for consumer in &mut consumers {
        consumer.prepare(services, report);
    }
    consumers
}

fn settings(app: &App, mode: Mode, report: &mut Report) -> Settings {
    let development: Development = own_section(&app.configuration, report);
    let security: Security = own_section(&app.configuration, report);
    Settings {
        name: app.name.clone(),
        mode,
        expose_development: development.expose,
        request_log: app.request_log,
        request_id: app.request_id,
        security_headers: app.security_headers,
        life: app.health.then_some(builtin::LIVE),
        has_subscribers: !app.subscriptions.is_empty(),
        hsts: security.hsts(mode),
        place: app.place,
        read_source: app.read_source,
        routes: OnceLock::new(),
        recognizers: OnceLock::new(),
        promises: OnceLock::new(),
    }
}

/// Says what is known only when all routes are compiled.
fn complete(settings: &Settings, rows: &[RouteInfo], chains: &[Arc<Chain>], document: &Document) {
    let _ = settings.routes.set(rows.iter().map(RouteInfo::row).collect::<Vec<RouteRow>>());
    let mut recognizers: Vec<Recognize> = Vec::new();
    for chain in chains {
        recognizers.extend_from_slice(&chain.recognizers);
    }
    recognizers.dedup_by(|a, b| std::ptr::fn_addr_eq(*a, *b));
    let _ = settings.recognizers.set(recognizers);
    if settings.mode == Mode::Dev {
        let _ = settings.promises.set(Promises::new(Arc::clone(document.value())));
    }
}

/// The services every application has, then its own, which go before.
fn provide_all(
    app: &mut App,
    services: &mut ServiceTable,
    tasks: &Tasks,
    events: &Events,
) -> Slot<Arguments> {
    let slot = Slot::empty();
    slot.fill(Arc::new(tasks.clone()));
    services.add::<Tasks>(app.place, Source::Single(slot));
    let slot = Slot::empty();
    slot.fill(Arc::new(events.clone()));
    services.add::<Events>(app.place, Source::Single(slot));
    let arguments = Slot::empty();
    services.add::<Arguments>(app.place, Source::Single(arguments.clone()));
    app.provides.iter().for_each(|service| services.provide(service));
    app.replaces.iter().for_each(|service| services.replace(service));
    arguments
}

/// The configuration as a whole, for modules that need the mode or the folder of its file.
fn provide_configuration(app: &App, services: &mut ServiceTable) {
    let slot = Slot::empty();
    slot.fill(Arc::new(app.configuration.clone()));
    services.add::<Configuration>(app.place, Source::Single(slot));
}

/// Routes that are there without being asked for. The application's own go before them.
fn builtin_routes(
    app: &App,
    documented: bool,
    document: &Arc<Document>,
    checks: &Arc<OnceLock<Vec<(String, builtin::Check)>>>,
    settings: &Arc<Settings>,
) -> (Routes, Option<&'static str>) {
    let mut routes = Routes::new();
    let documented = documented.then_some(app.docs_paths);
    if let Some(paths) = documented {
        routes = routes.merge(builtin::docs(&app.name, paths, Arc::clone(document)));
    }
    if app.health {
        routes = routes.merge(builtin::health(Arc::clone(checks)));
    }
    // Neither where the application answers everything itself.
    if settings.mode == Mode::Dev && app.fallback.is_none() {
        routes = routes.merge(builtin::welcome(Arc::clone(settings), documented));
    }
    (routes, documented.map(|paths| paths.page))
}

/// An address of a route that is mounted nowhere would be an error later.
fn check_urls(
    wanted: &[WantedUrl],
    mounts: &HashMap<TypeId, Vec<Mount>>,
    rows: &[RouteInfo],
    report: &mut Report,
) {
    for WantedUrl { id, what, route, mount, place } in wanted {
        // Where a function has handlers of its own, they go before those of its module, and nothing
        // but their place tells them apart: what is mounted under the same name is what is meant.
        let is_namesake = |row: &RouteInfo| route.is_some_and(|route| row.handler == route.what);
        if mounts.contains_key(id) || rows.iter().any(is_namesake) {
            continue;
        }
        let lack = Lack {
            code: "P0110",
            id: *id,
            alone: format!("the address of `{what}` is wanted, and it is not mounted"),
            shared: format!("`{what}` is not mounted"),
            help: format!("add {mount}"),
        };
        report.add_lack(lack, place.what.to_owned(), *place);
    }
}
