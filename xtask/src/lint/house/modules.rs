//! The files of a package as modules, and what a path in one of them leads to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::imports::{self, Role, Source};
use crate::lint::files;

/// A module by the names that lead to it from the root of its crate.
type Module = Vec<String>;

/// Re-exports of re-exports are followed so far.
const DEPTH: usize = 16;

/// The files of a package's `src` outside its tests.
#[derive(Debug)]
pub(super) struct Modules {
    pub(super) files: Vec<File>,
    by_module: BTreeMap<Module, usize>,
}

#[derive(Debug)]
pub(super) struct File {
    /// From the root of the repository.
    pub(super) path: PathBuf,
    pub(super) module: Module,
    pub(super) source: Source,
}

impl File {
    /// Whether it gives a name to a folder, as `mod.rs` does.
    pub(super) fn is_front(&self) -> bool {
        ["lib.rs", "main.rs", "mod.rs"]
            .iter()
            .any(|name| self.path.ends_with(name))
    }
}

impl Modules {
    /// Reads `src` of a package. Programs in `src/bin` are crates of their own.
    pub(super) fn read(root: &Path, all: &[PathBuf], package: &str) -> Result<Self> {
        let src = Path::new(package).join("src");
        let mut found = Vec::new();
        for path in all {
            let Ok(inside) = path.strip_prefix(&src) else {
                continue;
            };
            if files::has_extension(path, "rs") && !inside.starts_with("bin") {
                found.push(File {
                    path: path.clone(),
                    module: module(inside),
                    source: imports::read(&files::text(root, path)?),
                });
            }
        }
        let tests: Vec<Module> = found
            .iter()
            .flat_map(|file| {
                let below = |name: &String| {
                    let mut module = file.module.clone();
                    module.push(name.clone());
                    module
                };
                file.source.tests.iter().map(below)
            })
            .collect();
        found.retain(|file| !tests.iter().any(|test| file.module.starts_with(test)));
        // `lib.rs` before `main.rs`, which uses it like any other crate.
        let by_module = found
            .iter()
            .enumerate()
            .rev()
            .map(|(place, file)| (file.module.clone(), place))
            .collect();
        Ok(Self {
            files: found,
            by_module,
        })
    }

    /// The file that has what a path in this file leads to, if it is of this package.
    pub(super) fn target(&self, file: usize, path: &imports::Path) -> Option<usize> {
        let mut from = self.files.get(file)?.module.clone();
        from.extend(path.within.iter().cloned());
        self.resolve(&from, &path.segments, DEPTH)
    }

    fn resolve(&self, from: &[String], segments: &[String], depth: usize) -> Option<usize> {
        let depth = depth.checked_sub(1)?;
        let (first, mut rest) = segments.split_first()?;
        let mut module = from.to_vec();
        match first.as_str() {
            "crate" => module.clear(),
            "self" => {}
            "super" => {
                module.pop()?;
            }
            _ => {
                module.push(first.clone());
                if !self.by_module.contains_key(&module) {
                    return None;
                }
            }
        }
        while let Some((next, after)) = rest.split_first() {
            if next == "super" {
                module.pop()?;
            } else {
                module.push(next.clone());
                if !self.by_module.contains_key(&module) {
                    module.pop();
                    break;
                }
            }
            rest = after;
        }
        let file = self.nearest(&module)?;
        let Some((name, after)) = rest.split_first() else {
            return Some(file);
        };
        Some(self.named(file, name, after, depth).unwrap_or(file))
    }

    /// The file of a module; one inside a file is in that.
    fn nearest(&self, module: &[String]) -> Option<usize> {
        let mut module = module.to_vec();
        loop {
            if let Some(file) = self.by_module.get(&module) {
                return Some(*file);
            }
            module.pop()?;
        }
    }

    /// The file from which this file has a name.
    fn named(&self, file: usize, name: &str, after: &[String], depth: usize) -> Option<usize> {
        let File { module, source, .. } = self.files.get(file)?;
        for path in &source.paths {
            let (Role::Import(known) | Role::Export(known)) = &path.role else {
                continue;
            };
            let mut segments = path.segments.clone();
            if known == "*" {
                segments.pop();
                let other = self.resolve(module, &segments, depth)?;
                if let Some(found) = self.named(other, name, after, depth.checked_sub(1)?) {
                    return Some(found);
                }
            } else if known == name {
                segments.extend(after.iter().cloned());
                return self.resolve(module, &segments, depth);
            }
        }
        None
    }
}

/// The module of a file, from `src`.
fn module(inside: &Path) -> Module {
    let mut names: Vec<_> = inside
        .with_extension("")
        .iter()
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    let is_front = match names.as_slice() {
        [name] => name == "lib" || name == "main",
        [.., name] => name == "mod",
        [] => false,
    };
    if is_front {
        names.pop();
    }
    names
}
