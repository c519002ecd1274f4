use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::cli::client::server::Server;
use crate::cli::exit::{Exit, Failure};
use crate::token::Token;
use crate::values::state_home::StateHome;

/// A token, and where it was found.
pub(crate) struct Found {
    pub(crate) token: Token,
    pub(crate) source: String,
}

/// Finds the token for `server`: in the file that was named, else in the environment, else where a
/// control of this user on this machine left the operator's.
///
/// Only a text with the form of a token is taken: what else a file holds may be a secret of the caller, and is not sent.
pub(crate) fn find(server: &Server, named: Option<&Path>) -> Result<Option<Found>, Failure> {
    if let Some(path) = named {
        let text = read(path)
            .map_err(|error| Failure::new(Exit::Refused, format!("{}: {error}", path.display())))?;
        return parse(&text, path.display().to_string()).map(Some);
    }
    let from_env = std::env::var_os("INTERMISSION_TOKEN");
    if let Some(token) = from_env.filter(|token| !token.is_empty()) {
        return parse(&token.to_string_lossy(), "INTERMISSION_TOKEN".to_owned()).map(Some);
    }
    let Some(home) = StateHome::from_env() else {
        return Ok(None);
    };
    for authority in server.addresses() {
        let link = home.token_link(&authority);
        // A link that leads nowhere is that of a control whose data folder has gone.
        if let Ok(text) = read(&link) {
            return parse(&text, link.display().to_string()).map(Some);
        }
    }
    Ok(None)
}

fn parse(text: &str, source: String) -> Result<Found, Failure> {
    match Token::parse(text.trim()) {
        Some(token) => Ok(Found { token, source }),
        None => {
            let message = format!(
                "{source} holds no token of intermission, so nothing was sent; intermission token create makes one"
            );
            Err(Failure::new(Exit::Refused, message))
        }
    }
}

/// The beginning of a file, with room for a token and spaces around it.
fn read(path: &Path) -> std::io::Result<String> {
    const MOST: u64 = 4096;
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST).read_to_end(&mut bytes)?;
    // What is no text is no token either.
    Ok(String::from_utf8(bytes).unwrap_or_default())
}
