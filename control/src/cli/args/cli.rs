use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::cli::args::allowlist::Allowlist;
use crate::cli::args::check::Check;
use crate::cli::args::declared::{Apply, Export};
use crate::cli::args::lists::{API, CORS, EXEMPT, Lists, READS, SCOPE};
use crate::cli::args::node::Node;
use crate::cli::args::notice::{Explain, Notice, Preview};
use crate::cli::args::pass::Pass;
use crate::cli::args::serve::Serve;
use crate::cli::args::store::Store;
use crate::cli::args::switch::{DryRun, Enter, Making, Rollback, Switch, name};
use crate::cli::args::token::Token;
use crate::cli::exit;

/// Maintenance mode for Rust services and Envoy
#[derive(Debug, Parser)]
#[command(name = "intermission", version, after_help = exit::HELP)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The heading of the options that every command takes.
const CONNECTION: &str = "Connection and output";

/// Where control is, and how its answers are shown.
#[derive(Debug, Args)]
pub(crate) struct Connection {
    /// Where control listens; give it several times, or with commas, for its replicas: one that answers is asked
    #[arg(
        long = "server",
        global = true,
        help_heading = CONNECTION,
        value_name = "URL",
        env = "INTERMISSION_SERVER",
        value_delimiter = ',',
        default_value = "http://127.0.0.1:7700"
    )]
    pub(crate) servers: Vec<String>,
    /// File with the token to send; else INTERMISSION_TOKEN, else the one that a control of this
    /// user on this machine left
    #[arg(long, global = true, help_heading = CONNECTION, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Trust the CAs in this file, in PEM, and no others
    #[arg(
        long,
        global = true,
        help_heading = CONNECTION,
        value_name = "FILE",
        env = "INTERMISSION_CA_FILE"
    )]
    pub(crate) ca_file: Option<PathBuf>,
    /// For people, or for machines
    #[arg(long, global = true, help_heading = CONNECTION, value_enum, default_value = "human")]
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
    /// Add, list and remove services
    #[command(subcommand)]
    Service(Service),
    /// Begin maintenance, or say more about one that has begun
    Enter(Enter),
    /// End maintenance; the allowlist's entries stay
    Exit(Switch),
    /// Let testers in during maintenance
    #[command(subcommand, alias = "whitelist")]
    Allowlist(Allowlist),
    /// Let testers in by a secret of their own, whatever their address
    #[command(subcommand)]
    Pass(Pass),
    /// Say which hosts and paths a maintenance is for
    #[command(subcommand)]
    Scope(Lists<SCOPE>),
    /// Keep paths and hosts open during maintenance
    #[command(subcommand)]
    Exempt(Lists<EXEMPT>),
    /// Say on which paths POST only reads, while writes are refused
    #[command(subcommand)]
    Reads(Lists<READS>),
    /// Say which hosts and paths are APIs, whose clients get problem documents
    #[command(subcommand)]
    Api(Lists<API>),
    /// Say which origins may read refusals
    #[command(subcommand)]
    Cors(Lists<CORS>),
    /// Change services to what a file says, all or none; modes and passes stay
    Apply(Apply),
    /// Print services as a file for apply
    Export(Export),
    /// Show what is in force, of these services or of all
    Status {
        /// The services to show; one alone is shown in full
        #[arg(value_name = "SERVICE", value_parser = name)]
        services: Vec<String>,
    },
    /// Show who changed what, when and why, the newest first
    History {
        #[arg(value_parser = name)]
        service: String,
    },
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

#[derive(Debug, Subcommand)]
pub(crate) enum Service {
    /// Add a service, open; one that is there stays as it is
    Add {
        #[arg(value_parser = name)]
        name: String,
        #[command(flatten)]
        dry: DryRun,
    },
    /// List the services
    List,
    /// Remove a service that is open and has no living nodes; its history stays
    Remove(RemovedService),
}

#[derive(Debug, Args)]
pub(crate) struct RemovedService {
    #[arg(value_parser = name)]
    pub(crate) name: String,
    /// Remove it though it is in maintenance, has living nodes, or is waited for. The nodes keep the state that they
    /// have, and those with a lease close
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) making: Making,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_grammar_holds_together() {
        Cli::command().debug_assert();
    }

    /// Every command, with an empty text in place of each of its names.
    #[test]
    fn a_name_is_never_empty() {
        let mut commands = vec![(vec!["intermission".to_owned()], Cli::command())];
        let mut tried = 0;
        while let Some((words, command)) = commands.pop() {
            for below in command.get_subcommands() {
                let words = [&words[..], &[below.get_name().to_owned()]].concat();
                commands.push((words, below.clone()));
            }
            let positionals: Vec<_> = command.get_positionals().collect();
            let of_name = ["SERVICE", "NAME", "NODE"];
            for (place, positional) in positionals.iter().enumerate() {
                let value = positional.get_value_names().unwrap()[0].as_str();
                if !of_name.contains(&value) {
                    continue;
                }
                let before = vec!["shop".to_owned(); place];
                let line = [&words[..], &before, &[String::new()]].concat();
                let refused = Cli::try_parse_from(&line).unwrap_err().to_string();
                assert!(refused.contains("the name is empty"), "{line:?}: {refused}");
                tried += 1;
            }
        }
        assert!(tried > 30, "{tried}");
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
