use clap::Args;

/// The end of an entry or of a pass.
#[derive(Debug, Args)]
pub(crate) struct Ends {
    /// End after this long, such as 8h, 90m or 2d, 366 days at most
    #[arg(long = "for", value_name = "DURATION", conflicts_with = "until")]
    pub(crate) length: Option<String>,
    /// End at this time, such as 2026-11-23T02:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
}
