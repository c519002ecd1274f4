use crate::change::{Change, NewPass};
use crate::labels::{End, Name};
use crate::registry::change::ChangeRequest;
use crate::registry::error::ChangeError;
use crate::registry::facts::Target;
use crate::registry::registry::Registry;
use crate::store::{OpenError, StoreError};
use crate::token::{Made, PassSecret};
use crate::values::etag::Condition;
use crate::wire::allowlist::PassView;
use crate::wire::summary::Outcome;

/// Who asks for a pass, and why.
#[derive(Debug)]
pub(crate) struct PassRequest {
    pub(crate) actor: String,
    /// What the requester believes is in force.
    pub(crate) expected: Option<Condition>,
    pub(crate) reason: Option<String>,
}

impl Registry {
    /// Makes a pass of a service under a name that no other one of it has.
    ///
    /// No idempotency key keeps the answer, because it has the secret.
    pub(crate) fn create_pass(
        &self,
        service: &str,
        name: &Name,
        end: Option<End>,
        by: &PassRequest,
    ) -> Result<(PassSecret, PassView, Outcome), ChangeError> {
        let target = Target::Named(vec![service.to_owned()]);
        self.commit(|_, memory, now| {
            let published = memory.service(service)?;
            if let Some(pass) = published.labels.pass(name.as_str()) {
                return Err(ChangeError::PassTaken {
                    service: service.to_owned(),
                    pass: pass.clone(),
                });
            }
            let secret = PassSecret::mint();
            let secret = secret.map_err(|error| StoreError::unchanged(OpenError::Random(error)))?;
            let pass = NewPass::new(name.clone(), secret.digest(), end);
            let asked = ChangeRequest {
                change: Change::CreatePass(pass),
                expected: by.expected.clone(),
                actor: by.actor.clone(),
                reason: by.reason.clone(),
                caller: None,
                once: None,
                wait: None,
            };
            let (batch, outcomes) = memory.change(&target, &asked, now)?;
            let view = PassView {
                name: name.to_string(),
                until: end.map(|end| end.at(now.time)),
                made: Some(Made {
                    by: by.actor.clone(),
                    at: now.time,
                }),
            };
            Ok((batch, (secret, view, only(outcomes)?)))
        })
    }

    /// Revokes the pass of this name.
    pub(crate) fn revoke_pass(
        &self,
        service: &str,
        name: &str,
        asked: &ChangeRequest,
    ) -> Result<Outcome, ChangeError> {
        let target = Target::Named(vec![service.to_owned()]);
        self.commit_once(asked.requester(), |memory, now| {
            let published = memory.service(service)?;
            let passes = PassView::all(&published.state, &published.labels);
            if !passes.iter().any(|pass| pass.name == name) {
                return Err(ChangeError::UnknownPass {
                    service: service.to_owned(),
                    pass: name.to_owned(),
                    known: passes.into_iter().map(|pass| pass.name).collect(),
                });
            }
            let (batch, outcomes) = memory.change(&target, asked, now)?;
            Ok((batch, only(outcomes)?))
        })
    }
}

/// The outcome of a change of one service.
fn only(outcomes: Vec<Outcome>) -> Result<Outcome, StoreError> {
    let outcome = outcomes.into_iter().next();
    outcome.ok_or_else(|| StoreError::unchanged("no outcome"))
}
