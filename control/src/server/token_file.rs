//! The file that holds the operator's token, where the command of the same user finds it.
//!
//! The file is the truth, and the store holds its hash. So a start that was killed half-way is made
//! good by the next; a deleted file means a new token; and operators of many machines may bring a
//! token of their own.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use tracing::{info, warn};

use crate::registry::{Registry, Settled};
use crate::store::OpenError;
use crate::token::Token;
use crate::values::state_home::StateHome;

/// Where the operator's token is in `data`.
pub(crate) fn path(data: &Path) -> PathBuf {
    data.join("operator.token")
}

/// Sees to it that the file and the store know the same token. Where other replicas serve the store too, the token is the one
/// that the first of them made, and a folder without the file stays so.
pub(crate) fn settle(data: &Path, registry: &Registry) -> Result<(), OpenError> {
    let path = path(data);
    let failed = |error| OpenError::Io(path.clone(), error);
    match read(&path) {
        Ok(text) => {
            let token = Token::parse(text.trim()).ok_or_else(|| OpenError::Token(path.clone()))?;
            match registry.settle_operator(&token.hash())? {
                Settled::Known => Ok(()),
                Settled::Other => Err(OpenError::OtherToken(path)),
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let token = Token::mint().map_err(OpenError::Random)?;
            write(&path, &token).map_err(failed)?;
            match registry.settle_operator(&token.hash())? {
                Settled::Known => info!(file = %path.display(), "made an operator token"),
                Settled::Other => {
                    remove(&path).map_err(failed)?;
                    info!("the operator token is in the data folder of the replica that made it");
                }
            }
            Ok(())
        }
        Err(error) => Err(failed(error)),
    }
}

fn read(path: &Path) -> io::Result<String> {
    let file = File::open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        warn!(file = %path.display(), "others could read the operator token; if they did, delete it and start again");
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    let mut text = String::new();
    (&file).take(4096).read_to_string(&mut text)?;
    Ok(text)
}

/// Writes the file so that it is never there by halves. The lock on `data` keeps others away.
fn write(path: &Path, token: &Token) -> io::Result<()> {
    let new = path.with_extension("token.new");
    remove(&new)?;
    let mut file = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&new)?;
    writeln!(file, "{}", token.as_str())?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    let folder = path.parent().map(File::open).transpose()?;
    folder.map_or(Ok(()), |folder| folder.sync_all())
}

/// Leaves a link to the token file of the control at `authority` where the command looks.
pub(crate) fn link(home: &StateHome, authority: &str, data: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(home.servers())?;
    let link = home.token_link(authority);
    let new = link.with_extension(format!("token.{}", std::process::id()));
    remove(&new)?;
    symlink(path(data), &new)?;
    fs::rename(&new, &link)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
