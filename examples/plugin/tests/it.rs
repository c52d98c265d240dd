//! S-287: what a module from outside adds to an application, and what it refuses.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use purlin::{App, Config, Result, Routes};
use purlin_test::{TestApp, start_fails};
use short_links::{Links, MemoryLinks, ShortLinks, ShortLinksConfig};

fn app() -> App {
    App::new("test").with(ShortLinks::under("/s").link("rust", "https://www.rust-lang.org/"))
}

#[purlin_test::test]
async fn it_adds_routes_a_service_hooks_and_a_check() {
    let app = TestApp::start(app()).await;
    let answer = app.get("/s/rust").await;
    assert_eq!(answer.header("location"), Some("https://www.rust-lang.org/"));
    app.get("/s/none").await.assert_status(404);
    app.get("/readyz").await.assert_status(200);
    assert!(app.routes().iter().any(|route| route.pattern == "/s/{name}"));
    app.stop().await;
}

/// Links of the application's own, which remember what was asked of them.
#[derive(Default)]
struct Own(Mutex<Vec<String>>, MemoryLinks);

impl Links for Own {
    fn limit(&self, most: usize) {
        self.0.lock().unwrap().push(format!("most {most}"));
        self.1.limit(most);
    }

    fn set(&self, name: &str, url: &str) -> Result {
        self.0.lock().unwrap().push(format!("set {name}"));
        self.1.set(name, url)
    }

    fn get(&self, name: &str) -> Option<String> {
        self.1.get(name)
    }

    fn is_open(&self) -> bool {
        self.1.is_open()
    }

    fn close(&self) -> Result {
        self.0.lock().unwrap().push("close".to_owned());
        self.1.close()
    }
}

#[purlin_test::test]
async fn its_service_is_a_trait_that_the_application_may_replace() {
    let own = Arc::new(Own::default());
    let most = async |config: Config<ShortLinksConfig>| config.most.to_string();
    let app = App::new("test")
        .provide_as::<dyn Links>(Arc::<Own>::clone(&own))
        .with(ShortLinks::under("/s").link("rust", "https://www.rust-lang.org/"))
        .routes(Routes::new().get("/most", most));
    let app = TestApp::start(app).await;
    app.get("/most").await.assert_text("1000");
    app.get("/s/rust").await.assert_status(303);
    app.stop().await;
    assert_eq!(*own.0.lock().unwrap(), ["most 1000", "set rust", "close"]);
}

#[purlin_test::test]
async fn its_mistakes_have_its_own_codes_and_the_line_of_the_application() {
    let links = ShortLinks::under("/s").link("rust", "/a").link("rust", "/b");
    let line = line!() + 1;
    let app = App::new("test").with(links);
    let report = start_fails(app.nest("/s", Routes::new().get("/rust", async || "hidden"))).await;
    assert!(report.contains("error[LINK1]: two short links are called `rust`"), "{report}");
    assert!(report.contains("error[LINK2]: a route hides the short link `/s/rust`"), "{report}");
    assert!(report.contains(&format!("tests/it.rs:{line}")), "{report}");
    assert!(!report.contains("explain LINK1"), "the page is the module's: {report}");
}

#[test]
fn a_link_that_is_there_may_lead_elsewhere_when_no_other_has_room() {
    let links = MemoryLinks::default();
    links.limit(1);
    links.set("a", "/1").unwrap();
    links.set("a", "/2").unwrap();
    assert_eq!(links.get("a").as_deref(), Some("/2"));
    assert!(links.set("b", "/3").is_err());
}

#[test]
fn its_subcommand_and_its_configuration_are_the_binarys() {
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_example-plugin"));
        command.current_dir(Path::new(env!("CARGO_TARGET_TMPDIR"))).args(arguments);
        let output = command.env_remove("CARGO_MANIFEST_DIR").output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        text(output.stdout) + &text(output.stderr)
    };
    assert!(run(&["--help"]).contains("says where short links lead"));
    assert!(run(&["config", "show"]).contains("short_links.most"));
    assert!(run(&["links", "rust"]).contains("rust https://www.rust-lang.org/"));
    assert!(run(&["routes"]).contains("/s/{name}"));
}
