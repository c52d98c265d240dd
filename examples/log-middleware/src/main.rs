//! A middleware that logs every request, failing ones too (SC-03).
//!
//! Run with: `cargo run -p example-log-middleware`

use std::fmt;
use std::time::Instant;

use purlin::{App, Error, Next, Request, Response, Result, get, routes};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

const NAME: &str = "log-middleware";

/// One line when the request comes, one when the answer goes.
async fn log(request: Request, next: Next) -> Result<Response> {
    tracing::info!(target: NAME, "Request: {} {}", request.method(), request.path().escape_debug());
    let started = Instant::now();
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), started.elapsed().as_secs_f64());
    tracing::info!(target: NAME, "Response: {status} - {took:.4}s");
    Ok(response)
}

/// `time - name - level - message`
struct Line;

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        SystemTime.format_time(&mut writer)?;
        let metadata = event.metadata();
        write!(writer, " - {} - {} - ", metadata.target(), metadata.level())?;
        context.format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}

#[get("/fine")]
async fn fine() -> &'static str {
    "fine"
}

#[get("/fails")]
async fn fails() -> Result<String> {
    Err(Error::internal("the disk is full"))
}

#[get("/panics")]
async fn panics() -> &'static str {
    panic!("out of beams")
}

fn app() -> App {
    // The first middleware is the outermost: it sees every answer, whoever gave it.
    App::new(NAME).without_request_log().middleware(log).routes(routes![fine, fails, panics])
}

fn main() -> Result {
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(std::io::stderr)
        .event_format(Line)
        .init();
    purlin::run(app)
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use purlin::http::StatusCode;
    use purlin::{App, Next, Request, Response, Result};
    use purlin_test::TestApp;

    use super::Line;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The lines of one request, with the time cut off the front and the duration off the end.
    async fn lines(app: App, path: &str) -> Vec<String> {
        let memory = Memory::default();
        let writer = memory.clone();
        let subscriber = tracing_subscriber::fmt()
            .event_format(Line)
            .with_writer(move || writer.clone())
            .finish();
        let guard = tracing::subscriber::set_default(subscriber);
        TestApp::start(app).await.get(path).without_conformance().await;
        drop(guard);
        let text = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
        let own = text.lines().filter_map(|line| line.split_once(" - log-middleware - INFO - "));
        own.map(|(_, message)| message.to_owned()).collect()
    }

    fn check(lines: &[String], path: &str, status: u16) {
        let [request, response] = lines else { panic!("two lines are wanted: {lines:?}") };
        assert_eq!(*request, format!("Request: GET {path}"));
        let took = response.strip_prefix(&format!("Response: {status} - ")).unwrap();
        let digits = took.strip_suffix('s').unwrap().split_once('.').unwrap().1;
        assert_eq!(digits.len(), 4, "{response}");
    }

    /// SC-03, S-108, S-112
    #[purlin_test::test]
    async fn every_request_has_its_two_lines() {
        for (path, status) in [("/fine", 200), ("/nowhere", 404), ("/fails", 500), ("/panics", 500)]
        {
            check(&lines(super::app(), path).await, path, status);
        }
    }

    /// Lets nobody in, as a middleware for authentication does to whom it does not know.
    async fn refuse(_request: Request, _next: Next) -> Result<Response> {
        Ok(Response::text(StatusCode::UNAUTHORIZED, "who are you?"))
    }

    /// SC-03, S-107: what a middleware further in answers itself has its lines, too.
    #[purlin_test::test]
    async fn an_answer_of_another_middleware_has_its_two_lines() {
        let app = super::app().middleware(refuse);
        check(&lines(app, "/fine").await, "/fine", 401);
    }
}
