//! What Prometheus gathers.
//!
//! Names of services and templates of routes are the only labels that are not fixed, so that no caller
//! without an operator's token can make more series.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts};

/// What is counted as it happens.
#[derive(Debug)]
pub(crate) struct Metrics {
    pub(crate) requests: IntCounterVec,
    pub(crate) durations: HistogramVec,
}

impl Metrics {
    pub(crate) fn new() -> prometheus::Result<Self> {
        let requests = Opts::new(
            "intermission_control_requests_total",
            "Requests that were answered.",
        );
        let durations = HistogramOpts::new(
            "intermission_control_request_duration_seconds",
            "Time until the answer, without the time for which a request was held.",
        );
        let buckets = vec![0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0];
        Ok(Self {
            requests: IntCounterVec::new(requests, &["route", "method", "status"])?,
            durations: HistogramVec::new(durations.buckets(buckets), &["route", "method"])?,
        })
    }

    /// Counts an answer.
    pub(crate) fn count(
        &self,
        route: Option<&str>,
        method: &Method,
        status: StatusCode,
        took: Duration,
    ) {
        let (route, method) = (route.unwrap_or("unknown"), known(method));
        self.requests
            .with_label_values(&[route, method, status.as_str()])
            .inc();
        self.durations
            .with_label_values(&[route, method])
            .observe(took.as_secs_f64());
    }
}

/// A method by its name, if control has a use for it.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::PATCH => "PATCH",
        Method::POST => "POST",
        _ => "other",
    }
}
