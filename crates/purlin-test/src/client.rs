//! A client of the application, with cookies of its own.

use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Method;

use crate::draft::{Draft, Letter};
use crate::jar::Jar;
use crate::request::{TestRequest, ToApp};
use crate::subject::Subject;
use crate::target::IntoTarget;
