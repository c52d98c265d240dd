//! Holds an answer against the document: is this what was promised?
