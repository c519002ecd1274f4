use std::net::IpAddr;

use intermission_core::{Cidr, Headers, Kind, Mode, Reason, RequestView, State, Verdict};

/// The reason for a verdict, in an operator's words.
pub(crate) fn why<H: Headers + ?Sized>(
    verdict: Verdict,
    state: &State,
    request: &RequestView<'_, H>,
) -> String {
    match verdict {
        Verdict::Admit(Reason::Open) => "maintenance is off".to_owned(),
        Verdict::Admit(Reason::OutOfScope) => {
            "the host or the path is outside the scope".to_owned()
        }
        Verdict::Admit(Reason::ReadOnly) => "only writes are refused, and this is none".to_owned(),
        Verdict::Admit(Reason::Exempt) => {
            "the host or the path stays open in maintenance".to_owned()
        }
        Verdict::Admit(Reason::Probe) => "the peer may ask for this path as a prober".to_owned(),
        Verdict::Admit(Reason::Allowlisted) => match request.client.and_then(|ip| entry(state, ip))
        {
            Some(entry) => format!("the allowlist is on, and {entry} is on it"),
            None => "the allowlist is on, and the client is on it".to_owned(),
        },
        Verdict::Admit(Reason::Application) => "the application admits it".to_owned(),
        Verdict::Admit(Reason::Pass) => {
            "the allowlist is on, and the request has a pass".to_owned()
        }
        Verdict::Refuse(kind) => {
            format!("{}, and {}; {}", mode(state), allowlist(state), form(kind))
        }
    }
}

/// The entry that lets a client in.
fn entry(state: &State, ip: IpAddr) -> Option<&Cidr> {
    let contains = |cidr: &&Cidr| {
        cidr.first().is_ipv4() == ip.is_ipv4() && cidr.first() <= ip && ip <= cidr.last()
    };
    state.allowlist.cidrs.iter().find(contains)
}

fn mode(state: &State) -> &'static str {
    match state.maintenance {
        Mode::Writes => "writes are refused, and this may be one",
        _ => "everything is refused that is not exempt",
    }
}

fn allowlist(state: &State) -> String {
    match (state.allowlist.enabled, state.allowlist.cidrs.len()) {
        (false, _) => "the allowlist is off".to_owned(),
        (true, 0) => "the allowlist is empty".to_owned(),
        (true, 1) => "the client is not in the one entry of the allowlist".to_owned(),
        (true, entries) => {
            format!("the client is in none of the {entries} entries of the allowlist")
        }
    }
}

fn form(kind: Kind) -> &'static str {
    match kind {
        Kind::Page => "it asks like a browser, or like nothing in particular",
        Kind::Api => "it asks like a program, or for an API",
        Kind::Grpc => "it is a gRPC call",
    }
}
