//! The whole check.

use std::path::Path;

use anyhow::{Result, bail};

use super::fault::Fault;
use super::table::{PACKAGES, Package};
use super::{rooms, sizes};
use crate::lint::files;

/// Fails with every fault.
pub(crate) fn check(root: &Path) -> Result<()> {
    let report = examine(root, PACKAGES)?;
    eprintln!("{}", report.summary);
    if !report.faults.is_empty() {
        bail!("{}", report.faults.join("\n"));
    }
    Ok(())
}

#[derive(Debug)]
pub(super) struct Report {
    summary: String,
    pub(super) faults: Vec<String>,
}

pub(super) fn examine(root: &Path, packages: &[Package]) -> Result<Report> {
    let all = files::all(root)?;
    let mut faults: Vec<Fault> = Vec::new();
    for package in packages {
        faults.extend(rooms::check(root, &all, package)?);
    }
    let folders: Vec<_> = packages.iter().map(|package| package.folder).collect();
    let (sizes, summary) = sizes::check(root, &all, &folders)?;
    faults.extend(sizes);

    let faults = faults
        .iter()
        .map(|fault| format!("{}: {}", fault.subject, fault.text))
        .collect();
    Ok(Report { summary, faults })
}
