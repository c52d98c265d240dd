//! What a connection waits for.

/// What a connection waits for from its client, each with a mark that moves when something is
/// done: as long as two of them are equal, it is still the same wait.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Wait {
    /// That something moves, after so many bytes in both directions, although it has closed its
    /// half: as long as something does, it is there.
    Answer(u64),
    /// More of a body, that of the request after so many, after so many of its bytes.
    Body(u64, u64),
    /// The rest of a head, after so many requests; for the first one all of it.
    Head(u64),
    /// The beginning of another request, after so many.
    Idle(u64),
    /// That it leaves, which has to be looked for, after so many looks.
    Leaving(u64),
    /// That it reads, after so many bytes.
    Write(u64),
}
