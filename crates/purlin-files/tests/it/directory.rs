//! Names that try to leave: S-143, SC-06.

use purlin_files::Directory;
use purlin_test::Log;

use crate::download::app;

#[tokio::test]
async fn no_name_leads_out_of_the_directory() {
    let at = tempfile::tempdir().unwrap();
    let inside = at.path().join("sub");
    std::fs::create_dir(&inside).unwrap();
    std::fs::write(inside.join("in.txt"), "inside").unwrap();
    std::fs::write(at.path().join(".hidden"), "hidden").unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/hostname", at.path().join("link.txt")).unwrap();
        std::os::unix::fs::symlink("/etc", at.path().join("linked")).unwrap();
    }
    let app = app(&at).await;
    app.get("/show/sub/in.txt").await.assert_status(200).assert_text("inside");
    for name in [
        "..%2f..%2fetc%2fpasswd",
        "../../etc/passwd",
        "sub/../../secret",
        "%2fetc%2fpasswd",
        "/etc/passwd",
        "sub%00.txt",
        "..%5c..%5cwindows",
        ".hidden",
        "sub",
        "sub/",
        "sub/in.txt/more",
        "link.txt",
        "linked/passwd",
        "none.txt",
        "c:%5cx",
        "%2e%2e/x",
    ] {
        app.get(format!("/show/{name}")).await.assert_problem(404, "file_not_found");
    }
    let long = "x".repeat(4000);
    app.get(format!("/show/{long}")).await.assert_problem(404, "file_not_found");
}

#[tokio::test]
async fn a_name_that_tries_to_leave_is_in_the_log() {
    let (log, at) = (Log::begin(), tempfile::tempdir().unwrap());
    let app = app(&at).await;
    app.get("/show/none.txt").await.assert_status(404);
    app.get("/show/..%2f..%2fetc%2fpasswd").await.assert_status(404);
    let text = log.text();
    let refused: Vec<_> = text.lines().filter(|line| line.contains("WARN purlin::files")).collect();
    assert!(matches!(refused[..], [line] if line.contains("../../etc/passwd")), "{text}");
}

#[tokio::test]
async fn a_directory_is_made_or_has_to_be_there() {
    let at = tempfile::tempdir().unwrap();
    let path = at.path().join("a/b");
    assert!(Directory::open(&path).await.is_err());
    Directory::create(&path).await.unwrap();
    let directory = Directory::open(&path).await.unwrap();
    assert!(directory.path().ends_with("a/b"));
    std::fs::write(path.join("x.txt"), "x").unwrap();
    assert!(Directory::open(path.join("x.txt")).await.is_err());
    assert_eq!(directory.file("x.txt").await.unwrap().length(), 1);
}
