use std::collections::HashSet;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use clap::ValueEnum;
use intermission_core::Cidr;

use crate::change::Width;
use crate::cli::lists::place::{Fault, Place};
use crate::cli::lists::{lines, published};

/// How a list is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// One address or CIDR on each line; # begins a comment
    #[default]
    Lines,
    /// AWS's ip-ranges.json
    Aws,
    /// Google's goog.json, cloud.json, and those of its crawlers and probers
    Google,
    /// GitHub's meta
    Github,
}

/// The entries of a list, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct List {
    pub(crate) cidrs: Vec<Cidr>,
    /// How many entries were there already.
    repeated: usize,
    /// How many lie within another one.
    within: usize,
}

/// More than any list of addresses has, in bytes.
const LARGEST: u64 = 64 << 20;

impl List {
    /// Reads the list in the file at `path`, or on standard input where that is `-`.
    pub(crate) fn from_file(
        path: &Path,
        format: ListFormat,
        parts: &[String],
        width: Width,
    ) -> Result<Self, ListError> {
        let read = |mut from: Box<dyn Read>| {
            let mut bytes = Vec::new();
            from.by_ref().take(LARGEST).read_to_end(&mut bytes)?;
            match from.read(&mut [0])? {
                0 => Ok(bytes),
                _ => Err(io::Error::other(format!("has more than {LARGEST} bytes"))),
            }
        };
        let bytes = if path == Path::new("-") {
            read(Box::new(io::stdin()))
        } else {
            File::open(path).and_then(|file| read(Box::new(file)))
        };
        let list = bytes
            .map_err(Fault::whole)
            .and_then(|bytes| Self::read(&bytes, format, parts, width));
        let name = Self::name(path);
        list.map_err(|fault| ListError { name, fault })
    }

    /// What the file at `path` is called.
    pub(crate) fn name(path: &Path) -> String {
        match path.to_str() {
            Some("-") => "standard input".to_owned(),
            _ => path.display().to_string(),
        }
    }

    fn read(
        bytes: &[u8],
        format: ListFormat,
        parts: &[String],
        width: Width,
    ) -> Result<Self, Fault> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            Fault::whole(format!("is not UTF-8 at byte {}", error.valid_up_to()))
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let found = match format {
            ListFormat::Lines if parts.is_empty() => lines::read(text),
            ListFormat::Lines => Err(Fault::whole("has no parts to choose by --part")),
            ListFormat::Aws => published::aws(text, parts),
            ListFormat::Google => published::google(text, parts),
            ListFormat::Github => published::github(text, parts),
        }?;
        let cidrs: Vec<_> = found.iter().map(|(cidr, _)| *cidr).collect();
        if cidrs.is_empty() {
            return Err(Fault::whole(
                "has no address; to keep all clients out: intermission allowlist disable",
            ));
        }
        width.check(&cidrs, &[], "").map_err(|invalid| {
            let index = invalid.pointer().trim_start_matches('/').parse::<usize>();
            let place = index.ok().and_then(|index| found.get(index));
            Fault {
                place: place.map_or(Place::Whole, |(_, place)| place.clone()),
                reason: invalid.reason().to_owned(),
            }
        })?;
        Ok(Self::of(cidrs))
    }

    fn of(all: Vec<Cidr>) -> Self {
        let mut known = HashSet::new();
        let cidrs: Vec<_> = all
            .iter()
            .copied()
            .filter(|cidr| known.insert(*cidr))
            .collect();
        let is_within = |cidr: &&Cidr| {
            cidr.around()
                .any(|outer| outer != **cidr && known.contains(&outer))
        };
        Self {
            repeated: all.len() - cidrs.len(),
            within: cidrs.iter().filter(is_within).count(),
            cidrs,
        }
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            cidrs,
            repeated,
            within,
        } = self;
        write!(f, "{} entries", cidrs.len())?;
        if *repeated > 0 {
            write!(f, ", {repeated} more were there twice")?;
        }
        if *within > 0 {
            write!(f, ", {within} lie within another and are kept")?;
        }
        Ok(())
    }
}

/// Why a list cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListError {
    name: String,
    fault: Fault,
}

impl fmt::Display for ListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { place, reason } = &self.fault;
        write!(f, "{}{place}: {reason}", self.name)
    }
}

impl std::error::Error for ListError {}

#[cfg(test)]
mod tests;
