use clap::Args;

/// A name that has to be given. Requests have it in their paths, where an empty one would make another path.
pub(super) fn name(text: &str) -> Result<String, &'static str> {
    match text {
        "" => Err("the name is empty; is a variable of the shell not set?"),
        text => Ok(text.to_owned()),
    }
}

/// Some services, or all, but never all by mistake.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Services {
    /// Names of services; a change is made in all of them or in none
    #[arg(value_name = "SERVICE", value_parser = name)]
    pub(crate) services: Vec<String>,
    /// Every service
    #[arg(long)]
    pub(crate) all: bool,
}

/// Services to switch, and whether to wait.
#[derive(Debug, Args)]
pub(crate) struct Switch {
    #[command(flatten)]
    pub(crate) services: Services,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
    #[command(flatten)]
    pub(crate) making: Making,
}

/// Why a change is made, and whether it is made.
#[derive(Debug, Args)]
pub(crate) struct Making {
    /// Why, for history; visitors do not see it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Change nothing, and show what would change, who would be let in or kept out, and what each rule has decided of late
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Whether that is done which history has no reason for.
#[derive(Debug, Args)]
pub(crate) struct DryRun {
    /// Change nothing, and show what would change
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// The heading of the options of a wait.
const WAITING: &str = "Wait for the nodes";

/// Whether the command returns when control has the change, or when the nodes have it.
#[derive(Debug, Args)]
pub(crate) struct Waiting {
    /// Return when every node has the change in force and has ended the requests that it refuses
    #[arg(long, help_heading = WAITING)]
    pub(crate) wait: bool,
    /// How long to wait at most, such as 90s, 5m or 1h30m, a day at most [default: 5m]
    #[arg(long, help_heading = WAITING, value_name = "DURATION", requires = "wait")]
    pub(crate) timeout: Option<String>,
    /// How many nodes there have to be at least; 0 where there may be none
    #[arg(long, help_heading = WAITING, value_name = "N", requires = "wait")]
    pub(crate) expect: Option<u32>,
    /// Pass over upgraded connections whose end the nodes do not see
    #[arg(long, help_heading = WAITING, requires = "wait")]
    pub(crate) ignore_upgraded: bool,
    /// Forget lost nodes that have been silent for this long, such as 10m, and for three of their waits and their lease
    #[arg(long, help_heading = WAITING, value_name = "DURATION", requires = "wait")]
    pub(crate) gone_after: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Enter {
    #[command(flatten)]
    pub(crate) services: Services,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
    #[command(flatten)]
    pub(crate) making: Making,
    /// What visitors read
    #[arg(long, value_name = "TEXT")]
    pub(crate) message: Option<String>,
    /// When the service is expected back, such as 2026-11-23T02:00:00Z; none takes back what was said
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Leave by itself after this long, such as 2h, 90m or 1h30m, and tell visitors so. Given again, it counts from
    /// that moment on; none takes the timer away
    #[arg(long = "for", value_name = "DURATION", conflicts_with = "until")]
    pub(crate) limit: Option<String>,
    /// Seconds after which clients may ask again, where --until does not tell
    #[arg(long, value_name = "SECONDS")]
    pub(crate) retry_after: Option<u32>,
    /// Refuse writes only: GET, HEAD and OPTIONS pass
    #[arg(long)]
    pub(crate) writes_only: bool,
    /// Let the clients on the allowlist pass from the beginning
    #[arg(long)]
    pub(crate) allowlist: bool,
    /// When that is done, and waited for if --wait is given, check that this address is refused, as intermission check
    /// does; may be given several times
    #[arg(long = "check", value_name = "URL", conflicts_with_all = ["writes_only", "dry_run"])]
    pub(crate) checks: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Rollback {
    #[arg(value_parser = name)]
    pub(crate) service: String,
    /// One that the history names
    pub(crate) revision: u32,
    /// Let the allowlist have new entries wider than /8 too, or /16 of IPv6
    #[arg(long)]
    pub(crate) wide: bool,
    #[command(flatten)]
    pub(crate) making: Making,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
}
