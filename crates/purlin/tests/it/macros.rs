//! S-004, S-040, S-068, S-070, S-093, S-094, S-097, S-098, S-101: what attributes and derives write
//! out, asked as a client asks.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use garde::Validate;
use purlin::http::{Method, StatusCode};
use purlin::{
    App, Controller, Created, Error, Extract, Html, Inject, Json, PageQuery, Problem, Query,
    Respond, Result, Scoped, controller, dependency, get, post, route, routes,
};
use purlin_test::TestApp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Where users are kept.
trait Repository: Send + Sync {
    fn all(&self) -> BTreeMap<u32, String>;
    fn put(&self, id: u32, name: Option<String>);
}

#[derive(Default)]
struct Memory(Mutex<BTreeMap<u32, String>>);

impl Repository for Memory {
    fn all(&self) -> BTreeMap<u32, String> {
        self.0.lock().unwrap().clone()
    }

    fn put(&self, id: u32, name: Option<String>) {
        let mut users = self.0.lock().unwrap();
        match name {
            Some(name) => users.insert(id, name),
            None => users.remove(&id),
        };
    }
}

/// A repository that nobody can write to.
struct Fixed;

impl Repository for Fixed {
    fn all(&self) -> BTreeMap<u32, String> {
        BTreeMap::from([(7, "Ada".to_owned())])
    }

    fn put(&self, _id: u32, _name: Option<String>) {}
}

#[derive(Deserialize, Serialize, JsonSchema, Validate)]
struct User {
    #[garde(length(chars, min = 2))]
    name: String,
}

struct Users {
    repository: Inject<dyn Repository>,
}

#[controller("/users")]
impl Users {
    async fn new(repository: Inject<dyn Repository>) -> Result<Self> {
        Ok(Self { repository })
    }

    #[get("/")]
    async fn index(&self) -> Json<Vec<String>> {
        Json(self.repository.all().into_values().collect())
    }

    #[get("/{id}")]
    async fn show(&self, id: u32) -> Option<Json<User>> {
        self.repository.all().remove(&id).map(|name| Json(User { name }))
    }

    #[post("/")]
    async fn create(&self, user: Json<User>) -> Created<Json<User>> {
        let id = self.repository.all().into_keys().max().unwrap_or(0) + 1;
        self.repository.put(id, Some(user.name.clone()));
        Created::at(Self::show_url(id), user)
    }

    #[put("/{id}")]
    async fn replace(&self, id: u32, user: Json<User>) -> Json<User> {
        self.repository.put(id, Some(user.name.clone()));
        user
    }

    #[delete("/{id}")]
    async fn remove(&self, id: u32) {
        self.repository.put(id, None);
    }
}

async fn users(repository: Arc<dyn Repository>) -> TestApp {
    let app = App::new("users").provide_with(Users::new).nest("/api", Users::routes());
    TestApp::of(app).provide_as(repository).start().await
}

/// S-093: five actions, one registration.
#[purlin_test::test]
async fn the_methods_of_a_controller_answer_under_its_path() {
    let app = users(Arc::new(Memory::default())).await;
    app.get("/users").await.assert_status(404);
    app.get("/api/users").await.assert_json(&json!([]));

    let created = app.post("/api/users").json(&json!({ "name": "Ada" })).await;
    created.assert_status(201).assert_header("location", "/api/users/1");
    app.get(Users::show_url(1)).await.assert_json(&json!({ "name": "Ada" }));

    let replaced = app.put(Users::replace_url(1)).json(&json!({ "name": "Grace" })).await;
    replaced.assert_ok();
    app.get(Users::index_url()).await.assert_json(&json!(["Grace"]));

    app.delete(Users::remove_url(1)).await.assert_status(204);
    app.get("/api/users/1").await.assert_status(404);
}

/// S-093: a controller's arguments are checked as those of a function are.
#[purlin_test::test]
async fn a_controller_refuses_what_its_arguments_refuse() {
    let app = users(Arc::new(Memory::default())).await;
    let refused = app.put("/api/users/1").json(&json!({ "name": "A" })).await;
    refused.assert_problem(422, "invalid_input").assert_fault("/name", "min_length");
    app.get("/api/users/one").await.assert_problem(404, "invalid_path_parameter");
}

