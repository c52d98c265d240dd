use http::HeaderValue;

use super::*;

fn document() -> Value {
    let problem = json!({ "application/problem+json": { "schema": {
        "$ref": "#/components/schemas/Problem",
        "properties": { "code": { "enum": ["not_found"] } },
    } } });
    let book = json!({ "$ref": "#/components/schemas/Book" });
    json!({
        "paths": {
            "/books/{id}": {
                "get": { "responses": {
                    "200": { "content": { "application/json": { "schema": book } } },
                    "304": {},
                    "3XX": { "headers": { "Location": { "required": true, "schema": { "type": "string" } } } },
                    "404": { "content": problem },
                } },
                "put": { "responses": {
                    "201": { "headers": { "X-Version": { "schema": { "type": "integer" } } } },
                    "default": { "content": { "*/*": { "schema": {} } } },
                } },
                "delete": { "responses": { "204": {}, "default": {} } },
            },
            "/files/{rest}": { "get": { "responses": {
                "200": { "content": { "text/plain; charset=utf-8": { "schema": { "type": "string" } } } },
            } } },
        },
        "components": { "schemas": {
            "Book": {
                "type": "object",
                "required": ["id"],
                "properties": { "id": { "type": "integer", "minimum": 1 } },
            },
            "Problem": {
                "type": "object",
                "required": ["title", "status", "code"],
                "properties": { "status": { "type": "integer" }, "code": { "type": "string" } },
            },
        } },
    })
}

/// `answer` is a status, headers line by line, an empty line and the body.
fn check(request: &str, answer: &str, expected: &[&str]) {
    let (method, pattern) = request.split_once(' ').unwrap();
    let (head, body) = answer.split_once("\n\n").unwrap_or((answer, ""));
    let mut lines = head.lines().map(str::trim);
    let status = lines.next().unwrap().parse().unwrap();
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        let name = http::HeaderName::try_from(name).unwrap();
        headers.insert(name, HeaderValue::try_from(value).unwrap());
    }
    let method = method.parse().unwrap();
    let body = (body != "stream").then_some(body.as_bytes());
    let found = violations(&document(), &method, pattern, status, &headers, body);
    assert_eq!(found, expected, "{request}\n{answer}");
}

const BOOK: &str = "GET /books/{id}";
const JSON: &str = "200\ncontent-type: application/json\n\n";

#[test]
fn what_was_promised_is_accepted() {
    for (request, answer) in [
        (BOOK, "200\ncontent-type: application/json\n\n{\"id\":1}"),
        (BOOK, "200\ncontent-type: application/json; charset=utf-8\n\n{\"id\":1,\"more\":2}"),
        (BOOK, "200\ncontent-type: application/json\n\nstream"),
        (BOOK, "200\ncontent-type: application/json\ncontent-encoding: br\n\n\u{b}"),
        (BOOK, "503\ncontent-type: application/problem+json\ncontent-encoding: br\n\n\u{b}"),
        (BOOK, "503\ncontent-type: application/problem+json\n\nstream"),
        (BOOK, "304"),
        (BOOK, "303\nlocation: /x"),
        (
            BOOK,
            "404\ncontent-type: application/problem+json\n\n{\"title\":\"\",\"status\":404,\"code\":\"not_found\"}",
        ),
        ("HEAD /books/{id}", "200\ncontent-type: application/json\ncontent-length: 8"),
        ("PUT /books/{id}", "201\nx-version: 3"),
        ("PUT /books/{id}", "299\ncontent-type: image/png\n\nx"),
        ("PUT /books/{id}", "299"),
        ("DELETE /books/{id}", "204"),
        ("GET /files/{*rest}", "200\ncontent-type: text/plain; charset=UTF-8\n\nx"),
        ("GET /files/{*rest}", "200\ncontent-type: text/plain; charset=utf-8"),
        ("PURGE /anything", "299"),
    ] {
        check(request, answer, &[]);
    }
}

#[test]
fn an_operation_or_status_that_is_not_there_is_named() {
    check("GET /x", "200", &["the document has no operation `GET /x`"]);
    check("PATCH /books/{id}", "200", &["the document has no operation `PATCH /books/{id}`"]);
    check(BOOK, "409", &["`GET /books/{id}` promises 200, 304, 3XX, 404, and 409 came"]);
}

#[test]
fn another_media_type_is_told_with_what_was_promised() {
    check(
        BOOK,
        "200\ncontent-type: text/plain\n\nx",
        &["200 of `GET /books/{id}` promises `application/json`, and `text/plain` came"],
    );
    check(
        BOOK,
        "200\nx: y\n\nx",
        &["200 of `GET /books/{id}` promises `application/json`, and no Content-Type came"],
    );
    check(
        "GET /files/{*rest}",
        "200\ncontent-type: text/plain; charset=latin1\n\nx",
        &[
            "200 of `GET /files/{*rest}` promises `text/plain; charset=utf-8`, and `text/plain; charset=latin1` came",
        ],
    );
}

