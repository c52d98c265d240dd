//! Every mistake in an application is found at once, with its code and its place.
//!
//! S-058, S-096, S-260, T-17.

use purlin::config::{ConfigFile, Configuration};
use purlin::{
    App, Controller, Dependency, Extract, Header, Inject, Json, Mode, Next, Path, Place, Query,
    Report, Reported, Request, Response, Routes, Scoped, Site, Slot, Unchecked, controller,
    dependency, get, routes,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

trait Mailer: Send + Sync {}

struct Http;
struct Payments;
struct Checkout;
struct Hen;
struct Egg;

#[derive(Deserialize, Serialize, JsonSchema, garde::Validate)]
struct Limited {
    #[garde(length(chars, min = 3))]
    name: String,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Shop {
    open: bool,
}

#[get("/mail")]
async fn mail(_mailer: Inject<dyn Mailer>) {}

#[get("/books/{id}", id = "book")]
async fn show(_id: u32) {}

#[get("/books/{slug}", id = "book")]
async fn by_slug(_slug: String) {}

#[get("/ping", id = "ping")]
async fn ping() {}

#[get("/pong", id = "ping")]
async fn pong() {}

#[dependency]
async fn first(_second: Scoped<second>) -> purlin::Result<u8> {
    Ok(1)
}

#[dependency]
async fn second(_first: Scoped<first>) -> purlin::Result<u8> {
    Ok(2)
}

#[get("/circle")]
async fn circle(_first: Scoped<first>) {}

async fn two_bodies(_one: Json<Unchecked<u8>>, _two: Json<Unchecked<u8>>) {}

async fn wrong_parameter(_path: Path<(u8, u8)>) {}

async fn unchecked(_query: Query<Unchecked<Limited>>) {}

async fn untaken() {}

fn configuration(file: &str) -> Configuration {
    Configuration::new(Mode::Prod).file(ConfigFile::parse("purlin.toml", file).unwrap())
}

fn report(app: App) -> Report {
    app.assemble().err().unwrap_or_default()
}

fn codes(report: &Report) -> Vec<&'static str> {
    let mut codes: Vec<_> = report.mistakes().iter().map(|mistake| mistake.code).collect();
    codes.sort_unstable();
    codes
}

/// S-058, S-096, T-17: one start, all mistakes, each with its place.
#[test]
fn all_mistakes_are_reported_at_once() {
    let app = App::new("mistakes")
        .configuration(configuration("[shop]\nopen = 3\nopne = true\n[shpo]\n"))
        .config::<Shop>("shop")
        .provide_with(async |_payments: Inject<Payments>| Ok(Checkout))
        .provide_with(async |_http: Inject<Http>| Ok(Payments))
        .provide_with(async |_egg: Inject<Egg>| Ok(Hen))
        .provide_with(async |_hen: Inject<Hen>| Ok(Egg))
        .routes(routes![mail, show, by_slug, ping, pong, circle])
        .routes(
            Routes::new()
                .get("no-slash", untaken)
                .get("/untaken/{id}", untaken)
                .post("/two", two_bodies)
                .get("/wrong/{one}", wrong_parameter)
                .get("/unchecked", unchecked),
        );
    let report = report(app);
    assert_eq!(
        codes(&report),
        [
            "P0101", "P0102", "P0104", "P0105", "P0107", "P0108", "P0201", "P0301", "P0301",
            "P0302", "P0305", "P0401", "P0401", "P0403",
        ],
        "{report}"
    );
    let text = report.to_string();
    for part in [
        "Checkout → Payments → Http: not provided",
        "services need each other: Hen → Egg → Hen",
        "request dependencies need each other: first → second → first",
        "mail (argument `mailer`) → dyn Mailer: not provided",
        "two routes answer `GET /books/{slug}`",
        "--> purlin.toml:2",
        "--> purlin.toml:3",
        "`[shpo]` is a section that nobody reads",
        "problems, not started",
    ] {
        assert!(text.contains(part), "`{part}` is missing in\n{text}");
    }
    let places: Vec<_> = report.mistakes().iter().filter(|m| m.origin.is_none()).collect();
    for mistake in places {
        let place = mistake.places.first().expect("a mistake in the source has a place");
        assert!(place.file.ends_with("mistakes.rs"), "{mistake:?}");
        assert!(place.line > 0, "{mistake:?}");
    }
}

#[test]
fn the_type_beside_a_dependency_knows_its_function() {
    assert!(<first as Dependency>::PLACE.what.ends_with("mistakes::first"));
}

struct Shelf;

#[controller("/shelves")]
impl Shelf {
    #[get("/{id}")]
    async fn r#type(&self, _id: u32) {}

    #[get("/{name}")]
    async fn named(&self, _name: String) {}
}

/// S-058, S-093: a method of a controller has a place of its own.
#[test]
fn a_mistake_in_a_controller_is_at_its_method() {
    let report = report(App::new("shelves").provide(Shelf).routes(Shelf::routes()));
    assert_eq!(codes(&report), ["P0107"], "{report}");
    let source = include_str!("mistakes.rs");
    let line = |place: &Place| source.lines().nth(place.line as usize - 1).unwrap_or_default();
    let places = report.mistakes()[0].places.iter();
    let mut places: Vec<_> = places.map(|place| (place.what, line(place).trim())).collect();
    places.sort_unstable();
    assert_eq!(
        places,
        [
            ("it::mistakes::Shelf::named", "#[get(\"/{name}\")]"),
            ("it::mistakes::Shelf::type", "#[get(\"/{id}\")]"),
        ]
    );
}

/// The one mistake that `routes` have.
#[track_caller]
fn check_refused(app: App, code: &str, part: &str) {
    let report = report(app.configuration(configuration("")));
    assert_eq!(codes(&report), [code], "{report}");
    assert!(report.to_string().contains(part), "`{part}` is missing in\n{report}");
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Wrong {
    slug: u32,
}

#[derive(Deserialize, Serialize, JsonSchema, garde::Validate)]
struct NoHeader {
    #[serde(rename = "not a header")]
    #[garde(skip)]
    field: String,
}

struct Sessions;

/// Asks for what only a module can give.
struct Session;

impl Extract for Session {
    type Prepared = ();

    fn prepare(site: &mut Site<'_>) -> Result<(), Reported> {
        site.need_module::<Sessions>("a `Session`")
    }

    async fn extract((): &(), _request: &mut Request) -> purlin::Result<Self> {
        Ok(Self)
    }
}

/// Asks for the one place of a service that has none.
struct NeedsSlot;

impl Extract for NeedsSlot {
    type Prepared = Slot<Http>;

    fn prepare(site: &mut Site<'_>) -> Result<Slot<Http>, Reported> {
        site.need::<Http>()
    }

    async fn extract(_slot: &Slot<Http>, _request: &mut Request) -> purlin::Result<Self> {
        Ok(Self)
    }
}

/// Writes an address out, and says so.
struct Linked;

impl Extract for Linked {
    type Prepared = ();

    fn prepare(site: &mut Site<'_>) -> Result<(), Reported> {
        site.wants_url(&pong::url());
        Ok(())
    }

    async fn extract((): &(), _request: &mut Request) -> purlin::Result<Self> {
        Ok(Self)
    }
}

async fn reads_early(
    _body: Json<Unchecked<u8>>,
    request: Request,
    next: Next,
) -> purlin::Result<Response> {
    Ok(next.run(request).await)
}

/// P0103
#[test]
fn a_path_has_the_parameters_that_are_taken() {
    let show = async |_path: Path<Wrong>| ();
    check_refused(
        App::new("a").routes(Routes::new().get("/books/{id}", show)),
        "P0103",
        "add `{slug}`",
    );
}

/// P0106
#[test]
fn only_the_handler_reads_the_body() {
    let routes = Routes::new().get("/", untaken).middleware(reads_early);
    check_refused(App::new("a").routes(routes), "P0106", "only the handler may");
}

/// P0109
#[test]
fn a_field_of_headers_has_the_name_of_one() {
    let show = async |_header: Header<NoHeader>| ();
    check_refused(App::new("a").routes(Routes::new().get("/", show)), "P0109", "`not a header`");
}

/// P0110
#[test]
fn an_address_that_is_written_is_mounted() {
    let show = async |_linked: Linked| ();
    check_refused(App::new("a").routes(Routes::new().get("/", show)), "P0110", "`pong`");
}

/// P0303
#[test]
fn a_module_that_is_asked_for_is_installed() {
    let show = async |_session: Session| ();
    check_refused(
        App::new("a").routes(Routes::new().get("/", show)),
        "P0303",
        "`Sessions` is not installed",
    );
}

/// P0304
#[test]
fn what_is_made_each_time_has_no_slot() {
    let show = async |_slot: NeedsSlot| ();
    let app = App::new("a").provide_each(|| Http).routes(Routes::new().get("/", show));
    check_refused(app, "P0304", "made anew each time");
}
