use std::collections::{BTreeMap, BTreeSet};

use intermission_core::{ClientSource, State, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use crate::document::RawDocument;
use crate::files::{FILES, NODES, STATES};
use crate::page::RawPage;
use crate::{DocumentVector, Expect, Node, Over, PageVector, Request, Vector};

/// The time at which the core is checked: 2026-11-23T00:00:00Z.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::from_second(1_795_392_000)
}

/// All vectors.
#[derive(Clone, Debug)]
pub struct Corpus {
    /// Requests and what comes of them, in the order of the files.
    pub vectors: Vec<Vector>,
    /// Documents and what is made of them.
    pub documents: Vec<DocumentVector>,
    /// Requests for the pages that nodes answer themselves.
    pub pages: Vec<PageVector>,
    /// How many vectors each file has.
    pub files: Vec<(&'static str, usize)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    vector: Vec<RawVector>,
    #[serde(default)]
    document: Vec<RawDocument>,
    #[serde(default)]
    page: Vec<RawPage>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVector {
    name: String,
    why: String,
    state: String,
    patch: Option<String>,
    node: Option<String>,
    #[serde(default)]
    request: Request,
    expect: Expect,
    #[serde(default)]
    over: Over,
}

impl Corpus {
    /// Reads the whole corpus.
    ///
    /// # Errors
    ///
    /// If a file, a base document or a vector is not valid; with all that is wrong.
    pub fn load() -> Result<Self, String> {
        let states: BTreeMap<String, String> = parse("states.toml", STATES)?;
        let mut documents = BTreeMap::new();
        for (name, text) in states {
            let document: Value = serde_json::from_str(&text)
                .map_err(|error| format!("states.toml: {name}: {error}"))?;
            documents.insert(name, document);
        }
        let base = |name: &str| documents.get(name).cloned().unwrap_or_default();
        let (minimal, with_passes) = (base("minimal"), base("passes"));
        let bases = Bases {
            documents,
            nodes: parse("nodes.toml", NODES)?,
        };
        let mut corpus = Self {
            vectors: Vec::new(),
            documents: Vec::new(),
            pages: Vec::new(),
            files: Vec::new(),
        };
        let mut faults = Vec::new();
        for (file, text) in FILES {
            let File {
                vector,
                document,
                page,
            } = parse(file, text)?;
            let count = vector.len() + document.len() + page.len();
            corpus.files.push((file, count));
            for raw in vector {
                let name = raw.name.clone();
                match bases.resolve(raw) {
                    Ok(vector) => corpus.vectors.push(vector),
                    Err(fault) => faults.push(format!("{file}: {name}: {fault}")),
                }
            }
            for raw in document {
                let name = raw.name.clone();
                match raw.resolve(&minimal) {
                    Ok(document) => corpus.documents.push(document),
                    Err(fault) => faults.push(format!("{file}: {name}: {fault}")),
                }
            }
            for raw in page {
                let name = raw.name.clone();
                match raw.resolve(&with_passes) {
                    Ok(page) => corpus.pages.push(page),
                    Err(fault) => faults.push(format!("{file}: {name}: {fault}")),
                }
            }
        }
        let mut names = BTreeSet::new();
        let vectors = corpus.vectors.iter().map(|v| (&v.name, &v.why));
        let documents = corpus.documents.iter().map(|d| (&d.name, &d.why));
        let pages = corpus.pages.iter().map(|p| (&p.name, &p.why));
        for (name, why) in vectors.chain(documents).chain(pages) {
            let spelled = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            if !name.bytes().all(|byte| spelled(byte) || byte == b'_') {
                faults.push(format!("{name}: names are in snake_case"));
            }
            if !names.insert(name) {
                faults.push(format!("{name} is the name of two vectors"));
            }
            if why.is_empty() {
                faults.push(format!("{name} does not say why"));
            }
        }
        if faults.is_empty() {
            Ok(corpus)
        } else {
            Err(faults.join("\n"))
        }
    }

    /// Checks the core against every vector, and gives all failures.
    #[must_use]
    pub fn check_core(&self) -> Vec<String> {
        let vectors = self.vectors.iter().map(|v| (&v.name, v.check_core()));
        let documents = self.documents.iter().map(|d| (&d.name, d.check_core()));
        let pages = self.pages.iter().map(|p| (&p.name, p.check_core()));
        vectors
            .chain(documents)
            .chain(pages)
            .filter_map(|(name, outcome)| Some(crate::report(name, &outcome.err()?)))
            .collect()
    }

    /// How many vectors there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.vectors.len() + self.documents.len() + self.pages.len()
    }

    /// Whether there is no vector.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What vectors refer to by name.
struct Bases {
    documents: BTreeMap<String, Value>,
    nodes: BTreeMap<String, Node>,
}

impl Bases {
    fn resolve(&self, raw: RawVector) -> Result<Vector, String> {
        let document = self.documents.get(&raw.state);
        let mut document = document
            .ok_or_else(|| format!("there is no state {:?}", raw.state))?
            .clone();
        if let Some(patch) = &raw.patch {
            let patch = serde_json::from_str(patch).map_err(|error| format!("patch: {error}"))?;
            json_patch::merge(&mut document, &patch);
        }
        let state = State::parse(document.to_string().as_bytes())
            .map_err(|error| format!("state: {error}"))?;
        let node = match &raw.node {
            None => None,
            Some(name) => {
                let node = self.nodes.get(name);
                Some(node.ok_or_else(|| format!("there is no node {name:?}"))?)
            }
        };
        let source = node.map_or(Ok(ClientSource::Peer), Node::client_source)?;
        raw.request.peer()?;
        let faults = raw.expect.faults();
        if !faults.is_empty() {
            return Err(faults.join("; "));
        }
        let ahead = state.notice.until.is_some_and(|until| until > now());
        let compares_time = raw.expect.headers.contains_key("retry-after")
            || raw.expect.headers.contains_key("grpc-status-details-bin");
        if ahead && compares_time && !raw.expect.at_fixed_time {
            return Err(
                "`until` lies ahead, so the answer depends on the clock; say `at_fixed_time`"
                    .into(),
            );
        }
        if raw.expect.at_fixed_time && !ahead {
            return Err("nothing depends on the clock; leave out `at_fixed_time`".into());
        }
        Ok(Vector {
            name: raw.name,
            why: raw.why,
            state,
            node: node.cloned(),
            source,
            request: raw.request,
            expect: raw.expect,
            over: raw.over,
        })
    }
}

fn parse<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|error| format!("{file}: {error}"))
}
