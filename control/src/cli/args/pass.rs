//! Testers without an address of their own.

use clap::{Args, Subcommand};

use crate::cli::args::ends::Ends;
use crate::cli::args::switch::{Making, Waiting, name};

#[derive(Debug, Subcommand)]
pub(crate) enum Pass {
    /// Make a pass and print its secret and its link, this once
    Create(NewPass),
    /// List the passes, with who made them and when, and their ends
    List {
        #[arg(value_parser = name)]
        service: String,
    },
    /// Revoke a pass
    Revoke(RevokedPass),
}

#[derive(Debug, Args)]
pub(crate) struct NewPass {
    #[arg(value_parser = name)]
    pub(crate) service: String,
    /// What history calls its holder; no other pass of the service may have the name
    #[arg(value_parser = name)]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) ends: Ends,
    /// The host of the service in the link [default: the one host of its scope]
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Option<String>,
    #[command(flatten)]
    pub(crate) making: Making,
}

#[derive(Debug, Args)]
pub(crate) struct RevokedPass {
    #[arg(value_parser = name)]
    pub(crate) service: String,
    #[arg(value_parser = name)]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) making: Making,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
}
