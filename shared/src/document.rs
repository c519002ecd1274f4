//! Reading a state from its document.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;
use core::str::FromStr;

use crate::color::Palette;
use crate::notice::{Look, Translation};
use crate::phrases::Phrases;
use crate::state::{Allowlist, Area, Exempt, Prober};
use crate::{Colors, DocumentError, Mode, Node, Notice, Quoted, State};

/// The fields that are known here, as `critical` names them.
const FIELDS: [&str; 41] = [
    "version",
    "critical",
    "store",
    "service",
    "revision",
    "maintenance",
    "allowlist",
    "allowlist.enabled",
    "allowlist.cidrs",
    "scope",
    "scope.hosts",
    "scope.paths",
    "exempt",
    "exempt.paths",
    "exempt.probers",
    "exempt.probers.cidr",
    "exempt.probers.paths",
    "api",
    "api.hosts",
    "api.paths",
    "notice",
    "notice.until",
    "notice.retry_after",
    "notice.retry_after_max",
    "notice.cors_origins",
    "notice.language",
    "notice.title",
    "notice.message",
    "notice.contact",
    "notice.logo",
    "notice.colors",
    "notice.html",
    "notice.content_security_policy",
    "notice.languages",
    "notice.languages.title",
    "notice.languages.message",
    "notice.languages.contact",
    "notice.languages.logo",
    "notice.languages.colors",
    "notice.languages.html",
    "notice.languages.content_security_policy",
];
const MAX_REVISION: u64 = (1 << 53) - 1;
const MAX_RETRY_AFTER: u64 = 7 * 24 * 60 * 60;
const MAX_TITLE: usize = 200;
const MAX_MESSAGE: usize = 4000;
const MAX_POLICY: usize = 4000;

impl State {
    /// Reads a document as `docs/state.md` defines it.
    ///
    /// # Errors
    ///
    /// Where the document is too long, not JSON, of another version, names a critical field that is
    /// not known here, or holds a value that is not valid. It is refused whole.
    pub fn parse(document: &[u8]) -> Result<Self, DocumentError> {
        if document.len() > Self::MAX_BYTES {
            let length = document.len();
            let reason = format!(
                "{length} bytes are more than the {} allowed",
                Self::MAX_BYTES
            );
            return Err(DocumentError::new(String::new(), reason));
        }
        // Some editors begin a file with a byte order mark (RFC 8259, section 8.1 lets a reader pass over it).
        let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
        let value = Node::read(document)?;
        Self::read(&Node::root(&value))
    }

