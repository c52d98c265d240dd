//! The derives on all shapes they know.

#![warn(
    elided_lifetimes_in_paths,
    missing_debug_implementations,
    missing_docs,
    rust_2018_idioms,
    single_use_lifetimes,
    trivial_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unused,
    unused_qualifications
)]

use std::fmt;

use purlin::{
    ClientAddress, Extract, Html, Inject, Json, PageQuery, Problem, Query, Respond, Result, get, post,
};

#[derive(Debug, serde::Deserialize, serde::Serialize, schemars::JsonSchema, garde::Validate)]
#[garde(allow_unvalidated)]
struct Book {
    title: String,
}

#[derive(Extract)]
struct Context {
    #[extract(path)]
    id: u64,
    r#type: Query<PageQuery>,
    client: Option<ClientAddress>,
    body: Json<Book>,
}

#[derive(Debug, Extract)]
struct Pair(Query<PageQuery>, Option<ClientAddress>);

#[derive(Extract)]
struct Nothing;

#[derive(Extract)]
struct Around<T, U>
where
    T: Extract,
    U: Send + Sync + 'static,
{
    inner: T,
    service: Inject<U>,
}

#[derive(Debug, thiserror::Error, Problem)]
enum LendError {
    #[error("the book is already on loan until {until}")]
    #[problem(status = 409, code = "already_on_loan")]
    AlreadyOnLoan {
        #[problem(member)]
        until: u64,
        by: String,
    },
    /// There is no such book.
    #[error("{0}")]
    #[problem(status = 404)]
    Missing(String),
    #[error("the number is none")]
    #[problem(status = 500)]
    Number(#[from] std::num::ParseIntError),
}

#[derive(Debug, Problem)]
#[problem(status = 503)]
struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the library is closed")
    }
}

impl std::error::Error for Closed {}

#[derive(Debug, thiserror::Error, Problem)]
#[problem(status = 422)]
#[error("bad {0:?}")]
struct Bad<T: fmt::Debug + Send + Sync + 'static>(T);

/// One of these.
#[derive(Respond)]
enum Show {
    /// The book.
    Found(Json<Book>),
    #[respond(status = 203)]
    Page(Html<&'static str>),
    /// Gone for good.
    #[respond(status = 410)]
    Gone,
}

#[derive(Respond)]
enum Either<A: Respond, B: Respond> {
    This(A),
    That(B),
}

#[post("/books/{id}")]
async fn lend(context: Context, pair: Pair) -> Result<Show, LendError> {
    let Pair(_page, _client) = pair;
    let Context { id, r#type, client, body } = context;
    match id {
        0 => Err(LendError::AlreadyOnLoan { until: 1, by: format!("{:?}{client:?}", r#type.0) }),
        1 => Err(LendError::Missing(body.0.title)),
        2 => Ok(Show::Page(Html("<p>"))),
        3 => Ok(Show::Gone),
        _ => Ok(Show::Found(Json(Book { title: "7".parse::<u64>()?.to_string() }))),
    }
}

#[get("/")]
async fn home(around: Around<Nothing, u64>) -> Result<Either<String, Html<String>>, Closed> {
    let Around { inner: Nothing, service } = around;
    match *service {
        0 => Err(Closed),
        1 => Ok(Either::That(Html(String::new()))),
        _ => Ok(Either::This(String::new())),
    }
}

/// One variant, and a member that is a list of what the generics say.
#[derive(Debug, thiserror::Error, Problem)]
enum Only<T: fmt::Debug + serde::Serialize + schemars::JsonSchema + Send + Sync + 'static> {
    #[error("only {all:?}")]
    #[problem(status = 409)]
    r#This {
        #[problem(member)]
        all: Vec<T>,
        #[problem(member)]
        r#type: &'static str,
    },
}

#[get("/only", errors = [Only::<u8>::r#This], tag = "only")]
async fn only() -> Result<&'static str, Only<u8>> {
    Err(Only::This { all: vec![7], r#type: "u8" })
}

#[get("/closed", errors = [Closed])]
async fn closed() -> Result<&'static str, Closed> {
    Err(Closed)
}

#[get("/some", errors = [LendError::AlreadyOnLoan, LendError::Missing])]
async fn some() -> Result<&'static str, LendError> {
    Err(LendError::AlreadyOnLoan { until: 1, by: String::new() })
}

#[get("/bad")]
async fn bad() -> Result<&'static str, Bad<u64>> {
    Err(Bad(7))
}

fn main() {
    let _ = purlin::routes![lend, home, bad, only, closed, some];
}
