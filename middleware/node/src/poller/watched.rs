use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::timeout;

/// The longest time that a poll waits for the file, because the disk may hang.
const PATIENCE: Duration = Duration::from_millis(200);
/// The longest content: tokens and certificates are shorter.
const LONGEST: u64 = 4 << 20;

/// A file that is read again with each poll, because tokens and certificates are replaced while the process runs.
#[derive(Debug)]
pub(super) struct Watched {
    path: PathBuf,
    content: Vec<u8>,
    /// A pending read.
    reading: Option<JoinHandle<io::Result<Vec<u8>>>>,
    /// Whether it has been logged that the file cannot be read.
    is_unreadable: bool,
}

impl Watched {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            content: read(path)?,
            reading: None,
            is_unreadable: false,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn content(&self) -> &[u8] {
        &self.content
    }

    /// Reads the file, and returns the content if it has changed.
    pub(super) async fn changed(&mut self) -> Option<&[u8]> {
        let path = self.path.clone();
        let read = || tokio::task::spawn_blocking(move || read(&path));
        let reading = self.reading.get_or_insert_with(read);
        let read = timeout(PATIENCE, reading).await.ok()?;
        self.reading = None;
        match read.unwrap_or_else(|lost| Err(io::Error::other(lost))) {
            Ok(content) => {
                self.is_unreadable = false;
                let is_new = content != self.content;
                self.content = content;
                is_new.then_some(&self.content)
            }
            Err(error) => {
                if !std::mem::replace(&mut self.is_unreadable, true) {
                    let file = self.path.display();
                    tracing::warn!(%file, %error, "the file cannot be read; what was in it before is used");
                }
                None
            }
        }
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    let mut file = File::open(path)?.take(LONGEST);
    file.read_to_end(&mut content)?;
    Ok(content)
}
