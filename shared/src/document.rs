//! Reading a state from its document.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::state::{Allowlist, Area, Exempt, Notice, Translation};
use crate::{LanguageTag, State};

/// Fields that change a verdict and were added after version 1 of the document; a document may
/// name them under `critical`.
const CRITICAL: [&str; 0] = [];
const MAX_REVISION: u64 = (1 << 53) - 1;
const MAX_RETRY_AFTER: u64 = 7 * 24 * 60 * 60;
const MAX_TITLE: usize = 200;
const MAX_MESSAGE: usize = 4000;

impl State {
    /// Reads a document as `docs/state.md` defines it.
    ///
    /// # Errors
    ///
    /// Where the document is too long, not JSON, of another version, names a critical field that is
    /// not known here, or holds a value that is not valid. It is refused whole.
    pub fn parse(document: &[u8]) -> Result<Self, StateError> {
        if document.len() > Self::MAX_BYTES {
            let length = document.len();
            let reason = format!(
                "{length} bytes are more than the {} allowed",
                Self::MAX_BYTES
            );
            return Err(StateError::new(String::new(), reason));
        }
        let value: Value = serde_json::from_slice(document)
            .map_err(|error| StateError::new(String::new(), format!("not JSON: {error}")))?;
        let root = Node {
            value: &value,
            pointer: String::new(),
        };
        root.object()?;
        let version = root.required("version")?;
        if version.integer(0, u64::MAX)? != Self::VERSION {
            return Err(version.refuse(format!(
                "version {} is not known, only {}; upgrade this node",
                version.value,
                Self::VERSION
            )));
        }
        if let Some(critical) = root.field("critical") {
            critical.list(|field| {
                let known = CRITICAL.contains(&field);
                known.then_some(()).ok_or_else(|| {
                    format!("{field:?} is critical and not known here, so the state cannot be enforced; upgrade this node")
                })
            })?;
        }
        let initial = Self::initial(
            root.required("service")?.parsed()?,
            root.required("maintenance")?.parsed()?,
        );
        Ok(Self {
            store: root
                .field("store")
                .map_or(Ok(initial.store), |node| store(&node))?,
            revision: root.required("revision")?.integer(0, MAX_REVISION)?,
            allowlist: root
                .field("allowlist")
                .map_or(Ok(initial.allowlist), |node| allowlist(&node))?,
            scope: root
                .field("scope")
                .map_or(Ok(initial.scope), |node| area(&node))?,
            exempt: root
                .field("exempt")
                .map_or(Ok(initial.exempt), |node| exempt(&node))?,
            api: root
                .field("api")
                .map_or(Ok(initial.api), |node| area(&node))?,
            notice: root
                .field("notice")
                .map_or(Ok(initial.notice), |node| notice(&node))?,
            service: initial.service,
            maintenance: initial.maintenance,
        })
    }
}

fn store(node: &Node<'_>) -> Result<Box<str>, StateError> {
    let text = node.text()?;
    let valid = text.len() <= 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    valid.then(|| text.into()).ok_or_else(|| {
        node.refuse(format!(
            "{text:?} is not a store's identity, which has letters, digits and hyphens only"
        ))
    })
}

fn allowlist(node: &Node<'_>) -> Result<Allowlist, StateError> {
    node.object()?;
    Ok(Allowlist {
        enabled: node
            .field("enabled")
            .map_or(Ok(false), |node| node.boolean())?,
        cidrs: node
            .field("cidrs")
            .map_or(Ok(Vec::new()), |node| node.list(str::parse))?,
    })
}

fn area(node: &Node<'_>) -> Result<Area, StateError> {
    node.object()?;
    Ok(Area {
        hosts: node
            .field("hosts")
            .map_or(Ok(Vec::new()), |node| node.list(str::parse))?,
        paths: node
            .field("paths")
            .map_or(Ok(Vec::new()), |node| node.list(str::parse))?,
    })
}

fn exempt(node: &Node<'_>) -> Result<Exempt, StateError> {
    node.object()?;
    Ok(Exempt {
        paths: node
            .field("paths")
            .map_or(Ok(Exempt::default().paths), |node| node.list(str::parse))?,
    })
}

fn notice(node: &Node<'_>) -> Result<Notice, StateError> {
    node.object()?;
    let default = Notice::default();
    Ok(Notice {
        title: node
            .field("title")
            .map_or(Ok(default.title), |node| node.prose(MAX_TITLE))?,
        message: node
            .field("message")
            .map_or(Ok(default.message), |node| node.prose(MAX_MESSAGE))?,
        until: node.field("until").map(|node| until(&node)).transpose()?,
        retry_after: match node.field("retry_after") {
            Some(node) => {
                u32::try_from(node.integer(1, MAX_RETRY_AFTER)?).unwrap_or(default.retry_after)
            }
            None => default.retry_after,
        },
        html: node
            .field("html")
            .map(|node| node.text().map(String::from))
            .transpose()?,
        cors_origins: node
            .field("cors_origins")
            .map_or(Ok(default.cors_origins), |node| node.list(str::parse))?,
        languages: node
            .field("languages")
            .map_or(Ok(BTreeMap::new()), |node| languages(&node))?,
    })
}

