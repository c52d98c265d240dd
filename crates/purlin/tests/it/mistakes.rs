//! Every mistake in an application is found at once, with its code and its place.

use purlin::config::{ConfigFile, Configuration};
use purlin::{
    App, Dependency, Inject, Json, Mode, Path, Query, Report, Routes, Scoped, Unchecked,
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
