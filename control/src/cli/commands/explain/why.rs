use std::net::IpAddr;

use intermission_core::{
    Cidr, Headers, Kind, Mode, PASS_COOKIE, PASS_HEADER, Reason, RequestView, State, Verdict,
};

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
            let allowlist = allowlist(state, presented(request.headers));
            format!("{}, and {allowlist}; {}", mode(state), form(kind))
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

fn allowlist(state: &State, presented: usize) -> String {
    let allowlist = &state.allowlist;
    if !allowlist.enabled {
        return "the allowlist is off".to_owned();
    }
    let client = match (allowlist.cidrs.len(), allowlist.passes.is_empty()) {
        (0, true) => "the allowlist is empty".to_owned(),
        (0, false) => "the allowlist has no address".to_owned(),
        (1, _) => "the client is not in the one entry of the allowlist".to_owned(),
        (entries, _) => format!("the client is in none of the {entries} entries of the allowlist"),
    };
    let pass = match presented {
        0 if allowlist.passes.is_empty() => "",
        0 => ", and the request has no pass",
        1 => {
            ", and the pass of the request is not on the allowlist: it is unknown, has ended, is revoked, or is of another \
             service"
        }
        _ => ", and the request has several passes, of which none counts",
    };
    format!("{client}{pass}")
}

/// How many passes a request has, in its header and in its cookie.
fn presented<H: Headers + ?Sized>(headers: &H) -> usize {
    let mut passes = 0;
    headers.each(PASS_HEADER, &mut |_| passes += 1);
    headers.each("cookie", &mut |line| {
        let names = line.split(|byte| *byte == b';').filter_map(|pair| {
            let mut parts = pair.split(|byte| *byte == b'=');
            parts.next().map(<[u8]>::trim_ascii)
        });
        passes += names.filter(|name| *name == PASS_COOKIE.as_bytes()).count();
    });
    passes
}

fn form(kind: Kind) -> &'static str {
    match kind {
        Kind::Page => "it asks like a browser, or like nothing in particular",
        Kind::Api => "it asks like a program, or for an API",
        Kind::Grpc => "it is a gRPC call",
    }
}
