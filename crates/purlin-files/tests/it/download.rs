//! Whole files, parts of them, and none of them: S-072, S-074, S-172.

use std::time::Duration;

use purlin_core::{App, Inject, Path, Result, Routes};
use purlin_files::{Directory, File};
use purlin_test::TestApp;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

async fn show(Path(name): Path<String>, files: Inject<Directory>) -> Result<File> {
    files.file(&name).await
}

async fn save(Path(name): Path<String>, files: Inject<Directory>) -> Result<File> {
    Ok(files.file(&name).await?.attachment())
}

async fn kept(Path(name): Path<String>, files: Inject<Directory>) -> Result<File> {
    Ok(files.file(&name).await?.cache_for(Duration::from_mins(1)).trusted())
}

pub(crate) async fn app(at: &TempDir) -> TestApp {
    let path = at.path().to_owned();
    let routes = Routes::new()
        .get("/show/{*name}", show)
        .get("/save/{*name}", save)
        .get("/kept/{*name}", kept)
        .post("/show/{*name}", show);
    let app = App::new("files").provide_with(move || Directory::open(path.clone()));
    TestApp::start(app.routes(routes)).await
}

fn digits() -> TempDir {
    let at = tempfile::tempdir().unwrap();
    std::fs::write(at.path().join("digits.txt"), "0123456789").unwrap();
    std::fs::write(at.path().join("empty.bin"), "").unwrap();
    std::fs::write(at.path().join("page.html"), "<script>alert(1)</script>").unwrap();
    std::fs::write(at.path().join("na\"me ü.txt"), "x").unwrap();
    at
}

#[tokio::test]
async fn a_file_is_sent_with_what_is_known_of_it() {
    let at = digits();
    let app = app(&at).await;
    let answer = app.get("/show/digits.txt").await;
    answer.assert_status(200).assert_text("0123456789");
    answer.assert_header("content-type", "text/plain; charset=utf-8");
    answer.assert_header("accept-ranges", "bytes").assert_header("cache-control", "no-cache");
    assert!(answer.header("last-modified").is_some_and(|date| date.ends_with(" GMT")));
    let head = app.head("/show/digits.txt").await;
    head.assert_status(200).assert_header("content-length", "10");
    assert!(head.bytes().is_empty());
    app.get("/show/empty.bin").await.assert_status(200).assert_text("");
    app.get("/kept/digits.txt").await.assert_header("cache-control", "public, max-age=60");
}

#[tokio::test]
async fn a_large_file_arrives_as_it_is() {
    let at = digits();
    let bytes: Vec<u8> =
        (0..3_000_017_u32).map(|n| (n.wrapping_mul(n) >> 7).to_le_bytes()[0]).collect();
    std::fs::write(at.path().join("large.bin"), &bytes).unwrap();
    let answer = app(&at).await.get("/show/large.bin").await;
    assert_eq!(Sha256::digest(answer.bytes()), Sha256::digest(&bytes));
    answer.assert_header("content-type", "application/octet-stream");
}

#[tokio::test]
async fn parts_are_sent_alone_or_several_at_once() {
    let at = digits();
    let app = app(&at).await;
    let ask = async |range: &str| app.get("/show/digits.txt").header("range", range).await;
    let part = ask("bytes=2-4").await;
    part.assert_status(206).assert_text("234").assert_header("content-range", "bytes 2-4/10");
    ask("bytes=-3").await.assert_status(206).assert_text("789");
    ask("bytes=4-").await.assert_text("456789");
    ask("bytes=5-1").await.assert_status(200).assert_text("0123456789");
    // RFC 9110 §17.15: the same bytes again and again are no need of anybody.
    ask("bytes=0-3,2-5").await.assert_status(200).assert_text("0123456789");
    let none = ask("bytes=10-").await;
    none.assert_problem(416, "range_not_satisfiable").assert_header("content-range", "bytes */10");
    let several = ask("bytes=0-1,8-").await;
    let kind = several.assert_status(206).header("content-type").unwrap().to_owned();
    let boundary = kind.strip_prefix("multipart/byteranges; boundary=").unwrap();
    let part = |range: &str, text: &str| {
        let kind = "content-type: text/plain; charset=utf-8";
        format!("--{boundary}\r\n{kind}\r\ncontent-range: bytes {range}/10\r\n\r\n{text}\r\n")
    };
    let expected = format!("{}{}--{boundary}--\r\n", part("0-1", "01"), part("8-9", "89"));
    several.assert_text(&expected);
    let posted = app.post("/show/digits.txt").header("range", "bytes=0-1").await;
    posted.assert_status(200).assert_text("0123456789");
}

#[tokio::test]
async fn what_the_client_has_is_not_sent_again() {
    let at = digits();
    let app = app(&at).await;
    let first = app.get("/show/digits.txt").await;
    let (tag, date) = (first.header("etag").unwrap(), first.header("last-modified").unwrap());
    let again = app.get("/show/digits.txt").header("if-none-match", tag).await;
    again.assert_status(304).assert_header("etag", tag);
    assert!(again.bytes().is_empty() && again.header("content-type").is_none());
    app.get("/show/digits.txt").header("if-modified-since", date).await.assert_status(304);
    let other = app.get("/show/digits.txt").header("if-match", "\"other\"").await;
    other.assert_problem(412, "file_changed");
    let part = app.get("/show/digits.txt").header("range", "bytes=0-0");
    part.header("if-range", "\"other\"").await.assert_status(200).assert_text("0123456789");
    let part = app.get("/show/digits.txt").header("range", "bytes=0-0");
    part.header("if-range", tag).await.assert_status(206).assert_text("0");
    std::fs::write(at.path().join("digits.txt"), "9876543210!").unwrap();
    app.get("/show/digits.txt").header("if-none-match", tag).await.assert_status(200);
}

#[tokio::test]
async fn a_download_has_its_whole_name_and_a_page_of_others_runs_nothing() {
    let at = digits();
    let app = app(&at).await;
    app.get("/save/na%22me%20%C3%BC.txt").await.assert_header(
        "content-disposition",
        "attachment; filename=\"na_me _.txt\"; filename*=UTF-8''na%22me%20%C3%BC.txt",
    );
    let page = app.get("/show/page.html").await;
    page.assert_header("x-content-type-options", "nosniff");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
    let own = app.get("/kept/page.html").await;
    assert!(!own.header("content-security-policy").unwrap().contains("sandbox"));
}
