//! Forms with files, part by part as they arrive.
//!
//! S-064, S-065, S-066.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use purlin_core::config::Size;
use purlin_core::{App, Body, FormLimits, Inject, Multipart, Result, Routes};
use purlin_test::{TestApp, TestRequest};
use serde_json::json;

use crate::ask::{serve, told};

/// Says all there is to say about each part.
async fn list(mut form: Multipart) -> Result<String> {
    let mut lines = Vec::new();
    while let Some(mut field) = form.next().await? {
        let head = match (field.file_name().cloned(), field.content_type()) {
            (None, None) => field.name().to_owned(),
            (Some(file), None) => format!("{} ({file})", field.name()),
            (None, Some(media_type)) => format!("{} [{media_type}]", field.name()),
            (Some(file), Some(media_type)) => format!("{} ({file}) [{media_type}]", field.name()),
        };
        let looks_like = field.media_type().await?;
        let bytes = field.bytes().await?;
        lines.push(format!("{head} {looks_like}: {}", bytes.escape_ascii()));
    }
    Ok(lines.join("\n"))
}

async fn app() -> TestApp {
    serve(Routes::new().post("/", list)).await
}

fn send(app: &TestApp, content_type: &str, body: &str) -> TestRequest {
    app.post("/").header("content-type", content_type).body(body.replace('\n', "\r\n"))
}

#[tokio::test]
async fn parts_are_read_in_order_with_all_they_say() {
    let app = app().await;
    let body = "preamble\n\
        --b\nContent-Disposition: form-data; name=\"title\"\n\nDune\n\
        --b\nContent-Disposition: form-data; name=\"tag\"\n\none\n\
        --b\nContent-Disposition: form-data; name=\"tag\"\n\n\n\
        --b \nContent-Type: text/x\nContent-Disposition: form-data; name=\"file\"; filename=\"../../x.sh\"\n\n<html>\n\
        --b\nContent-Type: text/y\nContent-Disposition: form-data; name=\"größe\"\n\n1\n\
        --b--\nepilogue";
    let expected = "title text/plain: Dune\ntag text/plain: one\ntag text/plain: \n\
        file (x.sh) [text/x] text/html: <html>\ngröße [text/y] text/plain: 1";
    for content_type in [
        "multipart/form-data; boundary=b",
        "Multipart/Form-Data;charset=utf-8; boundary=\"b\"; x=y",
        "multipart/form-data; x=\"; boundary=c\"; Boundary=b",
    ] {
        send(&app, content_type, body).await.assert_text(expected);
    }
}

#[tokio::test]
async fn the_test_kit_writes_forms_as_browsers_do() {
    let app = app().await;
    let request = app.post("/").multipart(&[("a", "1"), ("a", "ü\r\n")]).file("f", "a\"b.txt", "x");
    request.file("f", "c", vec![0, 255]).await.assert_text(
        "a text/plain: 1\na text/plain: \\xc3\\xbc\\r\\n\n\
         f (a_b.txt) [application/octet-stream] text/plain: x\n\
         f (c) [application/octet-stream] application/octet-stream: \\x00\\xff",
    );
    let none: [(&str, &str); 0] = [];
    app.post("/").multipart(&none).await.assert_text("");
}

#[tokio::test]
async fn content_is_what_was_sent_whatever_it_holds() {
    let app = app().await;
    let content = "--purlin-test\r\n\r\n--purlin-test--\r\n\r\n--purlin\r\n\r\n\r\n";
    let line = format!("f (f) [application/octet-stream] text/plain: {}", content.escape_default());
    app.post("/").file("f", "f", content).await.assert_text(&line);
}

#[tokio::test]
async fn an_input_for_a_file_that_was_left_empty_is_no_part() {
    let app = app().await;
    let app_text = app.post("/").file("a", "", "").multipart(&[("b", "")]).file("c", "", "x").await;
    let expected = "b text/plain: \nc (unnamed) [application/octet-stream] text/plain: x";
    app_text.assert_text(expected);
    app.post("/").file("a", "empty.txt", "").await.assert_text_contains("a (empty.txt)");
}

