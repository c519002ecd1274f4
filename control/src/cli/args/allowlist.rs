//! Who passes during maintenance.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::args::ends::Ends;
use crate::cli::args::switch::{Making, Switch, Waiting, name};
use crate::cli::lists::ListFormat;

#[derive(Debug, Subcommand)]
pub(crate) enum Allowlist {
    /// Let the clients on the allowlist pass
    Enable(Switch),
    /// Let no client pass; the entries stay
    Disable(Switch),
    /// Add addresses or CIDRs, or say something else of those that are there
    Add(AddedEntries),
    /// Replace all entries by those of a file, in one change; those that stay keep their names, notes and ends
    Set(SetEntries),
    /// Take entries away, by address or by name
    Remove(RemovedEntries),
    /// Take away entries that have ended, and those within another one that does not end before them; who passes stays the
    /// same
    Prune(Pruned),
    /// List the entries, with their names, notes and ends and who added them, and the passes
    Show {
        #[arg(value_parser = name)]
        service: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct AddedEntries {
    #[arg(value_parser = name)]
    pub(crate) service: String,
    /// Such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32
    #[arg(value_name = "CIDR", required_unless_present = "from", conflicts_with_all = ["from", "format", "parts"])]
    pub(crate) cidrs: Vec<String>,
    /// File with the entries, or - for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) words: Words,
    #[command(flatten)]
    pub(crate) listed: Listed,
}

/// What is said of the entries, in place of what was said of them before.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Who it is for; several entries may have one name. Nodes and visitors do not see it
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// What else is to be known of them
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    #[command(flatten)]
    pub(crate) ends: Ends,
}

#[derive(Debug, Args)]
pub(crate) struct SetEntries {
    #[arg(value_parser = name)]
    pub(crate) service: String,
    /// File with the entries, or - for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) from: PathBuf,
    #[command(flatten)]
    pub(crate) listed: Listed,
}

/// How the file with the entries is read, and why they are put on the allowlist.
#[derive(Debug, Args)]
pub(crate) struct Listed {
    /// How the file is written [default: lines]
    #[arg(long, value_enum, requires = "from")]
    pub(crate) format: Option<ListFormat>,
    /// Part of a published list: a service of AWS (ROUTE53_HEALTHCHECKS, or with its region
    /// ROUTE53_HEALTHCHECKS/eu-west-1), a scope of Google, a list of GitHub (hooks); may be given several times
    #[arg(long = "part", value_name = "NAME", requires = "from")]
    pub(crate) parts: Vec<String>,
    /// Take entries wider than /8 too, or /16 of IPv6
    #[arg(long)]
    pub(crate) wide: bool,
    #[command(flatten)]
    pub(crate) making: Making,
}

#[derive(Debug, Args)]
pub(crate) struct RemovedEntries {
    #[arg(value_parser = name)]
    pub(crate) service: String,
    /// Such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32, or a name for all entries that have it
    #[arg(value_name = "CIDR|NAME", required = true)]
    pub(crate) entries: Vec<String>,
    #[command(flatten)]
    pub(crate) making: Making,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
}

#[derive(Debug, Args)]
pub(crate) struct Pruned {
    #[arg(value_parser = name)]
    pub(crate) service: String,
    #[command(flatten)]
    pub(crate) making: Making,
}