fn until(node: &Node<'_>) -> Result<Timestamp, StateError> {
    let text = node.text()?;
    text.parse().map_err(|_| {
        node.refuse(format!(
            "{text:?} is not a time; write it like 2026-11-23T02:00:00Z"
        ))
    })
}

fn languages(node: &Node<'_>) -> Result<BTreeMap<LanguageTag, Translation>, StateError> {
    let mut languages = BTreeMap::new();
    for key in node.object()?.keys() {
        let Some(texts) = node.field(key) else {
            continue;
        };
        texts.object()?;
        let tag = key.parse().map_err(|error| texts.refuse(error))?;
        let translation = Translation {
            title: texts.required("title")?.prose(MAX_TITLE)?,
            message: texts.required("message")?.prose(MAX_MESSAGE)?,
        };
        languages.insert(tag, translation);
    }
    Ok(languages)
}

/// A value and the JSON pointer (RFC 6901) to it.
struct Node<'v> {
    value: &'v Value,
    pointer: String,
}

impl<'v> Node<'v> {
    /// The member `name`; `null` is as good as none.
    fn field(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        Some(Self {
            value,
            pointer: self.below(name),
        })
    }

    fn required(&self, name: &str) -> Result<Self, StateError> {
        self.field(name)
            .ok_or_else(|| StateError::new(self.below(name), "is missing"))
    }

    fn object(&self) -> Result<&'v Map<String, Value>, StateError> {
        self.value
            .as_object()
            .ok_or_else(|| self.mistyped("an object"))
    }

    fn text(&self) -> Result<&'v str, StateError> {
        self.value.as_str().ok_or_else(|| self.mistyped("a string"))
    }

    fn boolean(&self) -> Result<bool, StateError> {
        self.value
            .as_bool()
            .ok_or_else(|| self.mistyped("true or false"))
    }

    /// A whole number, which other writers of JSON may spell `17.0`.
    fn integer(&self, least: u64, most: u64) -> Result<u64, StateError> {
        // A number that does not come back is refused.
        let whole = |number: f64| Some(number as u64).filter(|integer| *integer as f64 == number);
        let integer = self
            .value
            .as_u64()
            .or_else(|| self.value.as_f64().and_then(whole));
        integer
            .filter(|integer| (least..=most).contains(integer))
            .ok_or_else(|| self.mistyped(format!("a whole number from {least} to {most}")))
    }

    fn parsed<T: FromStr<Err: fmt::Display>>(&self) -> Result<T, StateError> {
        self.text()?.parse().map_err(|error| self.refuse(error))
    }

    fn list<T, E: fmt::Display>(
        &self,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Vec<T>, StateError> {
        let items = self
            .value
            .as_array()
            .ok_or_else(|| self.mistyped("a list of strings"))?;
        let items = items.iter().enumerate().map(|(index, value)| {
            let item = || Node {
                value,
                pointer: self.below(&index.to_string()),
            };
            let text = value.as_str().ok_or_else(|| item().mistyped("a string"))?;
            parse(text).map_err(|error| item().refuse(error))
        });
        items.collect()
    }

    /// Text for people: at most `longest` characters, no control characters but line feed and tab.
    fn prose(&self, longest: usize) -> Result<String, StateError> {
        let text = self.text()?;
        if text.chars().count() > longest {
            return Err(self.refuse(format!("has more than {longest} characters")));
        }
        if let Some(control) = text
            .chars()
            .find(|c| c.is_control() && !matches!(c, '\n' | '\t'))
        {
            return Err(self.refuse(format!(
                "contains the control character {control:?}; leave it out"
            )));
        }
        Ok(text.into())
    }

    fn below(&self, name: &str) -> String {
        format!(
            "{}/{}",
            self.pointer,
            name.replace('~', "~0").replace('/', "~1")
        )
    }

    fn mistyped(&self, wanted: impl fmt::Display) -> StateError {
        let mut found = self.value.to_string();
        if let Some((end, _)) = found.char_indices().nth(60) {
            found.truncate(end);
            found.push('…');
        }
        self.refuse(format!("{found} is not {wanted}"))
    }

    fn refuse(&self, reason: impl ToString) -> StateError {
        StateError::new(self.pointer.clone(), reason)
    }
}

/// Why a document is not a [`State`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateError {
    pointer: String,
    reason: String,
}

impl StateError {
    fn new(pointer: String, reason: impl ToString) -> Self {
        Self {
            pointer,
            reason: reason.to_string(),
        }
    }

    /// JSON pointer (RFC 6901) to the value that was refused; empty for the whole document.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What is wrong there, and what would be right.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_str() {
            "" => write!(f, "the document: {}", self.reason),
            pointer => write!(f, "{pointer}: {}", self.reason),
        }
    }
}

impl core::error::Error for StateError {}

#[cfg(test)]
mod tests;
