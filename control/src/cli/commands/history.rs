use serde_json::Value;

use crate::cli::client::{Client, service_path};
use crate::cli::exit::Failure;
use crate::cli::terminal::Report;
use crate::values::timestamp::brief_time;
use crate::wire::difference::Snapshot;
use crate::wire::history::{Entry, HistoryPage};
use crate::wire::stamp::Stamp;

/// Where the documents end.
const NOT_KEPT: &str = "       the documents of this and earlier revisions are not kept any more\n";

pub(crate) fn run(client: &Client, service: &str) -> Result<Report, Failure> {
    let path = format!("{}/history", service_path(service));
    let mut whole: HistoryPage = client.get(&path)?;
    while let Some(next) = whole.next {
        let page: HistoryPage = client.get(&format!("{path}?before={next}"))?;
        whole.entries.extend(page.entries);
        whole.events.extend(page.events);
        // Always towards the beginning, whatever answers.
        whole.next = page.next.filter(|following| *following < next);
    }
    let older = whole.entries.iter().skip(1).map(Some).chain([None]);
    let pairs = whole.entries.iter().zip(older);
    let mut has_documents = true;
    let human = pairs
        .map(|(entry, older)| {
            let is_last = has_documents && entry.after.is_none();
            has_documents = entry.after.is_some();
            let revision = entry.stamp.revision;
            let events = whole.events.iter();
            let then = events.filter(|event| event.revision == revision);
            let then: String = then.map(headline).collect();
            let note = if is_last { NOT_KEPT } else { "" };
            then + note + &described(entry, older)
        })
        .collect();
    Report::new(&whole, human)
}

/// Who did what, when and why.
fn headline(stamp: &Stamp) -> String {
    let reason = stamp.reason.as_ref();
    let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
    format!(
        "{:>5}  {}  {} by {}{reason}\n",
        stamp.revision,
        brief_time(stamp.at),
        stamp.action,
        stamp.actor
    )
}

/// One change, which followed `older`.
fn described(entry: &Entry, older: Option<&Entry>) -> String {
    let mut text = headline(&entry.stamp);
    let [before, after] = sides(entry, older);
    for difference in before.differences(&after) {
        text.push_str(&format!("         {difference}\n"));
    }
    text
}

/// What was in force before and after a change, as far as both documents are kept.
fn sides(entry: &Entry, older: Option<&Entry>) -> [Snapshot; 2] {
    let documents = entry.before.as_ref().zip(entry.after.as_ref());
    let timers = [older, Some(entry)].map(|entry| entry.and_then(|entry| entry.timer.clone()));
    let side = |document: Option<&Value>, labelled: &Entry, timer| {
        let labelled = document.map(|_| labelled);
        Snapshot {
            document: document.cloned().unwrap_or_default(),
            labels: labelled.map_or_else(Vec::new, |entry| entry.labels.clone()),
            passes: labelled.map_or_else(Vec::new, |entry| entry.passes.clone()),
            timer,
        }
    };
    let [before, after] = timers;
    [
        side(
            documents.map(|(before, _)| before),
            older.unwrap_or(entry),
            before,
        ),
        side(documents.map(|(_, after)| after), entry, after),
    ]
}
