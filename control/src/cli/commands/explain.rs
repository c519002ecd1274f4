mod why;

use std::net::IpAddr;

use intermission_core::{Peer, Policy, RequestView, Verdict};
use jiff::Timestamp;
use serde::Serialize;
use ureq::http::uri::Authority;

use crate::cli::args::Explain;
use crate::cli::client::Client;
use crate::cli::commands::explain::why::why;
use crate::cli::commands::rendered::Rendered;
use crate::cli::exit::Failure;
use crate::cli::terminal::{Paint, Report};
use crate::values::timestamp::to_core;

#[derive(Serialize)]
struct Explained<'o> {
    service: &'o str,
    revision: u64,
    rule: &'static str,
    admitted: bool,
    /// As what a request is refused.
    kind: Option<String>,
    why: String,
    answer: Option<Rendered>,
}

/// `explain`: decides about a request as a node does, with the same core.
pub(crate) fn run(client: &Client, options: &Explain) -> Result<Report, Failure> {
    let ip = options.ip.as_deref().map(address).transpose()?;
    check(options)?;
    let headers = headers(options)?;
    let state = client.state(&options.service)?;
    let policy = Policy::compile(&state, to_core(Timestamp::now()));
    let (method, path) = (options.method.as_bytes(), options.path.as_bytes());
    let request = RequestView {
        client: ip.map(|ip| ip.to_canonical()),
        peer: ip.map_or(Peer::Unknown, Peer::Address),
        ..RequestView::new(method, path, headers.as_slice())
    };
    let verdict = policy.decide(&request).verdict;
    let kind = match verdict {
        Verdict::Admit(_) => None,
        Verdict::Refuse(kind) => Some(kind),
    };
    let explained = Explained {
        service: &options.service,
        revision: state.revision,
        rule: verdict.rule(),
        admitted: kind.is_none(),
        kind: kind.map(|kind| kind.to_string()),
        why: why(verdict, &state, &request),
        answer: kind.map(|kind| Rendered::of(&policy.reply(kind, &request, 0))),
    };
    let human = described(&explained, options, Paint::from_env());
    Report::new(&explained, human)
}

fn address(ip: &str) -> Result<IpAddr, Failure> {
    ip.parse()
        .map_err(|_| Failure::invalid(format!("--ip {ip:?} is not an address")))
}

fn described(explained: &Explained<'_>, options: &Explain, paint: Paint) -> String {
    let Explained {
        service,
        revision,
        rule,
        why,
        ..
    } = explained;
    let Explain {
        method,
        path,
        ip,
        host,
        ..
    } = options;
    let host = host.as_deref().unwrap_or("no host");
    let ip = ip.as_deref().unwrap_or("an unknown address");
    let verdict = match &explained.kind {
        None => paint.calm("admitted"),
        Some(kind) => paint.alarm(&format!("refused as {kind}")),
    };
    let mut text = format!(
        "{service}: {method} {path} of {host} from {ip} is {verdict} (revision {revision})\n  rule       {rule}\n  \
         why        {why}\n"
    );
    match &explained.answer {
        None => text.push_str("  answer     the service's own\n"),
        Some(answer) => {
            text.push('\n');
            text.push_str(&answer.head());
            text.push('\n');
            text.push_str(answer.body());
            if !text.ends_with('\n') {
                text.push('\n');
            }
        }
    }
    text
}

/// Refuses what no node is ever asked, since HTTP cannot say it.
fn check(options: &Explain) -> Result<(), Failure> {
    let Explain {
        method, path, host, ..
    } = options;
    if !is_token(method) {
        let message = format!("--method {method:?} is not a method; write it like POST");
        return Err(Failure::invalid(message));
    }
    let asterisk = method == "OPTIONS" && path == "*";
    let breaks = |sign: char| sign.is_ascii_control() || matches!(sign, ' ' | '#');
    if !asterisk && (!path.starts_with('/') || path.contains(breaks)) {
        return Err(Failure::invalid(format!(
            "--path {path:?} is not the path of a request; write it like /api/orders?page=2, escaped where it must be"
        )));
    }
    match host.as_deref().map(str::parse::<Authority>) {
        Some(Ok(authority)) if !authority.as_str().contains('@') => Ok(()),
        None => Ok(()),
        Some(_) => Err(Failure::invalid(format!(
            "--host {:?} is not a host; write it like shop.example or shop.example:8443",
            host.as_deref().unwrap_or_default()
        ))),
    }
}

/// Whether it is a token (RFC 9110, section 5.6.2).
fn is_token(text: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_sign)
}

/// The header lines of the request, `--host` among them.
fn headers(options: &Explain) -> Result<Vec<(String, String)>, Failure> {
    let host = options
        .host
        .iter()
        .map(|host| Ok(("host".to_owned(), host.clone())));
    let given = options.headers.iter().map(|line| {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        if !is_token(name) || !line.contains(':') {
            return Err(Failure::invalid(format!(
                "--header {line:?} is not a header; write it like 'Accept: text/html'"
            )));
        }
        Ok((name.to_owned(), value.trim().to_owned()))
    });
    host.chain(given).collect()
}
