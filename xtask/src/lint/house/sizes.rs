//! How many files a folder has, and how many lines a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::lint::files;

/// The most source files directly in a folder.
pub(super) const CROWD: usize = 15;
/// The most lines of a file, tests included.
pub(super) const LONG: usize = 400;
/// The most lines of the file in the middle.
pub(super) const MEDIAN: usize = 150;

/// The faults in these folders, and a line about all sizes.
pub(super) fn check(
    root: &Path,
    all: &[PathBuf],
    folders: &[&str],
) -> Result<(Vec<String>, String)> {
    let mut faults = Vec::new();
    let mut crowds: BTreeMap<&Path, usize> = BTreeMap::new();
    let mut lengths = Vec::new();
    let is_source = |path: &&PathBuf| {
        files::has_extension(path, &["rs", "mjs", "js", "py"])
            && folders.iter().any(|folder| path.starts_with(folder))
    };
    for path in all.iter().filter(is_source) {
        *crowds.entry(path.parent().unwrap_or(path)).or_default() += 1;
        let lines = files::text(root, path)?.lines().count();
        lengths.push(lines);
        if lines > LONG {
            let path = path.display();
            faults.push(format!(
                "{path}: {lines} lines; more than {LONG} are too many"
            ));
        }
    }
    for (folder, files) in crowds.iter().filter(|(_, files)| **files > CROWD) {
        let folder = folder.display();
        faults.push(format!(
            "{folder}: {files} source files; more than {CROWD} are too many"
        ));
    }
    lengths.sort_unstable();
    let [median, longest] = [lengths.get(lengths.len() / 2), lengths.last()]
        .map(|lines| lines.copied().unwrap_or_default());
    if median > MEDIAN {
        faults.push(format!(
            "all files: the median file has {median} lines; more than {MEDIAN} are too many"
        ));
    }
    let most = crowds.values().max().copied().unwrap_or_default();
    let summary = format!(
        "{} source files: the median has {median} lines, the longest {longest}; the largest folder has {most} files",
        lengths.len()
    );
    Ok((faults, summary))
}
