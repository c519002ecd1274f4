use crate::client::{Client, service_path};
use crate::commands::diff::differences;
use crate::exit::Failure;
use crate::history::{Entry, HistoryPage};
use crate::output::{Report, brief_time};

pub(super) fn run(client: &Client, service: &str) -> Result<Report, Failure> {
    let path = format!("{}/history", service_path(service));
    let mut whole: HistoryPage = client.get(&path)?;
    while let Some(next) = whole.next {
        let page: HistoryPage = client.get(&format!("{path}?before={next}"))?;
        whole.entries.extend(page.entries);
        // Always towards the beginning, whatever answers.
        whole.next = page.next.filter(|following| *following < next);
    }
    let human = whole.entries.iter().map(described).collect();
    Report::new(&whole, human)
}

fn described(entry: &Entry) -> String {
    let stamp = &entry.stamp;
    let reason = stamp.reason.as_ref();
    let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
    let mut text = format!(
        "{:>5}  {}  {} by {}{reason}\n",
        stamp.revision,
        brief_time(stamp.at),
        stamp.action,
        stamp.actor
    );
    for difference in entry
        .before
        .iter()
        .flat_map(|before| differences(before, &entry.after))
    {
        text.push_str(&format!("         {difference}\n"));
    }
    text
}
