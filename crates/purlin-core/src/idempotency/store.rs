//! Where answers are kept.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::endpoint::BoxFuture;
use crate::error::Result;

/// The key of a request with everything it counts for: a hash, which is printed as 64 hexadecimal
/// digits and holds no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey {
    scope: IdempotencyScope,
    id: [u8; 32],
}

/// Whose a key is: a hash of the text that [`Idempotency::scope`](crate::Idempotency::scope) gave,
/// which is printed as 64 hexadecimal digits. A store may count by it how much one client keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyScope([u8; 32]);

impl IdempotencyKey {
    pub(super) fn new(scope: [u8; 32], id: [u8; 32]) -> Self {
        Self { scope: IdempotencyScope(scope), id }
    }

    /// Whose it is.
    pub fn scope(&self) -> IdempotencyScope {
        self.scope
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.id, f)
    }
}

impl fmt::Display for IdempotencyScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

fn write_hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// An answer as it is kept.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a store makes one of what it has written down")]
pub struct StoredAnswer {
    /// Its status.
    pub status: StatusCode,
    /// Its header fields.
    pub headers: HeaderMap,
    /// Its body; `None` for one that was too large to be kept.
    pub body: Option<Bytes>,
}

/// What a store knows of a key.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a store says one of these")]
pub enum Begun {
    /// Nothing until now: the request is to be carried out.
    New,
    /// The same request is being carried out.
    UnderWay,
    /// The key was sent with another request.
    OtherRequest,
    /// The same request was carried out.
    Answered(StoredAnswer),
}

/// Keeps the answers to requests with an `Idempotency-Key`.
///
/// Its functions give futures that hold what they need: a store is a handle, such as a pool of
/// connections, of which a clone goes into each.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot keep answers",
    note = "implement `IdempotencyStore` for `{Self}`, or take `IdempotencyMemory`"
)]
pub trait IdempotencyStore: Send + Sync + 'static {
    /// Looks a key up, and notes the request under it if it is new; both in one step, so that of two
    /// at the same time only one is new. What is noted may be forgotten after `kept_for`.
    ///
    /// # Errors
    ///
    /// When it cannot be known: the request is then not carried out.
    fn begin(
        &self,
        key: IdempotencyKey,
        fingerprint: [u8; 32],
        kept_for: Duration,
    ) -> BoxFuture<Result<Begun>>;

    /// Keeps the answer to a request that was noted.
    fn finish(&self, key: IdempotencyKey, answer: StoredAnswer) -> BoxFuture<Result>;

    /// Forgets a request that was noted, so that it may be carried out anew.
    fn release(&self, key: IdempotencyKey) -> BoxFuture<Result>;
}
