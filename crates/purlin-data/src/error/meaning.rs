//! What is told to the client.

use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use purlin_core::{Outline, Problems};

/// What a database error means to a client.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Check { rule: Option<String> },
    Conflict { columns: Vec<String> },
    ForeignKey,
    NotFound,
    Unavailable,
}

const CONFLICT: (StatusCode, &str) = (StatusCode::CONFLICT, "conflict");
const FOREIGN_KEY: (StatusCode, &str) = (StatusCode::CONFLICT, "foreign_key_conflict");
const CHECK: (StatusCode, &str) = (StatusCode::UNPROCESSABLE_ENTITY, "check_failed");
const NOT_FOUND: (StatusCode, &str) = (StatusCode::NOT_FOUND, "not_found");
const UNAVAILABLE: (StatusCode, &str) = (StatusCode::SERVICE_UNAVAILABLE, "database_unavailable");

impl Meaning {
    pub(super) fn document(problems: &mut Problems) {
        let mut add = |(status, code), description: &'static str| {
            problems.add(status, code, description);
        };
        add(NOT_FOUND, "There is no such record");
        add(CONFLICT, "A record with the same value exists already");
        add(FOREIGN_KEY, "A record that is referred to does not exist, or one that is is removed");
        add(CHECK, "A value breaks a rule of the database");
        add(UNAVAILABLE, "The database does not answer in time");
    }

    pub(super) fn outline(self) -> Outline {
        let (status, code) = self.status();
        let outline = Outline::new(status, code).detail(self.detail());
        match self {
            Self::Conflict { columns } if !columns.is_empty() => outline.member("columns", columns),
            Self::Check { rule: Some(rule) } => outline.member("rule", rule),
            Self::Unavailable => outline.header(RETRY_AFTER, HeaderValue::from_static("1")),
            _ => outline,
        }
    }

    fn status(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Check { .. } => CHECK,
            Self::Conflict { .. } => CONFLICT,
            Self::ForeignKey => FOREIGN_KEY,
            Self::NotFound => NOT_FOUND,
            Self::Unavailable => UNAVAILABLE,
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::Check { rule: Some(rule) } => format!("a value breaks the rule `{rule}`"),
            Self::Check { rule: None } => "a value breaks a rule of the database".to_owned(),
            Self::Conflict { columns } if columns.is_empty() => "it exists already".to_owned(),
            Self::Conflict { columns } => {
                format!("a record with the same `{}` exists already", columns.join("` and `"))
            }
            Self::ForeignKey => {
                "a record that is referred to does not exist, or others refer to it".to_owned()
            }
            Self::NotFound => "there is no such record".to_owned(),
            Self::Unavailable => "the database does not answer in time".to_owned(),
        }
    }
}