#[tokio::test]
async fn a_form_that_cannot_be_read_is_refused() {
    let app = app().await;
    let good = "--b\nContent-Disposition: form-data; name=a\n\n1\n--b--\n";
    for (content_type, body, expected) in [
        ("multipart/form-data", good, "400 invalid_multipart"),
        ("multipart/form-data; boundary=", good, "400 invalid_multipart"),
        ("multipart/form-data; boundary=b; boundary=c", good, "400 invalid_multipart"),
        ("multipart/form-data; boundary=c", good, "400 incomplete_body"),
        ("multipart/mixed; boundary=b", good, "415 unsupported_media_type"),
        ("application/x-www-form-urlencoded", "a=1", "415 unsupported_media_type"),
        ("multipart/form-data; boundary=b", &good[..good.len() - 3], "400 incomplete_body"),
        ("multipart/form-data; boundary=b", "--b\n\n1\n--b--", "400 invalid_multipart"),
        ("multipart/form-data; boundary=b", "--b\nA: b\n\n1\n--b--", "400 invalid_multipart"),
        ("multipart/form-data; boundary=b", "", "422 invalid_input"),
    ] {
        let response = send(&app, content_type, body).await;
        assert_eq!(told(&response), expected, "{response}");
    }
    let response = send(&app, "multipart/form-data; boundary=b", "--b\nA: b\n\n1\n--b--").await;
    response.assert_text_contains("part 1 of the form has no Content-Disposition");
    let response = app.post("/").body("a").await;
    assert_eq!(response.header("accept"), Some("multipart/form-data"), "{response}");
}

#[tokio::test]
async fn every_limit_is_told_by_itself() {
    let limits = FormLimits::new().parts(3).field(Size::bytes(4)).file(Size::bytes(6));
    let routes = Routes::new().post("/", list).body_limit(2_000).form_limits(limits);
    let app =
        TestApp::start(App::new("limits").form_limits(FormLimits::new().parts(1)).routes(routes))
            .await;
    let form = || app.post("/").multipart(&[("a", "1234")]).file("f", "f", "123456");
    form().file("f", "f", "").await.assert_ok();
    let four = form().file("f", "f", "").file("f", "f", "").await;
    four.assert_problem(413, "too_many_parts").assert_text_contains("\"limit\":3");
    let field = form().multipart(&[("a/b", "12345")]).await;
    field.assert_problem(413, "field_too_large").assert_fault("/a~1b", "max_length");
    let file = form().file("g", "g", "1234567").await;
    file.assert_problem(413, "file_too_large").assert_fault("/g", "max_length");
    file.assert_text_contains("\"in\":\"form\"");
    let body = form().file("f", "f", vec![0; 3_000]).await;
    body.assert_problem(413, "body_too_large");
}

#[tokio::test]
async fn a_part_and_a_form_can_have_limits_of_their_own() {
    let handler = async |mut form: Multipart| {
        form = form.with_limits(FormLimits::new().field(Size::bytes(2)));
        while let Some(field) = form.next().await? {
            let is_file = field.is_file();
            let mut field = if is_file { field.limit(Size::bytes(3)) } else { field };
            field.bytes().await?;
        }
        Ok::<_, purlin_core::Error>("")
    };
    let app = serve(Routes::new().post("/", handler)).await;
    app.post("/").multipart(&[("a", "12")]).file("f", "f", "123").await.assert_ok();
    app.post("/").multipart(&[("a", "123")]).await.assert_problem(413, "field_too_large");
    app.post("/").file("f", "f", "1234").await.assert_problem(413, "file_too_large");
    // What a look at an empty name has seen is counted.
    app.post("/").file("f", "", "1234").await.assert_problem(413, "file_too_large");
}

#[tokio::test]
async fn what_is_not_read_is_skipped_and_an_error_is_the_end() {
    let handler = async |mut form: Multipart| {
        let mut names = Vec::new();
        loop {
            match form.next().await {
                Ok(Some(mut field)) => {
                    names.push(field.name().to_owned());
                    if names.len() == 2 {
                        field.chunk().await?;
                    }
                }
                Ok(None) => return Ok::<_, purlin_core::Error>(names.join(",")),
                Err(_) => {
                    let again = form.next().await.map(|field| field.is_some());
                    return Ok(format!("{}: {}", names.join(","), again.unwrap_err().code()));
                }
            }
        }
    };
    let limits = FormLimits::new().file(Size::bytes(9));
    let app = serve(Routes::new().post("/", handler).form_limits(limits)).await;
    let form = || app.post("/").file("a", "a", "123").file("b", "b", "123");
    form().file("c", "c", "").await.assert_text("a,b,c");
    form()
        .file("c", "c", "1234567890")
        .file("d", "d", "")
        .await
        .assert_text("a,b,c: invalid_multipart");
}

#[tokio::test]
async fn text_is_utf_8() {
    let handler = async |mut form: Multipart| match form.next().await? {
        Some(mut field) => field.text().await,
        None => Ok(String::new()),
    };
    let app = serve(Routes::new().post("/", handler)).await;
    app.post("/").multipart(&[("a", "Größe")]).await.assert_text("Größe");
    app.post("/").file("a", "a", vec![0xff]).await.assert_problem(400, "invalid_encoding");
}

