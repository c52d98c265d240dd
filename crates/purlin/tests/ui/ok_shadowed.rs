//! Types, functions and modules with the names of those that are written out.

#![allow(dead_code)]

mod core {}
mod std {}

struct Arc;
struct Box;
struct Error;
struct Option;
struct Result;
struct Site;
struct String;
struct Vec;
struct Url;
trait Extract {}
trait Respond {}
trait Send {}
enum Mine {
    Some,
    None,
    Ok,
    Err,
}
use Mine::{Err, Ok, Some};

fn site() {}
fn request() {}
fn prepared() {}
fn drop() -> [Mine; 3] {
    [Some, Ok, Err]
}
fn panic() {}

#[derive(serde::Deserialize, schemars::JsonSchema, garde::Validate)]
#[garde(allow_unvalidated)]
struct NewBook {
    title: ::std::string::String,
}

#[derive(purlin::Extract)]
struct Context {
    prepared: purlin::Query<purlin::PageQuery>,
    request: ::core::option::Option<purlin::ClientAddress>,
    site: purlin::Json<NewBook>,
}

#[derive(Debug, thiserror::Error, purlin::Problem)]
enum Wrong {
    #[error("no")]
    #[problem(status = 400)]
    Bad {
        #[problem(member)]
        members: u64,
        #[problem(member)]
        problems: u64,
    },
}

#[derive(purlin::Respond)]
enum Answer {
    Value(purlin::Text),
    None,
}

#[purlin::dependency]
async fn reader(site: purlin::Query<purlin::PageQuery>) -> purlin::Result<u64> {
    if site.0 == purlin::PageQuery::default() { return purlin::Result::Ok(0) }
    purlin::Result::Ok(1)
}

#[purlin::get("/{this}/{value}/{taken}")]
async fn show(
    this: u64,
    value: u8,
    taken: u8,
    request: purlin::Query<purlin::PageQuery>,
    site: purlin::Scoped<reader>,
    out: ::core::option::Option<purlin::ClientAddress>,
) -> Answer {
    let _ = (this, value, taken, request, site, out);
    Answer::None
}

#[purlin::post("/")]
fn create(prepared: Context) -> ::core::result::Result<(), Wrong> {
    let _ = (prepared.prepared, prepared.request, prepared.site.0.title);
    ::core::result::Result::Err(Wrong::Bad { members: 0, problems: 1 })
}

struct Books;

#[purlin::controller("/books")]
impl Books {
    #[get("/{this}")]
    async fn show(&self, this: u64, controller: purlin::Query<purlin::PageQuery>) -> Answer {
        let _ = (this, controller);
        Answer::Value(purlin::Text(::std::string::String::new()))
    }
}

fn main() {
    let _ = purlin::routes![show, create];
    let _ = show::url(1, 2, 3);
    let _ = (Books::show_url(7), <Books as purlin::Controller>::routes());
}
