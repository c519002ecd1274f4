//! The tokens of a Rust file, as far as the lints ask for them.

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, tokenize};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word,
    /// A character such as `{`; `::` is two.
    Sign,
    /// A string literal with its quotes.
    Text,
    /// A comment, documentation or not.
    Comment,
}

/// A token, and the line where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    pub(super) line: usize,
}

/// The tokens of a file, without white space, numbers, characters and lifetimes.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let (mut rest, mut line) = (text, 1);
    for token in tokenize(text, FrontmatterAllowed::No) {
        let Some((text, after)) = usize::try_from(token.len)
            .ok()
            .and_then(|length| rest.split_at_checked(length))
        else {
            break;
        };
        if let Some(kind) = kind(token.kind) {
            found.push(Token { kind, text, line });
        }
        line += text.matches('\n').count();
        rest = after;
    }
    found
}

fn kind(kind: TokenKind) -> Option<Kind> {
    match kind {
        TokenKind::Ident | TokenKind::RawIdent => Some(Kind::Word),
        TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => Some(Kind::Comment),
        TokenKind::Literal { kind, .. } => match kind {
            LiteralKind::Int { .. }
            | LiteralKind::Float { .. }
            | LiteralKind::Char { .. }
            | LiteralKind::Byte { .. } => None,
            _ => Some(Kind::Text),
        },
        TokenKind::Whitespace | TokenKind::Lifetime { .. } | TokenKind::Eof => None,
        _ => Some(Kind::Sign),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_their_kinds_and_lines() {
        let text =
            "/// A\nuse a::B; // b\nlet c: &'c str = r#\"d \" '\"#;\nlet e = ('f', 1, \"\n\");";
        let found: Vec<_> = tokens(text)
            .into_iter()
            .filter(|token| token.kind != Kind::Sign)
            .map(|token| (token.kind, token.text, token.line))
            .collect();
        let expected = [
            (Kind::Comment, "/// A", 1),
            (Kind::Word, "use", 2),
            (Kind::Word, "a", 2),
            (Kind::Word, "B", 2),
            (Kind::Comment, "// b", 2),
            (Kind::Word, "let", 3),
            (Kind::Word, "c", 3),
            (Kind::Word, "str", 3),
            (Kind::Text, "r#\"d \" '\"#", 3),
            (Kind::Word, "let", 4),
            (Kind::Word, "e", 4),
            (Kind::Text, "\"\n\"", 4),
        ];
        assert_eq!(found, expected);
    }
}
