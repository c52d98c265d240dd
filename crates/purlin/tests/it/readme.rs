//! The README says what is true; its first example is also compiled, as a doc test.
//!
//! S-040, S-281.

const README: &str = include_str!("../../../../README.md");

/// S-040, S-281: hello world in at most ten lines.
#[test]
fn hello_world_has_ten_lines_at_most() {
    let block = README.split("```rust,no_run\n").nth(1).unwrap();
    let block = block.split("```").next().unwrap();
    assert!(block.contains("purlin::run"), "{block}");
    assert!(block.trim_end().lines().count() <= 10, "{block}");
}
