//! The header of a poll, read as the standard has it.

use std::time::Instant;

use intermission_testkit::{Endpoint, Polled};
use sfv::{BareItem, Item, Parser};

/// The report of a poll.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) at: Instant,
    pub(crate) if_none_match: String,
    pub(crate) name: String,
    pub(crate) boot: String,
    pub(crate) seq: i64,
    pub(crate) applied: Option<String>,
    pub(crate) running: i64,
    pub(crate) oldest: Option<i64>,
    pub(crate) silent: String,
    pub(crate) error: Option<String>,
}

impl Report {
    /// The report in a poll.
    pub(crate) fn of(polled: &Polled) -> Self {
        let item: Item = Parser::new(&polled.node).parse().unwrap();
        let text = |name: &str| {
            let value = item.params.get(name)?;
            value.as_string().map(|text| text.as_str().to_owned())
        };
        let number = |name: &str| {
            let value: &BareItem = item.params.get(name)?;
            value.as_integer().map(i64::from)
        };
        let error = item.params.get("error");
        let error = error.map(|error| error.as_display_string().unwrap().clone());
        assert_eq!(item.params["kind"].as_token().unwrap().as_str(), "envoy");
        Self {
            at: polled.at,
            if_none_match: polled.if_none_match.clone(),
            name: item.bare_item.as_string().unwrap().as_str().to_owned(),
            boot: text("boot").unwrap(),
            seq: number("seq").unwrap(),
            applied: text("applied"),
            running: number("running").unwrap(),
            oldest: number("oldest"),
            silent: text("silent").unwrap_or_default(),
            error,
        }
    }
}

/// All polls so far.
pub(crate) fn reports(control: &Endpoint) -> Vec<Report> {
    control.polls().iter().map(Report::of).collect()
}

/// The last poll.
pub(crate) fn last(control: &Endpoint) -> Report {
    reports(control).pop().unwrap()
}