    /// Reads a document that is part of another.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn read(root: &Node<'_>) -> Result<Self, DocumentError> {
        root.object()?;
        let version = root.required("version")?;
        let number = version.integer(0, u64::MAX)?;
        if number != Self::VERSION {
            let known = Self::VERSION;
            let reason = format!("version {number} is not known, only {known}; upgrade this node");
            return Err(version.refuse(reason));
        }
        let initial = Self::initial(
            root.required("service")?.parsed()?,
            root.required("maintenance")?.parsed()?,
        );
        let initial = Self {
            store: root
                .field("store")
                .map_or(Ok(initial.store), |node| store(&node))?,
            revision: root.required("revision")?.integer(0, MAX_REVISION)?,
            ..initial
        };
        // While nothing is refused, no field can be critical.
        let critical = root.field("critical");
        if let Some(critical) = critical.filter(|_| initial.maintenance != Mode::Off) {
            check_critical(&critical, || initial.closed_as(root.field("exempt")))?;
        }
        Ok(Self {
            store: initial.store,
            revision: initial.revision,
            allowlist: root
                .field("allowlist")
                .map_or(Ok(initial.allowlist), |node| allowlist(&node))?,
            scope: root
                .field("scope")
                .map_or(Ok(initial.scope), |node| area(&node))?,
            exempt: root
                .field("exempt")
                .map_or(Ok(Exempt::default()), |node| exempt(&node))?,
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

    /// The state closed, with the exemptions of a document as far as they can be read.
    fn closed_as(&self, exempted: Option<Node<'_>>) -> Self {
        let none = || Exempt {
            paths: Vec::new(),
            probers: Vec::new(),
        };
        Self {
            exempt: exempted.map_or_else(Exempt::default, |node| {
                exempt(&node).unwrap_or_else(|_| none())
            }),
            ..self.closed()
        }
    }
}

/// Refuses a document with a critical field that is not known here. The node closes: to stay as it was could leave it
/// open.
fn check_critical(
    critical: &Node<'_>,
    closed: impl FnOnce() -> State,
) -> Result<(), DocumentError> {
    let is_unknown = Cell::new(false);
    let checked = critical.list(|field| {
        is_unknown.set(!FIELDS.contains(&field));
        (!is_unknown.get()).then_some(()).ok_or_else(|| {
            format!(
                "{} is critical and not known here, so the state cannot be enforced; upgrade this node",
                Quoted(field)
            )
        })
    });
    checked.map(drop).map_err(|error| match is_unknown.get() {
        true => error.with_closed(closed()),
        false => error,
    })
}

fn store(node: &Node<'_>) -> Result<Box<str>, DocumentError> {
    let text = node.text()?;
    let valid = text.len() <= 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    valid.then(|| text.into()).ok_or_else(|| {
        node.refuse(format!(
            "{} is not a store's identity, which has letters, digits and hyphens only",
            Quoted(text)
        ))
    })
}

fn allowlist(node: &Node<'_>) -> Result<Allowlist, DocumentError> {
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

fn area(node: &Node<'_>) -> Result<Area, DocumentError> {
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

fn exempt(node: &Node<'_>) -> Result<Exempt, DocumentError> {
    node.object()?;
    Ok(Exempt {
        paths: node
            .field("paths")
            .map_or(Ok(Exempt::default().paths), |node| node.list(str::parse))?,
        probers: node
            .field("probers")
            .map_or(Ok(Vec::new()), |node| node.objects(prober))?,
    })
}

fn prober(node: &Node<'_>) -> Result<Prober, DocumentError> {
    node.object()?;
    Ok(Prober {
        cidr: node.required("cidr")?.parsed()?,
        paths: node.required("paths")?.list(str::parse)?,
    })
}

fn notice(node: &Node<'_>) -> Result<Notice, DocumentError> {
    let look = look(node)?;
    let default = Notice::default();
    let seconds = |name, default: u32| match node.field(name) {
        Some(node) => Ok(u32::try_from(node.integer(1, MAX_RETRY_AFTER)?).unwrap_or(default)),
        None => Ok(default),
    };
    Ok(Notice {
        until: node.field("until").map(|node| node.parsed()).transpose()?,
        retry_after: seconds("retry_after", default.retry_after)?,
        retry_after_max: seconds("retry_after_max", default.retry_after_max)?,
        cors_origins: node
            .field("cors_origins")
            .map_or(Ok(default.cors_origins), |node| node.list(str::parse))?,
        language: node
            .field("language")
            .map_or(Ok(default.language), |node| node.parsed())?,
        look,
        languages: node
            .field("languages")
            .map_or(Ok(Vec::new()), |node| languages(&node))?,
    })
}

fn look(node: &Node<'_>) -> Result<Look, DocumentError> {
    node.object()?;
    let prose = |name, longest| node.field(name).map(|node| node.prose(longest)).transpose();
    Ok(Look {
        title: prose("title", MAX_TITLE)?,
        message: prose("message", MAX_MESSAGE)?,
        contact: optional(node, "contact")?,
        logo: optional(node, "logo")?,
        colors: node.field("colors").map(|node| colors(&node)).transpose()?,
        html: node
            .field("html")
            .map(|node| node.text().map(String::from))
            .transpose()?,
        content_security_policy: node
            .field("content_security_policy")
            .map(|node| node.header_value(MAX_POLICY))
            .transpose()?,
    })
}

fn colors(node: &Node<'_>) -> Result<Colors, DocumentError> {
    node.object()?;
    let palette = |name| {
        let Some(node) = node.field(name) else {
            return Ok(Palette::default());
        };
        node.object()?;
        Ok(Palette {
            accent: optional(&node, "accent")?,
            background: optional(&node, "background")?,
            text: optional(&node, "text")?,
        })
    };
    Ok(Colors {
        light: palette("light")?,
        dark: palette("dark")?,
    })
}

fn languages(node: &Node<'_>) -> Result<Vec<Translation>, DocumentError> {
    let mut languages = Vec::new();
    for key in node.object()?.keys() {
        let Some(texts) = node.field(key) else {
            continue;
        };
        let language = key.parse().map_err(|error| texts.refuse(error))?;
        let look = look(&texts)?;
        if Phrases::of(&language).is_none() {
            texts.required("title")?;
            texts.required("message")?;
        }
        languages.push(Translation { language, look });
    }
    Ok(languages)
}

fn optional<T: FromStr<Err: fmt::Display>>(
    node: &Node<'_>,
    name: &str,
) -> Result<Option<T>, DocumentError> {
    node.field(name).map(|node| node.parsed()).transpose()
}

#[cfg(test)]
mod tests;
