//! Readers: who may lend, and how they prove it.

pub mod handlers;
pub mod reader;
mod signed_in;

use purlin::data::Database;
use purlin::{Inject, Result};
use schemars::JsonSchema;
use sea_orm::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use self::signed_in::{Librarian, SignedIn};

/// Those who may lend.
pub struct Readers {
    database: Inject<Database>,
}

/// A reader of the library.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Reader {
    pub id: i64,
    pub name: String,
    /// Whether they may change what the library has.
    pub is_librarian: bool,
}

impl Readers {
    pub async fn new(database: Inject<Database>) -> Result<Self> {
        Ok(Self { database })
    }

    /// The reader a token was given to.
    pub async fn with_token(&self, token: &str) -> Result<Option<Reader>, DbErr> {
        let found = reader::Entity::find()
            .filter(reader::Column::TokenHash.eq(hash(token)))
            .one(self.database.read_orm())
            .await?;
        Ok(found.map(|row| Reader { id: row.id, name: row.name, is_librarian: row.is_librarian }))
    }
}

/// What is stored of a token. The tokens of a real library are long and random, so that a plain hash
/// is enough.
pub fn hash(token: &str) -> String {
    let mut hash = String::new();
    for byte in Sha256::digest(token) {
        hash.push_str(&format!("{byte:02x}"));
    }
    hash
}
