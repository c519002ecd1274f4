//! Writes the corpus as the fuzz targets in `fuzz/` read it: `seeds FOLDER` fills `FOLDER/TARGET/` and `FOLDER/words.dict`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

use intermission_core::{ClientSource, State};
use intermission_corpus::{Corpus, Vector};
use serde_json::{Value, json};

/// Targets whose inputs are a text of a document.
const TEXTS: [&str; 11] = [
    "cidr",
    "color",
    "contact",
    "exempt_path",
    "host",
    "language",
    "logo",
    "origin",
    "path_prefix",
    "service_name",
    "timestamp",
];

/// Members of a document that a merge patch may not name.
const RESERVED: [&str; 5] = ["version", "critical", "store", "service", "revision"];

/// What nodes and operators send to control.
const REQUESTS: [&str; 12] = [
    "GET /v1/services/shop/state HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer node\r\n\
     Intermission-Node: \"shop-1\";boot=\"00000000000000b3\";seq=1;kind=tower;running=0;wait=10;format=1\r\n\
     Prefer: wait=10\r\nIf-None-Match: \"01J9/17/9c2f\"\r\n\r\n",
    "GET /v1/services HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer viewer\r\n\r\n",
    "GET /metrics HTTP/1.1\r\nHost: localhost:7700\r\nAuthorization: Bearer viewer\r\n\r\n",
    "GET /v1/services/shop/history HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer operator\r\n\r\n",
    "GET /v1/services/shop/fleet HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer viewer\r\n\r\n",
    "POST /v1/services/shop/enter HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer operator\r\n\
     Content-Type: application/json\r\nIdempotency-Key: \"k\"\r\nContent-Length: 62\r\n\r\n\
     {\"mode\":\"writes\",\"for\":\"2h\",\"wait\":{\"expect\":1,\"timeout\":\"1s\"}}",
    "POST /v1/services/shop/exit HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer operator\r\n\r\n",
    "POST /v1/services/shop/allowlist/add HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer operator\r\n\
     Content-Type: application/json\r\nContent-Length: 30\r\n\r\n{\"cidrs\":[\"203.0.113.0/24\"]}  ",
    "PATCH /v1/services/shop/state HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer operator\r\nIf-Match: *\r\n\
     Content-Type: application/merge-patch+json\r\nContent-Length: 32\r\n\r\n{\"scope\":{\"paths\":[\"/checkout\"]}}",
    "POST /v1/changes HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer operator\r\nContent-Type: application/json\r\n\
     Content-Length: 36\r\n\r\n{\"action\":\"exit\",\"services\":[\"shop\"]}",
    "POST /v1/tokens HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer operator\r\nContent-Type: application/json\r\n\
     Content-Length: 35\r\n\r\n{\"name\":\"a\",\"role\":\"node\",\"nodes\":\"\"}",
    "POST /v1/services/shop/nodes/forget HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer operator\r\n\
     Content-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"lost\":true}",
];

const REPORTS: [&str; 2] = [
    "\"shop-1\";boot=\"00000000000000b3\";seq=812;kind=tower;running=0;wait=10",
    "\"a\\\"b\";boot=b;seq=1;kind=envoy;applied=\"01J9/17/9c2f\";running=3;oldest=16;upgraded=1;silent=\"a3f1 99c2\";wait=10;\
     lease=30;error=%\"%c3%bc\";format=1;leaving",
];

const CONDITIONS: [&str; 6] = [
    "*",
    "\"01J9/17/9c2f\", W/\"a\"",
    "wait=10",
    "respond-async, Wait = \"60\";x=y\nwait=5",
    "Bearer imo_AAAA",
    "bearer operator\nBearer node",
];

