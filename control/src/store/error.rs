use std::fmt;
use std::io;
use std::path::PathBuf;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a store cannot be opened.
#[derive(Debug)]
pub(crate) enum OpenError {
    /// Another process has it.
    Locked {
        folder: PathBuf,
        holder: Option<u32>,
    },
    /// It belongs to another user than the one that control runs as.
    Foreign { path: PathBuf, owner: u32, own: u32 },
    /// Other users may write to it.
    Writable(PathBuf),
    /// One of its files is a link.
    Link(PathBuf),
    /// It is, or may be, on another machine's disk.
    Network { path: PathBuf, name: &'static str },
    /// It was written by another version of this program.
    Version { found: i64, known: i64 },
    /// What it holds contradicts itself.
    Corrupt { service: String, reason: String },
    /// A file cannot be made, read or written.
    Io(PathBuf, io::Error),
    /// The cluster of etcd refuses, does not answer, or does not hold a store of this program.
    Etcd(String),
    /// The database refuses.
    Database(BoxError),
    /// The system gives no random numbers.
    Random(getrandom::Error),
    /// The token file does not hold a token.
    Token(PathBuf),
    /// The token file holds another token than the one that other replicas know.
    OtherToken(PathBuf),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked { folder, holder } => {
                write!(f, "the data folder {} is in use by ", folder.display())?;
                match holder {
                    Some(pid) => write!(f, "process {pid}")?,
                    None => f.write_str("another process")?,
                }
                f.write_str("; stop it, or name another folder with --data")
            }
            Self::Foreign { path, owner, own } => write!(
                f,
                "the data folder {} belongs to user {owner}, and control runs as user {own}; start it as that user, or \
                 name a folder of its own with --data",
                path.display()
            ),
            Self::Writable(path) => {
                let path = path.display();
                write!(
                    f,
                    "other users may write to the data folder {path}; chmod go-w {path}, or name a folder in it with \
                     --data, which control makes for itself"
                )
            }
            Self::Link(path) => write!(
                f,
                "{} is a link, which control does not follow here; put the file itself in its place, or remove it",
                path.display()
            ),
            Self::Network { path, name } => write!(
                f,
                "the data folder {} is on {name}: the locks and the log of SQLite may fail there, and changes be lost; \
                 name a folder on a local disk with --data, or say --allow-network-data if you know that it keeps both",
                path.display()
            ),
            Self::Version { found, known } if found > known => write!(
                f,
                "the store has version {found}, newer than the {known} of this program; upgrade intermission"
            ),
            Self::Version { found, known } => {
                write!(
                    f,
                    "the store has version {found}, which is not the {known} of this program"
                )
            }
            Self::Corrupt { service, reason } => write!(
                f,
                "the store contradicts itself about {service}: {reason}; restore it from a backup"
            ),
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Etcd(reason) => write!(f, "the store in etcd: {reason}"),
            Self::Database(error) => write!(f, "the store: {error}"),
            Self::Random(error) => write!(f, "no random numbers: {error}"),
            Self::OtherToken(path) => {
                let path = path.display();
                write!(
                    f,
                    "{path} is not the operator token of the store in etcd; replace it by the operator.token of the \
                     replica that made it, or remove it: a replica serves without the file"
                )
            }
            Self::Token(path) => write!(
                f,
                "{} does not hold an operator token; delete it, and a new one is made",
                path.display()
            ),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unchanged(error)
            | StoreError::Unsure(error)
            | StoreError::Unanswered(error) => Self::Database(error),
        }
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Why the store did not do what it was asked.
#[derive(Debug)]
pub(crate) enum StoreError {
    /// It refused, and everything is as it was.
    Unchanged(BoxError),
    /// The disk failed while a change was saved: it is not in force, but a crash before the next
    /// change is saved could bring it to life.
    Unsure(BoxError),
    /// No answer has come, so that the change may be in force or not.
    Unanswered(BoxError),
}

impl StoreError {
    /// Nothing was changed, because of `error`.
    pub(crate) fn unchanged(error: impl Into<BoxError>) -> Self {
        Self::Unchanged(error.into())
    }

    /// Why, without what became of a change.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Unchanged(error) | Self::Unsure(error) | Self::Unanswered(error) => {
                error.to_string()
            }
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unchanged(error) => write!(f, "the store refused: {error}; nothing was changed"),
            Self::Unsure(error) => write!(
                f,
                "the disk failed: {error}; nothing was changed, but if control crashes before it saves \
                 the next change, this one may come into force"
            ),
            Self::Unanswered(error) => write!(
                f,
                "{error}; whether the change is in force is not known: ask again with the same Idempotency-Key"
            ),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unchanged(error.into())
    }
}
