//! Documentation, help, errors and comments do without words that stand for a noun.
//!
//! 1. All of a Markdown or text file is checked.
//! 2. The string literals and the comments of a Rust file are checked.
//! 3. A word counts in upper and lower case, and only as a whole. The words of a phrase may be on two lines.

use std::path::Path;

use anyhow::{Result, bail};

use super::files;
use super::rust::{Kind, tokens};

/// The words and phrases, in lower case.
const WORDS: &[&str] = &[
    "for ever",
    "nobody",
    "somebody",
    "told",
    "what becomes of",
    "whoever",
];

/// What `cargo xtask bench` writes, whose template is checked, and the lists of words here.
const LEFT_OUT: &[&str] = &["docs/performance.md", "xtask/src/lint/words.rs"];

/// Fails with every place that has one of the words.
pub(crate) fn check(root: &Path) -> Result<()> {
    let mut faults = Vec::new();
    for path in files::all(root)? {
        let is_rust = files::has_extension(&path, "rs");
        let is_prose = is_rust
            || ["md", "txt"]
                .iter()
                .any(|end| files::has_extension(&path, end));
        if !is_prose || LEFT_OUT.iter().any(|file| path == Path::new(file)) {
            continue;
        }
        let text = files::text(root, &path)?;
        let found = if is_rust {
            in_rust(&text)
        } else {
            in_prose(&text, 1)
        };
        let place = |(line, word)| format!("{}:{line}: {word:?}", path.display());
        faults.extend(found.into_iter().map(place));
    }
    if !faults.is_empty() {
        bail!(
            "{}\nname the thing or the role that is meant",
            faults.join("\n")
        );
    }
    Ok(())
}

/// The words in a Rust file, each with its line.
fn in_rust(text: &str) -> Vec<(usize, &'static str)> {
    let mut prose = String::new();
    let (mut begin, mut found) = (1, Vec::new());
    for token in tokens(text) {
        // Comments in consecutive lines are one text, in which a phrase may be broken.
        let line = token.line - begin;
        let follows = token.kind == Kind::Comment && line == prose.matches('\n').count() + 1;
        if !follows {
            found.extend(in_prose(&prose, begin));
            prose.clear();
            begin = token.line;
        }
        match token.kind {
            Kind::Comment => {
                if follows {
                    prose.push('\n');
                }
                prose.push_str(token.text.trim_start_matches(['/', '!', '*']));
            }
            Kind::Text => prose.push_str(&without_placeholders(token.text)),
            Kind::Word | Kind::Sign => {}
        }
    }
    found.extend(in_prose(&prose, begin));
    found
}

/// A format string without the names of its arguments.
fn without_placeholders(text: &str) -> String {
    let mut parts = text.split('{');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push('{');
        let name = part.find(|c: char| c != '_' && !c.is_ascii_alphanumeric());
        plain.push_str(name.map_or("", |end| part.get(end..).unwrap_or_default()));
    }
    plain
}

/// The words in a text whose first line has this number, each with its line.
fn in_prose(text: &str, first: usize) -> Vec<(usize, &'static str)> {
    let words: Vec<(usize, String)> = text
        .lines()
        .zip(first..)
        .flat_map(|(line, number)| {
            line.split(|c: char| !c.is_alphanumeric() && c != '_')
                .filter(|word| !word.is_empty())
                .map(move |word| (number, word.to_lowercase()))
        })
        .collect();
    let mut found = Vec::new();
    for (place, (line, _)) in words.iter().enumerate() {
        let rest = words.get(place..).unwrap_or_default();
        let begins = |phrase: &&&str| {
            let mut parts = phrase.split(' ').zip(rest);
            let all = phrase.split(' ').count() <= rest.len();
            all && parts.all(|(part, (_, word))| part == word)
        };
        found.extend(WORDS.iter().find(begins).map(|word| (*line, *word)));
    }
    found
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn words_are_found_in_any_case_and_as_a_whole() {
        let text = "Nobody, retold, told_by\nwaits for\never: what becomes\nof it, what becomes";
        let expected = [(1, "nobody"), (2, "for ever"), (3, "what becomes of")];
        assert_eq!(in_prose(text, 1), expected);
    }

    #[test]
    fn comments_and_strings_count_and_code_does_not() {
        let text = "\
//! Kept for
//! ever.
fn told(nobody: &str) -> String {
    /* whoever */ let x = 1; // somebody
    format!(\"{told} {nobody:?} is told\")
}";
        let expected = [
            (1, "for ever"),
            (4, "whoever"),
            (4, "somebody"),
            (5, "told"),
        ];
        assert_eq!(in_rust(text), expected);
    }

    fn fault(files: &[(&str, &str)]) -> String {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let outcome = check(root.path());
        outcome.map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn each_file_is_named_unless_it_is_generated() {
        let files = [
            ("README.md", "Nobody"),
            ("docs/performance.md", "nobody"),
            ("new/a.rs", "// told"),
            ("target/a.md", "told"),
        ];
        let expected = "\
README.md:1: \"nobody\"
new/a.rs:1: \"told\"
name the thing or the role that is meant";
        assert_eq!(fault(&files), expected);
        assert_eq!(fault(&files[1..2]), "");
    }
}
