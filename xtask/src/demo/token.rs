//! The token that the demo's nodes poll with.

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

use crate::step::output;

/// A token, and the file that holds it.
#[derive(Debug)]
pub(super) struct NodeToken {
    pub(super) file: PathBuf,
    pub(super) text: String,
}

/// The token of the last demo on the data in this folder, else a new one, which `operator` makes.
pub(super) fn of_the_nodes(folder: &Path, mut operator: Command) -> Result<NodeToken> {
    let file = folder.join("node.token");
    if let Ok(text) = fs::read_to_string(&file) {
        return Ok(NodeToken { file, text });
    }
    // No name is given twice, and the last one's token may be lost.
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let name = format!("demo-{now}");
    let make = [
        "token",
        "create",
        &name,
        "--role",
        "node",
        "--service",
        "shop",
    ];
    let text = output(operator.args(make))?.trim().to_owned();
    keep(&file, &text)?;
    Ok(NodeToken { file, text })
}

/// Writes a file that others cannot read.
fn keep(file: &Path, text: &str) -> Result<()> {
    let write = || {
        let mut writer = File::create(file)?;
        writer.set_permissions(Permissions::from_mode(0o600))?;
        writer.write_all(text.as_bytes())
    };
    write().with_context(|| file.display().to_string())
}