/// S-094: what the controller was built with is what it answers from.
#[purlin_test::test]
async fn another_repository_changes_what_a_controller_answers() {
    let app = users(Arc::new(Fixed)).await;
    app.get("/api/users").await.assert_json(&json!(["Ada"]));
    app.delete("/api/users/7").await.assert_status(204);
    app.get("/api/users/7").await.assert_json(&json!({ "name": "Ada" }));
}

/// How often something was built.
#[derive(Default)]
struct Built(AtomicUsize);

/// Takes no argument.
#[dependency]
async fn greeting() -> Result<&'static str> {
    Ok("Hello")
}

#[derive(Deserialize, JsonSchema, Validate)]
struct Who {
    #[garde(length(chars, max = 10))]
    name: String,
}

/// Takes a part of the request, another dependency, a service and a path parameter.
#[dependency]
async fn salute(
    who: Query<Who>,
    greeting: Scoped<greeting>,
    built: Inject<Built>,
    #[path] times: usize,
) -> Result<String> {
    if times == 0 {
        return Err(Error::conflict("no_salute", "nobody is saluted no times"));
    }
    built.0.fetch_add(1, Ordering::SeqCst);
    Ok(format!("{}, {}", *greeting, who.name).repeat(times))
}

#[get("/greeting")]
async fn greet(greeting: Scoped<greeting>) -> &'static str {
    *greeting
}

#[get("/salute/{times}")]
async fn twice(times: usize, one: Scoped<salute>, other: Scoped<salute>) -> String {
    assert_eq!(times, 1);
    format!("{} {}", *one, *other)
}

fn salutes() -> App {
    App::new("salutes").provide(Built::default()).routes(routes![greet, twice])
}

/// S-097, S-098: with no arguments and with parts of the request, built once per request.
#[purlin_test::test]
async fn a_dependency_takes_parts_of_the_request_and_other_dependencies() {
    let built = Arc::new(Built::default());
    let app = TestApp::of(salutes()).provide_as(Arc::clone(&built)).start().await;
    app.get("/greeting").await.assert_text("Hello");
    for requests in 1..=2 {
        let response = app.get("/salute/1?name=Ada").await;
        response.assert_text("Hello, Ada Hello, Ada");
        assert_eq!(built.0.load(Ordering::SeqCst), requests);
    }
}

/// S-097: what it takes is refused and documented as if the handler took it.
#[purlin_test::test]
async fn what_a_dependency_refuses_is_the_answer() {
    let app = TestApp::start(salutes()).await;
    app.get("/salute/1")
        .await
        .assert_problem(422, "invalid_input")
        .assert_fault("/name", "required");
    let zero = app.get("/salute/0?name=Ada").await;
    zero.assert_problem(409, "no_salute");
    let parameters = &app.openapi()["paths"]["/salute/{times}"]["get"]["parameters"];
    let names: Vec<_> = parameters.as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["times", "name"]);
}

#[derive(Debug, thiserror::Error, Problem)]
#[error("the ticket is used up")]
#[problem(status = 402, code = "used_up")]
struct UsedUp;

#[dependency]
async fn ticket(Query(page): Query<PageQuery>) -> Result<u32, UsedUp> {
    if page.per_page == 1 { Err(UsedUp) } else { Ok(page.per_page) }
}

#[dependency]
async fn seat(ticket: Scoped<ticket>) -> std::result::Result<u32, std::num::ParseIntError> {
    ticket.to_string().parse()
}

#[get("/ticket")]
async fn with_ticket(ticket: Scoped<ticket>) -> String {
    ticket.to_string()
}

#[get("/seat")]
async fn with_seat(seat: Scoped<seat>) -> String {
    seat.to_string()
}

#[get("/guarded", guard = Scoped<ticket>)]
async fn guarded() -> &'static str {
    "inside"
}

