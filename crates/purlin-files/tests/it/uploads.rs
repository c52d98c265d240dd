//! Uploads: kept while they arrive, saved for good.
//!
//! S-065, S-066, SC-05.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use garde::Validate;
use purlin_core::config::Size;
use purlin_core::{App, Body, Form, FormLimits, Inject, Result, Routes, Spool, Upload};
use purlin_files::{Directory, File, TempFiles};
use purlin_test::TestApp;
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

#[derive(Deserialize, JsonSchema, Validate)]
#[garde(allow_unvalidated)]
struct Sent {
    file: Upload,
}

async fn save(form: Form<Sent>, files: Inject<Directory>) -> Result<String> {
    let is_temporary = form.file.path().is_some();
    let saved = form.file.save_to(&*files).await?;
    assert_eq!(std::fs::metadata(&saved.path)?.len(), saved.size);
    // It can be read and saved as often as one likes.
    assert_eq!(form.file.bytes().await?.len() as u64, form.file.size());
    Ok(format!("{} {} {is_temporary}", saved.name, saved.size))
}

async fn show(
    purlin_core::Path(name): purlin_core::Path<String>,
    files: Inject<Directory>,
) -> Result<File> {
    files.file(&name).await
}

/// An application that keeps more than 1,000 bytes in `at/temporary`, and saves in `at/saved`.
async fn app(at: &TempDir) -> TestApp {
    let saved = at.path().join("saved");
    let temporary = TempFiles::in_folder(at.path().join("temporary"));
    let routes = Routes::new()
        .post("/", save)
        .post("/echo", async |form: Form<Sent>| form.file.body())
        .get("/{name}", show)
        .body_limit(20 << 20)
        .form_limits(FormLimits::new().memory(Size::bytes(1_000)));
    let app = App::new("uploads")
        .provide_with(move || Directory::create(saved.clone()))
        .provide_as::<dyn Spool>(Arc::new(temporary))
        .routes(routes);
    TestApp::start(app).await
}

/// All files below a directory.
fn files(at: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(at) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut all: Vec<PathBuf> =
        paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    all.sort();
    all
}

fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let bytes = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    bytes.flatten().take(length).collect()
}

#[tokio::test]
async fn an_upload_comes_back_as_it_was_sent() {
    let at = tempfile::tempdir().unwrap();
    let app = app(&at).await;
    for length in [0, 1, 1_000, 1_001, 300_000, 10 << 20] {
        // Content that holds what ends a part, but for one byte.
        let mut content = noise(length);
        content.extend_from_slice(b"\r\n--purlin-test-\r\n--purlin-tes\r\n\r\n");
        let sum = Sha256::digest(&content);
        let sent = app.post("/").file("file", "a.bin", content.clone()).await;
        let text = sent.assert_ok().text();
        let name = text.split(' ').next().unwrap();
        let back = app.get(format!("/{name}")).await;
        assert_eq!(Sha256::digest(back.bytes()), sum, "{length}");
        let echo = app.post("/echo").file("file", "a.bin", content).await;
        assert_eq!(Sha256::digest(echo.bytes()), sum, "{length}");
        assert_eq!(files(&at.path().join("temporary")), Vec::<PathBuf>::new());
    }
}

#[tokio::test]
async fn a_name_is_a_name_and_replaces_nothing() {
    let at = tempfile::tempdir().unwrap();
    let app = app(&at).await;
    for (name, content, expected) in [
        ("../../x.sh", "1", "x.sh 1 false"),
        ("C:\\x.sh", "22", "x-2.sh 2 false"),
        ("/etc/x.sh", "333", "x-3.sh 3 false"),
        ("..", "4", "unnamed 1 false"),
        ("a\u{0}.png", "5", ""),
        (".env", "5", "env 1 false"),
        ("größe 1.txt", "6", "größe 1.txt 1 false"),
    ] {
        let response = app.post("/").file("file", name, content).await;
        if expected.is_empty() {
            response.assert_problem(400, "invalid_multipart");
        } else {
            response.assert_text(expected);
        }
    }
    let large = "x".repeat(2_000);
    for number in ["big.txt", "big-2.txt", "big-3.txt"] {
        let response = app.post("/").file("file", "big.txt", large.clone()).await;
        response.assert_text(&format!("{number} 2000 true"));
    }
    let saved = files(at.path());
    let names: Vec<&str> =
        saved.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    let expected = [
        "big-2.txt",
        "big-3.txt",
        "big.txt",
        "env",
        "größe 1.txt",
        "unnamed",
        "x-2.sh",
        "x-3.sh",
        "x.sh",
    ];
    assert_eq!(names, expected);
    assert_eq!(std::fs::read_to_string(at.path().join("saved/x.sh")).unwrap(), "1");
}

