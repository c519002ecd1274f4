//! The Markdown files name no path that does not exist.
//!
//! 1. A link leads to a file or folder, seen from the file.
//! 2. A word in backticks that ends in `/` or like a file of ours is a path: from the root of the repository, or the
//!    last part of one, as in a chapter about one package. So is a word that begins with a folder of the root.
//! 3. Of a pattern the part before the first `*` counts. `target/` and code blocks are left alone.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::files;

const FILES: [&str; 4] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "edge-filter/README.md",
];
const ENDINGS: &[&str] = &[
    ".md", ".mjs", ".proto", ".py", ".rs", ".toml", ".txt", ".yaml", ".yml",
];

/// Every path that is not there.
pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let mut missing = Vec::new();
    let all = files::all(root)?;
    for file in all.iter().filter(|file| is_checked(file)) {
        for (number, name) in broken(root, &all, file, &files::text(root, file)?) {
            missing.push(format!("{}:{number}: no such path: {name}", file.display()));
        }
    }
    Ok(missing)
}

fn is_checked(file: &Path) -> bool {
    let in_docs = file.parent() == Some(Path::new("docs")) && files::has_extension(file, &["md"]);
    in_docs || FILES.iter().any(|known| file == Path::new(known))
}

/// The paths that a file names and that do not exist, each with its line.
fn broken(root: &Path, all: &[PathBuf], file: &Path, text: &str) -> Vec<(usize, String)> {
    let folder = root.join(file.parent().unwrap_or(Path::new("")));
    let named = |name: &str| {
        let (fixed, is_folder) = fixed(name);
        all.iter()
            .any(|path| path.ends_with(fixed) && (!is_folder || root.join(path).is_dir()))
    };
    let mut broken = Vec::new();
    let mut in_code = false;
    for (line, number) in text.lines().zip(1..) {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        let words = quoted(line).filter(|word| is_path(root, word) && !named(word));
        let links = links(line).filter(|link| !folder.join(link).exists());
        broken.extend(words.chain(links).map(|name| (number, name.to_owned())));
    }
    broken
}

/// The part of a name that has to be there, and whether it has to be a folder.
fn fixed(name: &str) -> (&Path, bool) {
    match name.split_once('*') {
        Some((before, _)) => (
            Path::new(before.rsplit_once('/').map_or("", |(folder, _)| folder)),
            true,
        ),
        None => (Path::new(name), name.ends_with('/')),
    }
}

/// What stands in backticks.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Where links lead, those that stay in the repository.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let targets = line
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', '#', ' ']).next());
    targets.filter(|target| !target.is_empty() && !target.contains(':'))
}

fn is_path(root: &Path, word: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_-./*".contains(c);
    let first = word.split('/').next().unwrap_or_default();
    // `/livez/` is a path of a request, and `.rs` an ending.
    let foreign = first.is_empty() || word.starts_with("*.") || ENDINGS.contains(&word);
    if foreign || first == "target" || !word.chars().all(allowed) {
        return false;
    }
    let ours = word.contains('/') && root.join(first).is_dir();
    ours || word.ends_with('/') || ENDINGS.iter().any(|ending| word.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn broken_in(file: &str, text: &str) -> Vec<(usize, String)> {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir_all(root.join("docs")).unwrap();
        fs::create_dir_all(root.join("node/src/poller")).unwrap();
        fs::write(root.join("docs/state.md"), "").unwrap();
        fs::write(root.join("node/src/layer.rs"), "").unwrap();
        let all = files::all(root).unwrap();
        broken(root, &all, Path::new(file), text)
    }

    #[test]
    fn what_exists_and_what_is_no_path_passes() {
        let text = "\
`docs/`, `docs/state.md`, `docs/*.md`, [there](docs/state.md#words), [away](https://example.com/a.md)
`node/src/layer.rs`, `layer.rs`, `src/layer.rs`, `poller/`
`/healthz`, `/livez/`, `10.0.0.0/8`, `application/json`, `a b/c.rs`, `target/venv/`, `.rs`, `*.toml`
```
`gone/in-code.rs`
```";
        assert_eq!(broken_in("README.md", text), []);
    }

    #[test]
    fn each_missing_path_is_named_with_its_line() {
        let text = "\
`docs/gone`, `docs/state.md/`, `gone/`
`gone.rs`, `ayer.rs`, `lib/layer.rs`, `gone/*.toml`
[gone](gone.md)";
        let broken = broken_in("README.md", text);
        let broken: Vec<_> = broken
            .iter()
            .map(|(number, name)| (*number, &**name))
            .collect();
        let expected = [
            (1, "docs/gone"),
            (1, "docs/state.md/"),
            (1, "gone/"),
            (2, "gone.rs"),
            (2, "ayer.rs"),
            (2, "lib/layer.rs"),
            (2, "gone/*.toml"),
            (3, "gone.md"),
        ];
        assert_eq!(broken, expected);
    }

    #[test]
    fn links_are_relative_to_their_file() {
        assert_eq!(
            broken_in("docs/nodes.md", "[a](state.md) [b](../docs/state.md)"),
            []
        );
        assert_eq!(broken_in("docs/nodes.md", "[a](docs/state.md)").len(), 1);
    }
}
