//! Where a page of the list of books begins: after the last book of the page before.
//!
//! The list may change between two pages; a number of rows to skip would then repeat or lose some.

use super::book::Sort;

/// The last book of a page, as the list is sorted by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cursor {
    Title { title: String, id: i64 },
    Year { year: i32, id: i64 },
}

impl Cursor {
    /// The text a client sends back.
    pub fn write(&self) -> String {
        match self {
            Self::Title { title, id } => format!("t{id}.{title}"),
            Self::Year { year, id } => format!("y{id}.{year}"),
        }
    }

    /// Reads the text of a cursor that belongs to this order.
    pub fn read(text: &str, sort: Sort) -> Option<Self> {
        let (head, rest) = text.split_once('.')?;
        let id = head.get(1..)?.parse().ok()?;
        match (head.get(..1)?, sort) {
            ("t", Sort::Title) => Some(Self::Title { title: rest.to_owned(), id }),
            ("y", Sort::Newest | Sort::Oldest) => Some(Self::Year { year: rest.parse().ok()?, id }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_way_to_the_client_and_back() {
        let cursor = Cursor::Title { title: "A.B & c".to_owned(), id: -7 };
        assert_eq!(Cursor::read(&cursor.write(), Sort::Title), Some(cursor.clone()));
        assert_eq!(Cursor::read(&cursor.write(), Sort::Newest), None);
        assert_eq!(Cursor::read("nonsense", Sort::Title), None);
    }
}
