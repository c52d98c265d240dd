//! Path matching against a matcher that tries every route, segment by segment.
//!
//! Input: what happens to slashes at the end (`0` strict, `1` ignore, `2` redirect) and a line feed,
//! lines of `METHOD PATTERN`, an empty line, and lines of `METHOD PATH`.

#![no_main]

use std::cmp::Reverse;
use std::collections::BTreeSet;

use http::{Method, StatusCode, Uri};
use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode_str;
use purlin_core::config::Configuration;
use purlin_core::{App, Json, Mode, Path, Request, Routes, TrailingSlash};
use purlin_fuzz::{Answer, Sheet, ask, block_on};

const POLICIES: [TrailingSlash; 3] =
    [TrailingSlash::Strict, TrailingSlash::Ignore, TrailingSlash::Redirect];
const METHODS: [&str; 7] = ["GET", "POST", "HEAD", "OPTIONS", "DELETE", "PURGE", "CONNECT"];

fuzz_target!(|data: &[u8]| {
    let mut sheet = Sheet::new(data);
    let policy = POLICIES[sheet.choice(POLICIES.len())];
    sheet.line();
    let Some(routes) = lines(&sheet.block(), 6) else { return };
    let Some(asked) = lines(&sheet.block(), 8) else { return };
    let world = World { policy, routes: routes.iter().map(Route::read).collect() };
    let app = App::new("routes").configuration(Configuration::new(Mode::Prod));
    let app = app.trailing_slash(policy).docs(false).without_health();
    let app = routes.iter().fold(app, |app, (method, pattern)| {
        app.routes(Routes::new().on(method.clone(), pattern, parameters))
    });
    let assembled = match app.without_request_log().assemble() {
        Ok(assembled) => assembled,
        Err(report) => return world.refused(&report.to_string()),
    };
    world.accepted();
    let started = block_on(assembled.start()).expect("nothing can fail at its start");
    for (method, path) in &asked {
        if path.parse::<Uri>().is_ok_and(|uri| uri.path() == *path) {
            let request = Request::new(method.clone(), path);
            world.answered(method, path, &ask(&started.service(), request));
        }
    }
});

async fn parameters(Path(values): Path<Vec<String>>) -> Json<Vec<String>> {
    Json(values)
}

fn lines<'a>(block: &[&'a [u8]], most: usize) -> Option<Vec<(Method, &'a str)>> {
    let lines = block.iter().take(most).map(|line| {
        let (method, path) = std::str::from_utf8(line).ok()?.split_once(' ')?;
        METHODS.contains(&method).then(|| (method.parse().expect("it is a method"), path))
    });
    lines.collect()
}

struct World {
    policy: TrailingSlash,
    routes: Vec<Route>,
}

struct Route {
    method: Method,
    pattern: String,
    /// `None` where the pattern is none.
    segments: Option<Vec<Segment>>,
}

#[derive(Debug, PartialEq)]
enum Segment {
    Literal(Vec<u8>),
    /// A parameter with what stands before and behind it.
    Parameter(Vec<u8>, Vec<u8>),
    Tail(Vec<u8>),
}

impl Route {
    fn read((method, pattern): &(Method, &str)) -> Self {
        let segments = pattern.strip_prefix('/').and_then(|rest| {
            let segments: Vec<_> = rest.split('/').map(segment).collect::<Option<_>>()?;
            let tails = segments.iter().rev().skip(1).any(|s| matches!(s.1, Segment::Tail(_)));
            let names: Vec<_> = segments.iter().filter_map(|segment| segment.0).collect();
            let is_valid = names.iter().collect::<BTreeSet<_>>().len() == names.len()
                && names.len() <= 8
                && !tails;
            is_valid.then(|| segments.into_iter().map(|segment| segment.1).collect())
        });
        Self { method: method.clone(), pattern: (*pattern).to_owned(), segments }
    }

    /// The parameters of a path that it matches.
    fn captures(&self, path: &[Vec<u8>]) -> Option<Vec<Vec<u8>>> {
        let segments = self.segments.as_ref()?;
        let mut captures = Vec::new();
        for (index, segment) in segments.iter().enumerate() {
            let given = path.get(index)?;
            match segment {
                Segment::Literal(text) if text == given => {}
                Segment::Literal(_) => return None,
                Segment::Parameter(before, behind) => {
                    let inner = given.strip_prefix(&before[..])?.strip_suffix(&behind[..])?;
                    captures.push(Some(inner).filter(|inner| !inner.is_empty())?.to_vec());
                }
                Segment::Tail(before) => {
                    let rest = path[index..].join(&b'/');
                    let inner = rest.strip_prefix(&before[..])?;
                    captures.push(Some(inner).filter(|inner| !inner.is_empty())?.to_vec());
                    return Some(captures);
                }
            }
        }
        (path.len() == segments.len()).then_some(captures)
    }

