//! The reader of documents.

mod notice;
#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use self::notice::notice;
use crate::json::{Field, FieldError};
use crate::state::allowlist::Allowlist;
use crate::state::area::Area;
use crate::state::error::DocumentError;
use crate::state::exempt::{Exempt, Prober};
use crate::state::mode::Mode;
use crate::state::model::State;
use crate::state::pass::Pass;
use crate::state::reads::Reads;

/// The known fields, as `critical` names them.
const FIELDS: [&str; 48] = [
    "version",
    "critical",
    "store",
    "service",
    "revision",
    "maintenance",
    "allowlist",
    "allowlist.enabled",
    "allowlist.cidrs",
    "allowlist.passes",
    "allowlist.passes.sha256",
    "allowlist.passes.until",
    "scope",
    "scope.hosts",
    "scope.paths",
    "exempt",
    "exempt.paths",
    "exempt.hosts",
    "exempt.probers",
    "exempt.probers.cidr",
    "exempt.probers.paths",
    "reads",
    "reads.paths",
    "api",
    "api.hosts",
    "api.paths",
    "show_me",
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

impl State {
    /// Reads a document as `docs/state.md` defines it.
    ///
    /// # Errors
    ///
    /// The document is too long, not JSON or of another version, or it has an unknown critical field or an invalid
    /// value. It is refused as a whole.
    pub fn parse(document: &[u8]) -> Result<Self, DocumentError> {
        if document.len() > Self::MAX_BYTES {
            let length = document.len();
            let reason = format!(
                "{length} bytes are more than the {} allowed",
                Self::MAX_BYTES
            );
            return Err(FieldError::new(String::new(), reason).into());
        }
        // Some editors begin a file with a byte order mark, which a reader may ignore (RFC 8259, section 8.1).
        let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
        let value = Field::read(document)?;
        Self::read(&Field::root(&value))
    }

    /// Reads a document that is a member of another JSON document.
    ///
    /// # Errors
    ///
    /// The same as those of [`parse`](Self::parse).
    pub fn read(root: &Field<'_>) -> Result<Self, DocumentError> {
        root.object()?;
        let version = root.required("version")?;
        let number = version.integer(0, u64::MAX)?;
        if number != Self::VERSION {
            let known = Self::VERSION;
            let reason = format!("version {number} is not known, only {known}; upgrade this node");
            return Err(version.refuse(reason).into());
        }
        let initial = Self::initial(
            root.required("service")?.parsed()?,
            root.required("maintenance")?.parsed()?,
        );
        let initial = Self {
            store: root
                .member("store")
                .map_or(Ok(initial.store), |field| store(&field))?,
            revision: root.required("revision")?.integer(0, MAX_REVISION)?,
            ..initial
        };
        // If no request is refused, no field can be critical.
        let critical = root.member("critical");
        if let Some(critical) = critical.filter(|_| initial.maintenance != Mode::Off) {
            check_critical(&critical, || initial.closed_as(root.member("exempt")))?;
        }
        Ok(Self {
            store: initial.store,
            revision: initial.revision,
            allowlist: root
                .member("allowlist")
                .map_or(Ok(initial.allowlist), |field| allowlist(&field))?,
            scope: root
                .member("scope")
                .map_or(Ok(initial.scope), |field| area(&field))?,
            exempt: root
                .member("exempt")
                .map_or(Ok(Exempt::default()), |field| exempt(&field))?,
            reads: root
                .member("reads")
                .map_or(Ok(initial.reads), |field| reads(&field))?,
            api: root
                .member("api")
                .map_or(Ok(initial.api), |field| area(&field))?,
            show_me: root
                .member("show_me")
                .map_or(Ok(false), |field| field.boolean())?,
            notice: root
                .member("notice")
                .map_or(Ok(initial.notice), |field| notice(&field))?,
            service: initial.service,
            maintenance: initial.maintenance,
        })
    }

    /// The state closed, with the exemptions of the document, or without any if they cannot be read.
    fn closed_as(&self, exempted: Option<Field<'_>>) -> Self {
        let none = || Exempt {
            paths: Vec::new(),
            hosts: Vec::new(),
            probers: Vec::new(),
        };
        Self {
            exempt: exempted.map_or_else(Exempt::default, |field| {
                exempt(&field).unwrap_or_else(|_| none())
            }),
            ..self.closed()
        }
    }
}

/// Refuses a document with an unknown critical field. The node then closes, because its state could leave the service open.
fn check_critical(
    critical: &Field<'_>,
    closed: impl FnOnce() -> State,
) -> Result<(), DocumentError> {
    let names = critical.list(|name| Ok::<_, FieldError>(String::from(name)))?;
    let mut names = names.iter().enumerate();
    let unknown = names.find(|(_, name)| !FIELDS.contains(&name.as_str()));
    unknown.map_or(Ok(()), |(index, name)| {
        let error = critical.item(index).refuse(format!(
            "{name:?} is critical and not known here, so the state cannot be enforced; upgrade this node"
        ));
        Err(DocumentError::with_closed(error, closed()))
    })
}

fn store(field: &Field<'_>) -> Result<Box<str>, FieldError> {
    let text = field.text()?;
    let valid = text.len() <= 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    valid.then(|| text.into()).ok_or_else(|| {
        field.refuse(format!(
            "{text:?} is not a store's identity, which has letters, digits and hyphens only"
        ))
    })
}

fn allowlist(field: &Field<'_>) -> Result<Allowlist, FieldError> {
    field.object()?;
    Ok(Allowlist {
        enabled: field
            .member("enabled")
            .map_or(Ok(false), |field| field.boolean())?,
        cidrs: field
            .member("cidrs")
            .map_or(Ok(Vec::new()), |field| field.list(str::parse))?,
        passes: field
            .member("passes")
            .map_or(Ok(Vec::new()), |field| passes(&field))?,
    })
}

fn passes(field: &Field<'_>) -> Result<Vec<Pass>, FieldError> {
    let passes = field.objects(|pass| {
        pass.object()?;
        let until = pass.member("until");
        Ok(Pass {
            sha256: pass.required("sha256")?.parsed()?,
            until: until.map(|until| until.parsed()).transpose()?,
        })
    })?;
    let (count, most) = (passes.len(), Allowlist::MOST_PASSES);
    (count <= most)
        .then_some(passes)
        .ok_or_else(|| field.refuse(format!("{count} passes are more than the {most} allowed")))
}

fn reads(field: &Field<'_>) -> Result<Reads, FieldError> {
    field.object()?;
    Ok(Reads {
        paths: field
            .member("paths")
            .map_or(Ok(Vec::new()), |field| field.list(str::parse))?,
    })
}

fn area(field: &Field<'_>) -> Result<Area, FieldError> {
    field.object()?;
    Ok(Area {
        hosts: field
            .member("hosts")
            .map_or(Ok(Vec::new()), |field| field.list(str::parse))?,
        paths: field
            .member("paths")
            .map_or(Ok(Vec::new()), |field| field.list(str::parse))?,
    })
}

fn exempt(field: &Field<'_>) -> Result<Exempt, FieldError> {
    field.object()?;
    Ok(Exempt {
        paths: field
            .member("paths")
            .map_or(Ok(Exempt::default().paths), |field| field.list(str::parse))?,
        hosts: field
            .member("hosts")
            .map_or(Ok(Vec::new()), |field| field.list(str::parse))?,
        probers: field
            .member("probers")
            .map_or(Ok(Vec::new()), |field| field.objects(prober))?,
    })
}

fn prober(field: &Field<'_>) -> Result<Prober, FieldError> {
    field.object()?;
    Ok(Prober {
        cidr: field.required("cidr")?.parsed()?,
        paths: field.required("paths")?.list(str::parse)?,
    })
}
