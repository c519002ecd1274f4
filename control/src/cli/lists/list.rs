use std::collections::HashSet;
use std::fmt;
use std::path::Path;

use clap::ValueEnum;
use intermission_core::Cidr;

use crate::change::Width;
use crate::cli::input;
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

impl List {
    /// Reads the list in the file at `path`, or on standard input where that is `-`.
    pub(crate) fn from_file(
        path: &Path,
        format: ListFormat,
        parts: &[String],
        width: Width,
    ) -> Result<Self, ListError> {
        let text = input::read(path).map_err(Fault::whole);
        let list = text.and_then(|text| Self::read(&text, format, parts, width));
        let name = input::name(path);
        list.map_err(|fault| ListError { name, fault })
    }

    fn read(text: &str, format: ListFormat, parts: &[String], width: Width) -> Result<Self, Fault> {
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
