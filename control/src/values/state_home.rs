//! Where this user's intermission keeps its things (XDG Base Directory Specification).

use std::path::{Path, PathBuf};

/// `$XDG_STATE_HOME/intermission`, else `$HOME/.local/state/intermission`.
#[derive(Clone, Debug)]
pub(crate) struct StateHome(PathBuf);

impl StateHome {
    /// The folder that the environment names; `None` where it names none.
    pub(crate) fn from_env() -> Option<Self> {
        // A relative path is to be ignored (same specification).
        let absolute = |name: &str| {
            let path = PathBuf::from(std::env::var_os(name)?);
            path.is_absolute().then_some(path)
        };
        let home =
            absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))?;
        Some(Self(home.join("intermission")))
    }

    /// The default folder of control's store.
    pub(crate) fn data(&self) -> &Path {
        &self.0
    }

    /// Holds a link to the token file of every control that this user started.
    pub(crate) fn servers(&self) -> PathBuf {
        self.0.join("servers")
    }

    /// The link to the token file of the control at `authority`, such as `127.0.0.1:7700`.
    pub(crate) fn token_link(&self, authority: &str) -> PathBuf {
        self.servers().join(format!("{authority}.token"))
    }
}
