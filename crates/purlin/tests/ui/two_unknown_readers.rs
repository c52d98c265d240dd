//! Two extractors of one's own, of which one is none.
//!
//! error: `Loans` cannot be taken from a request
//! at: Loans
//! help: `Inject<Loans>`

use purlin::{Extract, Reported, Request, Result, Site, post};

struct Loans;

struct Upload;

impl Extract for Upload {
    type Prepared = ();
    const READS_BODY: bool = true;

    fn prepare(_site: &mut Site<'_>) -> Result<(), Reported> {
        Ok(())
    }

    async fn extract((): &(), _request: &mut Request) -> Result<Self> {
        Ok(Self)
    }
}

#[post("/books")]
async fn create(upload: Upload, loans: Loans) -> &'static str {
    let (Upload, Loans) = (upload, loans);
    "a book"
}

fn main() {
    let _ = purlin::routes![create];
}
