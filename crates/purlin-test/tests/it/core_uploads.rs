//! Forms with files, read into a type.
//!
//! S-064, S-065, S-066.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use garde::Validate;
use purlin_core::config::Size;
use purlin_core::{
    App, Body, Checked, Error, Faults, FileName, Form, FormLimits, Image, ImageFormat, Json,
    Multipart, Query, Result, Routes, Rules, Spool, SpoolWriter, Spooled, Spooling, Upload,
    UploadStore,
};
use purlin_test::{TestApp, TestRequest};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::ask::serve;

#[derive(Debug, Deserialize, JsonSchema, Validate)]
struct NewBook {
    #[garde(length(chars, min = 1, max = 20))]
    title: String,
    #[serde(default)]
    #[garde(inner(range(max = 9)))]
    tag: Vec<u8>,
    /// At most 60 bytes, and at most 300 by 300 pixels.
    #[garde(length(min = 10, max = 60), custom(Image::up_to(300, 300)))]
    cover: Upload,
    #[serde(default)]
    #[garde(length(max = 2), inner(length(max = 8), custom(Upload::ends_in(&["txt", "md"]))))]
    extra: Vec<Upload>,
    #[garde(custom(Upload::looks_like(&["application/pdf", "image/*"])))]
    sample: Option<Upload>,
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\0\0\0\0\x10\x08\x06\0\0\0";

async fn add(form: Form<NewBook>) -> Result<String> {
    let NewBook { title, tag, cover, extra, sample } = form.0;
    let mut shown = format!("{title:?} {tag:?} {cover:?}");
    for file in extra.iter().chain(&sample) {
        let text = String::from_utf8(file.bytes().await?.into())?;
        shown.push_str(&format!(" {}={text:?}", file.name()));
    }
    Ok(shown)
}

fn book(app: &TestApp) -> TestRequest {
    app.post("/").multipart(&[("title", "Dune")]).file("cover", "dune.png", PNG)
}

async fn app() -> TestApp {
    serve(Routes::new().post("/", add)).await
}

#[tokio::test]
async fn a_form_has_fields_and_files() {
    let app = app().await;
    book(&app).await.assert_text("\"Dune\" [] Upload(\"dune.png\", image/png, 29 bytes)");
    let more = book(&app).multipart(&[("tag", "1"), ("unknown", "x"), ("tag", "2")]);
    let more = more.file("extra", "a.txt", "1").file("unknown", "x", "x");
    let more = more.file("extra", "../b.MD", "2").file("sample", "s", "%PDF-");
    more.await.assert_text(
        "\"Dune\" [1, 2] Upload(\"dune.png\", image/png, 29 bytes) a.txt=\"1\" b.MD=\"2\" s=\"%PDF-\"",
    );
    // Inputs that were left empty, as browsers send them.
    let empty = book(&app).file("extra", "", "").file("sample", "", "");
    empty.await.assert_text("\"Dune\" [] Upload(\"dune.png\", image/png, 29 bytes)");
}

/// The pointer, the code and the words of a fault.
type Told = (&'static str, &'static str, &'static str);

#[tokio::test]
async fn every_fault_is_told_at_once() {
    let app = app().await;
    let none: [(&str, &str); 0] = [];
    let cases: [(TestRequest, &[Told]); 8] = [
        (
            app.post("/").multipart(&none),
            &[("/title", "required", "is required"), ("/cover", "required", "is required")],
        ),
        (
            app.post("/").multipart(&[("title", ""), ("tag", "x"), ("cover", "a.png")]),
            &[
                ("/title", "min_length", "must not be empty"),
                ("/tag/0", "type", "must be a whole number"),
                ("/cover", "type", "must be a file"),
            ],
        ),
        (
            book(&app).file("title", "t", "t").file("cover", "c.png", PNG),
            &[("/title", "type", "must be text"), ("/cover", "type", "must be a file")],
        ),
        (
            app.post("/").multipart(&[("title", "x")]).file("cover", "a.png", "<html>text"),
            &[("/cover", "invalid", "must be a PNG, JPEG, GIF or WebP image")],
        ),
        (
            app.post("/").multipart(&[("title", "x")]).file(
                "cover",
                "a.gif",
                "GIF89a\u{1}\u{2}\u{1}\u{2}",
            ),
            &[("/cover", "invalid", "must be at most 300 × 300 pixels large (it has 513 × 513)")],
        ),
        (
            app.post("/").multipart(&[("title", "")]).file("cover", "a.png", "GIF89a"),
            &[
                ("/title", "min_length", "must not be empty"),
                ("/cover", "min_length", "must have at least 10 bytes (it has 6)"),
                ("/cover", "invalid", "must be a PNG"),
            ],
        ),
        (
            book(&app).file("sample", "a.pdf", "<html>").file("extra", "a.exe", "1"),
            &[
                ("/extra/0", "invalid", "must have a name that ends in .txt, .md"),
                (
                    "/sample",
                    "invalid",
                    "must look like application/pdf, image/* (it looks like text/html)",
                ),
            ],
        ),
        (
            (0..3).fold(book(&app), |form, _| form.file("extra", "a.txt", "1")),
            &[("/extra", "max_items", "must have at most 2 items")],
        ),
    ];
    for (request, faults) in cases {
        let response = request.await;
        response.assert_problem(422, "invalid_input");
        let errors = response.json_value()["errors"].clone();
        let errors = errors.as_array().unwrap();
        assert_eq!(errors.len(), faults.len(), "{response}");
        for (pointer, code, message) in faults {
            response.assert_fault(pointer, code).assert_text_contains(message);
        }
        assert!(errors.iter().all(|fault| fault["in"] == "form"), "{response}");
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_while_it_arrives() {
    let app = app().await;
    let large = app.post("/").multipart(&[("title", "x")]).file("cover", "a.png", vec![0; 61]);
    let large = large.await;
    large.assert_problem(413, "file_too_large").assert_fault("/cover", "max_length");
    large.assert_text_contains("\"limit\":60");
    let item = book(&app).file("extra", "a.txt", "123456789").await;
    item.assert_problem(413, "file_too_large").assert_fault("/extra", "max_length");
    // Only the text of a form counts here.
    let limits = FormLimits::new().memory(Size::bytes(30)).field(Size::bytes(25));
    let app = serve(Routes::new().post("/", add).form_limits(limits)).await;
    book(&app).await.assert_ok();
    let many = book(&app).multipart(&[("a", "1234567890"), ("b", "1234567890")]).await;
    many.assert_problem(413, "field_too_large");
    book(&app).multipart(&[("a", "x".repeat(26))]).await.assert_problem(413, "field_too_large");
}

#[tokio::test]
async fn a_form_without_files_comes_in_either_encoding() {
    #[derive(Deserialize, JsonSchema, Validate)]
    struct Search {
        #[garde(length(chars, min = 1))]
        q: String,
        #[garde(skip)]
        page: Option<u32>,
    }
    let search = async |form: Form<Search>| format!("{} {:?}", form.q, form.page);
    let app = serve(Routes::new().post("/", search)).await;
    app.post("/").form(&[("q", "a b"), ("page", "2")]).await.assert_text("a b Some(2)");
    app.post("/").multipart(&[("q", "a b"), ("page", "2")]).await.assert_text("a b Some(2)");
    app.post("/").multipart(&[("q", "a b"), ("page", "")]).await.assert_text("a b None");
    app.post("/").multipart(&[("q", "")]).await.assert_fault("/q", "min_length");
    let file = app.post("/").file("q", "q.txt", "a").file("page", "p", "1").await;
    file.assert_fault("/q", "type").assert_fault("/page", "type");
    let json = app.post("/").json(&1).await;
    json.assert_problem(415, "unsupported_media_type");
    let both = "application/x-www-form-urlencoded, multipart/form-data";
    assert_eq!(json.header("accept"), Some(both));
    let document = app.get("/openapi.json").await.json_value();
    let content = document["paths"]["/"]["post"]["requestBody"]["content"].clone();
    let types: Vec<&String> = content.as_object().unwrap().keys().collect();
    assert_eq!(types, ["application/x-www-form-urlencoded", "multipart/form-data"]);
}

#[tokio::test]
async fn a_form_with_files_comes_as_multipart_alone_and_is_described() {
    let app = app().await;
    app.post("/").form(&[("title", "x")]).await.assert_problem(415, "unsupported_media_type");
    app.post("/").await.assert_problem(422, "invalid_input").assert_fault("", "required");
    let document = app.get("/openapi.json").await.json_value();
    let content = &document["paths"]["/"]["post"]["requestBody"]["content"];
    assert_eq!(
        *content,
        json!({ "multipart/form-data": { "schema": { "$ref": "#/components/schemas/NewBook" } } })
    );
    let properties = &document["components"]["schemas"]["NewBook"]["properties"];
    assert_eq!(
        properties["cover"],
        json!({
            "description": "At most 60 bytes, and at most 300 by 300 pixels.",
            "type": "string",
            "format": "binary",
            "contentMediaType": "application/octet-stream",
            "minLength": 10,
            "maxLength": 60,
        })
    );
    assert_eq!(properties["extra"]["items"]["maxLength"], 8);
    assert_eq!(properties["extra"]["maxItems"], 2);
    assert_eq!(properties["sample"]["type"], json!(["string", "null"]));
}

#[tokio::test]
async fn a_file_comes_with_nothing_but_a_form() {
    #[derive(Deserialize, JsonSchema, Validate)]
    #[garde(allow_unvalidated)]
    struct Wrapped {
        #[expect(dead_code, reason = "it is never read")]
        inner: Vec<NewBook>,
    }
    let routes = Routes::new()
        .post("/json", async |_: Json<Wrapped>| "")
        .get("/query", async |_: Query<NewBook>| "");
    let report = App::new("wrong").routes(routes).assemble().unwrap_err().render(false);
    assert_eq!(report.matches("error[P0111]").count(), 2, "{report}");
    assert!(report.contains("`Wrapped` has a file, and only a form brings files"), "{report}");
    assert!(report.contains("take it as `Form<NewBook>`"), "{report}");
}

#[tokio::test]
async fn fields_cannot_pass_for_files() {
    #[derive(Deserialize, JsonSchema, Validate)]
    #[garde(allow_unvalidated)]
    struct Loose {
        first: Upload,
        #[serde(flatten)]
        rest: std::collections::BTreeMap<String, serde_json::Value>,
    }
    let handler = async |form: Form<Loose>| format!("{:?} {:?}", form.first, form.rest);
    let app = serve(Routes::new().post("/", handler)).await;
    let fake = app.post("/").multipart(&[("first", "{\"$file\":0}")]).file("x", "x", "secret");
    fake.await.assert_problem(422, "invalid_input").assert_fault("/first", "type");
    let fake = app.post("/").multipart(&[("first", "0")]).file("x", "x", "secret");
    fake.await.assert_problem(422, "invalid_input").assert_fault("/first", "type");
    let flat = app.post("/").multipart(&[("a", "1")]).file("first", "f", "12");
    flat.await.assert_text_contains("Upload(\"f\", text/plain, 2 bytes)");
}

struct Titles(&'static str);

impl Rules for NewBook {
    type Services = purlin_core::Inject<Titles>;

    async fn check(&self, titles: purlin_core::Inject<Titles>, faults: &mut Faults) -> Result {
        if self.title == titles.0 {
            faults.add("/title", "taken", "is taken already");
        }
        Ok(())
    }
}

#[tokio::test]
async fn asynchronous_rules_are_checked_as_well() {
    let handler = async |form: Checked<Form<NewBook>>| form.0.0.title;
    let routes = Routes::new().post("/", handler);
    let app = TestApp::start(App::new("rules").provide(Titles("Dune")).routes(routes)).await;
    let taken = book(&app).file("extra", "a.exe", "1").await;
    taken.assert_fault("/title", "taken").assert_fault("/extra/0", "invalid");
    let free = app.post("/").multipart(&[("title", "Emma")]).file("cover", "a.png", PNG);
    free.await.assert_text("Emma");
}

/// Files that are counted instead of written.
#[derive(Clone, Debug, Default)]
struct Shelf {
    begun: Arc<AtomicUsize>,
    there: Arc<AtomicUsize>,
}

struct Sheet {
    there: Arc<AtomicUsize>,
    content: Vec<u8>,
}

impl Drop for Sheet {
    fn drop(&mut self) {
        self.there.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Spool for Shelf {
    fn begin(&self) -> Spooling<'_, Box<dyn SpoolWriter>> {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.there.fetch_add(1, Ordering::Relaxed);
        let sheet = Sheet { there: Arc::clone(&self.there), content: Vec::new() };
        Box::pin(async move { Ok(Box::new(sheet) as Box<dyn SpoolWriter>) })
    }
}

impl SpoolWriter for Sheet {
    fn write(&mut self, chunk: Bytes) -> Spooling<'_, ()> {
        Box::pin(async move {
            if chunk.starts_with(b"full") {
                return Err(std::io::Error::other("the disk is full"));
            }
            self.content.extend_from_slice(&chunk);
            Ok(())
        })
    }

    fn finish(self: Box<Self>) -> Spooling<'static, Box<dyn Spooled>> {
        Box::pin(async move { Ok(self as Box<dyn Spooled>) })
    }
}

impl Spooled for Sheet {
    fn read(&self) -> Body {
        let content = self.content.clone();
        Body::produce(|out| async move {
            for chunk in content.chunks(7) {
                out.send(chunk.to_vec()).await?;
            }
            Ok(())
        })
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
#[garde(allow_unvalidated)]
struct Two {
    a: Upload,
    b: Upload,
}

async fn shelved(shelf: &Shelf, memory: u64) -> TestApp {
    let whole = async |form: Form<Two>| {
        let (a, b) = (form.a.bytes().await?, form.b.bytes().await?);
        Ok::<_, Error>(format!("{} {} {:?}", a.len(), b.len(), form.b))
    };
    let stream = async |form: Form<Two>| form.a.body();
    let parts = async |mut form: Multipart| {
        let mut text = String::new();
        while let Some(mut field) = form.next().await? {
            let upload = field.upload().await?;
            text.push_str(&format!("{}:{};", upload.name(), upload.size()));
        }
        Ok::<_, Error>(text)
    };
    let routes = Routes::new().post("/", whole).post("/stream", stream).post("/parts", parts);
    let routes = routes.form_limits(FormLimits::new().memory(Size::bytes(memory)));
    TestApp::start(
        App::new("shelf").provide_as::<dyn Spool>(Arc::new(shelf.clone())).routes(routes),
    )
    .await
}

#[tokio::test]
async fn files_that_are_too_large_for_memory_are_kept_elsewhere_and_deleted() {
    let shelf = Shelf::default();
    let app = shelved(&shelf, 100).await;
    let count = || (shelf.begun.load(Ordering::Relaxed), shelf.there.load(Ordering::Relaxed));
    let send = |path: &str, a: usize, b: usize| {
        app.post(path.to_owned()).file("a", "a", vec![b'a'; a]).file("b", "b.txt", vec![b'b'; b])
    };
    send("/", 50, 50).await.assert_text("50 50 Upload(\"b.txt\", text/plain, 50 bytes)");
    assert_eq!(count(), (0, 0));
    // Together they are too large: the first fits, the second does not.
    send("/", 60, 50).await.assert_text("60 50 Upload(\"b.txt\", text/plain, 50 bytes)");
    assert_eq!(count(), (1, 0));
    send("/", 101, 100).await.assert_text("101 100 Upload(\"b.txt\", text/plain, 100 bytes)");
    assert_eq!(count(), (2, 0));
    send("/parts", 101, 101).await.assert_text("a:101;b.txt:101;");
    assert_eq!(count(), (4, 0));
    // The file is there as long as its content is being sent.
    send("/stream", 1000, 1).await.assert_text(&"a".repeat(1000));
    assert_eq!(count(), (5, 0));
}

#[tokio::test]
async fn what_was_received_of_a_refused_form_is_deleted() {
    let shelf = Shelf::default();
    let app = shelved(&shelf, 10).await;
    app.post("/").file("a", "a", vec![b'a'; 1000]).await.assert_fault("/b", "required");
    let body = Body::produce(|out| async move {
        out.send("--b\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\n").await?;
        out.send(vec![b'a'; 1000]).await?;
        Err("the client is gone".into())
    });
    let request = app.post("/").header("content-type", "multipart/form-data; boundary=b");
    request.stream(body).await.assert_problem(400, "incomplete_body");
    let full = app.post("/").file("a", "a", "full of something").file("b", "b", "");
    full.await.assert_problem(500, "internal_error");
    assert_eq!(shelf.begun.load(Ordering::Relaxed), 3);
    assert_eq!(shelf.there.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_request_that_is_given_up_leaves_no_file() {
    let shelf = Shelf::default();
    let app = shelved(&shelf, 10).await;
    let body = Body::produce(|out| async move {
        out.send("--b\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\n").await?;
        out.send(vec![b'a'; 1000]).await?;
        std::future::pending().await
    });
    let request = app.post("/").header("content-type", "multipart/form-data; boundary=b");
    let mut request = Box::pin(request.stream(body).into_future());
    for _ in 0..100 {
        assert!(is_pending(&mut request).await, "the body never ends");
    }
    assert_eq!(shelf.there.load(Ordering::Relaxed), 1);
    drop(request);
    assert_eq!(shelf.there.load(Ordering::Relaxed), 0);
}

/// Polls once, and says whether it goes on.
async fn is_pending<F: Future + Unpin>(future: &mut F) -> bool {
    std::future::poll_fn(|cx| {
        std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(cx).is_pending())
    })
    .await
}

#[derive(Default)]
struct Names(Mutex<Vec<String>>);

impl UploadStore for Names {
    type Saved = String;

    async fn save(&self, upload: &Upload, name: &FileName) -> Result<String> {
        let text = format!("{name} ({} bytes)", upload.bytes().await?.len());
        self.0.lock().unwrap().push(text.clone());
        Ok(text)
    }
}

#[tokio::test]
async fn an_upload_is_saved_under_a_safe_name() {
    let upload = Upload::new("../../x.sh", "echo");
    let names = Names::default();
    assert_eq!(upload.save_to(&names).await.unwrap(), "x.sh (4 bytes)");
    assert_eq!(upload.save_as(&names, "/etc/passwd").await.unwrap(), "passwd (4 bytes)");
}

#[tokio::test]
async fn an_upload_is_known_by_its_content() {
    let upload = Upload::new("a.txt", PNG);
    let image = upload.image().unwrap();
    assert_eq!((image.format, image.width, image.height), (ImageFormat::Png, 256, 16));
    assert_eq!(
        (image.pixels(), upload.media_type(), upload.content_type()),
        (4096, "image/png", None)
    );
    let rule = Image::pixels_up_to::<Upload>(4095);
    assert_eq!(
        rule(&upload, &()).unwrap_err().message(),
        "must have at most 4095 pixels (it has 256 × 16)"
    );
    assert!(Image::pixels_up_to(4096)(&upload, &()).is_ok());
    assert!(Upload::new("a.png", "text").image().is_none());
    assert!(upload.path().is_none());
}