#[tokio::test]
async fn the_client_is_read_on_only_as_fast_as_the_parts_are() {
    let sent = Arc::new(AtomicUsize::new(0));
    let handler = async |sent: Inject<AtomicUsize>, mut form: Multipart| {
        let mut field = form.next().await?.unwrap();
        let mut most = 0;
        let mut read = 0;
        while let Some(chunk) = field.chunk().await? {
            read += chunk.len();
            most = most.max(sent.load(Ordering::Relaxed) - read);
        }
        Ok::<_, purlin_core::Error>(format!("{read} read, {most} ahead"))
    };
    let app = App::new("slow").provide_as::<AtomicUsize>(Arc::clone(&sent));
    let app = TestApp::start(app.routes(Routes::new().post("/", handler))).await;
    let body = Body::produce(move |out| async move {
        out.send("--b\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\n").await?;
        for _ in 0..100 {
            sent.fetch_add(1_000, Ordering::Relaxed);
            out.send(vec![b'x'; 1_000]).await?;
        }
        out.send("\r\n--b--").await?;
        Ok(())
    });
    let request = app.post("/").header("content-type", "multipart/form-data; boundary=b");
    request.stream(body).await.assert_text("100000 read, 0 ahead");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_incomplete() {
    let app = app().await;
    let body = Body::produce(|out| async move {
        out.send("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nbegun").await?;
        Err("the client is gone".into())
    });
    let request = app.post("/").header("content-type", "multipart/form-data; boundary=b");
    request.stream(body).await.assert_problem(400, "incomplete_body");
    // What ends before it begins is no form, however its end is told.
    let request = || app.post("/").header("content-type", "multipart/form-data; boundary=b");
    let nothing = Body::produce(|_| async move { Ok(()) });
    request().stream(nothing).await.assert_problem(422, "invalid_input");
    request().await.assert_problem(422, "invalid_input");
}

#[tokio::test]
async fn an_announced_body_that_is_too_large_is_not_read() {
    let app = app().await;
    let body = Body::produce(|_| async move { panic!("nobody asks for the body") });
    let request = app.post("/").header("content-type", "multipart/form-data; boundary=b");
    let request = request.header("content-length", "1048577").stream(body);
    request.await.assert_problem(413, "body_too_large");
}

#[tokio::test]
async fn an_unannounced_body_is_read_up_to_its_limit() {
    let app = serve(Routes::new().post("/", list).body_limit(10_000)).await;
    let body = |chunks: usize| {
        Body::produce(move |out| async move {
            out.send("--b\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\n").await?;
            for _ in 0..chunks {
                out.send(vec![b'x'; 1_000]).await?;
            }
            out.send("\r\n--b--").await?;
            Ok(())
        })
    };
    let request = || app.post("/").header("content-type", "multipart/form-data; boundary=b");
    request().stream(body(9)).await.assert_ok();
    request().stream(body(10)).await.assert_problem(413, "body_too_large");
}

#[tokio::test]
async fn a_form_may_be_missing() {
    let handler = async |form: Option<Multipart>| if form.is_some() { "some" } else { "none" };
    let app = serve(Routes::new().post("/", handler)).await;
    app.post("/").await.assert_text("none");
    app.post("/").file("a", "a", "a").await.assert_text("some");
    app.post("/").json(&[1]).await.assert_problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn the_document_says_what_comes_and_what_can_be_wrong() {
    let app = app().await;
    let document = app.get("/openapi.json").await.json_value();
    let post = &document["paths"]["/"]["post"];
    assert_eq!(
        post["requestBody"],
        json!({ "required": true, "content": { "multipart/form-data": { "schema": { "type": "object" } } } })
    );
    let described = post["responses"]["413"]["description"].as_str().unwrap();
    for part in ["too large", "too many parts"] {
        assert!(described.contains(part), "{described}");
    }
}

/// Where a body is cut says nothing: not in the middle of a boundary, and not byte by byte.
#[tokio::test]
async fn a_form_may_arrive_in_any_pieces() {
    let app = app().await;
    let body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--\r\n--bc\r\n\
        --b\r\nContent-Disposition: form-data; name=\"c\"\r\n\r\n1\r\n--b--\r\n";
    let expected = "a text/plain: \\r\\n--\\r\\n--bc\nc text/plain: 1";
    for size in [1, 2, 3, 5, 7, body.len()] {
        let pieces = Body::produce(move |out| async move {
            for piece in body.as_bytes().chunks(size) {
                out.send(piece).await?;
            }
            Ok(())
        });
        let draft = app.post("/").header("content-type", "multipart/form-data; boundary=b");
        draft.stream(pieces).await.assert_text(expected);
    }
}

/// RFC 2046 §5.1.1 allows spaces behind a boundary, and a line of them is none.
#[tokio::test]
async fn a_boundary_ends_with_its_line() {
    let app = app().await;
    for (spaces, expected) in [(64, "200 a text/plain: 1"), (65, "200")] {
        let padding = " ".repeat(spaces);
        let body =
            format!("--b{padding}\nContent-Disposition: form-data; name=\"a\"\n\n1\n--b--\n");
        let answer = send(&app, "multipart/form-data; boundary=b", &body).await;
        assert_eq!(told(&answer), expected, "{spaces}");
    }
}
