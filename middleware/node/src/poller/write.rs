//! Writing a file that other processes may read and write at the same time.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

use intermission_core::State;
#[cfg(unix)]
use rustix::fs::{FlockOperation, OFlags, flock};
use tempfile::Builder;

/// Reads a document that `replace` may have written. It stops after the longest valid length.
pub(super) fn read(file: &Path) -> io::Result<Vec<u8>> {
    let mut document = Vec::new();
    let file = File::open(file)?;
    // Excludes processes that write in place. Some file systems have no locks.
    #[cfg(unix)]
    let _ = flock(&file, FlockOperation::LockShared);
    file.take(State::MAX_BYTES as u64 + 1)
        .read_to_end(&mut document)?;
    Ok(document)
}

/// Replaces a file atomically. Only the owner can read the new one.
///
/// A file that cannot be replaced, for example because it is mounted by itself into a container, is written in place.
pub(super) fn replace(file: &Path, document: &[u8]) -> io::Result<()> {
    match rename(file, document) {
        Err(error) if is_fixed(&error) && file.is_file() => write_in_place(file, document),
        result => result,
    }
}

/// Replaces the file with a new one beside it, whose name is random.
fn rename(file: &Path, document: &[u8]) -> io::Result<()> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut new = Builder::new()
        .prefix(".intermission-")
        .tempfile_in(folder.unwrap_or(Path::new(".")))?;
    new.write_all(document)?;
    new.as_file().sync_all()?;
    new.persist(file)?;
    Ok(())
}

/// Whether the error says that the file cannot be replaced, although it may be writable.
fn is_fixed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ResourceBusy
            | ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::CrossesDevices
    )
}

fn write_in_place(file: &Path, document: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;

        let nofollow = i32::try_from(OFlags::NOFOLLOW.bits());
        options.custom_flags(nofollow.unwrap_or_default());
    }
    let mut file = options.open(file)?;
    #[cfg(unix)]
    let _ = flock(&file, FlockOperation::LockExclusive);
    let before = usize::try_from(file.metadata()?.len()).unwrap_or_default();
    // Spaces overwrite the rest of a longer document, so that one call writes a whole document.
    let mut padded = document.to_vec();
    padded.resize(before.clamp(document.len(), State::MAX_BYTES), b' ');
    file.write_all(&padded)?;
    file.set_len(document.len() as u64)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_that_cannot_be_replaced_is_written_in_place() {
        for kind in [
            ErrorKind::ResourceBusy,
            ErrorKind::PermissionDenied,
            ErrorKind::ReadOnlyFilesystem,
            ErrorKind::CrossesDevices,
        ] {
            assert!(is_fixed(&kind.into()), "{kind}");
        }
        assert!(!is_fixed(&ErrorKind::StorageFull.into()));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("shop.json");
        assert!(write_in_place(&file, b"{}").is_err(), "it makes no file");
        fs::write(&file, "a longer document").unwrap();
        write_in_place(&file, b"{}").unwrap();
        assert_eq!(read(&file).unwrap(), b"{}");
        write_in_place(&file, b"longer again").unwrap();
        assert_eq!(read(&file).unwrap(), b"longer again");
    }

    #[cfg(unix)]
    #[test]
    fn what_a_link_leads_to_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let [target, link] = ["target", "shop.json"].map(|name| folder.path().join(name));
        fs::write(&target, "kept").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(write_in_place(&link, b"{}").is_err());
        replace(&link, b"{}").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"kept");
        assert_eq!(read(&link).unwrap(), b"{}");
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_reads_the_file_and_nothing_is_left_beside_it() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("shop.json");
        fs::write(&file, "of an earlier version").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        replace(&file, b"{}").unwrap();
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }
}
