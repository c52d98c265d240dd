//! Header fields as inputs.
//!
//! S-061.

use garde::Validate;
use purlin_core::{Header, Routes};
use purlin_test::TestApp;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::ask::serve;

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "kebab-case")]
struct Fields {
    #[serde(default)]
    #[garde(length(max = 4), inner(length(chars, max = 8)))]
    tag: Vec<String>,
    #[garde(skip)]
    count: Option<Vec<u8>>,
    #[garde(skip)]
    note: Option<String>,
}

async fn app() -> TestApp {
    let show = async |fields: Header<Fields>| {
        let Fields { tag, count, note } = fields.0;
        format!("{tag:?} {:?} {:?}", count.unwrap_or_default(), note.unwrap_or_default())
    };
    serve(Routes::new().get("/", show)).await
}

#[tokio::test]
async fn a_list_is_one_line_or_several() {
    let app = app().await;
    // RFC 9110 §5.3 and §5.6.1: these are equal, and empty elements count for nothing.
    for lines in [["a, b", "c"].as_slice(), &["a", "b", "c"], &["a,b , ,,\tc,"]] {
        let request = lines.iter().fold(app.get("/"), |all, line| all.header("tag", *line));
        request.await.assert_text("[\"a\", \"b\", \"c\"] [] \"\"");
    }
    app.get("/").header("count", "1, 2").await.assert_text("[] [1, 2] \"\"");
}

#[tokio::test]
async fn a_comma_in_quotes_or_in_a_text_is_no_border() {
    let app = app().await;
    let quoted = app.get("/").header("tag", r#""a, b", "\"," , c"#);
    quoted.await.assert_text(r#"["\"a, b\"", "\"\\\",\"", "c"] [] """#);
    app.get("/").header("note", "a, b").await.assert_text("[] [] \"a, b\"");
}

#[tokio::test]
async fn a_fault_names_its_element() {
    let app = app().await;
    let response = app.get("/").header("count", "1, banana").header("tag", "123456789").await;
    response.assert_fault("/count/1", "type").assert_fault("/tag/0", "max_length");
    app.get("/").header("tag", "a,b,c,d,e").await.assert_fault("/tag", "max_items");
}
