//! A state, a node and a request as a text of lines, which a fuzzer can cut and join.
//!
//! ```text
//! maintenance all
//! exempt.paths[] /healthz
//! then maintenance writes
//!
//! 198.51.100.7
//! x-forwarded-for 10.0.0.0/8
//! GET /basket?page=2
//! shop.example
//! accept: text/html
//! ```
//!
//! 1. Members of the document, each a name with dots and a value: JSON, else a string; `[]` adds it to a list. Those after
//!    `then` make a later document of it. A blank line ends them.
//! 2. The peer: an address, `unix` or anything else for an unknown one.
//! 3. The source of the client's address: `peer`, `x-forwarded-for CIDR…`, `forwarded CIDR…`, `header NAME CIDR…` or
//!    `hop-count HOPS CIDR…`, or `hop-count HOPS appended CIDR…` for a node that appends the peer itself.
//! 4. Method and path, with `METHOD:PROTOCOL` for an extended CONNECT; the authority, or `-`; the header lines.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use intermission_core::{
    Cidr, ClientSource, HopCount, Peer, Policy, RequestView, State, Timestamp, TrustedProxies,
};
use libfuzzer_sys::fuzzer_mutate;
use serde_json::{Value, json};

/// The time at which states are compiled.
pub(crate) const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// A state, compiled.
#[derive(Debug)]
pub struct InForce {
    /// The state.
    pub state: State,
    /// What it is compiled into.
    pub policy: Policy,
    /// Its document.
    pub document: Value,
}

/// A request to a node.
#[derive(Debug)]
pub struct Case<'b> {
    /// What is in force.
    pub now: Rc<InForce>,
    /// What comes after it.
    pub later: Rc<InForce>,
    /// The other end of the connection.
    pub peer: Peer,
    /// The proxies that the node trusts.
    pub trusted: Vec<Cidr>,
    /// How many proxies it counts, where it counts them.
    pub hops: Option<u8>,
    /// Whether it has appended the peer before it counts.
    pub appended: bool,
    /// Where the node takes the client's address from.
    pub source: ClientSource,
    /// The method.
    pub method: &'b [u8],
    /// The path with its query.
    pub path: &'b [u8],
    /// The protocol of an extended CONNECT.
    pub protocol: Option<&'b [u8]>,
    /// The authority.
    pub authority: Option<&'b [u8]>,
    /// The header lines.
    pub headers: Vec<(&'b str, &'b [u8])>,
}

/// The most compiled policies that are kept: most of a fuzzer's inputs have a document that another had before.
const KEPT: usize = 1000;

/// Mutates a text: seldom its document, which takes long to compile.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let text = data.get(..size).unwrap_or_default();
    let end = text.windows(2).position(|two| two == b"\n\n");
    let start = end.map_or(0, |end| if seed.is_multiple_of(64) { 0 } else { end + 2 });
    start + fuzzer_mutate(&mut data[start..], size - start, max_size - start)
}

type Both = (Rc<InForce>, Rc<InForce>);
type Kept = HashMap<Vec<u8>, Option<Both>>;

thread_local! {
    static POLICIES: RefCell<Kept> = RefCell::default();
}

