//! Files that are uploaded, checked, saved and downloaded (SC-05, SC-06).
//!
//! Run with: `cargo run -p example-upload-files`, then
//! `curl -F file=@Cargo.toml http://127.0.0.1:3000/upload`

use garde::Validate;
use purlin::files::{Directory, File};
use purlin::http::StatusCode;
use purlin::{App, Config, Error, Form, Inject, Json, Respond, Result, Upload, Urls};
use purlin::{get, post, routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The section `uploads` of the configuration.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(default)]
struct Uploads {
    /// Where files are kept.
    folder: String,
}

impl Default for Uploads {
    fn default() -> Self {
        Self { folder: "uploads".to_owned() }
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
struct NewFile {
    /// At most 50 MiB.
    #[garde(length(max = 52_428_800))]
    file: Upload,
}

#[derive(Serialize, JsonSchema)]
struct Saved {
    success: bool,
    filename: String,
    size: u64,
    download_url: String,
}

#[derive(Serialize, JsonSchema)]
struct Refusal {
    error: String,
}

#[derive(Respond)]
enum Answer {
    /// It was saved.
    Saved(Json<Saved>),
    /// There is no file.
    #[respond(status = 400)]
    Refused(Json<Refusal>),
}

/// Save a file under its own name.
#[post("/upload", body_limit = "60MiB")]
async fn upload(
    form: Result<Form<NewFile>>,
    files: Inject<Directory>,
    urls: Urls,
) -> Result<Answer> {
    let form = match form {
        Ok(form) => form,
        Err(error) => return refuse(error),
    };
    // Never a path, and over no other file: a name that is taken gets a number.
    let saved = form.file.save_to(&*files).await?;
    Ok(Answer::Saved(Json(Saved {
        success: true,
        download_url: urls.to(&download::url(saved.name.as_str()))?,
        filename: saved.name.to_string(),
        size: saved.size,
    })))
}

/// Says in the words of this API what is missing; everything else keeps Purlin's.
fn refuse(error: Error) -> Result<Answer> {
    let is_missing = error.faults().iter().any(|fault| fault.pointer == "/file");
    let words = match error.status() {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "Multipart form data required",
        _ if error.is_absent() => "Multipart form data required",
        StatusCode::UNPROCESSABLE_ENTITY if is_missing => "No file uploaded",
        _ => return Err(error),
    };
    Ok(Answer::Refused(Json(Refusal { error: words.to_owned() })))
}

#[derive(Respond)]
enum Download {
    File(File),
    /// There is no such file.
    #[respond(status = 404)]
    Missing(Json<Refusal>),
}

/// Download a file that was uploaded. It is never shown in the browser, since others wrote it.
#[get("/download/{name}")]
async fn download(name: String, files: Inject<Directory>) -> Result<Download> {
    match files.file(&name).await {
        Ok(file) => Ok(Download::File(file.content_type(media_type(&name))?.attachment())),
        Err(error) if error.status() == StatusCode::NOT_FOUND => {
            Ok(Download::Missing(Json(Refusal { error: "File not found".to_owned() })))
        }
        Err(error) => Err(error),
    }
}

/// What others wrote is told by few types, and all else is bytes.
fn media_type(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("txt") => "text/plain; charset=utf-8",
        Some("html" | "htm") => "text/html; charset=utf-8",
        Some("pdf") => "application/pdf",
        _ => "application/octet-stream",
    }
}

fn app() -> App {
    App::new("upload-files")
        .config::<Uploads>("uploads")
        .provide_with(async |config: Config<Uploads>| {
            Directory::create(config.folder.as_str()).await
        })
        .routes(routes![upload, download])
}

fn main() -> Result {
    purlin::run(app)
}

#[cfg(test)]
mod tests {
    use purlin_test::{TestApp, TestRequest};
    use serde_json::json;
    use tempfile::TempDir;

    use super::*;

    /// The application, with a folder of its own that goes with the test.
    async fn start() -> (TestApp, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("uploads").display().to_string();
        (TestApp::of(app()).configure("uploads.folder", path).start().await, folder)
    }

    async fn refused(request: TestRequest, error: &str) {
        request.await.assert_status(400).assert_json(&json!({ "error": error }));
    }

    #[purlin_test::test]
    async fn a_file_comes_back_as_it_was_sent() {
        let (app, _folder) = start().await;
        let content: Vec<u8> = (0..=255).cycle().take(3 << 20).collect();
        for (name, saved, url) in [
            ("../../x.sh", "x.sh", "x.sh"),
            ("x.sh", "x-2.sh", "x-2.sh"),
            ("Größe 1.png", "Größe 1.png", "Gr%C3%B6%C3%9Fe%201.png"),
        ] {
            let response = app.post("/upload").file("file", name, content.clone()).await;
            let url = format!("/download/{url}");
            response.assert_ok().assert_json(&json!({
                "success": true, "filename": saved, "size": 3 << 20, "download_url": url,
            }));
            let back = app.get(url).await;
            assert!(back.assert_ok().bytes() == &content, "{name}");
            assert!(back.header("content-disposition").unwrap().starts_with("attachment"));
        }
    }

    #[purlin_test::test]
    async fn what_is_missing_is_said() {
        let (app, _folder) = start().await;
        refused(app.post("/upload").json(&1), "Multipart form data required").await;
        refused(app.post("/upload"), "Multipart form data required").await;
        refused(app.post("/upload").multipart(&[("a", "b")]), "No file uploaded").await;
        refused(app.post("/upload").file("file", "", ""), "No file uploaded").await;
    }

    #[purlin_test::test]
    async fn only_a_file_in_the_folder_is_sent() {
        let (app, folder) = start().await;
        let uploads = folder.path().join("uploads");
        std::fs::create_dir(uploads.join("inside")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("/etc/passwd", uploads.join("link")).unwrap();
        for name in ["none", "..%2f..%2fetc%2fpasswd", "%00", "inside", "link"] {
            let missing = app.get(format!("/download/{name}")).await;
            missing.assert_status(404).assert_json(&json!({ "error": "File not found" }));
        }
    }

    #[purlin_test::test]
    async fn a_file_is_saved_and_never_shown() {
        let (app, _folder) = start().await;
        for (name, media_type) in [
            ("a.txt", "text/plain; charset=utf-8"),
            ("a.html", "text/html; charset=utf-8"),
            ("a.htm", "text/html; charset=utf-8"),
            ("a.pdf", "application/pdf"),
            ("a", "application/octet-stream"),
            ("a.sh", "application/octet-stream"),
        ] {
            app.post("/upload").file("file", name, "<script>alert(1)</script>").await.assert_ok();
            let file = app.get(format!("/download/{name}")).await;
            file.assert_header("content-type", media_type);
            assert_eq!(file.bytes(), "<script>alert(1)</script>");
            let saved_as = format!("attachment; filename=\"{name}\"");
            file.assert_header("content-disposition", &saved_as);
            file.assert_header("x-content-type-options", "nosniff");
        }
    }

    #[purlin_test::test]
    async fn a_file_that_is_too_large_is_refused() {
        let (app, _folder) = start().await;
        let large = app.post("/upload").file("file", "a", vec![0; (50 << 20) + 1]).await;
        large.assert_problem(413, "file_too_large");
    }
}
