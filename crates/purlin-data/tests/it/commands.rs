//! `migrate` and `seed`.
//!
//! S-154, S-158.

use std::time::Duration;

use purlin_core::{App, Error, Inject, Mode, Result};
use purlin_data::{Database, DatabaseModule, sqlx};

use crate::support::{BOOKS, Folder, books, count};

async fn run(folder: &Folder, mode: Mode, app: App, line: &str) -> Result {
    let mut words = line.split(' ').map(str::to_owned);
    let name = words.next().unwrap();
    folder.assemble(mode, app).run_command(&name, words.collect()).await
}

#[tokio::test]
async fn migrate_applies_what_production_waits_for() {
    for line in ["migrate", "migrate up"] {
        let folder = Folder::new();
        run(&folder, Mode::Prod, books(), line).await.unwrap();
        let started = folder.assemble(Mode::Prod, books()).start().await.unwrap();
        started.stop(Duration::from_secs(1)).await;
    }
}

#[tokio::test]
async fn migrate_makes_no_service_that_could_be_in_its_way() {
    let folder = Folder::new();
    let broken = async |_: Inject<Database>| Err::<String, _>(Error::internal("no such table"));
    run(&folder, Mode::Prod, books().provide_with(broken), "migrate").await.unwrap();
}

#[tokio::test]
async fn migrate_status_applies_nothing() {
    let folder = Folder::new();
    run(&folder, Mode::Dev, books(), "migrate status").await.unwrap();
    assert!(BOOKS.verify(&folder.open().await).await.is_err());
}

#[tokio::test]
async fn migrate_closes_the_database() {
    let folder = Folder::new();
    run(&folder, Mode::Prod, books(), "migrate").await.unwrap();
    assert!(folder.has("test.sqlite") && !folder.has("test.sqlite-wal"));
}

#[tokio::test]
async fn migrate_says_what_it_knows() {
    let folder = Folder::new();
    let error = run(&folder, Mode::Dev, books(), "migrate down").await.unwrap_err();
    assert_eq!(error.to_string(), "`migrate` does not know `down`");
    assert!(error.help().unwrap().contains("`migrate status`"));
}

async fn seed(db: Inject<Database>) -> Result {
    sqlx::query("INSERT OR IGNORE INTO books VALUES (1, 'a', 1)").execute(db.write()).await?;
    Ok(())
}

fn seeded() -> App {
    App::new("books").with(DatabaseModule::sqlite().migrations(BOOKS).seed(seed))
}

#[tokio::test]
async fn seed_fills_a_migrated_database() {
    let folder = Folder::new();
    run(&folder, Mode::Dev, seeded(), "seed").await.unwrap();
    run(&folder, Mode::Dev, seeded(), "seed").await.unwrap();
    assert_eq!(count(&folder.open().await, "books").await, 1);
}

#[tokio::test]
async fn seed_does_not_migrate_in_production() {
    let folder = Folder::new();
    let error = run(&folder, Mode::Prod, seeded(), "seed").await.unwrap_err();
    assert!(format!("{error:?}").contains("migrations are pending"), "{error:?}");
}

#[tokio::test]
async fn there_is_no_command_for_nothing() {
    let commands = |app: App| {
        let folder = Folder::new();
        let assembled = folder.assemble(Mode::Dev, app);
        assembled.commands().map(|command| command.name).collect::<Vec<_>>()
    };
    assert!(commands(App::new("bare").with(DatabaseModule::sqlite())).is_empty());
    assert_eq!(commands(books()), ["migrate"]);
    assert_eq!(commands(seeded()), ["migrate", "seed"]);
}
