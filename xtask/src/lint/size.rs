//! Names source files that have grown too long to be read in one go.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

const LONG: usize = 300;

/// Warns of every file with more lines than that, tests left out.
pub(crate) fn warn(root: &Path) -> Result<()> {
    let mut sources = Vec::new();
    collect(root, &mut sources)?;
    sources.sort();
    for source in sources {
        let lines = code_lines(&fs::read_to_string(&source)?);
        if lines > LONG {
            let shown = source.strip_prefix(root).unwrap_or(&source).display();
            eprintln!("warning: {shown} has {lines} lines; past {LONG} a file is better split");
        }
    }
    Ok(())
}

fn collect(folder: &Path, sources: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let skipped =
            name.starts_with('.') || matches!(&*name, "target" | "tests" | "benches" | "tests.rs");
        if path.is_dir() && !skipped {
            collect(&path, sources)?;
        } else if name.ends_with(".rs") && !skipped {
            sources.push(path);
        }
    }
    Ok(())
}

fn code_lines(text: &str) -> usize {
    text.lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]"))
        .count()
}
