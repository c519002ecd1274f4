use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri};

use crate::server::app::App;
use crate::server::http::answer::{Answer, json};
use crate::server::http::json_request::PathName;
use crate::server::http::problem::Problem;
use crate::server::http::query::{self, Query};
use crate::store::{Record, labelled_state};
use crate::wire::allowlist::{LabelView, PassView};
use crate::wire::history::{Entry, HistoryPage};

/// `GET /v1/services/{name}/history`, the newest first; `?before=REVISION` goes on where a page
/// ended.
pub(crate) async fn get(State(app): State<Arc<App>>, PathName(name): PathName, uri: Uri) -> Answer {
    let query = Query::of(&uri);
    let before = query.value("before").map(str::parse).transpose();
    let before = before.map_err(|_| query::refusal("before takes a revision, a whole number"))?;
    let service = name.clone();
    let (page, events) = app
        .blocking(move |registry| registry.history(&name, before))
        .await?;
    let entries: Result<_, _> = page.records.into_iter().map(entry).collect();
    let page = HistoryPage {
        service,
        entries: entries.map_err(Problem::internal)?,
        events,
        next: page.next,
    };
    json(StatusCode::OK, &page)
}

fn entry(record: Record) -> Result<Entry, serde_json::Error> {
    // A document that cannot be read has no labels here; it is shown all the same.
    let labels = record.labels.as_deref().map(str::as_bytes);
    let after = record.after.as_deref().map(str::as_bytes);
    let labelled = after.and_then(|document| labelled_state(document, labels).ok());
    let (labels, passes) = labelled.map_or_else(Default::default, |(state, labels)| {
        (
            LabelView::all(&state, &labels),
            PassView::all(&state, &labels),
        )
    });
    let [before, after] = [record.before, record.after]
        .map(|document| document.as_deref().map(serde_json::from_str).transpose());
    Ok(Entry {
        stamp: record.stamp,
        before: before?,
        after: after?,
        timer: record.timer,
        labels,
        passes,
    })
}