    /// What comes first: literals, parameters, tails, and what has more text beside it, by the first
    /// segment that differs.
    fn rank(&self) -> Vec<(u8, Reverse<usize>)> {
        let length = |text: &[u8]| std::str::from_utf8(text).expect("UTF-8").chars().count();
        let rank = |segment: &Segment| match segment {
            Segment::Literal(_) => (0, Reverse(0)),
            Segment::Parameter(before, behind) => (1, Reverse(length(before) + length(behind))),
            Segment::Tail(before) => (2, Reverse(length(before))),
        };
        self.segments.iter().flatten().map(rank).collect()
    }

    /// Whether both match some path, and the first segment that differs does not say who answers.
    fn conflicts(&self, other: &Self) -> bool {
        let (Some(one), Some(two)) = (&self.segments, &other.segments) else { return false };
        let differing = one.iter().zip(two).position(|(one, two)| one != two);
        let decides = differing.is_some_and(|at| self.rank()[at] != other.rank()[at]);
        let path: Vec<_> =
            (0..one.len().max(two.len())).map(|at| text_of(one.get(at), two.get(at))).collect();
        !decides && self.captures(&path).is_some() && other.captures(&path).is_some()
    }
}

/// A text that both segments match, if there is one.
fn text_of(one: Option<&Segment>, two: Option<&Segment>) -> Vec<u8> {
    let both = || one.into_iter().chain(two);
    let literal = both().find_map(|segment| match segment {
        Segment::Literal(text) => Some(text.clone()),
        _ => None,
    });
    literal.unwrap_or_else(|| {
        let before = both().map(|segment| match segment {
            Segment::Parameter(before, _) | Segment::Tail(before) => &before[..],
            Segment::Literal(_) => &[],
        });
        let behind = both().map(|segment| match segment {
            Segment::Parameter(_, behind) => &behind[..],
            _ => &[],
        });
        let longest = |text: &&[u8]| text.len();
        let before = before.max_by_key(longest).unwrap_or_default();
        let behind = behind.max_by_key(longest).unwrap_or_default();
        [before, b"x", behind].concat()
    })
}

/// One segment of a pattern, with the name of its parameter.
fn segment(text: &str) -> Option<(Option<&str>, Segment)> {
    let literal = |text: &str| {
        let text = percent_decode_str(text).decode_utf8().ok()?;
        Some(text.as_bytes().to_vec())
    };
    let Some((before, rest)) = text.split_once('{') else {
        let is_plain = !text.contains(['}', '?', '#']);
        return Some((None, Segment::Literal(literal(text).filter(|_| is_plain)?)));
    };
    let (name, behind) = rest.split_once('}')?;
    let (name, is_tail) = match name.strip_prefix('*') {
        Some(name) => (name, true),
        None => (name, false),
    };
    let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && name.chars().next().is_some_and(|c| !c.is_ascii_digit());
    let is_plain = !before.contains(['}', '?', '#']) && !behind.contains(['{', '}', '?', '#']);
    if !is_name || !is_plain || is_tail && !behind.is_empty() {
        return None;
    }
    let segment = match is_tail {
        true => Segment::Tail(literal(before)?),
        false => Segment::Parameter(literal(before)?, literal(behind)?),
    };
    Some((Some(name), segment))
}

enum Expected<'w> {
    Invalid,
    Route(&'w Route, Vec<Vec<u8>>),
    Others(BTreeSet<String>),
    Nothing,
}

impl Expected<'_> {
    fn others(mut methods: BTreeSet<String>) -> Self {
        if methods.contains("GET") {
            methods.insert("HEAD".to_owned());
        }
        methods.insert("OPTIONS".to_owned());
        Self::Others(methods)
    }
}

impl World {
    fn has_conflict(&self) -> bool {
        let conflicts = |(index, route): (usize, &Route)| {
            let mut before = self.routes[..index].iter();
            before.any(|other| other.method == route.method && other.conflicts(route))
        };
        self.routes.iter().enumerate().any(conflicts)
    }

