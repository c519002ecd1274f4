use crate::cli::client::{Client, service_path};
use crate::cli::exit::Failure;
use crate::cli::terminal::Report;
use crate::cli::terminal::changed_labels::label_differences;
use crate::cli::terminal::diff::differences;
use crate::values::timestamp::brief_time;
use crate::wire::history::{Entry, HistoryPage};
use crate::wire::stamp::Stamp;
use crate::wire::timer::Timer;

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
    let documents = entry.before.as_ref().zip(entry.after.as_ref());
    let documents: Vec<_> = documents.into_iter().collect();
    for difference in documents
        .iter()
        .flat_map(|(before, after)| differences(before, after))
        // They are digests, and the passes have names.
        .filter(|difference| !difference.starts_with("allowlist.passes "))
    {
        text.push_str(&format!("         {difference}\n"));
    }
    if let Some(older) = older.filter(|_| !documents.is_empty()) {
        for difference in label_differences(older, entry) {
            text.push_str(&format!("         {difference}\n"));
        }
    }
    let before = older.and_then(|older| older.timer.as_ref());
    if before != entry.timer.as_ref() {
        let timers = [before, entry.timer.as_ref()].map(timer);
        text.push_str(&format!("         timer {}\n", timers.join(" -> ")));
    }
    text
}

fn timer(timer: Option<&Timer>) -> String {
    timer.map_or_else(
        || "nothing".to_owned(),
        |timer| format!("{} (for {})", timer.at, timer.length),
    )
}
