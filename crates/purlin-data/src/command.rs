//! The subcommand `migrate`.

use std::io::{self, Write};

use purlin_core::{Arguments, Error, Result};

use crate::database::Database;
use crate::migrations::{Applied, MigrationState, MigrationStatus, Migrations};

/// `migrate`, `migrate up`: applies what is pending. `migrate status`: lists.
pub(crate) async fn migrate(
    db: &Database,
    migrations: Migrations,
    Arguments(arguments): &Arguments,
) -> Result {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] | ["up"] => say(&told(&migrations.apply(db).await?)),
        ["status"] => say(&listed(&migrations.status(db).await?)),
        _ => {
            let message = format!("`migrate` does not know `{}`", arguments.join(" "));
            Err(Error::internal(message)
                .with_help("`migrate`, `migrate up` and `migrate status` exist"))
        }
    }
}

/// A reader that has left is no error; a disk that is full is one.
fn say(text: &str) -> Result {
    let mut out = io::stdout();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::from(error).context("cannot write to standard output"))
        }
        _ => Ok(()),
    }
}

fn told(applied: &[Applied]) -> String {
    if applied.is_empty() {
        return "nothing is pending".to_owned();
    }
    let lines =
        applied.iter().map(|Applied { file, took, .. }| format!("applied  {file}  {took:.0?}"));
    lines.collect::<Vec<_>>().join("\n")
}

fn listed(status: &[MigrationStatus]) -> String {
    let pending =
        status.iter().filter(|migration| migration.state == MigrationState::Pending).count();
    let total = format!("{} in all, {pending} pending", status.len());
    let lines = status.iter().map(ToString::to_string).chain([total]);
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIGRATIONS: Migrations = Migrations::new(&[
        (2, "add isbn", "ALTER TABLE books ADD COLUMN isbn TEXT"),
        (1, "create books", "CREATE TABLE books (title TEXT)"),
    ]);

    #[tokio::test]
    async fn the_list_is_in_the_order_of_the_numbers() {
        let db = Database::memory().await.unwrap();
        let list = listed(&MIGRATIONS.status(&db).await.unwrap());
        assert_eq!(
            list,
            "pending  0001_create_books.sql\npending  0002_add_isbn.sql\n2 in all, 2 pending"
        );
    }

    #[tokio::test]
    async fn what_was_applied_is_told_once() {
        let db = Database::memory().await.unwrap();
        let first = told(&MIGRATIONS.apply(&db).await.unwrap());
        assert!(first.starts_with("applied  0001_create_books.sql  "), "{first}");
        assert_eq!(first.lines().count(), 2, "{first}");
        assert_eq!(told(&MIGRATIONS.apply(&db).await.unwrap()), "nothing is pending");
    }
}
