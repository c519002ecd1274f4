//! The files of a package as modules, and what a path in one of them leads to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

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
            if files::has_extension(path, &["rs"]) && !inside.starts_with("bin") {
                let text = files::text(root, path)?;
                found.push(File {
                    path: path.clone(),
                    module: module(inside),
                    source: imports::read(&text).with_context(|| path.display().to_string())?,
                });
            }
        }
        let mut tests = Vec::new();
        for file in &found {
            let below =
                |name: &String| [file.module.as_slice(), std::slice::from_ref(name)].concat();
            tests.extend(file.source.tests.iter().map(below));
        }
        found.retain(|file| !tests.iter().any(|test| file.module.starts_with(test)));
        // `lib.rs` before `main.rs`, which uses it like any other crate.
        let places = found.iter().enumerate().rev();
        let by_module = places.map(|(place, file)| (file.module.clone(), place));
        Ok(Self {
            by_module: by_module.collect(),
            files: found,
        })
    }

    /// The file that has what a path in this file leads to, if it is of this package.
    pub(super) fn target(&self, file: usize, path: &imports::Path) -> Option<usize> {
        let from = [&*self.files.get(file)?.module, &path.within].concat();
        self.resolve(from, &path.segments, DEPTH)
    }

    fn resolve(&self, from: Module, segments: &[String], depth: usize) -> Option<usize> {
        let depth = depth.checked_sub(1)?;
        let mut module = from;
        for (place, segment) in segments.iter().enumerate() {
            match segment.as_str() {
                "crate" => module.clear(),
                "self" => {}
                "super" => drop(module.pop()?),
                _ => {
                    module.push(segment.clone());
                    if self.by_module.contains_key(&module) {
                        continue;
                    }
                    module.pop();
                    // A name that begins a path and is no module is of another crate.
                    let file = self.nearest(&module).filter(|_| place > 0)?;
                    let named = self.named(file, segment, segments.get(place + 1..)?, depth);
                    return named.or(Some(file));
                }
            }
        }
        self.nearest(&module)
    }

    /// The file of a module; one inside a file is in that.
    fn nearest(&self, module: &[String]) -> Option<usize> {
        let mut outward = (0..=module.len()).rev();
        outward.find_map(|length| self.by_module.get(module.get(..length)?).copied())
    }

    /// The file from which this file has a name.
    fn named(&self, file: usize, name: &str, after: &[String], depth: usize) -> Option<usize> {
        let File { module, source, .. } = self.files.get(file)?;
        for path in &source.paths {
            let (Role::Import(known) | Role::Export(known)) = &path.role else {
                continue;
            };
            if known == "*" {
                let (_, before) = path.segments.split_last()?;
                let other = self.resolve(module.clone(), before, depth)?;
                if let Some(found) = self.named(other, name, after, depth.checked_sub(1)?) {
                    return Some(found);
                }
            } else if known == name {
                let segments = [path.segments.as_slice(), after].concat();
                return self.resolve(module.clone(), &segments, depth);
            }
        }
        None
    }
}

/// The module of a file, from `src`.
fn module(inside: &Path) -> Module {
    let names = inside.with_extension("");
    let mut names: Vec<_> = names
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