#[tokio::test]
async fn many_files_can_have_one_name() {
    let at = tempfile::tempdir().unwrap();
    let directory = Directory::create(at.path()).await.unwrap();
    let mut names = std::collections::HashSet::new();
    for _ in 0..40 {
        let saved = Upload::new("image.jpg", "x").save_to(&directory).await.unwrap();
        assert!(saved.name.starts_with("image") && saved.name.ends_with(".jpg"), "{}", saved.name);
        assert!(names.insert(saved.name));
    }
    assert_eq!(files(at.path()).len(), 40);
}

#[tokio::test]
async fn a_link_with_the_name_is_not_followed() {
    let at = tempfile::tempdir().unwrap();
    let directory = Directory::create(at.path().join("saved")).await.unwrap();
    let secret = at.path().join("secret");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&secret, directory.path().join("a.txt")).unwrap();
    #[cfg(not(unix))]
    std::fs::write(directory.path().join("a.txt"), "taken").unwrap();
    let saved = Upload::new("a.txt", "content").save_to(&directory).await.unwrap();
    assert_eq!(saved.name, "a-2.txt");
    assert!(!secret.exists());
}

#[tokio::test]
async fn nothing_is_left_of_an_upload_that_could_not_be_saved() {
    let at = tempfile::tempdir().unwrap();
    let directory = Directory::create(at.path().join("saved")).await.unwrap();
    std::fs::remove_dir(directory.path()).unwrap();
    let error = Upload::new("a.txt", "content").save_to(&directory).await.unwrap_err();
    assert_eq!(error.status(), 500);
    assert!(format!("{error:?}").contains("could not be saved in"), "{error:?}");
    assert_eq!(files(at.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_broken_upload_leaves_no_file() {
    let at = tempfile::tempdir().unwrap();
    let app = app(&at).await;
    let temporary = at.path().join("temporary");
    let seen = Arc::new(std::sync::Mutex::new(0));
    let (folder, count) = (temporary.clone(), Arc::clone(&seen));
    let body = Body::produce(move |out| async move {
        out.send("--b\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n").await?;
        for _ in 0..10 {
            out.send(vec![b'a'; 100_000]).await?;
        }
        *count.lock().unwrap() = files(&folder).len();
        Err("the client is gone".into())
    });
    let request = app.post("/").header("content-type", "multipart/form-data; boundary=b");
    request.stream(body).await.assert_problem(400, "incomplete_body");
    assert_eq!(*seen.lock().unwrap(), 1, "the file was there before the body broke off");
    assert_eq!(files(&temporary), Vec::<PathBuf>::new());
    let too_large = app.post("/").file("file", "a", vec![0; 21 << 20]).await;
    too_large.assert_problem(413, "body_too_large");
    assert_eq!(files(&temporary), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn the_directory_of_temporary_files_is_private_made_again_and_removed() {
    let at = tempfile::tempdir().unwrap();
    let own = || std::fs::read_dir(at.path()).unwrap().map(|entry| entry.unwrap().path()).next();
    let spool = TempFiles::in_folder(at.path());
    assert_eq!(own(), None);
    let mut file = spool.begin().await.unwrap();
    let folder = own().unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
    file.write("content".into()).await.unwrap();
    drop(file);
    std::fs::remove_dir(&folder).unwrap();
    let mut file = spool.begin().await.unwrap();
    file.write("again".into()).await.unwrap();
    let kept = file.finish().await.unwrap();
    assert_eq!(kept.read().collect(100).await.unwrap(), "again");
    drop(kept);
    assert!(own().is_some());
    drop(spool);
    assert_eq!(own(), None);
}
