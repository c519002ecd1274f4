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
    /// The rule that decides about a request of the client.
    pub(crate) rule: &'static str,
    /// The path of that request.
    pub(crate) path: &'m str,
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
        OwnAnswer::new(200, body)
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
        let (source, rule, path, revision) = (self.source, self.rule, self.path, self.revision);
        format!(
            "address: {address}\nfrom: {source}\nallowlist: {allowlist}\nrule for GET {path}: {rule}\nrevision: {revision}\n"
        )
    }
}
