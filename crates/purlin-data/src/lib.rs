//! purlin-data
