//! Addresses: a path that `Url::local` takes stays on its site, as browsers read it.
//!
//! Input: the path.

#![no_main]

use std::sync::LazyLock;

use http::{Method, StatusCode};
use libfuzzer_sys::fuzz_target;
use purlin_core::{App, Body, Redirect, Request, Result, Routes, Service, Text, Url};
use purlin_fuzz::{ask, serve};

const SITE: &str = "https://here.example:8443/a/b?c";

static SERVICE: LazyLock<Service> = LazyLock::new(|| {
    let lead = async |Text(path): Text| -> Result<Redirect> { Ok(Redirect::to(Url::local(path)?)) };
    serve(App::new("addresses").routes(Routes::new().post("/", lead)))
});

fuzz_target!(|data: &[u8]| {
    let Ok(path) = std::str::from_utf8(data) else { return };
    let mut request = Request::new(Method::POST, "/");
    *request.body_mut() = Body::from(path.to_owned());
    let answer = ask(&SERVICE, request);
    match answer.status {
        StatusCode::SEE_OTHER => stays(path, answer.header("location")),
        StatusCode::BAD_REQUEST => {}
        status => panic!("{status} {path:?}: {}", answer.text()),
    }
});

fn stays(path: &str, location: &str) {
    let site = url::Url::parse(SITE).expect("it is an address");
    let led = site.join(location).unwrap_or_else(|error| panic!("{path:?} {location:?}: {error}"));
    assert_eq!(led.origin(), site.origin(), "{path:?} leads to {led}");
    // A proxy that decodes once more sees the same.
    let decoded = percent_encoding::percent_decode_str(location).decode_utf8_lossy();
    let led = site.join(&decoded).unwrap_or_else(|error| panic!("{path:?} {decoded:?}: {error}"));
    assert_eq!(led.origin(), site.origin(), "{path:?} leads to {led}");
}
