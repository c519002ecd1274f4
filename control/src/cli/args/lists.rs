//! The lists of a state beside the allowlist, all by one grammar.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches, Subcommand};

use crate::cli::args::switch::{Making, Waiting, name};
use crate::wire::lists::List;

/// The subcommands that edit lists, by their place in this table.
const COMMANDS: [&str; 5] = ["scope", "exempt", "reads", "api", "cors"];
pub(super) const SCOPE: usize = 0;
pub(super) const EXEMPT: usize = 1;
pub(super) const READS: usize = 2;
pub(super) const API: usize = 3;
pub(super) const CORS: usize = 4;

/// What is done to the lists of the subcommand at this place.
#[derive(Debug, Subcommand)]
pub(crate) enum Lists<const COMMAND: usize> {
    /// Add entries; those that are there already stay
    Add(Edit<COMMAND>),
    /// Take entries away
    Remove(Edit<COMMAND>),
    /// Replace all entries of each list that is named; none empties a list
    Set(Edit<COMMAND>),
    /// List the entries
    Show {
        #[arg(value_parser = name)]
        service: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Edit<const COMMAND: usize> {
    #[arg(value_parser = name)]
    pub(crate) service: String,
    #[command(flatten)]
    pub(crate) entries: Entries<COMMAND>,
    #[command(flatten)]
    pub(crate) making: Making,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
}

/// The entries that the options of the lists name.
#[derive(Debug)]
pub(crate) struct Entries<const COMMAND: usize> {
    pub(crate) lists: Vec<(&'static List, Vec<String>)>,
    /// Whether a prober may have a wide block.
    pub(crate) wide: bool,
}

const WIDE: &str = "wide";

impl<const COMMAND: usize> Lists<COMMAND> {
    /// What the subcommand is called.
    pub(crate) fn command() -> &'static str {
        COMMANDS.get(COMMAND).copied().unwrap_or_default()
    }
}

impl<const COMMAND: usize> Args for Entries<COMMAND> {
    fn augment_args(command: Command) -> Command {
        let lists = List::of_command(Lists::<COMMAND>::command()).map(|list| {
            Arg::new(list.option)
                .long(list.option)
                .value_name(list.value)
                .help(format!("{}; may be given several times", list.help))
                .action(ArgAction::Append)
        });
        let wide = Arg::new(WIDE)
            .long(WIDE)
            .help("Take a prober from a block wider than /8 too, or /16 of IPv6")
            .action(ArgAction::SetTrue);
        command.args(lists.chain((COMMAND == EXEMPT).then_some(wide)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<const COMMAND: usize> FromArgMatches for Entries<COMMAND> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let lists = List::of_command(Lists::<COMMAND>::command());
        let named = lists.filter_map(|list| {
            let entries = matches.get_many::<String>(list.option)?;
            Some((list, entries.cloned().collect()))
        });
        Ok(Self {
            lists: named.collect(),
            wide: COMMAND == EXEMPT && matches.get_flag(WIDE),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