/// S-087, S-097: what a dependency fails with is an answer of every route that takes it, also by way
/// of another dependency or as a guard.
#[purlin_test::test]
async fn the_errors_of_a_dependency_are_those_of_its_routes() {
    let app = App::new("seats").routes(routes![with_ticket, with_seat, guarded]);
    let app = TestApp::start(app).await;
    for path in ["/ticket", "/seat", "/guarded"] {
        app.get(format!("{path}?per_page=1")).await.assert_problem(402, "used_up");
        let responses = &app.openapi()["paths"][path]["get"]["responses"];
        assert!(responses["402"].is_object(), "{path}: {responses}");
        // What a dependency fails with that has no status may be anything.
        assert_eq!(responses["default"].is_object(), path == "/seat", "{path}: {responses}");
    }
}

/// S-101
#[purlin_test::test]
async fn a_dependency_is_replaced_by_its_name() {
    let app = TestApp::of(salutes()).instead_of::<salute>("Hi".to_owned()).start().await;
    app.get("/salute/1").await.assert_text("Hi Hi");
}

#[dependency]
async fn row(#[path] shelf: u32) -> Result<u32, UsedUp> {
    if shelf == 0 { Err(UsedUp) } else { Ok(shelf) }
}

#[get("/row", errors = [UsedUp])]
async fn with_row(row: Scoped<row>) -> String {
    row.to_string()
}

/// S-101: what it alone took and failed with is asked of nobody else.
#[purlin_test::test]
async fn a_dependency_that_is_replaced_is_missed_by_nothing() {
    let app = || App::new("rows").nest("/shelves/{shelf}", routes![with_row]);
    TestApp::start(app()).await.get("/shelves/0/row").await.assert_problem(402, "used_up");
    let app = TestApp::of(app()).instead_of::<row>(7).start().await;
    app.get("/shelves/0/row").await.assert_text("7");
}

/// What a transaction came to.
#[derive(Default)]
struct Ends(Mutex<Vec<u16>>);

struct Transaction {
    ends: Inject<Ends>,
}

async fn finish(transaction: Arc<Transaction>, status: StatusCode) -> Result {
    transaction.ends.0.lock().unwrap().push(status.as_u16());
    if status == StatusCode::ACCEPTED { Err(Error::internal("the commit failed")) } else { Ok(()) }
}

#[dependency(finish = finish)]
async fn transaction(ends: Inject<Ends>) -> Result<Transaction> {
    Ok(Transaction { ends })
}

#[route("PURGE", "/{code}")]
async fn purge(code: u16, transaction: Scoped<transaction>) -> Result<StatusCode> {
    assert!(transaction.ends.0.lock().unwrap().is_empty(), "it is finished after the handler");
    StatusCode::from_u16(code).map_err(Error::from)
}

/// S-099: `finish` is asked with the status, and what it fails with is the answer.
#[purlin_test::test]
async fn a_dependency_is_finished_after_the_handler() {
    for (code, answered) in [(204, 204), (404, 404), (202, 500)] {
        let ends = Arc::new(Ends::default());
        let app = App::new("purge").routes(routes![purge]);
        let app = TestApp::of(app).provide_as(Arc::clone(&ends)).start().await;
        let method = Method::from_bytes(b"PURGE").unwrap();
        app.request(method, format!("/{code}")).await.assert_status(answered);
        assert_eq!(*ends.0.lock().unwrap(), [code]);
    }
}

/// Everything a change is made with.
#[derive(Extract)]
struct Change {
    #[extract(path)]
    id: u32,
    repository: Inject<dyn Repository>,
    user: Json<User>,
    note: Note,
}

/// A tuple of extractors, of which one need not be there.
#[derive(Extract)]
struct Note(Option<Query<Who>>);

#[post("/changes/{id}")]
async fn change(change: Change) -> String {
    let Change { id, repository, user, note } = change;
    repository.put(id, Some(user.name.clone()));
    let by = note.0.map_or_else(|| "nobody".to_owned(), |by| by.0.name);
    format!("{id} is {} now, says {by}", repository.all()[&id])
}

async fn changes() -> TestApp {
    let app = App::new("changes").routes(routes![change]);
    TestApp::of(app).provide_as::<dyn Repository>(Arc::new(Memory::default())).start().await
}

