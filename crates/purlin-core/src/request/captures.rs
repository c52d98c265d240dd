//! Where the path parameters lie in the path, without an allocation.

const MOST: usize = 8;

/// Up to eight spans of the routing path.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Captures {
    spans: [(u16, u16); MOST],
    count: u8,
    /// Whether none of them has anything that is encoded.
    are_plain: bool,
}

impl Captures {
    /// The most parameters a path may have.
    pub(crate) const MOST: usize = MOST;

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(crate) fn len(&self) -> usize {
        usize::from(self.count)
    }

    /// Adds the part of the path from `start` to `end`; none where it does not fit.
    pub(crate) fn push(&mut self, start: usize, end: usize) -> Option<()> {
        // `http::Uri` refuses targets of 64 KiB and more, so that both ends fit.
        let span = (u16::try_from(start).ok()?, u16::try_from(end).ok()?);
        *self.spans.get_mut(usize::from(self.count))? = span;
        self.count += 1;
        Some(())
    }

    /// Forgets all but the first ones.
    pub(crate) fn truncate(&mut self, count: usize) {
        debug_assert!(count <= self.len(), "parts are only forgotten");
        self.count = u8::try_from(count).unwrap_or(self.count);
    }

    /// All parts.
    pub(crate) fn parts<'p>(&self, path: &'p str) -> impl Iterator<Item = &'p str> {
        let spans = self.spans[..self.len()].iter();
        spans.filter_map(|(start, end)| path.get(usize::from(*start)..usize::from(*end)))
    }

    /// Notes that no part has anything that is encoded.
    pub(crate) fn set_plain(&mut self) {
        self.are_plain = true;
    }

    /// Whether it is known of the part at an index that nothing in it is encoded.
    pub(crate) fn is_plain(&self, index: usize) -> bool {
        self.are_plain && index < self.len()
    }

    /// The part at an index.
    pub(crate) fn get<'p>(&self, index: usize, path: &'p str) -> Option<&'p str> {
        let (start, end) = self.spans[..usize::from(self.count)].get(index)?;
        path.get(usize::from(*start)..usize::from(*end))
    }
}
