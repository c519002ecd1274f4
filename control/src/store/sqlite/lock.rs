//! One process per data folder.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};

use crate::store::error::OpenError;
use crate::store::folder::Folder;

const FILE: &str = "lock";

/// Held as long as the store is open; the kernel releases it however the process ends.
#[derive(Debug)]
pub(super) struct Lock {
    #[expect(dead_code, reason = "is held, not read: closing it releases the lock")]
    file: File,
}

impl Lock {
    /// Takes the lock of `folder`, and leaves this process's id there for the error of the next process.
    pub(super) fn take(folder: &Folder) -> Result<Self, OpenError> {
        let io = |error| OpenError::Io(folder.path().join(FILE), error);
        let mut options = File::options();
        options.create(true).truncate(false).read(true).write(true);
        let mut file = folder.open_file(FILE, &mut options)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::Locked {
                    folder: folder.path().to_owned(),
                    holder: holder(&mut file).unwrap_or_default(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        let mut leave_id = || {
            file.set_len(0)?;
            file.rewind()?;
            writeln!(file, "{}", std::process::id())
        };
        leave_id().map_err(io)?;
        Ok(Self { file })
    }
}

/// The id that the holder left; nothing readable if it is just about to.
fn holder(file: &mut File) -> io::Result<Option<u32>> {
    let mut text = String::new();
    file.take(32).read_to_string(&mut text)?;
    Ok(text.trim().parse().ok())
}
