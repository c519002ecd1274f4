//! Documentation, help, errors, comments and names do without words that stand for a noun.
//!
//! 1. All of a Markdown, text or TOML file is checked.
//! 2. The string literals, the comments and the names of a Rust file are checked.
//! 3. A word counts in upper and lower case, and only as a whole. The words of a phrase may be on two lines.

use std::path::Path;

use anyhow::Result;
use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, tokenize};
use regex::Regex;

use super::files;

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

/// Every place that has one of the words.
pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let words = Words::new()?;
    let mut faults = Vec::new();
    for path in files::all(root)? {
        if LEFT_OUT.iter().any(|file| path == Path::new(file)) {
            continue;
        }
        let prose = if files::has_extension(&path, &["rs"]) {
            words.prose(&files::text(root, &path)?)
        } else if files::has_extension(&path, &["md", "txt"]) {
            files::text(root, &path)?
        } else if files::has_extension(&path, &["toml"]) {
            files::text(root, &path)?.replace('_', " ")
        } else {
            continue;
        };
        faults.extend(words.find(&prose).iter().map(|(line, word)| {
            let path = path.display();
            format!("{path}:{line}: {word:?}; name the thing or the role that is meant")
        }));
    }
    Ok(faults)
}

struct Words {
    words: Vec<(&'static str, Regex)>,
    placeholder: Regex,
}

impl Words {
    fn new() -> Result<Self> {
        let word = |word: &&'static str| {
            // The words are ASCII, and such patterns are fast.
            let pattern = format!(r"(?i-u:\b{}\b)", word.replace(' ', r"(?u:\W+)"));
            Ok((*word, Regex::new(&pattern)?))
        };
        Ok(Self {
            words: WORDS.iter().map(word).collect::<Result<_>>()?,
            placeholder: Regex::new(r"\{\w+")?,
        })
    }

    /// The comments, string literals and names of a Rust file at their lines, with a word in place of other tokens and
    /// without the names of the arguments of format strings. Names are cut into their words.
    fn prose(&self, text: &str) -> String {
        let (mut prose, mut rest) = (String::new(), text);
        for token in tokenize(text, FrontmatterAllowed::No) {
            let length = usize::try_from(token.len).unwrap_or(usize::MAX);
            let Some((text, after)) = rest.split_at_checked(length) else {
                break;
            };
            match token.kind {
                TokenKind::LineComment { .. }
                | TokenKind::BlockComment { .. }
                | TokenKind::Whitespace => prose.push_str(text),
                TokenKind::Literal { kind, .. } if !is_of_one(kind) => {
                    prose.push_str(&self.placeholder.replace_all(text, "{"));
                }
                TokenKind::Ident => {
                    prose.push_str(" _ ");
                    prose.push_str(&text.replace('_', " "));
                    prose.push_str(" _ ");
                }
                _ => prose.push_str(" _ "),
            }
            rest = after;
        }
        prose
    }

    /// The words in a text, each with its line.
    fn find(&self, text: &str) -> Vec<(usize, &'static str)> {
        let mut found = Vec::new();
        for (word, regex) in &self.words {
            found.extend(regex.find_iter(text).map(|place| {
                let before = text.get(..place.start()).unwrap_or_default();
                (before.matches('\n').count() + 1, *word)
            }));
        }
        found.sort_unstable();
        found
    }
}

/// Whether a literal is a number or a character.
fn is_of_one(kind: LiteralKind) -> bool {
    matches!(
        kind,
        LiteralKind::Int { .. }
            | LiteralKind::Float { .. }
            | LiteralKind::Char { .. }
            | LiteralKind::Byte { .. }
    )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn in_prose(text: &str) -> Vec<(usize, &'static str)> {
        Words::new().unwrap().find(text)
    }

    fn in_rust(text: &str) -> Vec<(usize, &'static str)> {
        in_prose(&Words::new().unwrap().prose(text))
    }

    #[test]
    fn words_are_found_in_any_case_and_as_a_whole() {
        let text = "Nobody, retold, told_by\nwaits for\never: what becomes\nof it, what becomes";
        let expected = [(1, "nobody"), (2, "for ever"), (3, "what becomes of")];
        assert_eq!(in_prose(text), expected);
    }

    #[test]
    fn comments_strings_and_names_count() {
        let text = "\
//! Kept for
//! ever.
fn it_is_told(for_every: &'told str, forever: u8) -> String {
    /* whoever */ let x = 1; // somebody
    format!(\"{told} {nobody:?} is told\")
}
// For
const A: &str = r#\"ever \" '\"#;
const B: (char, &str) = ('\"', \"
nobody\");";
        let expected = [
            (1, "for ever"),
            (3, "told"),
            (4, "somebody"),
            (4, "whoever"),
            (5, "told"),
            (10, "nobody"),
        ];
        assert_eq!(in_rust(text), expected);
    }

    #[test]
    fn each_file_is_named_unless_it_is_generated() {
        let files = [
            ("README.md", "Nobody"),
            ("docs/performance.md", "nobody"),
            ("new/a.rs", "// told"),
            ("new/vectors.toml", "name = \"it_is_told\""),
            ("target/a.md", "told"),
        ];
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let remedy = "name the thing or the role that is meant";
        let expected = [
            format!("README.md:1: \"nobody\"; {remedy}"),
            format!("new/a.rs:1: \"told\"; {remedy}"),
            format!("new/vectors.toml:1: \"told\"; {remedy}"),
        ];
        assert_eq!(check(root.path()).unwrap(), expected);
    }
}
