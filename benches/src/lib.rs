//! Measures Purlin beside its peers, in the same way and with the same work.
//!
//! A peer is a small server in `peers/`; all answer the same requests in the same way, which
//! [`contract`] checks before anything is measured. What is counted (instructions, allocations,
//! system calls) does not depend on how busy the machine is, and guards Purlin against growing
//! slower; what is timed is measured in interleaved rounds, of which the page shows medians.

pub mod page;

pub mod suite;

pub mod baseline;

mod builds;

mod in_process;

mod memory;

mod timed;

mod counts;

mod contract;

mod server;

mod client;

pub mod results;

pub mod load;