const WORDS: [&str; 3] = ["4 7 3 16 17 =01J9\n\"01J9/17/9c2f\"", "4 7 0 0", "4711"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = env::args_os().nth(1).ok_or("seeds FOLDER")?;
    let folder = Path::new(&folder);
    let corpus = Corpus::load()?;
    let mut seeds = Seeds::default();
    for vector in &corpus.vectors {
        seeds.take_vector(vector);
    }
    for page in &corpus.pages {
        let path = page.request.path.split(|byte| *byte == b'?');
        let query = path.skip(1).collect::<Vec<_>>().join(&b'?');
        let input = [&query, b"\n".as_slice(), page.form.as_bytes()].concat();
        seeds.add("own_page", &input);
    }
    for document in &corpus.documents {
        // Some are longer than any that is read.
        if document.document.len() < 1 << 14 {
            seeds.take_document(&document.document);
        }
    }
    for (target, texts) in [
        ("condition", CONDITIONS.as_slice()),
        ("control_report", &REPORTS),
        ("control_request", &REQUESTS),
        ("shared_data", &WORDS),
    ] {
        for text in texts {
            seeds.add(target, text.as_bytes());
        }
    }
    Ok(seeds.write(folder)?)
}

#[derive(Default)]
struct Seeds {
    /// By target.
    inputs: BTreeMap<&'static str, BTreeSet<Vec<u8>>>,
    /// What a fuzzer puts in when it mutates an input.
    words: BTreeSet<Vec<u8>>,
}

impl Seeds {
    fn add(&mut self, target: &'static str, input: &[u8]) {
        self.inputs
            .entry(target)
            .or_default()
            .insert(input.to_vec());
    }

    fn add_word(&mut self, word: &[u8]) {
        if (2..=32).contains(&word.len()) {
            self.words.insert(word.to_vec());
        }
    }

    fn take_vector(&mut self, vector: &Vector) {
        let request = &vector.request;
        self.take_document(&vector.state.to_json());
        self.add("address", request.peer.as_bytes());
        for (name, value) in &request.headers {
            self.add_word(name.to_ascii_lowercase().as_bytes());
            self.add_word(value);
            let target = match name.to_ascii_lowercase().as_str() {
                "accept" => "accept",
                "accept-language" => "accept_language",
                _ => "address",
            };
            self.add(target, value);
            for part in value.split(|byte| b",;=\"".contains(byte)) {
                self.add("address", part);
            }
        }
        if let Some(node) = &vector.node {
            let configuration = json!({
                "cluster": "control",
                "path": "/v1/services/shop/state",
                "lease": 30,
                "client": node.client_setting(),
                "initial_state": { "version": 1, "service": "shop", "revision": 1, "maintenance": "all" },
            });
            self.add("plugin_configuration", configuration.to_string().as_bytes());
        }
        if matches!(vector.source, ClientSource::HopCount(_))
            && let Some(text) = case(vector, true)
        {
            self.add("client", &text);
        }
        if let Some(text) = case(vector, false) {
            for target in ["client", "decide", "reply"] {
                self.add(target, &text);
            }
            for later in ["off", "writes", "all"] {
                let then = format!("then maintenance {later}\n");
                self.add("drain", &[then.as_bytes(), &text].concat());
            }
        }
    }

    fn take_document(&mut self, document: &[u8]) {
        self.add("state", document);
        self.add("shared_data", &[b"\"tag\"\n", document].concat());
        let Ok(mut value) = serde_json::from_slice(document) else {
            return;
        };
        self.take_texts(&value);
        if let Some(members) = value.as_object_mut() {
            members.retain(|name, _| !RESERVED.contains(&name.as_str()));
            self.add("patch", value.to_string().as_bytes());
        }
    }