impl<'b> Case<'b> {
    /// Reads a text; `None` where its document is not valid.
    #[must_use]
    pub fn read(text: &'b [u8]) -> Option<Self> {
        let end = text.windows(2).position(|two| two == b"\n\n")?;
        let (now, later) = POLICIES.with_borrow_mut(|kept| {
            let document = &text[..end];
            if kept.len() >= KEPT {
                kept.clear();
            }
            let policy = kept.entry(document.to_vec());
            policy.or_insert_with(|| compile_both(document)).clone()
        })?;
        let mut lines = text[end + 2..].split(|byte| *byte == b'\n');
        let peer = match str::from_utf8(lines.next()?).unwrap_or_default() {
            "unix" => Peer::Unix,
            text => text.parse().map_or(Peer::Unknown, Peer::Address),
        };
        let source_line = str::from_utf8(lines.next()?).ok()?;
        let (source, trusted) = source(source_line)?;
        let hops = source_line.strip_prefix("hop-count ");
        let hops = hops.and_then(|hops| hops.split(' ').next()?.parse().ok());
        let target = lines.next()?;
        let space = target.iter().position(|byte| *byte == b' ')?;
        let (method, path) = (&target[..space], &target[space + 1..]);
        let colon = method.iter().position(|byte| *byte == b':');
        let method_end = colon.unwrap_or(method.len());
        let authority = lines.next()?;
        let header = |line: &'b [u8]| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = str::from_utf8(&line[..colon]).ok()?;
            Some((name, line[colon + 1..].trim_ascii()))
        };
        Some(Self {
            now,
            later,
            peer,
            trusted,
            hops,
            appended: is_appended(source_line),
            source,
            method: &method[..method_end],
            protocol: colon.map(|colon| &method[colon + 1..]),
            path,
            authority: Some(authority).filter(|authority| *authority != b"-"),
            headers: lines.filter_map(header).collect(),
        })
    }

    /// The request as a node shows it to the core.
    #[must_use]
    pub fn view(&self) -> RequestView<'_, [(&'b str, &'b [u8])]> {
        RequestView {
            authority: self.authority,
            protocol: self.protocol,
            client: self.source.resolve(self.peer, self.headers.as_slice()),
            peer: self.peer,
            ..RequestView::new(self.method, self.path, &self.headers)
        }
    }
}

fn compile_both(members: &[u8]) -> Option<Both> {
    let mut now = json!({ "version": 1, "service": "shop", "revision": 1, "maintenance": "all" });
    let lines = str::from_utf8(members).ok()?.lines();
    let (then, first): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with("then "));
    for line in first {
        put_line(&mut now, line)?;
    }
    let mut later = now.clone();
    for line in then {
        put_line(&mut later, line.strip_prefix("then ")?)?;
    }
    let is_same = later == now;
    let now = compile(now)?;
    let later = if is_same {
        Rc::clone(&now)
    } else {
        compile(later)?
    };
    Some((now, later))
}

fn compile(document: Value) -> Option<Rc<InForce>> {
    let state = State::parse(document.to_string().as_bytes()).ok()?;
    let policy = Policy::compile(&state, NOW);
    Some(Rc::new(InForce {
        document: serde_json::from_slice(&state.to_json()).ok()?,
        state,
        policy,
    }))
}

fn put_line(document: &mut Value, line: &str) -> Option<()> {
    let (name, value) = line.split_once(' ')?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
    put(document, name, value)
}

/// Puts a value in the place that `name` says; `None` where something else is in the way.
fn put(object: &mut Value, name: &str, value: Value) -> Option<()> {
    let members = object.as_object_mut()?;
    if let Some((name, below)) = name.split_once('.') {
        let below_it = members.entry(name).or_insert_with(|| json!({}));
        put(below_it, below, value)?;
    } else if let Some(name) = name.strip_suffix("[]") {
        let list = members.entry(name).or_insert_with(|| json!([]));
        list.as_array_mut()?.push(value);
    } else {
        members.insert(name.to_owned(), value);
    }
    Some(())
}

fn is_appended(source: &str) -> bool {
    source.split(' ').nth(2) == Some("appended")
}

fn source(line: &str) -> Option<(ClientSource, Vec<Cidr>)> {
    let mut words = line.split(' ');
    let kind = words.next()?;
    let first = ["header", "hop-count"]
        .contains(&kind)
        .then(|| words.next())
        .flatten();
    let cidrs: Vec<Cidr> = words.filter_map(|word| word.parse().ok()).collect();
    let trusted = TrustedProxies::new(cidrs.iter().copied().collect()).with_unix_sockets();
    let source = match kind {
        "peer" => ClientSource::Peer,
        "x-forwarded-for" => ClientSource::XForwardedFor(trusted),
        "forwarded" => ClientSource::Forwarded(trusted),
        "header" => ClientSource::Header(first?.to_ascii_lowercase().into(), trusted),
        "hop-count" => {
            let count = HopCount::new(first?.parse().ok()?);
            let count = if is_appended(line) {
                count.with_peer_appended()
            } else {
                count
            };
            // Without trusted peers every peer is a proxy.
            ClientSource::HopCount(if cidrs.is_empty() {
                count
            } else {
                count.with_trusted_peers(trusted)
            })
        }
        _ => return None,
    };
    Some((source, cidrs))
}
