//! The faults in how the files of a package import.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;

use super::imports::{self, Role};
use super::modules::{File, Modules};
use super::table::Package;

/// Finds them all.
pub(super) fn check(root: &Path, all: &[PathBuf], package: &Package) -> Result<Vec<String>> {
    let modules = Modules::read(root, all, package.folder)?;
    let mut faults = Vec::new();
    let mut imports = DiGraphMap::<usize, ()>::new();
    for (place, file) in modules.files.iter().enumerate() {
        let floor = floor(package, file);
        if floor.is_none() {
            faults.push(format!(
                "{}: is in no room of the table",
                file.path.display()
            ));
        }
        // A line with several names is one fault.
        let mut upward = BTreeMap::new();
        for path in &file.source.paths {
            faults.extend(kept(package, file, path));
            let target = modules
                .target(place, path)
                .filter(|target| *target != place);
            let Some((target, other)) = target.and_then(|at| Some((at, modules.files.get(at)?)))
            else {
                continue;
            };
            // A name that a front hands on is that of the file behind it.
            if !(file.is_front() && matches!(path.role, Role::Export(_))) {
                imports.add_edge(place, target, ());
            }
            if floor < self::floor(package, other) {
                upward.insert(path.line, other.path.display());
            }
        }
        faults.extend(upward.iter().map(|(line, other)| {
            format!(
                "{}: line {line} imports from {other}, which is further up",
                file.path.display()
            )
        }));
    }
    for mut circle in tarjan_scc(&imports)
        .into_iter()
        .filter(|files| files.len() > 1)
    {
        circle.sort_unstable();
        let files = circle.iter().filter_map(|file| modules.files.get(*file));
        let paths: Vec<_> = files.map(|file| file.path.display().to_string()).collect();
        faults.push(format!(
            "{}: import from each other in a circle",
            paths.join(", ")
        ));
    }
    Ok(faults)
}

/// The number of the room that a file is in, from the bottom; the root of the crate is above all.
fn floor(package: &Package, file: &File) -> Option<usize> {
    match file.module.first() {
        Some(_) if package.rooms.is_empty() => Some(0),
        Some(room) => package.rooms.iter().position(|known| known == room),
        None => Some(package.rooms.len()),
    }
}

/// The use of a crate outside its room.
fn kept(package: &Package, file: &File, path: &imports::Path) -> Option<String> {
    let first = path.segments.first()?;
    let (name, room) = package.kept.iter().find(|(name, _)| name == first)?;
    let is_there = file.module.first().is_some_and(|found| found == room);
    let (file, line) = (file.path.display(), path.line);
    (!is_there).then(|| format!("{file}: line {line} uses {name}, which is for {room} alone"))
}