#[test]
fn bodies_are_held_against_their_schema() {
    check(
        BOOK,
        &format!("{JSON}{{\"id\":0}}"),
        &["in the body of 200 of `GET /books/{id}`, `/id` must be at least 1, and it is `0`"],
    );
    check(
        BOOK,
        &format!("{JSON}{{}}"),
        &["in the body of 200 of `GET /books/{id}`, `/id` is required, and it is missing"],
    );
    check(
        BOOK,
        &format!("{JSON}{{"),
        &[
            "the body of 200 of `GET /books/{id}` is not JSON: EOF while parsing an object at line 1 column 1",
        ],
    );
}

#[test]
fn a_body_where_none_may_be_is_told() {
    check(
        BOOK,
        "304\ncontent-type: text/plain\n\nabc",
        &["no body can follow 304 of `GET /books/{id}`, and 3 bytes of `text/plain` came"],
    );
    check(
        "DELETE /books/{id}",
        "200\ncontent-type: text/plain\n\nabc",
        &["no body is promised with 200 of `DELETE /books/{id}`, and 3 bytes of `text/plain` came"],
    );
    check(
        "HEAD /books/{id}",
        "200\ncontent-type: application/json\n\n{}",
        &[
            "no body follows an answer to HEAD: 200 of `HEAD /books/{id}`, and 2 bytes of `application/json` came",
        ],
    );
    check(BOOK, "200", &["200 of `GET /books/{id}` promises `application/json`, and no body came"]);
}

#[test]
fn headers_are_held_against_their_schema() {
    check(
        BOOK,
        "303",
        &["303 of `GET /books/{id}` promises the header `Location`, and it is missing"],
    );
    check(
        "PUT /books/{id}",
        "201\nx-version: new",
        &["the header `X-Version` of 201 of `PUT /books/{id}` must be a whole number, not text"],
    );
}

fn problem(status: u16, code: &str) -> String {
    let body = json!({ "title": "", "status": status, "code": code });
    format!("{status}\ncontent-type: application/problem+json\n\n{body}")
}

#[test]
fn problems_of_the_framework_need_no_promise() {
    for (status, code) in [
        (400, "invalid_host"),
        (400, "invalid_target"),
        (400, "invalid_transfer_encoding"),
        (405, "method_not_allowed"),
        (414, "uri_too_long"),
        (417, "unknown_expectation"),
        (431, "head_too_large"),
        (500, "internal_error"),
        (503, "request_timeout"),
    ] {
        check(BOOK, &problem(status, code), &[]);
    }
    check(BOOK, "500\ncontent-type: text/html; charset=utf-8\n\n<p>", &[]);
    check(BOOK, "404\ncontent-type: text/html; charset=utf-8\n\n<p>", &[]);
    let unknown = "`GET /books/{id}` promises 200, 304, 3XX, 404, and 600 came";
    check(BOOK, "600\ncontent-type: text/html; charset=utf-8\n\n<p>", &[unknown]);
    let told = "`GET /books/{id}` promises 200, 304, 3XX, 404, and";
    check(BOOK, &problem(400, "invalid_json"), &[&format!("{told} 400 came")]);
    check(BOOK, &problem(418, "teapot"), &[&format!("{told} 418 came")]);
    check(
        BOOK,
        "503\ncontent-type: application/json\n\n{\"error\":1}",
        &[&format!("{told} 503 came")],
    );
    check(
        BOOK,
        "503\ncontent-type: application/problem+json\n\n{\"title\":\"\",\"status\":500,\"code\":\"x\"}",
        &[&format!("{told} 503 came")],
    );
}

#[test]
fn a_problem_has_a_code_that_was_promised_and_its_own_status() {
    check(
        BOOK,
        &problem(404, "gone"),
        &[
            "in the body of 404 of `GET /books/{id}`, `/code` must be not_found, and it is `\"gone\"`",
        ],
    );
    check(
        BOOK,
        "404\ncontent-type: application/problem+json\n\n{\"title\":\"\",\"status\":400,\"code\":\"not_found\"}",
        &[
            "in the body of 404 of `GET /books/{id}`, `/status` is not that of the answer, and it is `400`",
        ],
    );
}

/// It may be a secret, and the message goes to the log.
#[test]
fn no_value_of_the_body_is_in_the_message() {
    let body = r#"{"id":"hunter2","title":"","status":"hunter2","code":"hunter2"}"#;
    for (status, media_type) in [(200, "application/json"), (404, PROBLEM)] {
        let answer = Answer {
            document: &document(),
            method: &Method::GET,
            pattern: "/books/{id}",
            status: StatusCode::from_u16(status).unwrap(),
            headers: &HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]),
            body: Some(body.as_bytes()),
        };
        let found = answer.disagreements();
        assert!(!found.is_empty());
        assert!(found.iter().all(|one| !one.message.contains("hunter")), "{found:?}");
    }
}
