//! The copy of the last good state that a node starts from while its endpoint is away.

use std::io;
use std::path::{Path, PathBuf};

use intermission_core::State;
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;

/// Reads the copy; one that cannot be used is as good as none, and said.
pub(super) async fn load(file: &Path) -> Option<State> {
    let document = match fs::read(file).await {
        Ok(document) => document,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            tracing::warn!(file = %file.display(), %error, "the saved copy cannot be read");
            return None;
        }
    };
    State::parse(&document)
        .inspect_err(
            |error| tracing::warn!(file = %file.display(), %error, "the saved copy is not valid"),
        )
        .ok()
}

/// Replaces the copy, whole or not at all.
pub(super) async fn store(file: &Path, state: &State) {
    if let Err(error) = replace(file, &state.to_json()).await {
        tracing::warn!(file = %file.display(), %error, "the state cannot be saved");
    }
}

async fn replace(file: &Path, document: &[u8]) -> io::Result<()> {
    let mut name = file.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    let mut writer = File::create(&new).await?;
    writer.write_all(document).await?;
    writer.sync_all().await?;
    fs::rename(&new, file).await
}
