use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use http::HeaderValue;

use crate::poller::watched::Watched;

/// The token by which control authenticates the node.
#[derive(Debug)]
pub(super) struct Token {
    header: HeaderValue,
    file: Option<Watched>,
}

impl Token {
    pub(super) fn new(text: &str) -> Result<Self, TokenError> {
        Ok(Self {
            header: bearer(text.as_bytes()).ok_or(TokenError(Kind::Text))?,
            file: None,
        })
    }

    /// The token in a file, which is read again with each poll.
    pub(super) fn in_file(path: &Path) -> Result<Self, TokenError> {
        let refuse = |kind: fn(PathBuf) -> Kind| TokenError(kind(path.into()));
        let unreadable = |error| TokenError(Kind::Unreadable(path.into(), error));
        let file = Watched::open(path).map_err(unreadable)?;
        Ok(Self {
            header: bearer(file.content()).ok_or_else(|| refuse(Kind::File))?,
            file: Some(file),
        })
    }

    pub(super) async fn refresh(&mut self) {
        let Some(file) = &mut self.file else {
            return;
        };
        match file.changed().await.map(bearer) {
            Some(Some(header)) => {
                self.header = header;
                tracing::info!(file = %file.path().display(), "the token is read again");
            }
            Some(None) => {
                let error = TokenError(Kind::File(file.path().into()));
                tracing::warn!(%error, "the token of before is used");
            }
            None => {}
        }
    }

    /// The value of `Authorization`.
    pub(super) fn header(&self) -> &HeaderValue {
        &self.header
    }
}

fn bearer(token: &[u8]) -> Option<HeaderValue> {
    let token = token.trim_ascii_end();
    let bearer = HeaderValue::from_bytes(&[b"Bearer ", token].concat());
    let mut bearer = bearer.ok().filter(|_| !token.is_empty())?;
    bearer.set_sensitive(true);
    Some(bearer)
}

/// The error of a token that no header can have, or of a file without a token.
#[derive(Debug)]
pub struct TokenError(Kind);

#[derive(Debug)]
enum Kind {
    Text,
    File(PathBuf),
    Unreadable(PathBuf, io::Error),
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = "the token is empty or holds a control character; give it as `intermission token create` prints it";
        match &self.0 {
            Kind::Text => f.write_str(reason),
            Kind::File(file) => write!(f, "{}: {reason}", file.display()),
            Kind::Unreadable(file, _) => write!(f, "{}: the token cannot be read", file.display()),
        }
    }
}

impl std::error::Error for TokenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Kind::Unreadable(_, error) => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_token_file_is_followed_and_its_last_good_token_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "first\n").unwrap();
        let mut token = Token::in_file(&file).unwrap();
        assert_eq!(token.header(), "Bearer first");
        for (content, expected) in [
            (Some("second"), "Bearer second"),
            (Some(""), "Bearer second"),
            (Some("a\nb"), "Bearer second"),
            (None, "Bearer second"),
            (Some("third\r\n"), "Bearer third"),
        ] {
            match content {
                Some(content) => std::fs::write(&file, content).unwrap(),
                None => std::fs::remove_file(&file).unwrap(),
            }
            token.refresh().await;
            assert_eq!(token.header(), expected, "{content:?}");
            assert!(token.header().is_sensitive());
        }
    }

    #[test]
    fn an_error_names_the_file_and_never_the_token() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        let error = Token::in_file(&file).unwrap_err();
        let missing = format!("{}: the token cannot be read", file.display());
        assert_eq!(error.to_string(), missing);
        assert!(std::error::Error::source(&error).is_some());
        std::fs::write(&file, "imo_secret\nimo_other").unwrap();
        let error = Token::in_file(&file).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("imo_"), "{error:?}");
    }
}
