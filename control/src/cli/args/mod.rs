//! The grammar of the command line.

mod allowlist;
mod check;
mod notice;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use intermission_core::HostName;

pub(crate) use self::allowlist::{AddedEntries, Allowlist, Entries, Listed, SetEntries};
pub(crate) use self::check::Check;
pub(crate) use self::notice::{Explain, Notice, NoticeKind, Preview};
use crate::cli::exit;
use crate::cli::log;
use crate::token::Role;
use crate::values::duration::Length;

/// Maintenance mode for Rust services and Envoy
#[derive(Debug, Parser)]
#[command(name = "intermission", version, after_help = exit::HELP)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where control is, and how its answers are shown.
#[derive(Debug, Args)]
pub(crate) struct Connection {
    /// Where control listens
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "INTERMISSION_SERVER",
        default_value = "http://127.0.0.1:7700"
    )]
    pub(crate) server: String,
    /// File with the token to send; else INTERMISSION_TOKEN, else the one that a control of this
    /// user on this machine left
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Trust the CAs in this file, in PEM, and no others
    #[arg(long, global = true, value_name = "FILE", env = "INTERMISSION_CA_FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// For people, or for machines
    #[arg(long, global = true, value_enum, default_value = "human")]
    pub(crate) output: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Human,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Keep the states and serve them, until SIGINT or SIGTERM
    Serve(Box<Serve>),
    /// Add and list services
    #[command(subcommand)]
    Service(Service),
    /// Begin maintenance, or say more about one that has begun
    Enter(Enter),
    /// End maintenance; the allowlist's entries stay
    Exit(Switch),
    /// Let testers in during maintenance
    #[command(subcommand, alias = "whitelist")]
    Allowlist(Allowlist),
    /// Show what is in force, of these services or of all
    Status {
        /// The services to show; one alone is shown in full
        #[arg(value_name = "SERVICE")]
        services: Vec<String>,
    },
    /// Show who changed what, when and why, the newest first
    History { service: String },
    /// Put in force again what was at an earlier revision, as a new one
    Rollback(Rollback),
    /// The processes that enforce a service's state
    #[command(subcommand)]
    Node(Node),
    /// The store behind control
    #[command(subcommand)]
    Store(Store),
    /// Show which rule decides about a request, and what it is answered
    Explain(Explain),
    /// Ask a service from outside whether it is in maintenance
    Check(Check),
    /// Change what visitors read, or show it
    Notice(Box<Notice>),
    /// Show the notice as nodes answer it, even while the service is open
    Preview(Preview),
    /// Let others ask control, and end that
    #[command(subcommand)]
    Token(Token),
}

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
    /// Let that folder be on a network file system: one that keeps POSIX locks and shared memory
    #[arg(long)]
    pub(crate) allow_network_data: bool,
    /// Forget each lost node that has been silent for this long, such as 10m or 1d. Off unless given: a node that was
    /// cut off from control and still serves is then waited for no more
    #[arg(long, value_name = "DURATION")]
    pub(crate) forget_lost_after: Option<Length>,
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

#[derive(Debug, Subcommand)]
pub(crate) enum Service {
    /// Add a service, open; one that is there stays as it is
    Add { name: String },
    /// List the services
    List,
}

/// The services to change: some, or all, but never all by mistake.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Services {
    /// The services to change, all or none
    #[arg(value_name = "SERVICE")]
    pub(crate) services: Vec<String>,
    /// Every service
    #[arg(long)]
    pub(crate) all: bool,
}

