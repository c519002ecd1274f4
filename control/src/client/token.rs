use std::fs;
use std::path::Path;

use crate::client::Server;
use crate::exit::{Exit, Failure};
use crate::places::StateHome;

/// A token, and where it was found.
pub(super) struct Found {
    pub(super) token: String,
    pub(super) source: String,
}

/// Finds the token for `server`: in the file that was named, else in the environment, else where a
/// control of this user on this machine left the operator's.
pub(super) fn find(server: &Server, named: Option<&Path>) -> Result<Option<Found>, Failure> {
    if server.is_in_clear() {
        let message = format!(
            "{server} is beyond this machine and not https; the token is not sent in clear"
        );
        return Err(Failure::new(Exit::Refused, message));
    }
    if let Some(path) = named {
        return found(path)
            .map(Some)
            .map_err(|error| Failure::new(Exit::Refused, format!("{}: {error}", path.display())));
    }
    let from_env = std::env::var("INTERMISSION_TOKEN").ok();
    if let Some(token) = from_env.filter(|token| !token.is_empty()) {
        let source = "INTERMISSION_TOKEN".to_owned();
        return Ok(Some(Found { token, source }));
    }
    let home = StateHome::from_env();
    let mut links = home.iter().flat_map(|home| {
        let link = |authority: String| home.token_link(&authority);
        server.addresses().into_iter().map(link)
    });
    Ok(links.find_map(|link| found(&link).ok()))
}

fn found(path: &Path) -> std::io::Result<Found> {
    Ok(Found {
        token: fs::read_to_string(path)?.trim().to_owned(),
        source: path.display().to_string(),
    })
}
