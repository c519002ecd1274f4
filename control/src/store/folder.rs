//! The data folder: whose it is, and on what it lies.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::store::error::OpenError;

/// Whether the data folder may be on another machine's disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disk {
    Local,
    Any,
}

/// A folder that only this user writes to.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Makes the folder at `path` where there is none, and refuses one that other users can change, or whose disk is not
    /// as `disk` says.
    pub(crate) fn open(path: &Path, disk: Disk) -> Result<Self, OpenError> {
        let io = |error| OpenError::Io(path.to_owned(), error);
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(io)?;
        // What is looked at is what is used: a link leads there once, and not to another place later.
        let path = path.canonicalize().map_err(io)?;
        let folder = File::open(&path).map_err(io)?;
        let found = folder.metadata().map_err(io)?;
        let own = rustix::process::geteuid().as_raw();
        if found.uid() != own {
            let owner = found.uid();
            return Err(OpenError::Foreign { path, owner, own });
        }
        if found.mode() & 0o022 != 0 {
            return Err(OpenError::Writable(path));
        }
        let kind = rustix::fs::fstatfs(&folder).map_err(|error| io(error.into()))?;
        match network(kind.f_type) {
            Some(name) if disk == Disk::Local => Err(OpenError::Network { path, name }),
            _ => Ok(Self(path)),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Opens a file of the folder, which `options` may make, for this user alone; never one that a link leads to.
    pub(super) fn open_file(
        &self,
        name: &str,
        options: &mut OpenOptions,
    ) -> Result<File, OpenError> {
        let path = self.0.join(name);
        let flags = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or_default();
        let opened = options.mode(0o600).custom_flags(flags).open(&path);
        opened.map_err(|error| match error.raw_os_error() {
            Some(code) if code == rustix::io::Errno::LOOP.raw_os_error() => OpenError::Link(path),
            _ => OpenError::Io(path, error),
        })
    }

    /// Sees to it that the names of its files are on the disk.
    pub(super) fn sync(&self) -> Result<(), OpenError> {
        let synced = File::open(&self.0).and_then(|folder| folder.sync_all());
        synced.map_err(|error: io::Error| OpenError::Io(self.0.clone(), error))
    }
}

/// The name of a file system that is on another machine, or may be: there locks and shared memory, which SQLite's log
/// needs, may not do what they promise. The numbers are those of statfs(2), and of the file systems' own sources.
fn network(kind: impl TryInto<i64>) -> Option<&'static str> {
    // Some are negative where the word is small.
    let kind = kind.try_into().unwrap_or_default() & 0xffff_ffff;
    Some(match kind {
        0x6969 => "NFS",
        0xff53_4d42 | 0xfe53_4d42 => "SMB (CIFS)",
        0x517b => "SMB",
        0x0102_1997 => "9P",
        0x6573_5546 => "FUSE",
        0x5346_414f | 0x6b41_4653 => "AFS",
        0x7375_7245 => "Coda",
        0x564c => "NCP",
        0x00c3_6400 => "Ceph",
        0x0bd0_0bd0 => "Lustre",
        0x4750_4653 => "GPFS",
        0x0116_1970 => "GFS2",
        0x7461_636f => "OCFS2",
        0x786f_4256 => "the shared folders of VirtualBox",
        0xbacb_acbc => "the shared folders of VMware",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_systems_of_other_machines_are_known_by_their_numbers() {
        for (kind, name) in [
            (0x6969, Some("NFS")),
            (0xff53_4d42, Some("SMB (CIFS)")),
            (i64::from(0xff53_4d42_u32.cast_signed()), Some("SMB (CIFS)")),
            (0x6573_5546, Some("FUSE")),
            // ext4, XFS, Btrfs, tmpfs, overlayfs, ZFS.
            (0xef53, None),
            (0x5846_5342, None),
            (0x9123_683e, None),
            (0x0102_1994, None),
            (0x794c_7630, None),
            (0x2fc1_2fc1, None),
        ] {
            assert_eq!(network(kind), name, "{kind:x}");
        }
    }
}
