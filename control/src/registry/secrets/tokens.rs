use tracing::info;

use crate::registry::error::ChangeError;
use crate::registry::idempotency::Requester;
use crate::registry::registry::Registry;
use crate::store::{Batch, LEVEL, Step, StoreError};
use crate::token::{CONTROL, Grant, Made, OPERATOR, Role, Token, TokenHash};

impl Registry {
    /// Makes a token for what `grant` says, under a name that none has ever had.
    pub(crate) fn create_token(
        &self,
        grant: &Grant,
        requester: Requester<'_>,
    ) -> Result<(Token, Grant), TokenError> {
        let token = Token::mint().map_err(TokenError::Random)?;
        let grant = self.obey(requester, |memory, now| {
            let facts = memory.facts();
            for service in &grant.services {
                facts.service(service)?;
            }
            if let Some(known) = facts.tokens.named(&grant.name) {
                return Err(TokenError::Taken(Box::new(known.grant.clone())));
            }
            let mut grant = grant.clone();
            grant.created.at = now.time;
            let made = Step::TokenMade {
                hash: token.hash(),
                grant: grant.clone(),
            };
            if !memory.fleet().knows(made.level(), LEVEL) {
                return Err(TokenError::Unheeded);
            }
            Ok((Batch(vec![made]), grant))
        })?;
        if !requester.dry_run {
            info!(token = grant.name, role = %grant.role, by = grant.created.by, "a token was made");
        }
        Ok((token, grant))
    }

    /// Has the operator's token be the one with this hash; where others serve the store too, only if it has none yet.
    pub(crate) fn settle_operator(&self, hash: &TokenHash) -> Result<Settled, StoreError> {
        self.commit(|_, memory, now| {
            let has_one = memory.facts().tokens.named(OPERATOR).is_some();
            let holder = memory.facts().tokens.holder(hash);
            let is_known = holder.is_some_and(|holder| holder.grant.name == OPERATOR);
            if self.is_shared() && has_one && !is_known {
                return Ok((Batch::default(), Settled::Other));
            }
            let made = Made {
                by: CONTROL.to_owned(),
                at: now.time,
            };
            let grant = Grant::new(OPERATOR, Role::Operator, made);
            let made = (!is_known).then(|| Step::TokenMade {
                hash: hash.clone(),
                grant,
            });
            Ok((Batch(made.into_iter().collect()), Settled::Known))
        })
    }

    /// Revokes the token called `name`, from the next request on; tells whether it counted until now.
    pub(crate) fn revoke_token(
        &self,
        name: &str,
        requester: Requester<'_>,
    ) -> Result<(bool, Grant), TokenError> {
        if name == OPERATOR {
            return Err(TokenError::Operator);
        }
        let by = requester.actor;
        let (counted, grant) = self.obey(requester, |memory, now| {
            let tokens = &memory.facts().tokens;
            let holder = tokens.named(name).ok_or_else(|| TokenError::Unknown {
                name: name.to_owned(),
                known: tokens
                    .grants()
                    .into_iter()
                    .map(|grant| grant.name)
                    .collect(),
            })?;
            let mut grant = holder.grant.clone();
            if grant.revoked.is_some() {
                return Ok((Batch::default(), (false, grant)));
            }
            let revoked = Made {
                by: by.to_owned(),
                at: now.time,
            };
            grant.revoked = Some(revoked.clone());
            let name = name.to_owned();
            let step = Step::TokenRevoked { name, revoked };
            Ok::<_, TokenError>((Batch(vec![step]), (true, grant)))
        })?;
        if counted && !requester.dry_run {
            info!(token = name, role = %grant.role, by, "a token was revoked");
        }
        Ok((counted, grant))
    }
}

/// The operator's token, as the store has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It is the one that was named.
    Known,
    /// It is another one, which other replicas know.
    Other,
}

/// Why a token was not made or revoked.
#[derive(Debug)]
pub(crate) enum TokenError {
    /// This token has the name, or had it.
    Taken(Box<Grant>),
    /// There is no such token.
    Unknown { name: String, known: Vec<String> },
    /// It is the one in `operator.token`.
    Operator,
    /// A replica would take it for one of all services.
    Unheeded,
    /// A service that it names is not there, or it could not be saved.
    Change(ChangeError),
    /// The system gives no random numbers.
    Random(getrandom::Error),
}

impl From<ChangeError> for TokenError {
    fn from(error: ChangeError) -> Self {
        Self::Change(error)
    }
}

impl From<StoreError> for TokenError {
    fn from(error: StoreError) -> Self {
        Self::Change(error.into())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::store::FakeStore;
    use crate::values::now::Now;

    #[test]
    fn no_replica_takes_an_operator_of_one_service_for_one_of_all() {
        let registry = Registry::new(FakeStore::new()).unwrap();
        registry.memory().name("own", "own", Now::read());
        registry
            .add("shop".parse().unwrap(), Requester::new("operator"))
            .unwrap();
        let create = |name: &str, role, services: &[&str]| {
            let made = Made {
                by: OPERATOR.to_owned(),
                at: Timestamp::now(),
            };
            let services = services.iter().map(|service| (*service).to_owned());
            let grant = Grant {
                services: services.collect(),
                ..Grant::new(name, role, made)
            };
            registry.create_token(&grant, Requester::new(OPERATOR))
        };
        registry.hear_of_level(3);
        for role in [Role::Operator, Role::Viewer] {
            let refused = create("ci", role, &["shop"]);
            assert!(matches!(refused, Err(TokenError::Unheeded)), "{refused:?}");
            create(&format!("all-{role}"), role, &[]).unwrap();
        }
        create("node", Role::Node, &["shop"]).unwrap();
        registry.hear_of_level(4);
        create("ci", Role::Operator, &["shop"]).unwrap();
    }
}
