//! purlin-test
