//! Who passes during maintenance.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::args::switch::Switch;
use crate::cli::lists::ListFormat;

#[derive(Debug, Subcommand)]
pub(crate) enum Allowlist {
    /// Let the clients on the allowlist pass
    Enable(Switch),
    /// Let no client pass; the entries stay
    Disable(Switch),
    /// Add addresses or CIDRs
    Add(AddedEntries),
    /// Replace all entries by those of a file, in one change
    Set(SetEntries),
    /// Take addresses or CIDRs away
    Remove(Entries),
    /// List the entries
    Show { service: String },
}

#[derive(Debug, Args)]
pub(crate) struct AddedEntries {
    pub(crate) service: String,
    /// Such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32
    #[arg(value_name = "CIDR", required_unless_present = "from", conflicts_with_all = ["from", "format", "parts"])]
    pub(crate) cidrs: Vec<String>,
    /// File with the entries, or - for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) listed: Listed,
}

#[derive(Debug, Args)]
pub(crate) struct SetEntries {
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
    /// Why, for history; visitors do not see it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Entries {
    pub(crate) service: String,
    /// Such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32
    #[arg(value_name = "CIDR", required = true)]
    pub(crate) cidrs: Vec<String>,
    /// Why, for history; visitors do not see it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}
