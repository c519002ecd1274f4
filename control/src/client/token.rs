use std::fs;
use std::path::Path;

use crate::client::Server;
use crate::exit::{Exit, Failure};
use crate::places::StateHome;

/// Finds the token for `server`: in the file that was named, else in the environment, else where a
/// control of this user on this machine left the operator's.
pub(super) fn find(server: &Server, named: Option<&Path>) -> Result<Option<String>, Failure> {
    if server.is_in_clear() {
        let message = format!(
            "{server} is beyond this machine and not https; the token is not sent in clear"
        );
        return Err(Failure::new(Exit::Refused, message));
    }
    if let Some(path) = named {
        return read(path)
            .map(Some)
            .map_err(|error| Failure::new(Exit::Refused, format!("{}: {error}", path.display())));
    }
    let from_env = std::env::var("INTERMISSION_TOKEN").ok();
    if let Some(token) = from_env.filter(|token| !token.is_empty()) {
        return Ok(Some(token));
    }
    let home = StateHome::from_env();
    let mut links = home.iter().flat_map(|home| {
        let link = |authority: String| home.token_link(&authority);
        server.addresses().into_iter().map(link)
    });
    Ok(links.find_map(|link| read(&link).ok()))
}

fn read(path: &Path) -> std::io::Result<String> {
    Ok(fs::read_to_string(path)?.trim().to_owned())
}
