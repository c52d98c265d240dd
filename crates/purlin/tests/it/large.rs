//! Inputs and answers of twenty members, and routes of a host with attributes.

use purlin::http::Method;
use purlin::{
    App, ClientAddress, Cookies, Extract, Inject, Json, Languages, Query, Respond, Result, Urls,
    get, post, routes,
};
use purlin_test::TestApp;
use serde_json::json;

struct Tag<const N: usize>;

impl<const N: usize> Tag<N> {
    const fn number(&self) -> usize {
        let Self = self;
        N
    }
}

#[derive(serde::Deserialize, serde::Serialize, schemars::JsonSchema, garde::Validate)]
#[garde(allow_unvalidated)]
struct Filter {
    word: String,
}

#[derive(Extract)]
struct Everything {
    #[extract(path)]
    a: u32,
    #[extract(path)]
    b: u32,
    #[extract(path)]
    c: u32,
    #[extract(path)]
    d: String,
    filter: Query<Filter>,
    cookies: Cookies,
    languages: Languages,
    client: Option<ClientAddress>,
    urls: Urls,
    tag1: Inject<Tag<1>>,
    tag2: Inject<Tag<2>>,
    tag3: Inject<Tag<3>>,
    tag4: Inject<Tag<4>>,
    tag5: Inject<Tag<5>>,
    tag6: Inject<Tag<6>>,
    tag7: Inject<Tag<7>>,
    tag8: Inject<Tag<8>>,
    tag9: Inject<Tag<9>>,
    tag10: Inject<Tag<10>>,
    body: Json<Filter>,
}

#[post("/{a}/{b}/{c}/{d}")]
async fn all(input: Everything) -> Result<String> {
    let Everything { a, b, c, d, filter, cookies, languages, client, urls, body, .. } = input;
    let (one, two, three) = (input.tag1.number(), input.tag2.number(), input.tag3.number());
    let (four, five, six) = (input.tag4.number(), input.tag5.number(), input.tag6.number());
    let (seven, eight) = (input.tag7.number(), input.tag8.number());
    let tags = one + two + three + four + five + six + seven + eight;
    let tags = tags + input.tag9.number() + input.tag10.number();
    let _ = (languages, client.is_some());
    let home = urls.to(&answer::url(1))?;
    let cookie = cookies.get("k").unwrap_or_default().to_owned();
    Ok(format!("{} {d} {} {cookie} {tags} {home} {}", a + b + c, filter.word, body.word))
}

macro_rules! answers {
    ($($name:ident $status:literal)*) => {
        #[derive(Respond)]
        enum Answers {
            $(#[respond(status = $status)] $name(Json<u16>),)*
        }

        const STATUSES: &[u16] = &[$($status),*];

        impl Answers {
            fn of(status: u16) -> Option<Self> {
                $(if status == $status {
                    return Some(Self::$name(Json(status)));
                })*
                None
            }
        }
    };
}

answers! {
    A 200 B 201 C 202 D 203 E 207 F 208 G 226 H 300 I 402 J 403
    K 404 L 406 M 409 N 410 O 411 P 418 Q 423 R 424 S 425 T 451
}

#[get("/answers/{status}")]
async fn answer(status: u16) -> Option<Answers> {
    Answers::of(status)
}

#[purlin_test::test]
async fn twenty_fields_are_taken_and_twenty_variants_are_answered() {
    let app = App::new("large").routes(routes![all, answer]);
    let app = app.provide(Tag::<1>).provide(Tag::<2>).provide(Tag::<3>).provide(Tag::<4>);
    let app = app.provide(Tag::<5>).provide(Tag::<6>).provide(Tag::<7>).provide(Tag::<8>);
    let app = TestApp::start(app.provide(Tag::<9>).provide(Tag::<10>)).await;
    let draft =
        app.post("/1/2/3/four?word=q").header("cookie", "k=v").json(&json!({ "word": "b" }));
    draft.await.assert_text("6 four q v 55 /answers/1 b");
    assert_eq!(STATUSES.len(), 20);
    for status in STATUSES {
        let answer = app.get(format!("/answers/{status}")).await;
        assert_eq!(answer.status().as_u16(), *status);
        assert_eq!(answer.text(), status.to_string());
    }
    let responses = &app.openapi()["paths"]["/answers/{status}"]["get"]["responses"];
    assert!(STATUSES.iter().all(|status| responses[status.to_string()].is_object()));
    let parameters = &app.openapi()["paths"]["/{a}/{b}/{c}/{d}"]["post"]["parameters"];
    assert!(parameters.as_array().is_some_and(|all| all.len() >= 5), "{parameters}");
}

/// A parameter of the host is taken by its name, as one of a prefix is.
#[get("/shelves/{id}")]
async fn shelf(#[path] tenant: String, id: u32, urls: Urls) -> Result<String> {
    Ok(format!("{tenant} {id} {}", urls.to(&shelf::url(8))?))
}

#[purlin_test::test]
async fn a_handler_with_an_attribute_takes_a_parameter_of_its_host() {
    let sites = routes![shelf].host("{tenant}.example.com");
    let app = TestApp::start(App::new("sites").routes(sites)).await;
    let answer = app.request(Method::GET, "/shelves/7").header("host", "acme.example.com:81");
    answer.await.assert_text("acme 7 /shelves/8");
    let address = shelf::url(9).with_parameter("tenant", "beta");
    app.get(&address).await.assert_text("beta 9 /shelves/8");
}
