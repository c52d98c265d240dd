//! What every server answers, compared before it is measured.

use crate::client::{Answer, Client};
use crate::server::{Kind, Server};

/// What is asked of a server, and what it is started with for it.
#[derive(Debug)]
pub(crate) struct Scenario {
    /// As in the tables and in the data.
    pub(crate) name: &'static str,
    /// So many more routes than those of the contract.
    pub(crate) routes: usize,
    /// With five steps around all routes.
    pub(crate) middleware: bool,
    pub(crate) request: Vec<u8>,
}

const ECHO: &str = r#"{"id":7,"name":"Ada Lovelace","email":"ada@example.com","score":0.75,"active":true,"tags":["engine","notes"],"place":{"city":"London","zip":12345},"level":"high"}"#;

/// The scenarios in the order of the tables.
pub(crate) fn scenarios() -> Vec<Scenario> {
    vec![
        scenario("text", get("/plaintext")),
        scenario("JSON", get("/json")),
        scenario("path", get("/users/7")),
        scenario("query", get("/search?q=rust&page=2")),
        scenario("echo", post("/echo", ECHO)),
        scenario("500 routes", get("/api/r250/items/7")),
        Scenario { middleware: true, ..scenario("5 middlewares", get("/json")) },
        Scenario { routes: 10, ..scenario("10 routes", get("/api/r5/items/7")) },
        Scenario { routes: 10_000, ..scenario("10,000 routes", get("/api/r5000/items/7")) },
    ]
}

fn scenario(name: &'static str, request: Vec<u8>) -> Scenario {
    Scenario { name, routes: 500, middleware: false, request }
}

fn get(target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes()
}

fn post(target: &str, body: &str) -> Vec<u8> {
    let head = "Host: localhost\r\nContent-Type: application/json";
    let length = body.len();
    format!("POST {target} HTTP/1.1\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// What an answer has to be.
enum Wanted {
    /// 200 with this media type and exactly this body.
    Body(&'static str, &'static str),
    /// Any refusal of the client.
    Refused,
}

/// Compares every answer of a server with the contract.
pub(crate) fn check(server: &Server, kind: Kind) -> Result<(), String> {
    const TEXT: &str = "text/plain";
    const JSON: &str = "application/json";
    let wrong = ECHO.replace("0.75", "\"high\"");
    let mut cases = vec![
        (get("/plaintext"), Wanted::Body(TEXT, "Hello, World!")),
        (get("/json"), Wanted::Body(JSON, r#"{"message":"Hello, World!"}"#)),
        (get("/users/7"), Wanted::Body(JSON, r#"{"id":7,"name":"user 7"}"#)),
        (get("/users/seven"), Wanted::Refused),
        (get("/search?q=rust&page=2"), Wanted::Body(JSON, r#"{"q":"rust","page":2}"#)),
        (get("/search?q=a%20b"), Wanted::Body(JSON, r#"{"q":"a b","page":1}"#)),
        (get("/search?page=2"), Wanted::Refused),
        (post("/echo", ECHO), Wanted::Body(JSON, ECHO)),
        (post("/echo", &wrong), Wanted::Refused),
        (post("/plaintext", ""), Wanted::Refused),
        (get("/nowhere"), Wanted::Refused),
    ];
    if kind.validates() {
        let wrong = ECHO.replace("ada@example.com", "nobody");
        cases.push((post("/echo", &wrong), Wanted::Refused));
    }
    if server.routes > 0 {
        let path = format!("/api/r{}/items/7", server.routes / 2);
        cases.push((get(&path), Wanted::Body(TEXT, "7")));
    }
    cases.iter().try_for_each(|(request, wanted)| {
        let answer = ask(server.port, request).map_err(|error| error.to_string());
        answer.and_then(|answer| compare(&answer, wanted, server.middleware)).map_err(|problem| {
            let line = String::from_utf8_lossy(request);
            let line = line.lines().next().unwrap_or_default().to_owned();
            format!("{} answers `{line}` unlike the contract: {problem}", kind.name())
        })
    })
}

fn ask(port: u16, request: &[u8]) -> std::io::Result<Answer> {
    let mut client = Client::connect(port)?;
    client.send(request)?;
    client.receive()
}

fn compare(answer: &Answer, wanted: &Wanted, middleware: bool) -> Result<(), String> {
    match wanted {
        Wanted::Refused if (400..500).contains(&answer.status) => return Ok(()),
        Wanted::Refused => return Err(format!("status {}, not 4xx", answer.status)),
        Wanted::Body(media_type, body) => {
            let said = answer.header("content-type").unwrap_or_default();
            if answer.status != 200 || said.split(';').next() != Some(media_type) {
                return Err(format!("status {}, type `{said}`", answer.status));
            }
            if answer.body != body.as_bytes() {
                return Err(format!("body `{}`", String::from_utf8_lossy(&answer.body)));
            }
        }
    }
    if middleware { compare_middleware(answer) } else { Ok(()) }
}

/// Each of the five steps but the counter leaves something to see.
fn compare_middleware(answer: &Answer) -> Result<(), String> {
    let is_there = |name: &str, is_good: fn(&str) -> bool| {
        let value = answer.header(name).unwrap_or_default();
        if is_good(value) { Ok(()) } else { Err(format!("`{name}: {value}`")) }
    };
    is_there("x-request", |value| value.parse::<u64>().is_ok())?;
    is_there("x-time", |value| value.parse::<u64>().is_ok())?;
    is_there("x-content-type-options", |value| value == "nosniff")?;
    is_there("access-control-allow-origin", |value| value == "*")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        let headers =
            vec![("content-type".to_owned(), "application/json; charset=utf-8".to_owned())];
        Answer { status, headers, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn another_body_status_or_type_breaks_the_contract() {
        let wanted = Wanted::Body("application/json", "{}");
        assert_eq!(compare(&answer(200, "{}"), &wanted, false), Ok(()));
        compare(&answer(200, "{ }"), &wanted, false).unwrap_err();
        compare(&answer(201, "{}"), &wanted, false).unwrap_err();
        compare(&answer(200, "{}"), &Wanted::Body("text/plain", "{}"), false).unwrap_err();
        compare(&answer(500, ""), &Wanted::Refused, false).unwrap_err();
    }

    #[test]
    fn a_step_that_is_left_out_breaks_the_contract() {
        let wanted = Wanted::Body("application/json", "{}");
        let mut answer = answer(200, "{}");
        let steps = [
            ("x-request", "1"),
            ("x-time", "12"),
            ("x-content-type-options", "nosniff"),
            ("access-control-allow-origin", "*"),
        ];
        let headers = steps.map(|(name, value)| (name.to_owned(), value.to_owned()));
        answer.headers.extend(headers);
        assert_eq!(compare(&answer, &wanted, true), Ok(()));
        for (name, _) in steps {
            let headers = answer.headers.iter().filter(|(known, _)| known != name);
            let headers = headers.cloned().collect();
            let without = Answer { headers, body: answer.body.clone(), ..answer };
            compare(&without, &wanted, true).unwrap_err();
        }
    }
}
