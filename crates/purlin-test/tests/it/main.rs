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
#[cfg(unix)]
mod server;
mod setup;

mod core_addresses;
mod core_assembly;
mod core_checked;
mod core_concurrency;
mod core_conditions;
mod core_configuration;
mod core_cookies;
mod core_cors;
mod core_dependencies;
mod core_dependency_failures;
mod core_development;
mod core_error_handlers;
mod core_events;
mod core_forms;
mod core_groups;
mod core_header_input;
mod core_headers;
mod core_hosts;
mod core_idempotency;
mod core_json;
mod core_lifecycle;
mod core_methods;
mod core_multipart;
mod core_negotiated;
mod core_pages;
mod core_panics;
mod core_pipelines;
mod core_problems;
mod core_promises;
mod core_reroute;
mod core_responses;
mod core_routing;
mod core_rules;
mod core_services;
mod core_statuses;
mod core_steps;
mod core_tower;
mod core_uploads;
mod core_whole_addresses;
mod core_stopping;

mod hostile;
