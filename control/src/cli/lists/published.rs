//! What clouds publish.

use std::collections::BTreeSet;

use intermission_core::Cidr;
use serde_json::Value;

use crate::cli::lists::place::{Fault, Place};

type Found = Result<Vec<(Cidr, Place)>, Fault>;

/// Prefixes of one kind, and what part of the list each is in.
struct Prefixes {
    /// The array that has them.
    array: &'static str,
    /// Their member with the address.
    address: &'static str,
}

/// AWS's ip-ranges.json, of which a part is a service, or a service and a region such as `CODEBUILD/eu-west-1`.
pub(crate) fn aws(text: &str, parts: &[String]) -> Found {
    const KINDS: [Prefixes; 2] = [
        Prefixes {
            array: "prefixes",
            address: "ip_prefix",
        },
        Prefixes {
            array: "ipv6_prefixes",
            address: "ipv6_prefix",
        },
    ];
    let names = |prefix: &Value| {
        let service = member(prefix, "service");
        let region = member(prefix, "region");
        let both = service.clone().zip(region);
        let both = both.map(|(service, region)| format!("{service}/{region}"));
        service.into_iter().chain(both).collect()
    };
    let needed = "has everything that AWS owns; name the services that are meant with --part";
    let parts = Parts::new(parts, Some(needed));
    prefixes(text, &KINDS, &parts, names)
}

/// Google's lists, of which a part is a scope, such as `europe-west1`, where there are any.
pub(crate) fn google(text: &str, parts: &[String]) -> Found {
    const KINDS: [Prefixes; 2] = [
        Prefixes {
            array: "prefixes",
            address: "ipv4Prefix",
        },
        Prefixes {
            array: "prefixes",
            address: "ipv6Prefix",
        },
    ];
    let names = |prefix: &Value| member(prefix, "scope").into_iter().collect();
    prefixes(text, &KINDS, &Parts::new(parts, None), names)
}

/// GitHub's meta, of which a part is a list, such as `hooks`.
pub(crate) fn github(text: &str, parts: &[String]) -> Found {
    let document = parse(text)?;
    let lists = document.as_object().into_iter().flatten();
    let lists = lists.filter_map(|(name, list)| Some((name, list.as_array()?)));
    // Keys and the like are lists of texts too.
    let is_of_addresses = |list: &[Value]| {
        let first = list.first().and_then(Value::as_str);
        first.is_some_and(|text| text.parse::<Cidr>().is_ok())
    };
    let lists: Vec<_> = lists.filter(|(_, list)| is_of_addresses(list)).collect();
    let needed = "has everything that GitHub owns; name the lists that are meant with --part";
    let parts = Parts::new(parts, Some(needed));
    let mut known = BTreeSet::new();
    let mut found = Vec::new();
    for (name, list) in lists {
        known.insert(name.clone());
        if parts.has(std::slice::from_ref(name)) {
            for (entry, index) in list.iter().zip(0..) {
                found.push(cidr(entry, format!("/{name}/{index}"))?);
            }
        }
    }
    parts.check(&known)?;
    Ok(found)
}

fn prefixes(
    text: &str,
    kinds: &[Prefixes],
    parts: &Parts<'_>,
    names: impl Fn(&Value) -> Vec<String>,
) -> Found {
    let document = parse(text)?;
    let mut known = BTreeSet::new();
    let mut found = Vec::new();
    for Prefixes { array, address } in kinds {
        let prefixes = document.get(array).and_then(Value::as_array);
        let prefixes = prefixes.ok_or_else(|| {
            Fault::whole(format!(
                "has no list called {array:?}, so it is of another --format"
            ))
        })?;
        for (prefix, index) in prefixes.iter().zip(0..) {
            let Some(entry) = prefix.get(address) else {
                continue;
            };
            let names = names(prefix);
            if parts.has(&names) {
                found.push(cidr(entry, format!("/{array}/{index}/{address}"))?);
            }
            known.extend(names);
        }
    }
    parts.check(&known)?;
    Ok(found)
}

/// The parts of a list that are meant.
struct Parts<'p> {
    wanted: &'p [String],
    /// What is said where none is named, if one has to be.
    needed: Option<&'static str>,
}

impl<'p> Parts<'p> {
    fn new(wanted: &'p [String], needed: Option<&'static str>) -> Self {
        Self { wanted, needed }
    }

    fn has(&self, names: &[String]) -> bool {
        self.wanted.is_empty() || names.iter().any(|name| self.wanted.contains(name))
    }

    /// That some are named if they have to be, and that there are all of them.
    fn check(&self, known: &BTreeSet<String>) -> Result<(), Fault> {
        // Those of a region are very many.
        let plain = known.iter().filter(|name| !name.contains('/'));
        let plain: Vec<_> = plain.map(String::as_str).collect();
        let there_are = match plain.as_slice() {
            [] => "there are none in this list".to_owned(),
            plain => format!("there are: {}", plain.join(", ")),
        };
        if let Some(needed) = self.needed
            && self.wanted.is_empty()
        {
            return Err(Fault::whole(format!("{needed}; {there_are}")));
        }
        match self.wanted.iter().find(|part| !known.contains(*part)) {
            None => Ok(()),
            Some(part) => Err(Fault::whole(format!("has no part {part:?}; {there_are}"))),
        }
    }
}

fn parse(text: &str) -> Result<Value, Fault> {
    serde_json::from_str(text).map_err(|error| Fault {
        place: Place::Line(error.line()),
        reason: format!("not JSON: {error}"),
    })
}

fn member(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(str::to_owned)
}

fn cidr(value: &Value, pointer: String) -> Result<(Cidr, Place), Fault> {
    let text = value.as_str().unwrap_or_default();
    match text.parse() {
        Ok(cidr) => Ok((cidr, Place::Pointer(pointer))),
        Err(error) => Err(Fault {
            place: Place::Pointer(pointer),
            reason: error.to_string(),
        }),
    }
}
