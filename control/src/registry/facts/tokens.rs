use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::token::{Grant, Made, TokenHash};

/// All tokens, the revoked ones too.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokens(Vec<Arc<Holder>>);

/// A token as control knows it.
#[derive(Debug)]
pub(crate) struct Holder {
    hash: TokenHash,
    pub(crate) grant: Grant,
    /// The polls of this token that may yet be held.
    pub(crate) polls: Semaphore,
}

impl Tokens {
    /// Takes a token, in the place of the one that has its name.
    pub(crate) fn put(&mut self, hash: TokenHash, grant: Grant) {
        self.0.retain(|known| known.grant.name != grant.name);
        self.0.push(Arc::new(Holder::new(hash, grant)));
    }

    pub(crate) fn revoke(&mut self, name: &str, revoked: &Made) {
        let known = self
            .named(name)
            .map(|known| (known.hash.clone(), known.grant.clone()));
        if let Some((hash, mut grant)) = known {
            grant.revoked = Some(revoked.clone());
            self.put(hash, grant);
        }
    }

    /// Whose token was presented. All are compared, so that the time tells nothing.
    pub(crate) fn holder(&self, presented: &TokenHash) -> Option<Arc<Holder>> {
        let mut found = None;
        for holder in &self.0 {
            if holder.hash.is(presented) {
                found = Some(holder);
            }
        }
        found.cloned()
    }

    /// What each is for, by name.
    pub(crate) fn grants(&self) -> Vec<Grant> {
        let mut grants: Vec<_> = self.0.iter().map(|holder| holder.grant.clone()).collect();
        grants.sort_by(|a, b| a.name.cmp(&b.name));
        grants
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Arc<Holder>> {
        self.0.iter().find(|holder| holder.grant.name == name)
    }
}

impl Holder {
    pub(crate) fn new(hash: TokenHash, grant: Grant) -> Self {
        let most = usize::try_from(grant.max_polls).unwrap_or(usize::MAX);
        Self {
            hash,
            grant,
            polls: Semaphore::new(most.min(Semaphore::MAX_PERMITS)),
        }
    }
}
