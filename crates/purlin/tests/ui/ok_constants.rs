//! Constants and types without fields that have the names of what is written out: where a name is
//! bound, each of these would be a pattern instead.

#![allow(dead_code, non_upper_case_globals, non_camel_case_types)]

use purlin::{Json, PageQuery, Problem, Query, Respond, Result, Scoped, controller, dependency, get};

const answer: u8 = 0;
const announce: u8 = 0;
const argument_0: u8 = 0;
const controller_: u8 = 0;
const finish: u8 = 0;
const future: u8 = 0;
const is_variant: u8 = 0;
const out: u8 = 0;
const outer: u8 = 0;
const prepared: u8 = 0;
const problem: u8 = 0;
const problems: u8 = 0;
const members: u8 = 0;
struct request;
struct routes;
struct site;
struct status;
struct taken;
struct this;
struct value;

#[derive(Debug, thiserror::Error, Problem)]
enum Wrong {
    #[error("the book is on loan")]
    #[problem(status = 409)]
    OnLoan {
        #[problem(member)]
        until: u64,
    },
}

#[derive(Respond)]
enum Answer {
    Value(Json<u64>),
    None,
}

#[derive(purlin::Extract)]
struct Context {
    page: Query<PageQuery>,
    body: purlin::Text,
}

async fn commit(_: std::sync::Arc<u64>, _: purlin::http::StatusCode) -> Result {
    Ok(())
}

#[dependency(finish = commit)]
async fn reader(_page: Query<PageQuery>) -> Result<u64, Wrong> {
    Err(Wrong::OnLoan { until: 7 })
}

#[get("/{id}", errors = [Wrong::OnLoan])]
async fn show(id: u64, context: Context, _reader: Scoped<reader>) -> Result<Answer, Wrong> {
    let _ = (context.page, context.body, show::url(id));
    Ok(Answer::Value(Json(id)))
}

struct Books;

#[controller("/books")]
impl Books {
    #[get("/{id}")]
    async fn show(&self, id: u64, _reader: Scoped<reader>) -> Answer {
        let _ = (id, Self::show_url(id));
        Answer::None
    }
}

fn main() {
    let _ = (purlin::routes![show], <Books as purlin::Controller>::routes());
}
