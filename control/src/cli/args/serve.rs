use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use intermission_core::HostName;

use crate::cli::args::store::Etcd;
use crate::cli::log;
use crate::values::duration::{Length, Retention};

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7700")]
    pub(crate) listen: SocketAddr,
    /// Certificate in PEM, with those that lead to its CA after it; read again when it changes
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Private key of the certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Listen beyond loopback without TLS: tokens can then be read on the way
    #[arg(long, conflicts_with = "tls_cert")]
    pub(crate) insecure_listen_in_clear: bool,
    /// Name that clients ask for; may be given several times
    #[arg(long = "host", value_name = "NAME")]
    pub(crate) hosts: Vec<HostName>,
    /// Folder of the store and the operator token [default: $XDG_STATE_HOME/intermission]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) etcd: Etcd,
    /// Let that folder be on a network file system: one that keeps POSIX locks and shared memory
    #[arg(long)]
    pub(crate) allow_network_data: bool,
    /// Forget each lost node that has been silent for this long, such as 10m or 1d. Off unless given: a node that was
    /// cut off from control and still serves is then waited for no more
    #[arg(long, value_name = "DURATION")]
    pub(crate) forget_lost_after: Option<Length>,
    /// Remove records, events and ended waits that are older than this, such as 365d, and with a record its document. Off
    /// unless given. The last record of a service stays
    #[arg(long, value_name = "DURATION")]
    pub(crate) keep_records: Option<Retention>,
    /// What to log: error, warn, info, debug, trace or off, then exceptions such as intermission::access=debug
    #[arg(
        long,
        value_name = "LEVEL",
        env = "INTERMISSION_LOG",
        default_value = "info"
    )]
    pub(crate) log: log::Filter,
    /// How to write the log
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    pub(crate) log_format: log::Format,
}
