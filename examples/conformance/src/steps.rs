//! Five steps around every route, for benchmarks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use purlin::{App, Cors, Next, Request, Response, Result};

/// Request id, timing, security headers, counting, CORS.
pub fn five(app: App) -> App {
    let count = Arc::new(AtomicU64::new(0));
    let counting = move |request: Request, next: Next| {
        let count = Arc::clone(&count);
        async move {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(next.run(request).await)
        }
    };
    app.middleware(identified)
        .middleware(timed)
        .middleware(secured)
        .middleware(counting)
        .with(Cors::for_all())
}

async fn identified(request: Request, next: Next) -> Result<Response> {
    let id = request.id().to_string();
    let mut response = next.run(request).await;
    response.set_header("x-request", &id)?;
    Ok(response)
}

async fn timed(request: Request, next: Next) -> Result<Response> {
    let start = Instant::now();
    let mut response = next.run(request).await;
    response.set_header("x-time", &start.elapsed().as_micros().to_string())?;
    Ok(response)
}

async fn secured(request: Request, next: Next) -> Result<Response> {
    let mut response = next.run(request).await;
    response.set_header("x-content-type-options", "nosniff")?;
    Ok(response)
}
