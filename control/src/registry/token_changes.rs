use std::sync::Arc;

use tracing::info;

use crate::registry::error::ChangeError;
use crate::registry::registry::Registry;
use crate::registry::registry::now;
use crate::store::StoreError;
use crate::token::{Grant, Made, OPERATOR, Token};

use crate::registry::tokens::{Holder, Tokens};

impl Registry {
    /// All tokens as they are now.
    pub(crate) fn tokens(&self) -> Arc<Tokens> {
        Arc::clone(&self.tokens.borrow())
    }

    /// Makes a token for what `grant` says, under a name that none has ever had.
    pub(crate) fn create_token(&self, mut grant: Grant) -> Result<(Token, Grant), TokenError> {
        let mut store = self.lock();
        for service in &grant.services {
            self.service(service)?;
        }
        let tokens = self.tokens();
        if let Some(known) = tokens.named(&grant.name) {
            return Err(TokenError::Taken(Box::new(known.grant.clone())));
        }
        grant.created.at = now();
        let token = Token::mint().map_err(TokenError::Random)?;
        store.add_token(&token.hash(), &grant)?;
        let mut next = Tokens::clone(&tokens);
        next.0
            .push(Arc::new(Holder::new(token.hash(), grant.clone())));
        self.tokens.send_replace(Arc::new(next));
        info!(token = grant.name, role = %grant.role, by = grant.created.by, "a token was made");
        Ok((token, grant))
    }

    /// Revokes the token called `name`, from the next request on; tells whether it counted until now.
    pub(crate) fn revoke_token(&self, name: &str, by: &str) -> Result<(bool, Grant), TokenError> {
        if name == OPERATOR {
            return Err(TokenError::Operator);
        }
        let mut store = self.lock();
        let tokens = self.tokens();
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
            return Ok((false, grant));
        }
        let revoked = Made {
            by: by.to_owned(),
            at: now(),
        };
        store.revoke_token(name, &revoked)?;
        grant.revoked = Some(revoked);
        let mut next = Tokens::clone(&tokens);
        next.0.retain(|known| !Arc::ptr_eq(known, holder));
        next.0
            .push(Arc::new(Holder::new(holder.hash.clone(), grant.clone())));
        self.tokens.send_replace(Arc::new(next));
        self.fleet().revoke(name);
        info!(token = name, role = %grant.role, by, "a token was revoked");
        Ok((true, grant))
    }
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
