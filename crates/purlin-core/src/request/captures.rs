//! Where the path parameters lie in the path, without an allocation.

const MOST: usize = 8;

/// Up to eight spans of the routing path.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Captures {
    spans: [(u16, u16); MOST],
    count: u8,
}

/// More path parameters than a request can hold; assembly refuses such a route.
#[derive(Debug)]
pub(crate) struct TooManyCaptures;

impl Captures {
    /// The most parameters a path may have.
    pub(crate) const MOST: usize = MOST;

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(crate) fn len(&self) -> usize {
        usize::from(self.count)
    }

    /// Adds a part of `path`, found by its address within it.
    pub(crate) fn push(&mut self, path: &str, part: &str) -> Result<(), TooManyCaptures> {
        let start = part.as_ptr() as usize - path.as_ptr() as usize;
        // `http::Uri` refuses targets of 64 KiB and more, so that both ends fit.
        let (start, end) = (u16::try_from(start), u16::try_from(start + part.len()));
        let (Ok(start), Ok(end)) = (start, end) else { return Err(TooManyCaptures) };
        let slot = self.spans.get_mut(usize::from(self.count)).ok_or(TooManyCaptures)?;
        *slot = (start, end);
        self.count += 1;
        Ok(())
    }

    /// The part at an index.
    pub(crate) fn get<'p>(&self, index: usize, path: &'p str) -> Option<&'p str> {
        let (start, end) = self.spans[..usize::from(self.count)].get(index)?;
        path.get(usize::from(*start)..usize::from(*end))
    }
}
