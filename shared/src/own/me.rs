use alloc::format;
use alloc::string::{String, ToString};
use core::net::IpAddr;

use serde::Serialize;

use crate::own::answer::OwnAnswer;

/// What a node sees of a client.
#[derive(Debug, Serialize)]
pub(crate) struct Me<'m> {
    /// The address of the client, if it is known.
    pub(crate) address: Option<IpAddr>,
    /// Where the node takes the address from.
    pub(crate) source: &'m str,
    pub(crate) allowlist: ListAndClient,
    /// The rule that decides about a request of the client, unless the node answers it itself, before any rule.
    pub(crate) rule: Option<&'static str>,
    /// The target of that request.
    pub(crate) path: Option<&'m str>,
    /// Why the path that the client asks about is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<&'m str>,
    pub(crate) revision: u64,
}

/// The allowlist, and whether it has the client.
#[derive(Debug, Serialize)]
pub(crate) struct ListAndClient {
    pub(crate) enabled: bool,
    pub(crate) has_address: bool,
    pub(crate) has_pass: bool,
}

impl Me<'_> {
    pub(crate) fn answer(&self, as_json: bool) -> OwnAnswer {
        let (content_type, body) = if as_json {
            // Plain data under keys that are strings cannot fail.
            let body = serde_json::to_string(self).unwrap_or_default();
            ("application/json", body)
        } else {
            ("text/plain; charset=utf-8", self.text())
        };
        let status = if self.error.is_some() { 400 } else { 200 };
        OwnAnswer::new(status, body)
            .with("content-type", content_type)
            .with("vary", "*")
    }

    fn text(&self) -> String {
        let address = self
            .address
            .map_or_else(|| "unknown".into(), |address| address.to_string());
        let list = &self.allowlist;
        let allowlist = match (list.enabled, list.has_address, list.has_pass) {
            (false, ..) => "disabled",
            (true, true, _) => "enabled, and the address is on it",
            (true, false, true) => "enabled, and the request has a pass",
            (true, false, false) => {
                "enabled, without this address, and the request has no valid pass"
            }
        };
        let judged = match (self.error, self.path.unwrap_or_default()) {
            (Some(error), _) => format!("error: {error}"),
            (None, path) => {
                let rule = self.rule.unwrap_or("none, the node answers it itself");
                format!("rule for GET {path}: {rule}")
            }
        };
        let (source, revision) = (self.source, self.revision);
        format!(
            "address: {address}\nfrom: {source}\nallowlist: {allowlist}\n{judged}\nrevision: {revision}\n"
        )
    }
}