#[purlin_test::test]
async fn a_derived_extractor_takes_all_of_its_fields() {
    let app = changes().await;
    let ada = json!({ "name": "Ada" });
    let response = app.post("/changes/7").json(&ada).await;
    response.assert_text("7 is Ada now, says nobody");
    let response = app.post(change::url(8)).query(&[("name", "Grace")]).json(&ada).await;
    response.assert_text("8 is Ada now, says Grace");
}

#[purlin_test::test]
async fn a_derived_extractor_refuses_and_documents_what_its_fields_do() {
    let app = changes().await;
    let short = app.post("/changes/7").json(&json!({ "name": "A" })).await;
    short.assert_problem(422, "invalid_input").assert_fault("/name", "min_length");
    app.post("/changes/x").json(&json!({ "name": "A" })).await.assert_status(404);
    let operation = &app.openapi()["paths"]["/changes/{id}"]["post"];
    assert_eq!(operation["parameters"][0]["name"], "id");
    assert_eq!(operation["parameters"][1]["name"], "name");
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body["$ref"], "#/components/schemas/User");
}

/// What may come of a search.
#[derive(Respond)]
enum Found {
    /// The user.
    User(Json<User>),
    /// What else there is.
    #[respond(status = 300)]
    Several(Html<String>),
    #[respond(status = 410)]
    Gone,
    Nothing,
}

#[get("/found/{what}")]
async fn found(what: String) -> Found {
    match what.as_str() {
        "user" => Found::User(Json(User { name: "Ada".to_owned() })),
        "several" => Found::Several(Html("<p>two".to_owned())),
        "gone" => Found::Gone,
        _ => Found::Nothing,
    }
}

/// S-068, S-070: each variant has its status and its form, and the document lists them.
#[purlin_test::test]
async fn a_derived_response_is_one_of_its_variants() {
    let app = TestApp::start(App::new("found").routes(routes![found])).await;
    app.get("/found/user").await.assert_status(200).assert_json(&json!({ "name": "Ada" }));
    let several = app.get("/found/several").await;
    several.assert_status(300).assert_text("<p>two");
    several.assert_header("content-type", "text/html; charset=utf-8");
    app.get("/found/gone").await.assert_status(410).assert_text("");
    app.get("/found/nothing").await.assert_status(204);

    let responses = &app.openapi()["paths"]["/found/{what}"]["get"]["responses"];
    assert_eq!(responses["200"]["description"], "The user");
    assert_eq!(responses["300"]["description"], "What else there is");
    assert!(responses["300"]["content"]["text/html; charset=utf-8"].is_object(), "{responses}");
    for status in ["204", "410"] {
        assert!(responses[status].is_object() && responses[status]["content"].is_null());
    }
}

/// Opened by one request, and waited for by another.
struct Gate {
    open: mpsc::Sender<()>,
    opened: Mutex<mpsc::Receiver<()>>,
}

/// Blocks its thread, as a library without futures does.
#[get("/wait/{id}")]
fn wait(id: u32, gate: Inject<Gate>) -> Result<String> {
    let opened = gate.opened.lock().map_err(|_| Error::internal("another one panicked"))?;
    // Long enough for any machine; it only ends what would never end.
    opened.recv_timeout(Duration::from_mins(1))?;
    Ok(format!("{id} has waited"))
}

#[post("/open")]
async fn open(gate: Inject<Gate>) -> Result {
    Ok(gate.open.send(())?)
}

/// S-004: on a runtime of one thread, a plain function that blocks lets others go on.
#[purlin_test::test]
async fn a_plain_function_leaves_the_event_loop_alone() {
    let (sender, receiver) = mpsc::channel();
    let gate = Gate { open: sender, opened: Mutex::new(receiver) };
    let app = App::new("gate").provide(gate).routes(routes![wait, open]);
    let app = TestApp::start(app).await;
    let (waited, opened) = tokio::join!(app.get("/wait/7"), app.post("/open"));
    opened.assert_status(204);
    waited.assert_text("7 has waited");
}
