use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use prometheus::TextEncoder;
use prometheus::core::Collector;

use crate::server::app::App;
use crate::server::handlers::gauges;
use crate::server::handlers::gauges::of_services;
use crate::server::http::answer::Answer;
use crate::server::http::identity::Caller;
use crate::server::http::problem::Problem;
use crate::server::metrics::Metrics;
use crate::token::Grant;

/// `GET /metrics`
pub(crate) async fn get(State(app): State<Arc<App>>, caller: Caller) -> Answer {
    // With many services it takes long enough to keep polls waiting.
    let exposed = tokio::task::spawn_blocking(move || expose(&app, caller.grant())).await;
    let text = exposed.map_err(Problem::internal)?;
    let text = text.map_err(Problem::internal)?;
    let headers = [
        (CONTENT_TYPE, prometheus::TEXT_FORMAT),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}

fn expose(app: &App, grant: &Grant) -> prometheus::Result<String> {
    let mut text = of_services(app, grant);
    if !grant.is_bound() {
        text.push_str(&of_control(app)?);
    }
    Ok(text)
}

/// The metrics of control, which are about all services.
fn of_control(app: &App) -> prometheus::Result<String> {
    let Metrics {
        requests,
        durations,
    } = &app.metrics;
    let mut families = requests.collect();
    families.extend(durations.collect());
    // A family without samples has no text.
    families.retain(|family| !family.get_metric().is_empty());
    let mut text = TextEncoder::new().encode_to_string(&families)?;
    text.push_str(&gauges::of_control(app));
    Ok(text)
}
