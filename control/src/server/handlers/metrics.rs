use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use prometheus::TextEncoder;
use prometheus::core::Collector;

use crate::server::app::App;
use crate::server::handlers::gauges::scrape;
use crate::server::http::answer::Answer;
use crate::server::http::problem::Problem;
use crate::server::metrics::Metrics;

/// `GET /metrics`
pub(crate) async fn get(State(app): State<Arc<App>>) -> Answer {
    // With many services it takes long enough to keep polls waiting.
    let exposed = tokio::task::spawn_blocking(move || expose(&app)).await;
    let text = exposed.map_err(Problem::internal)?;
    let text = text.map_err(Problem::internal)?;
    let headers = [
        (CONTENT_TYPE, prometheus::TEXT_FORMAT),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}

fn expose(app: &App) -> prometheus::Result<String> {
    let Metrics {
        requests,
        durations,
    } = &app.metrics;
    let mut families = requests.collect();
    families.extend(durations.collect());
    // A family without samples has no text.
    families.retain(|family| !family.get_metric().is_empty());
    let mut text = TextEncoder::new().encode_to_string(&families)?;
    text.push_str(&scrape(app));
    Ok(text)
}
