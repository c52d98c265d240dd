//! Request dependencies that take each other, finish, and share a name with what they return.

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

use std::sync::Arc;

use purlin::http::StatusCode;
use purlin::{App, ClientAddress, Error, Inject, Result, Scoped, dependency, get};

#[derive(Debug)]
struct Transaction(u64);

async fn commit(transaction: Arc<Transaction>, status: StatusCode) -> Result {
    if status.is_success() && transaction.0 > 0 { Ok(()) } else { Err(Error::internal("rolled back")) }
}

/// Opened when it is asked for.
#[dependency(finish = commit)]
async fn transaction(numbers: Inject<u64>) -> Result<Transaction> {
    Ok(Transaction(*numbers))
}

#[dependency]
pub(crate) async fn reader(
    client: Option<ClientAddress>,
    Pair(known): Pair,
    transaction: Scoped<transaction>,
    #[path] id: u64,
) -> Result<String, std::num::ParseIntError> {
    "7".parse::<u64>().map(|number| format!("{client:?} {known} {number} {} {id}", transaction.0))
}

#[dependency]
async fn checked() -> Result {
    Ok(())
}

/// Only here so that a pattern can be an argument.
struct Pair(bool);

#[allow(non_snake_case)]
mod pattern {
    use super::Pair;

    impl purlin::Extract for Pair {
        type Prepared = ();

        fn prepare(_site: &mut purlin::Site<'_>) -> Result<(), purlin::Reported> {
            Ok(())
        }

        async fn extract((): &(), _request: &mut purlin::Request) -> purlin::Result<Self> {
            Ok(Self(true))
        }
    }
}

#[get("/readers/{id}")]
async fn me(id: u64, reader: Scoped<reader>, _checked: Scoped<checked>) -> String {
    format!("{id} {}", *reader)
}

fn main() {
    let _ = App::new("readers").provide(7_u64).routes(purlin::routes![me]);
}
