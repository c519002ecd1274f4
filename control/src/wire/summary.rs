//! What is in force for a service, in as few words as an operator needs: the wire between control
//! and the command.

use intermission_core::{Mode, State};
use serde::{Deserialize, Serialize};

use crate::token::Grant;
use crate::values::timestamp::from_core;
use crate::wire::difference::Preview;
use crate::wire::stamp::Stamp;
use crate::wire::timer::Timer;

/// What is in force for one service.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Summary {
    pub(crate) service: String,
    pub(crate) store: String,
    pub(crate) revision: u64,
    /// `off`, `writes` or `all`, as in the state document.
    pub(crate) maintenance: String,
    pub(crate) allowlist: AllowlistSummary,
    pub(crate) scope: ScopeSummary,
    pub(crate) notice: NoticeSummary,
    /// The change that began the maintenance in force.
    pub(crate) since: Option<Stamp>,
    /// When the maintenance in force ends by itself.
    pub(crate) timer: Option<Timer>,
    pub(crate) last_change: Stamp,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct AllowlistSummary {
    pub(crate) enabled: bool,
    /// How many; `GET …/allowlist` has them all.
    pub(crate) entries: usize,
    /// How many passes there are.
    #[serde(default)]
    pub(crate) passes: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ScopeSummary {
    pub(crate) hosts: Vec<String>,
    pub(crate) paths: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct NoticeSummary {
    pub(crate) title: String,
    pub(crate) message: String,
    pub(crate) until: Option<jiff::Timestamp>,
    pub(crate) retry_after: u32,
    pub(crate) languages: Vec<String>,
}

/// What became of one service in a change.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// Whether there is a new revision; if not, this was in force already.
    pub(crate) changed: bool,
    /// What the operator may not expect.
    pub(crate) warnings: Vec<String>,
    /// What waits until it is in force everywhere, if that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) barrier: Option<String>,
    /// What would change, if that is all that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) preview: Option<Preview>,
    /// How many nodes of the service are known, if the answer says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) nodes: Option<usize>,
    #[serde(flatten)]
    pub(crate) summary: Summary,
}

/// The answer to a change of several services.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Outcomes<O = Outcome> {
    pub(crate) services: Vec<O>,
    /// The services that the token is not for, where all were meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) left_out: Vec<String>,
}

impl<O> Outcomes<O> {
    /// Of all services that were meant.
    pub(crate) fn new(services: Vec<O>) -> Self {
        Self {
            services,
            left_out: Vec::new(),
        }
    }
}

/// The answer to `GET /v1/services`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Summaries {
    pub(crate) services: Vec<Summary>,
}

/// The answer to `GET /v1/tokens`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Grants {
    pub(crate) tokens: Vec<Grant>,
}

/// The answer to `POST /v1/tokens`: the token, which no later answer has.
#[derive(Serialize, Deserialize)]
pub(crate) struct NewToken {
    pub(crate) token: String,
    #[serde(flatten)]
    pub(crate) grant: Grant,
}

/// The answer to a dry run of `POST /v1/tokens`: what the token would be for.
#[derive(Serialize, Deserialize)]
pub(crate) struct Unmade {
    #[serde(flatten)]
    pub(crate) grant: Grant,
    pub(crate) dry_run: bool,
}

/// What became of a token that was to be revoked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Revocation {
    /// Whether it counted until now.
    pub(crate) changed: bool,
    #[serde(flatten)]
    pub(crate) grant: Grant,
    /// Whether it was not revoked, and this is what would become of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) dry_run: bool,
}

impl Summary {
    pub(crate) fn of(
        state: &State,
        last_change: Stamp,
        since: Option<Stamp>,
        timer: Option<Timer>,
    ) -> Self {
        Self {
            service: state.service.as_str().to_owned(),
            store: state.store.to_string(),
            revision: state.revision,
            maintenance: state.maintenance.to_string(),
            allowlist: AllowlistSummary {
                enabled: state.allowlist.enabled,
                entries: state.allowlist.cidrs.len(),
                passes: state.allowlist.passes.len(),
            },
            scope: ScopeSummary {
                hosts: state
                    .scope
                    .hosts
                    .iter()
                    .map(|host| host.as_str().to_owned())
                    .collect(),
                paths: state
                    .scope
                    .paths
                    .iter()
                    .map(|path| path.as_str().to_owned())
                    .collect(),
            },
            notice: NoticeSummary {
                title: state.notice.title(state.maintenance).to_owned(),
                message: state.notice.message(state.maintenance).to_owned(),
                until: state.notice.until.map(from_core),
                retry_after: state.notice.retry_after,
                languages: state
                    .notice
                    .languages
                    .iter()
                    .map(|texts| texts.language.as_str().to_owned())
                    .collect(),
            },
            since,
            timer,
            last_change,
        }
    }

    /// It without the names of testers.
    pub(crate) fn without_testers(&self) -> Self {
        Self {
            since: self.since.as_ref().map(Stamp::without_testers),
            last_change: self.last_change.without_testers(),
            ..self.clone()
        }
    }

    /// Whether the service is open, as the document says it.
    pub(crate) fn is_open(&self) -> bool {
        self.maintenance.parse() == Ok(Mode::Off)
    }

    /// Whether only writes are refused.
    pub(crate) fn is_writes_only(&self) -> bool {
        self.maintenance.parse() == Ok(Mode::Writes)
    }
}
