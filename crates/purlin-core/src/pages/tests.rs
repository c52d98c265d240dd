use super::{
    DevelopmentPage, Fault, Frame, Place, ProblemPage, RequestFacts, RouteLine, SourceLine,
    WelcomePage, development, development_text, problem, welcome,
};

const HOSTILE: &str = "\"'></pre></style></textarea><script>alert(1)</script>`<b>`&";

const PLACE: Option<Place<'static>> = Some(Place { file: HOSTILE, line: 7 });

const ROUTES: &[RouteLine<'static>] =
    &[RouteLine { methods: HOSTILE, pattern: HOSTILE, handler: HOSTILE, place: PLACE }];

const ERROR: DevelopmentPage<'static> = DevelopmentPage {
    status: 500,
    title: HOSTILE,
    code: HOSTILE,
    message: HOSTILE,
    error_type: HOSTILE,
    help: Some(HOSTILE),
    causes: &[HOSTILE, HOSTILE],
    place: PLACE,
    source: &[
        SourceLine { number: 6, text: HOSTILE, is_the_line: false },
        SourceLine { number: 7, text: HOSTILE, is_the_line: true },
    ],
    backtrace: &[
        Frame { function: HOSTILE, place: PLACE, in_app: true },
        Frame { function: HOSTILE, place: PLACE, in_app: false },
    ],
    request: RequestFacts {
        method: HOSTILE,
        path: HOSTILE,
        query: HOSTILE,
        headers: &[(HOSTILE, HOSTILE)],
        path_parameters: &[(HOSTILE, HOSTILE)],
        id: HOSTILE,
        peer: HOSTILE,
    },
    faults: &[Fault { part: HOSTILE, pointer: HOSTILE, code: HOSTILE, message: HOSTILE }],
    routes: ROUTES,
    nonce: HOSTILE,
};

const PROBLEM: ProblemPage<'static> = ProblemPage {
    status: 404,
    title: HOSTILE,
    detail: HOSTILE,
    request_id: HOSTILE,
    nonce: HOSTILE,
};

const WELCOME: WelcomePage<'static> = WelcomePage {
    name: HOSTILE,
    docs_url: Some(HOSTILE),
    openapi_url: Some(HOSTILE),
    place: PLACE,
    routes: ROUTES,
    nonce: HOSTILE,
};

/// Walks the tags of a page and fails at the first that does not close what was opened last.
fn check_well_formed(page: &str) {
    const VOID: [&str; 4] = ["meta", "link", "input", "wbr"];
    let mut open = Vec::new();
    let mut rest = page.strip_prefix("<!DOCTYPE html>").expect("a page begins with its doctype");
    while let Some((_, tag)) = rest.split_once('<') {
        let (tag, tail) = tag.split_once('>').expect("a tag ends");
        rest = tail;
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        assert_eq!(tag.matches('"').count() % 2, 0, "quotes in <{tag}>");
        assert!(!tag.contains(" style="), "an inline style in <{tag}>");
        assert!(!tag.contains(" on"), "an inline handler in <{tag}>");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "</{name}> closes another element");
        } else if !VOID.contains(&name) && !tag.ends_with('/') {
            open.push(name);
            if let "script" | "style" = name {
                let end = rest.find(&format!("</{name}")).expect("raw text ends");
                rest = &rest[end..];
            }
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
}

/// Checks that nothing of [`HOSTILE`] is markup in a page with this many scripts of its own.
fn check_escaped(page: &str, scripts: usize) {
    check_well_formed(page);
    assert_eq!(page.matches("<script").count(), scripts);
    assert!(!page.contains("alert(1)</script>"));
    assert!(!page.contains("<b>"));
    assert!(page.contains("&lt;script&gt;alert(1)"));
}

#[test]
fn no_field_of_any_page_becomes_markup() {
    check_escaped(&development(&ERROR), 1);
    check_escaped(&development(&DevelopmentPage { status: 404, backtrace: &[], ..ERROR }), 1);
    check_escaped(&problem(&PROBLEM), 0);
    check_escaped(&problem(&ProblemPage { status: 500, ..PROBLEM }), 0);
    check_escaped(&welcome(&WELCOME), 0);
}

#[test]
fn a_page_without_facts_is_well_formed() {
    check_well_formed(&development(&DevelopmentPage::default()));
    check_well_formed(&problem(&ProblemPage::default()));
    check_well_formed(&welcome(&WelcomePage::default()));
}

#[test]
fn every_page_has_language_title_and_viewport() {
    for page in [development(&ERROR), problem(&PROBLEM), welcome(&WELCOME)] {
        assert!(page.contains("<html lang=\"en\">"));
        assert!(page.contains("<title>&quot;&#39;&gt;") || page.contains("<title>500 &quot;"));
        assert!(page.contains("name=\"viewport\""));
        assert_eq!(page.matches("<h1").count(), 1);
        assert_eq!(page.matches("<main>").count(), 1);
    }
}

#[test]
fn no_page_names_an_address_outside_the_application() {
    for page in [development(&ERROR), problem(&PROBLEM), welcome(&WELCOME)] {
        let page = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("url("));
    }
}

#[test]
fn the_production_page_does_not_say_what_it_is_made_with() {
    let page = problem(&ProblemPage { title: "Not Found", ..ProblemPage::default() });
    assert!(!page.to_lowercase().contains("purlin"));
}

#[test]
fn frames_of_the_application_come_first_and_keep_their_numbers() {
    let frame = |function, in_app| Frame { function, place: None, in_app };
    let page = development(&DevelopmentPage {
        backtrace: &[frame("lib_a", false), frame("app_b", true), frame("lib_c", false)],
        ..DevelopmentPage::default()
    });
    let at = |text: &str| page.find(text).expect("is on the page");
    assert!(at("<i>1</i><code>app_b") < at("2 library frames"));
    assert!(at("2 library frames") < at("<i>0</i><code>lib_a"));
    assert!(at("<i>0</i><code>lib_a") < at("<i>2</i><code>lib_c"));
}

#[test]
fn routes_are_open_and_first_when_no_route_was_found() {
    let page = DevelopmentPage { status: 404, backtrace: &[], ..ERROR };
    let text = development(&page);
    assert!(text.contains("<details id=\"routing\" open>"));
    assert!(text.find("id=\"routes\"") < text.find("id=\"request\""));
    assert!(development(&ERROR).contains("<details id=\"routing\"><summary>1 route</summary>"));
}

#[test]
fn the_text_report_says_the_same() {
    let text = development_text(&DevelopmentPage {
        status: 422,
        title: "Unprocessable Content",
        message: "1 part of the request does not fit",
        code: "invalid_input",
        help: Some("send a title"),
        place: Some(Place { file: "src/books.rs", line: 3 }),
        source: &[SourceLine { number: 3, text: "fn create() {", is_the_line: true }],
        faults: &[Fault {
            part: "body",
            pointer: "/title",
            code: "length",
            message: "must not be empty",
        }],
        backtrace: &[Frame { function: "books::create", place: None, in_app: true }],
        request: RequestFacts { method: "POST", path: "/books", ..RequestFacts::default() },
        ..DevelopmentPage::default()
    });
    assert_eq!(
        text,
        "422 Unprocessable Content: 1 part of the request does not fit\n  \
           --> src/books.rs:3\n  code: invalid_input\n\nhelp: send a title\n\n\
         faults:\n  body /title: must not be empty (length)\n\n\
         source:\n>     3 | fn create() {\n\nbacktrace:\n>   0 books::create\n\n\
         request:\n  POST /books\n"
    );
}
