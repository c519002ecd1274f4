//! The whole check.

use std::path::Path;

use anyhow::{Result, bail};

use super::fault::Fault;
use super::table::{EXCEPTIONS, Exception, PACKAGES, Package};
use super::{rooms, sizes};
use crate::lint::files;

/// Fails with every fault that is no exception, and with every exception that is no fault.
pub(crate) fn check(root: &Path) -> Result<()> {
    let report = examine(root, PACKAGES, EXCEPTIONS)?;
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

pub(super) fn examine(
    root: &Path,
    packages: &[Package],
    exceptions: &[Exception],
) -> Result<Report> {
    let all = files::all(root)?;
    let mut faults: Vec<Fault> = Vec::new();
    for package in packages {
        faults.extend(rooms::check(root, &all, package)?);
    }
    let folders: Vec<_> = packages.iter().map(|package| package.folder).collect();
    let (sizes, summary) = sizes::check(root, &all, &folders)?;
    faults.extend(sizes);

    let is = |exception: &Exception, fault: &Fault| {
        exception.rule == fault.rule && exception.subject == fault.subject
    };
    let idle = exceptions
        .iter()
        .filter(|exception| !faults.iter().any(|fault| is(exception, fault)));
    let idle = idle.map(|Exception { rule, subject, .. }| {
        format!("{subject}: the exception from {rule:?} is not needed")
    });
    let real = faults
        .iter()
        .filter(|fault| !exceptions.iter().any(|exception| is(exception, fault)));
    let faults = real
        .map(|fault| format!("{}: {}", fault.subject, fault.text))
        .chain(idle)
        .collect();
    Ok(Report { summary, faults })
}
