use clap::{Args, Subcommand};

use crate::cli::args::switch::{DryRun, name};
use crate::token::Role;

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a token and print it, this once
    Create(NewToken),
    /// List the tokens, the revoked ones too, with who made them and when
    List,
    /// Revoke a token permanently
    Revoke {
        #[arg(value_parser = name)]
        name: String,
        #[command(flatten)]
        dry: DryRun,
    },
}

#[derive(Debug, Args)]
pub(crate) struct NewToken {
    /// What history and logs call its holder; no name is given twice
    #[arg(value_parser = name)]
    pub(crate) name: String,
    #[arg(long, value_enum)]
    pub(crate) role: Role,
    /// A service that it is for; may be given several times; else it is for all
    #[arg(long = "service", value_name = "SERVICE", value_parser = name)]
    pub(crate) services: Vec<String>,
    /// For nodes: those it may speak for: a name, or the beginning of names and a star [default: *]
    #[arg(long, value_name = "PATTERN")]
    pub(crate) nodes: Option<String>,
    /// For nodes: how many of its polls are held at a time [default: 10000]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) max_polls: Option<u32>,
    /// For nodes: how many members of a fleet it may be [default: 1000]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) max_members: Option<u32>,
    #[command(flatten)]
    pub(crate) dry: DryRun,
}