/// Services to switch, and whether to wait.
#[derive(Debug, Args)]
pub(crate) struct Switch {
    #[command(flatten)]
    pub(crate) services: Services,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
    /// Why, for history; visitors do not see it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

/// Whether the command returns when control has the change, or when the nodes have it.
#[derive(Debug, Args)]
pub(crate) struct Waiting {
    /// Return when every node has the change in force and has ended the requests that it refuses
    #[arg(long)]
    pub(crate) wait: bool,
    /// How long to wait at most, such as 90s, 5m or 1h30m, a day at most [default: 5m]
    #[arg(long, value_name = "DURATION", requires = "wait")]
    pub(crate) timeout: Option<String>,
    /// How many nodes there have to be at least; 0 where there may be none
    #[arg(long, value_name = "N", requires = "wait")]
    pub(crate) expect: Option<u32>,
    /// Pass over upgraded connections whose end the nodes do not see
    #[arg(long, requires = "wait")]
    pub(crate) ignore_upgraded: bool,
    /// Forget lost nodes that have been silent for this long, such as 10m, and for three of their waits and their lease
    #[arg(long, value_name = "DURATION", requires = "wait")]
    pub(crate) gone_after: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Node {
    /// List the nodes of a service, and what each has in force
    List { service: String },
    /// Forget lost nodes and silent threads, so that no wait is for them
    Forget {
        service: String,
        /// The names of the nodes
        #[arg(value_name = "NODE", required_unless_present_any = ["lost", "token", "unstored"])]
        nodes: Vec<String>,
        /// All nodes of the service that are lost
        #[arg(long, conflicts_with_all = ["nodes", "boot", "token", "unstored"])]
        lost: bool,
        /// All lost nodes whose last report came with the token of this name, such as all of a revoked one
        #[arg(long, value_name = "NAME", conflicts_with_all = ["nodes", "boot", "unstored"])]
        token: Option<String>,
        /// The nodes that have the state and could not be stored; each is there again with its next poll
        #[arg(long, conflicts_with_all = ["nodes", "boot"])]
        unstored: bool,
        /// The one process of the node with this boot, even if it lives, in which case it is there again with its next
        /// poll
        #[arg(long)]
        boot: Option<String>,
        /// Why, for history
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Store {
    /// After a backup was restored: make its history the one that all nodes go on to
    Adopt {
        /// Why, for history
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Enter {
    #[command(flatten)]
    pub(crate) services: Services,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
    /// Why, for history; visitors do not see it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// What visitors read
    #[arg(long, value_name = "TEXT")]
    pub(crate) message: Option<String>,
    /// When the service is expected back, such as 2026-11-23T02:00:00Z; none takes back what was said
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Leave by itself after this long, such as 2h, 90m or 1h30m, and tell visitors so. Given again, it counts from
    /// that moment on; none takes the timer away
    #[arg(long = "for", value_name = "DURATION", conflicts_with = "until")]
    pub(crate) limit: Option<String>,
    /// Seconds after which clients may ask again, where --until does not tell
    #[arg(long, value_name = "SECONDS")]
    pub(crate) retry_after: Option<u32>,
    /// Refuse writes only: GET, HEAD and OPTIONS pass
    #[arg(long)]
    pub(crate) writes_only: bool,
    /// Let the clients on the allowlist pass from the beginning
    #[arg(long)]
    pub(crate) allowlist: bool,
    /// When that is done, and waited for if --wait is given, check that this address is refused, as intermission check
    /// does; may be given several times
    #[arg(long = "check", value_name = "URL", conflicts_with = "writes_only")]
    pub(crate) checks: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Rollback {
    pub(crate) service: String,
    /// One that the history names
    pub(crate) revision: u32,
    /// Let the allowlist have new entries wider than /8 too, or /16 of IPv6
    #[arg(long)]
    pub(crate) wide: bool,
    /// Why, for history; visitors do not see it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a token and print it, this once
    Create(NewToken),
    /// List the tokens, the revoked ones too, with who made them and when
    List,
    /// Revoke a token permanently
    Revoke { name: String },
}

#[derive(Debug, Args)]
pub(crate) struct NewToken {
    /// What history and logs call its holder; no name is given twice
    pub(crate) name: String,
    #[arg(long, value_enum)]
    pub(crate) role: Role,
    /// A service that the node may poll; may be given several times; else all
    #[arg(long = "service", value_name = "SERVICE")]
    pub(crate) services: Vec<String>,
    /// The nodes it may speak for: a name, or the beginning of names and a star [default: *]
    #[arg(long, value_name = "PATTERN")]
    pub(crate) nodes: Option<String>,
    /// How many of its polls are held at a time [default: 10000]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) max_polls: Option<u32>,
    /// How many members of a fleet it may be [default: 1000]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) max_members: Option<u32>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_grammar_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn all_services_are_never_meant_by_mistake() {
        for line in ["enter", "enter shop --all", "exit", "allowlist enable"] {
            let words = ["intermission"].into_iter().chain(line.split(' '));
            assert!(Cli::try_parse_from(words).is_err(), "{line}");
        }
        for line in [
            "enter --all",
            "enter shop pay",
            "whitelist enable shop",
            "exit --all --output json",
        ] {
            let words = ["intermission"].into_iter().chain(line.split(' '));
            assert!(Cli::try_parse_from(words).is_ok(), "{line}");
        }
    }
}
