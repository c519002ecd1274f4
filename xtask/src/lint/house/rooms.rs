//! The faults in how the files of a package import.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::circles::{Edges, circles};
use super::fault::Fault;
use super::imports::{self, Role};
use super::modules::{File, Modules};
use super::table::Package;

/// Finds them all.
pub(super) fn check(root: &Path, all: &[PathBuf], package: &Package) -> Result<Vec<Fault>> {
    let modules = Modules::read(root, all, package.folder)?;
    let mut faults = Vec::new();
    let mut edges = Edges::new();
    for (place, file) in modules.files.iter().enumerate() {
        let floor = floor(package, file);
        if floor.is_none() {
            let text = "is in no room of the table".to_owned();
            faults.push(Fault::new(file.path.display(), text));
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
            let is_handed_on = file.is_front() && matches!(path.role, Role::Export(_));
            if !is_handed_on {
                edges.entry(place).or_default().insert(target);
            }
            if floor < self::floor(package, other) {
                upward.insert(path.line, other.path.display());
            }
        }
        for (line, other) in upward {
            let text = format!("line {line} imports from {other}, which is further up");
            faults.push(Fault::new(file.path.display(), text));
        }
    }
    for circle in circles(&edges) {
        faults.push(Fault::new(
            shown(&modules, &circle),
            "import from each other in a circle".to_owned(),
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
fn kept(package: &Package, file: &File, path: &imports::Path) -> Option<Fault> {
    let first = path.segments.first()?;
    let (name, room) = package.kept.iter().find(|(name, _)| name == first)?;
    let is_there = file.module.first().is_some_and(|found| found == room);
    (!is_there).then(|| {
        let text = format!("line {} uses {name}, which is for {room} alone", path.line);
        Fault::new(file.path.display(), text)
    })
}

fn shown(modules: &Modules, circle: &BTreeSet<usize>) -> String {
    let paths = circle.iter().filter_map(|file| modules.files.get(*file));
    let paths: Vec<_> = paths.map(|file| file.path.display().to_string()).collect();
    paths.join(", ")
}
