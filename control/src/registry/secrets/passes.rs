use crate::labels::Name;
use crate::registry::change::ChangeRequest;
use crate::registry::error::ChangeError;
use crate::registry::facts::Target;
use crate::registry::registry::Registry;
use crate::store::StoreError;
use crate::wire::allowlist::PassView;
use crate::wire::summary::Outcome;

impl Registry {
    /// Makes a pass of a service, as is asked, under a name that no other one of it has.
    pub(crate) fn create_pass(
        &self,
        service: &str,
        name: &Name,
        asked: &ChangeRequest,
    ) -> Result<Outcome, ChangeError> {
        let target = Target::Named(vec![service.to_owned()]);
        self.obey(asked.requester(), |memory, now| {
            let published = memory.service(service)?;
            if let Some(pass) = published.labels.pass(name.as_str()) {
                return Err(ChangeError::PassTaken {
                    service: service.to_owned(),
                    pass: pass.clone(),
                });
            }
            let (batch, outcomes) = memory.change(&target, asked, now)?;
            Ok((batch, only(outcomes)?))
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
        self.obey(asked.requester(), |memory, now| {
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
