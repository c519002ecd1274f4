//! The paths that a Rust file names outside its tests.

use crate::lint::rust::{Kind, Token, tokens};

/// What a file names, and which of its modules are for tests.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) paths: Vec<Path>,
    pub(super) tests: Vec<String>,
}

/// A path such as `crate::state::Mode`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    /// Of a glob the last one is `*`.
    pub(super) segments: Vec<String>,
    pub(super) line: usize,
    /// The module in the file that names it; none is the file itself.
    pub(super) within: Vec<String>,
    pub(super) role: Role,
}

/// How a path is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// In an expression or a type.
    Use,
    /// By a `use`, which makes it known as this name.
    Import(String),
    /// By a `use` with a visibility.
    Export(String),
}

/// Reads a file.
pub(super) fn read(text: &str) -> Source {
    let code: Vec<_> = tokens(text)
        .into_iter()
        .filter(|token| matches!(token.kind, Kind::Word | Kind::Sign))
        .collect();
    let mut reader = Reader {
        rest: &code,
        source: Source::default(),
        within: Vec::new(),
    };
    reader.items();
    reader.source
}

/// What items begin with, after a visibility.
const ITEMS: &[&str] = &[
    "const", "enum", "fn", "impl", "mod", "static", "struct", "trait", "type", "use",
];

struct Reader<'t> {
    rest: &'t [Token<'t>],
    source: Source,
    /// The modules around, each with the number of braces that are open in it.
    within: Vec<(String, usize)>,
}

impl<'t> Reader<'t> {
    fn items(&mut self) {
        let mut is_public = false;
        while let Some(token) = self.rest.first() {
            if self.begins(&["#", "[", "cfg", "(", "test", ")", "]"])
                || self.begins(&["#", "[", "cfg", "(", "all", "(", "test", ","])
            {
                self.test();
                continue;
            }
            match token.text {
                // `use<'a>` names lifetimes.
                "use" if !self.begins(&["use", "<"]) => self.import(is_public),
                "mod" => self.module(),
                // Also after `pub(in path)`.
                "pub" => {
                    is_public = true;
                    self.skip(1);
                    if self.begins(&["("]) {
                        self.group();
                    }
                    continue;
                }
                _ if token.kind == Kind::Word => self.path(),
                text => {
                    self.brace(text);
                    self.skip(1);
                }
            }
            is_public = false;
        }
    }

    fn begins(&self, words: &[&str]) -> bool {
        let texts = self.rest.iter().map(|token| token.text);
        texts.take(words.len()).eq(words.iter().copied())
    }

    fn skip(&mut self, tokens: usize) {
        self.rest = self.rest.get(tokens..).unwrap_or_default();
    }

    fn next(&mut self) -> Option<Token<'t>> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn brace(&mut self, text: &str) {
        let Some((_, open)) = self.within.last_mut() else {
            return;
        };
        match text {
            "{" => *open += 1,
            "}" => *open -= 1,
            _ => {}
        }
        if *open == 0 {
            self.within.pop();
        }
    }

    /// Passes over something in brackets, or one token.
    fn group(&mut self) {
        let mut open = 0_usize;
        while let Some(token) = self.next() {
            match token.text {
                "(" | "[" | "{" => open += 1,
                ")" | "]" | "}" => open = open.saturating_sub(1),
                _ => {}
            }
            if open == 0 {
                return;
            }
        }
    }

    /// Passes over an item for tests, with its attributes.
    fn test(&mut self) {
        while self.begins(&["#", "["]) {
            self.skip(1);
            self.group();
        }
        // A field or an arm ends at a comma, and an item does not.
        let ends_at_comma = !self
            .rest
            .iter()
            .take(4)
            .any(|token| ITEMS.contains(&token.text));
        while let Some(token) = self.rest.first() {
            match token.text {
                "mod" => {
                    let name = self.rest.get(1).map(|name| name.text.to_owned());
                    self.source.tests.extend(name);
                    self.skip(1);
                }
                "," if ends_at_comma => return self.skip(1),
                ";" => return self.skip(1),
                "}" => return,
                "{" => return self.group(),
                "use" => {
                    while self.next().is_some_and(|token| token.text != ";") {}
                    return;
                }
                _ => self.group(),
            }
        }
    }

    fn module(&mut self) {
        let name = self.rest.get(1).map(|name| name.text.to_owned());
        let is_here = self.rest.get(2).is_some_and(|token| token.text == "{");
        self.skip(2);
        if let Some(name) = name.filter(|_| is_here) {
            self.within.push((name, 1));
            self.skip(1);
        }
    }

    fn path(&mut self) {
        let mut segments = Vec::new();
        let line = self.rest.first().map_or(0, |token| token.line);
        while let Some(word) = self.rest.first().filter(|token| token.kind == Kind::Word) {
            segments.push(word.text.to_owned());
            self.skip(1);
            let next = self.rest.get(2).is_some_and(|next| next.kind == Kind::Word);
            if !(self.begins(&[":", ":"]) && next) {
                break;
            }
            self.skip(2);
        }
        if segments.len() > 1 {
            self.found(segments, line, Role::Use);
        }
    }

    fn import(&mut self, is_public: bool) {
        self.skip(1);
        if self.begins(&[":", ":"]) {
            self.skip(2);
        }
        self.tree(&[], is_public);
        self.skip(1);
    }

    /// One part of a `use`, up to the comma, the brace or the semicolon after it.
    fn tree(&mut self, before: &[String], is_public: bool) {
        let mut segments = before.to_vec();
        let mut line = 0;
        let mut name = None;
        while let Some(token) = self.rest.first().copied() {
            match token.text {
                "," | "}" | ";" => break,
                ":" => self.skip(1),
                "as" => {
                    name = self.rest.get(1).map(|name| name.text.to_owned());
                    self.skip(2);
                }
                "{" => {
                    self.skip(1);
                    while !self.begins(&["}"]) && !self.rest.is_empty() {
                        self.tree(&segments, is_public);
                        if self.begins(&[","]) {
                            self.skip(1);
                        }
                    }
                    return self.skip(1);
                }
                text => {
                    line = token.line;
                    // `self` in braces is what is before them.
                    if text != "self" || segments.is_empty() {
                        segments.push(text.to_owned());
                    }
                    self.skip(1);
                }
            }
        }
        let Some(name) = name.or_else(|| segments.last().cloned()) else {
            return;
        };
        let role = match is_public {
            true => Role::Export(name),
            false => Role::Import(name),
        };
        self.found(segments, line, role);
    }

    fn found(&mut self, segments: Vec<String>, line: usize, role: Role) {
        let within = self.within.iter().map(|(name, _)| name.clone()).collect();
        self.source.paths.push(Path {
            segments,
            line,
            within,
            role,
        });
    }
}
