//! Files: a name leads to a plain file below its directory or to 404, what is sent of it is what is
//! in it, and a name that a download is saved under cannot leave its quotes.
//!
//! Input: a name, a name to save under, the path of a request below `/files/`, and its fields.

#![no_main]

use std::fs;
use std::io::ErrorKind;
use std::path::{Path as FilePath, PathBuf};
use std::sync::LazyLock;

use http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode_str;
use purlin_core::{App, Body, Inject, Path, Request, Result, Routes, Service, Text};
use purlin_files::{Directory, File};
use purlin_fuzz::{Answer, Sheet, ask, block_on, serve};

/// What may be had, by name.
const FILES: [(&str, &str); 6] = [
    ("plain.txt", "0123456789abcdefghijklmnopqrstuvwxyz"),
    ("page.html", "<p>hello"),
    ("empty", ""),
    ("a b%20c.txt", "spaces"),
    ("inner/deep.txt", "deep"),
    ("inner/é.txt", "é"),
];
/// What may not.
const OTHERS: [&str; 5] =
    [".hidden", ".git/config", "inner/.env", "../secret.txt", "../files-2/other.txt"];

static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = std::env::temp_dir().join("purlin-fuzz").join("files");
    for (name, text) in FILES.into_iter().chain(OTHERS.map(|name| (name, "a secret"))) {
        write(&root.join(name), text);
    }
    for (link, target) in [("link", "../secret.txt"), ("out", ".."), ("same", "plain.txt")] {
        match std::os::unix::fs::symlink(target, root.join(link)) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => panic!("{link}: {error}"),
            _ => {}
        }
    }
    root
});

fn write(path: &FilePath, text: &str) {
    fs::create_dir_all(path.parent().expect("it is below the root")).expect("the disk has room");
    if fs::read_to_string(path).ok().as_deref() != Some(text) {
        fs::write(path, text).expect("the disk has room");
    }
}

static DIRECTORY: LazyLock<Directory> =
    LazyLock::new(|| block_on(Directory::open(&*ROOT)).expect("it was made"));

static SERVICE: LazyLock<Service> = LazyLock::new(|| {
    let routes = Routes::new().get("/files/{*name}", download).post("/save", save);
    serve(App::new("files").provide(DIRECTORY.clone()).routes(routes))
});

async fn download(Path(name): Path<String>, files: Inject<Directory>) -> Result<File> {
    files.file(&name).await
}

async fn save(Text(name): Text, files: Inject<Directory>) -> Result<File> {
    Ok(files.file("plain.txt").await?.attachment_as(&name))
}

fuzz_target!(|data: &[u8]| {
    let mut sheet = Sheet::new(data);
    let (Some(name), Some(saved)) = (sheet.text(), sheet.text()) else { return };
    let found = block_on(DIRECTORY.file(name));
    match (&found, content(name)) {
        (Ok(file), Some(text)) => assert_eq!(file.length(), text.len() as u64, "{name:?}"),
        (Err(error), None) => assert_eq!(error.status(), StatusCode::NOT_FOUND, "{name:?}"),
        (found, _) => panic!("{name:?}: {found:?}"),
    }
    save_as(saved);
    if let Some(request) = download_request(sheet) {
        let path = request.path().strip_prefix("/files/").expect("it is one of ours").to_owned();
        check(&path, &request_of(&request), &ask(&SERVICE, request));
    }
});

fn content(name: &str) -> Option<&'static str> {
    FILES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

fn save_as(name: &str) {
    let mut request = Request::new(Method::POST, "/save");
    *request.body_mut() = Body::from(name.to_owned());
    let answer = ask(&SERVICE, request);
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let field = answer.header("content-disposition");
    let inner = field.strip_prefix("attachment; filename=\"").expect(field);
    let (quoted, rest) = inner.split_once('"').expect(field);
    assert!(!quoted.contains(['\\', '%', '/']), "{field}");
    let read = match rest.strip_prefix("; filename*=UTF-8''") {
        Some(encoded) => {
            let is_letter = |b: u8| b.is_ascii_alphanumeric() || b"!#$&+-.^_`|~%".contains(&b);
            assert!(encoded.bytes().all(is_letter), "{field}");
            percent_decode_str(encoded).decode_utf8().expect("it is UTF-8").into_owned()
        }
        None if rest.is_empty() => quoted.to_owned(),
        None => panic!("{field}"),
    };
    assert_eq!(read, name, "{field}");
}

fn download_request(mut sheet: Sheet<'_>) -> Option<Request> {
    let uri: Uri = format!("/files/{}", sheet.text()?).parse().ok()?;
    let mut request = Request::new(Method::GET, "/");
    *request.uri_mut() = uri;
    for line in sheet.block() {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        if name == "host" || name == "transfer-encoding" || name == "expect" {
            return None;
        }
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
        request.headers_mut().append(name, value);
    }
    Some(request)
}

/// What was asked, to be shown.
fn request_of(request: &Request) -> String {
    format!("{} {:?}", request.path(), request.headers())
}

fn check(path: &str, asked: &str, answer: &Answer) {
    let context = || format!("{asked}: {} {:?}", answer.status, answer.headers);
    let name = percent_decode_str(path).decode_utf8().ok();
    let Some(text) = name.as_deref().and_then(content) else {
        let is_absent = matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST);
        assert!(is_absent, "{}", context());
        assert!(!answer.text().contains("a secret"), "{}", context());
        return;
    };
    match answer.status {
        StatusCode::OK => assert_eq!(answer.text(), text, "{}", context()),
        StatusCode::NOT_MODIFIED => assert!(answer.body.is_empty(), "{}", context()),
        StatusCode::PRECONDITION_FAILED => {}
        StatusCode::RANGE_NOT_SATISFIABLE => {
            let range = format!("bytes */{}", text.len());
            assert_eq!(answer.header("content-range"), range, "{}", context());
        }
        StatusCode::PARTIAL_CONTENT => {
            partial(answer, text).unwrap_or_else(|| panic!("{}", context()))
        }
        _ => panic!("{}", context()),
    }
}

/// Every part is what the file has there.
fn partial(answer: &Answer, text: &str) -> Option<()> {
    let kind = answer.header("content-type");
    let Some(boundary) = kind.strip_prefix("multipart/byteranges; boundary=") else {
        return part(answer.header("content-range"), answer.text(), text);
    };
    let body = format!("\r\n{}", answer.text());
    let (parts, end) = body.split_once(&format!("\r\n--{boundary}--\r\n"))?;
    if !end.is_empty() {
        return None;
    }
    for piece in parts.split(&format!("\r\n--{boundary}\r\n")).skip(1) {
        let (head, body) = piece.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        lines.next()?.strip_prefix("content-type: ")?;
        part(lines.next()?.strip_prefix("content-range: ")?, body, text)?;
    }
    Some(())
}

fn part(range: &str, body: &str, text: &str) -> Option<()> {
    let (span, length) = range.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = span.split_once('-')?;
    let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
    let is_right = length.parse() == Ok(text.len()) && text.get(first..=last) == Some(body);
    is_right.then_some(())
}
