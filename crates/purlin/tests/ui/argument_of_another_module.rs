//! An argument that is no extractor, named by its path, and may be absent.
//!
//! error: `Loans` cannot be taken from a request
//! at: Option<crate::loans::Loans>
//! help: `Inject<Loans>`

use purlin::get;

mod loans {
    pub struct Loans;
}

#[get("/loans")]
async fn index(loans: Option<crate::loans::Loans>) -> &'static str {
    if loans.is_some() { "some" } else { "none" }
}

fn main() {
    let _ = (purlin::routes![index], loans::Loans);
}
