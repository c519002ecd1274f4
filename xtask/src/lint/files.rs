//! The files of the repository.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Every file and folder of the repository, from its root and sorted; `target` and `.git` are left out.
pub(super) fn all(root: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    collect(root, Path::new(""), &mut all)?;
    all.sort();
    Ok(all)
}

/// Whether the name of a file ends in one of these.
pub(super) fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let found = path.extension();
    found.is_some_and(|found| extensions.iter().any(|extension| found == *extension))
}

/// The text of a file that is named from the root.
pub(super) fn text(root: &Path, path: &Path) -> Result<String> {
    fs::read_to_string(root.join(path)).with_context(|| path.display().to_string())
}

fn collect(root: &Path, folder: &Path, all: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let name = entry?.file_name();
        if name == "target" || name == ".git" {
            continue;
        }
        let path = folder.join(name);
        if root.join(&path).is_dir() {
            collect(root, &path, all)?;
        }
        all.push(path);
    }
    Ok(())
}
