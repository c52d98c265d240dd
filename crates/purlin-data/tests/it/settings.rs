//! What the configuration says, and shows.
//!
//! S-260.

use purlin_core::config::{ConfigFile, Configuration};
use purlin_core::{Assembled, Mode};

use crate::support::{Folder, books};

fn shown(assembled: &Assembled, key: &str) -> String {
    let rows = assembled.explain_configuration();
    let row = rows.iter().find(|row| row.key == key).unwrap();
    format!("{} ({})", row.value, row.origin)
}

fn assembled(mode: Mode) -> Assembled {
    books().configuration(Configuration::new(mode)).assemble().unwrap()
}

#[test]
fn defaults_depend_on_application_and_mode_and_are_shown() {
    for (mode, url, migrate) in [
        (Mode::Dev, "sqlite:books.sqlite (default)", "true (default)"),
        (Mode::Test, "sqlite::memory: (default)", "true (default)"),
        (Mode::Prod, "sqlite:books.sqlite (default)", "false (default)"),
    ] {
        let assembled = assembled(mode);
        assert_eq!(shown(&assembled, "database.url"), url, "{mode}");
        assert_eq!(shown(&assembled, "database.migrate"), migrate, "{mode}");
        assert_eq!(shown(&assembled, "database.readers"), "4 (default)");
    }
}

#[test]
fn the_file_is_stronger_than_the_defaults() {
    let file = ConfigFile::parse("purlin.toml", "[database]\nurl = 'sqlite:a.sqlite'").unwrap();
    let configuration = Configuration::new(Mode::Test).file(file);
    let assembled = books().configuration(configuration).assemble().unwrap();
    assert_eq!(shown(&assembled, "database.url"), "sqlite:a.sqlite (purlin.toml:2)");
}

#[test]
fn mistakes_are_reported_before_anything_is_opened() {
    let configuration = Configuration::new(Mode::Dev)
        .set("database.url", "mysql://root:hunter2@db/blog")
        .set("database.reader", 4);
    let report = books().configuration(configuration).assemble().unwrap_err().to_string();
    assert!(
        report.contains("`database.url` must be the address of an SQLite database"),
        "{report}"
    );
    assert!(report.contains("the nearest known key is `database.readers`"), "{report}");
    assert!(!report.contains("hunter2"), "{report}");
}

#[tokio::test]
async fn a_relative_path_begins_at_the_folder_of_the_file() {
    let folder = Folder::new();
    let configuration = Configuration::new(Mode::Dev).folder(folder.path());
    let app = books().configuration(configuration);
    app.assemble().unwrap().start().await.unwrap();
    assert!(folder.has("books.sqlite"));
}
