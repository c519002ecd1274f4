use clap::Args;

use crate::cli::check::Expect;

/// Asks over HTTP as a visitor does, without a token, and reads the marker of the nodes.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Such as https://shop.example/
    pub(crate) url: String,
    /// What each try is to find; else they only have to agree
    #[arg(long, value_enum)]
    pub(crate) expect: Option<Expect>,
    /// The lowest revision whose refusals count
    #[arg(long, value_name = "REVISION")]
    pub(crate) revision: Option<u64>,
    /// How often to ask, each time over a new connection
    #[arg(long, value_name = "N", default_value = "3", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) times: u32,
}
