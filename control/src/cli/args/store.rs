use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::args::switch::Making;
use crate::store::{Cluster, MemberUrl};

#[derive(Debug, Subcommand)]
pub(crate) enum Store {
    /// After a backup was restored: make its history the one that all nodes go on to
    Adopt(Making),
    /// Copy a store between the data folder and etcd, history and tokens included, and compare the two. Control has to
    /// be stopped, and the target empty
    Copy(Box<Copy>),
    /// Verify all that a store has, and print how much it is. It only reads, and control may run meanwhile
    Check(Box<CheckStore>),
}

#[derive(Debug, Args)]
pub(crate) struct CheckStore {
    /// The data folder [default: $XDG_STATE_HOME/intermission]
    #[arg(long, value_name = "DIR", conflicts_with = "members")]
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) etcd: Etcd,
}

#[derive(Debug, Args)]
pub(crate) struct Copy {
    #[command(flatten)]
    pub(crate) direction: Direction,
    /// The data folder [default: $XDG_STATE_HOME/intermission]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) etcd: Etcd,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Direction {
    /// From the data folder to etcd
    #[arg(long, requires = "members")]
    pub(crate) to_etcd: bool,
    /// From etcd to the data folder
    #[arg(long, requires = "members")]
    pub(crate) to_sqlite: bool,
}

/// A cluster of etcd, and what of it belongs to control.
#[derive(Debug, Args)]
pub(crate) struct Etcd {
    /// A member of the cluster of etcd, such as https://etcd-1.example:2379; give each member
    #[arg(long = "etcd", value_name = "URL", value_delimiter = ',')]
    pub(crate) members: Vec<MemberUrl>,
    /// The CAs that sign the members' certificates, in PEM
    #[arg(long = "etcd-ca", value_name = "FILE", requires = "members")]
    pub(crate) ca: Option<PathBuf>,
    /// Certificate for etcd in PEM, whose common name is the user
    #[arg(long = "etcd-cert", value_name = "FILE", requires = "key")]
    pub(crate) cert: Option<PathBuf>,
    /// Private key of that certificate, in PEM
    #[arg(long = "etcd-key", value_name = "FILE", requires = "cert")]
    pub(crate) key: Option<PathBuf>,
    /// What every key of the store begins with
    #[arg(
        long = "etcd-prefix",
        value_name = "PREFIX",
        default_value = "/intermission"
    )]
    pub(crate) prefix: String,
}

impl Etcd {
    /// The cluster, if its members are given.
    pub(crate) fn cluster(self) -> Option<Cluster> {
        (!self.members.is_empty()).then(|| Cluster {
            members: self.members,
            authority: self.ca,
            identity: self.cert.zip(self.key),
            prefix: self.prefix,
        })
    }
}
