//! The test kit, and the core as it is seen from outside.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod ask;
mod by_hand;

mod assertions;
mod clients;
mod conformance;
mod cookies;
mod mock;
mod redirects;
mod requests;
mod setup;

mod core_assembly;
mod core_dependencies;
mod core_error_handlers;
mod core_forms;
mod core_headers;
mod core_json;
mod core_lifecycle;
mod core_methods;
mod core_pages;
mod core_panics;
mod core_problems;
mod core_reroute;
mod core_routing;
mod core_services;
mod core_steps;
