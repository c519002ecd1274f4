use clap::{Args, Subcommand};

use crate::token::Role;

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