    fn refused(&self, report: &str) {
        if report.lines().any(|line| line.starts_with("error[P0107]")) {
            assert!(self.has_conflict(), "all routes can be told apart:\n{report}");
        } else {
            let is_valid = self.routes.iter().all(|route| route.segments.is_some());
            assert!(!is_valid, "every pattern is one:\n{report}");
        }
    }

    fn accepted(&self) {
        let wrong = self.routes.iter().find(|route| route.segments.is_none());
        assert!(wrong.is_none(), "{:?} is a pattern", wrong.map(|route| &route.pattern));
        assert!(!self.has_conflict(), "two routes are in conflict");
    }

    fn answered(&self, method: &Method, path: &str, answer: &Answer) {
        let context = || format!("{method} {path}: {} {:?}", answer.status, answer.body);
        match self.expected(method, path) {
            Expected::Invalid => {
                assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", context())
            }
            Expected::Route(route, captures) => {
                assert_eq!(answer.status, StatusCode::OK, "{}", context());
                assert_eq!(answer.route, route.pattern, "{}", context());
                if *method != Method::HEAD {
                    let texts =
                        captures.iter().map(|text| std::str::from_utf8(text).expect("UTF-8"));
                    let texts: serde_json::Value = texts.collect();
                    assert_eq!(answer.json(), texts, "{}", context());
                }
            }
            Expected::Others(methods) => {
                let allow = answer.header("allow").split(", ").map(str::to_owned);
                assert_eq!(allow.collect::<BTreeSet<_>>(), methods, "{}", context());
                let status = match *method {
                    Method::OPTIONS => StatusCode::NO_CONTENT,
                    _ => StatusCode::METHOD_NOT_ALLOWED,
                };
                assert_eq!(answer.status, status, "{}", context());
            }
            Expected::Nothing => self.nowhere(method, path, answer),
        }
    }

    /// The other spelling of the end of the path, where the application wants that.
    fn nowhere(&self, method: &Method, path: &str, answer: &Answer) {
        let context = || format!("{method} {path}: {} {:?}", answer.status, answer.headers);
        let other = match path.strip_suffix('/') {
            Some(shorter) => shorter.to_owned(),
            None => format!("{path}/"),
        };
        let exists =
            !other.is_empty() && !matches!(self.expected(method, &other), Expected::Nothing);
        match self.policy {
            TrailingSlash::Redirect if exists => {
                assert_eq!(answer.status, StatusCode::PERMANENT_REDIRECT, "{}", context());
                let location = answer.header("location");
                assert!(location.starts_with('/') && !location.starts_with("//"), "{location:?}");
                assert!(!location.contains('\\'), "{location:?}");
            }
            TrailingSlash::Ignore if exists => self.answered(method, &other, answer),
            _ => assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", context()),
        }
    }

    fn expected(&self, method: &Method, path: &str) -> Expected<'_> {
        if path == "*" {
            return self.of_the_server(method);
        }
        let Some(segments) = decoded(path) else { return Expected::Invalid };
        let of = |method: &Method| {
            let routes = self.routes.iter().filter(|route| route.method == *method);
            let found = routes.filter_map(|route| Some((route, route.captures(&segments)?)));
            found.min_by_key(|(route, _)| route.rank())
        };
        let of_get = || (*method == Method::HEAD).then(|| of(&Method::GET)).flatten();
        if let Some((route, captures)) = of(method).or_else(of_get) {
            return Expected::Route(route, captures);
        }
        let mut others: BTreeSet<String> = BTreeSet::new();
        for method in METHODS {
            if of(&method.parse().expect("it is a method")).is_some() {
                others.insert(method.to_owned());
            }
        }
        if others.is_empty() { Expected::Nothing } else { Expected::others(others) }
    }

    /// RFC 9112 §3.2.4: `*` is a target of OPTIONS alone, which asks what there is anywhere.
    fn of_the_server(&self, method: &Method) -> Expected<'_> {
        match *method {
            Method::OPTIONS => {
                let methods = self.routes.iter().map(|route| route.method.to_string());
                Expected::others(methods.collect())
            }
            _ => Expected::Invalid,
        }
    }
}

/// The segments of a path, decoded; `None` where it has no decoding.
fn decoded(path: &str) -> Option<Vec<Vec<u8>>> {
    let mut escapes = path.split('%').skip(1);
    let is_escape =
        |text: &str| text.len() >= 2 && text.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    let all: Vec<u8> = percent_decode_str(path).collect();
    if !escapes.all(is_escape) || std::str::from_utf8(&all).is_err() {
        return None;
    }
    Some(path.split('/').skip(1).map(|segment| percent_decode_str(segment).collect()).collect())
}
