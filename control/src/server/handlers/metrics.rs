use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use prometheus::core::Collector;
use prometheus::{Registry, TextEncoder};

use crate::server::app::App;
use crate::server::handlers::gauges::scrape;
use crate::server::http::answer::Answer;
use crate::server::http::problem::Problem;
use crate::server::metrics::Metrics;

/// `GET /metrics`
pub(crate) async fn get(State(app): State<Arc<App>>) -> Answer {
    let text = expose(&app).map_err(Problem::internal)?;
    let headers = [
        (CONTENT_TYPE, prometheus::TEXT_FORMAT),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}

fn expose(app: &App) -> prometheus::Result<String> {
    let registry = Registry::new();
    let Metrics {
        requests,
        durations,
    } = &app.metrics;
    let counted: [Box<dyn Collector>; 2] =
        [Box::new(requests.clone()), Box::new(durations.clone())];
    for collector in counted.into_iter().chain(scrape(app)?) {
        registry.register(collector)?;
    }
    TextEncoder::new().encode_to_string(&registry.gather())
}