    /// Every text of a document, and the names of its members.
    fn take_texts(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                self.add_word(text.as_bytes());
                for target in TEXTS {
                    self.add(target, text.as_bytes());
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.take_texts(item)),
            Value::Object(members) => {
                for (name, member) in members {
                    self.add_word(format!("\"{name}\":").as_bytes());
                    self.add_word(format!("{name}[] ").as_bytes());
                    self.take_texts(member);
                }
            }
            _ => {}
        }
    }

    fn write(&self, folder: &Path) -> io::Result<()> {
        for (target, inputs) in &self.inputs {
            let folder = folder.join(target);
            fs::create_dir_all(&folder)?;
            for (number, input) in inputs.iter().enumerate() {
                fs::write(folder.join(format!("{number:04}")), input)?;
            }
        }
        let mut dictionary = String::new();
        for word in &self.words {
            let bytes = word.iter().fold(String::new(), |mut text, byte| {
                let _ = write!(text, "\\x{byte:02x}");
                text
            });
            let _ = writeln!(dictionary, "\"{bytes}\"");
        }
        fs::write(folder.join("words.dict"), dictionary)
    }
}

/// The vector as `fuzz/src/case.rs` reads it, on request with a peer that the node has appended; `None` where a line feed in
/// it would end a line.
fn case(vector: &Vector, appended: bool) -> Option<Vec<u8>> {
    let mut text = format!("maintenance {}\n", vector.state.maintenance).into_bytes();
    let document = serde_json::from_slice(&vector.state.to_json()).ok()?;
    let initial = State::initial(vector.state.service.clone(), vector.state.maintenance);
    let initial = serde_json::from_slice(&initial.to_json()).ok()?;
    members(&mut text, "", &document, &initial);
    let request = &vector.request;
    let node = vector.node.as_ref().map(|node| node.client_setting());
    let trusted = node
        .as_ref()
        .and_then(|node| node["trusted_proxies"].as_array());
    let trusted: Vec<_> = trusted
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let trusted = trusted.join(" ");
    let source = match &vector.source {
        ClientSource::XForwardedFor(_) => format!("x-forwarded-for {trusted}"),
        ClientSource::Forwarded(_) => format!("forwarded {trusted}"),
        ClientSource::Header(name, _) => format!("header {name} {trusted}"),
        ClientSource::HopCount(_) => {
            let hops = node
                .as_ref()
                .map_or(0, |node| node["hops"].as_u64().unwrap_or_default());
            let appended = if appended { "appended " } else { "" };
            format!("hop-count {hops} {appended}{trusted}")
        }
        ClientSource::Peer => "peer".to_owned(),
        _ => return None,
    };
    let protocol = request.protocol.as_deref();
    let protocol = protocol.map(|protocol| [b":", protocol].concat());
    let target = [
        &*request.method,
        &protocol.unwrap_or_default(),
        b" ",
        &request.path,
    ]
    .concat();
    let authority = request.authority.as_deref().unwrap_or(b"-");
    let mut lines = vec![
        Vec::new(),
        request.peer.clone().into_bytes(),
        source.into_bytes(),
        target,
        authority.to_vec(),
    ];
    for (name, value) in &request.headers {
        lines.push([name.as_bytes(), b": ", value].concat());
    }
    if appended {
        lines.push(format!("X-Forwarded-For: {}", request.peer).into_bytes());
    }
    if lines.iter().any(|line| line.contains(&b'\n')) {
        return None;
    }
    text.extend(lines.join(&b'\n'));
    Some(text)
}

/// Writes the members that are not as in the `initial` document, a line for each value.
fn members(text: &mut Vec<u8>, place: &str, value: &Value, initial: &Value) {
    match value {
        _ if value == initial => {}
        Value::Object(object) if !object.is_empty() => {
            for (name, member) in object {
                let place = if place.is_empty() {
                    name.clone()
                } else {
                    format!("{place}.{name}")
                };
                members(
                    text,
                    &place,
                    member,
                    initial.get(name).unwrap_or(&Value::Null),
                );
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                text.extend(format!("{place}[] {item}\n").into_bytes());
            }
        }
        _ => text.extend(format!("{place} {value}\n").into_bytes()),
    }
}
