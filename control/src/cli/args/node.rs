use clap::Subcommand;

use crate::cli::args::switch::{Making, name};

#[derive(Debug, Subcommand)]
pub(crate) enum Node {
    /// List the nodes of a service, and what each has in force
    List {
        #[arg(value_parser = name)]
        service: String,
    },
    /// Forget lost nodes and silent threads, so that no wait is for them
    Forget {
        #[arg(value_parser = name)]
        service: String,
        /// The names of the nodes
        #[arg(value_name = "NODE", value_parser = name, required_unless_present_any = ["lost", "token", "unstored"])]
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
        #[command(flatten)]
        making: Making,
    },
}
