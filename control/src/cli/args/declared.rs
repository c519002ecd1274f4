//! States as files, for Git.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::switch::{Making, Services, Waiting};

#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// File with the services, as export prints it, or - for standard input
    #[arg(short, long, value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Add the services of the file that are not there
    #[arg(long)]
    pub(crate) create: bool,
    /// Take entries and probers wider than /8 too, or /16 of IPv6
    #[arg(long)]
    pub(crate) wide: bool,
    #[command(flatten)]
    pub(crate) making: Making,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) services: Services,
    /// Print the revisions too, so that apply refuses the file when a service has changed since
    #[arg(long)]
    pub(crate) with_revisions: bool,
}
