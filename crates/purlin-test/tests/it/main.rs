//! The test kit, and the core as it is seen from outside.

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
