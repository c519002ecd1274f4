//! The whole check.

use std::path::Path;

use anyhow::Result;

use super::table::{PACKAGES, Package};
use super::{rooms, sizes};
use crate::lint::files;

/// All faults.
pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let (faults, summary) = examine(root, PACKAGES)?;
    eprintln!("{summary}");
    Ok(faults)
}

/// The faults of these packages, and a line about all sizes.
pub(super) fn examine(root: &Path, packages: &[Package]) -> Result<(Vec<String>, String)> {
    let all = files::all(root)?;
    let mut faults = Vec::new();
    for package in packages {
        faults.extend(rooms::check(root, &all, package)?);
    }
    let folders: Vec<_> = packages.iter().map(|package| package.folder).collect();
    let (sizes, summary) = sizes::check(root, &all, &folders)?;
    faults.extend(sizes);
    Ok((faults, summary))
}
