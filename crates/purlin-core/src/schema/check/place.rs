//! Where a walk stands: the way from the whole value to the one in hand.
//!
//! It is written out as a pointer only for a fault that is listed: a name may be as long as a body.

use super::super::instance::Step;
use super::super::pointer;
use super::found::MOST_POINTER;

/// One step down: the name of a member, or the index of an item.
#[derive(Clone, Copy, Debug)]
pub(super) enum Token<'a> {
    Name(&'a str),
    Index(usize),
}

impl Token<'_> {
    fn length(self) -> usize {
        match self {
            Self::Name(name) => name.len() + 1,
            Self::Index(index) => index.checked_ilog10().unwrap_or(0) as usize + 2,
        }
    }

    fn is(self, step: &Step) -> bool {
        match (self, step) {
            (Self::Name(name), Step::Name(other)) => name == other,
            (Self::Index(index), Step::Index(other)) => index == *other,
            _ => false,
        }
    }

    fn write(self, pointer: &mut String) {
        match self {
            Self::Name(name) => pointer::push(pointer, name),
            Self::Index(index) => pointer::push(pointer, &index.to_string()),
        }
    }
}

#[derive(Debug)]
pub(super) struct Place<'a> {
    tokens: Vec<Token<'a>>,
    length: usize,
    /// The innermost value that was not read to its end.
    end: Option<&'a [Step]>,
    /// How many of the tokens, from the first, are on the way to it.
    towards_end: usize,
}

impl<'a> Place<'a> {
    pub(super) fn new(end: Option<&'a [Step]>) -> Self {
        Self { tokens: Vec::new(), length: 0, end, towards_end: 0 }
    }

    pub(super) fn enter(&mut self, token: Token<'a>) {
        let next = self.end.filter(|_| self.is_unfinished()).and_then(|end| end.get(self.depth()));
        self.towards_end += usize::from(next.is_some_and(|next| token.is(next)));
        self.length += token.length();
        self.tokens.push(token);
    }

    pub(super) fn leave(&mut self) {
        self.length -= self.tokens.pop().map_or(0, Token::length);
        self.towards_end = self.towards_end.min(self.depth());
    }

    pub(super) fn depth(&self) -> usize {
        self.tokens.len()
    }

    /// How long the pointer is, before it is escaped.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// Whether the object or list in hand may have more in it than was read.
    pub(super) fn is_unfinished(&self) -> bool {
        self.end.is_some() && self.towards_end == self.depth()
    }

    pub(super) fn pointer(&self) -> String {
        written(&self.tokens)
    }

    /// The pointer to the nearest value around this one that is short enough to be told.
    pub(super) fn above(&self) -> String {
        let around = self.tokens.split_last().map_or(&[][..], |(_, around)| around);
        let mut length = 0;
        let fits = |token: &&Token<'_>| {
            length += token.length();
            length <= MOST_POINTER
        };
        written(&around[..around.iter().take_while(fits).count()])
    }
}

fn written(tokens: &[Token<'_>]) -> String {
    let mut pointer = String::new();
    for token in tokens {
        token.write(&mut pointer);
    }
    pointer
}
