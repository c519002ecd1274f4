use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use intermission_core::Mode;

use crate::registry::error::ChangeError;
use crate::registry::facts::published::{Published, Services};
use crate::registry::facts::tokens::Tokens;
use crate::token::Grant;
use crate::wire::removed::Removed;

/// The facts that readers take from memory, at one moment. What a batch does not change is shared with those before it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// The identity of the store.
    pub(crate) identity: String,
    /// What is in force for each service.
    pub(crate) services: Arc<Services>,
    /// The services that are removed.
    pub(crate) removed: Arc<BTreeMap<String, Removed>>,
    pub(crate) tokens: Arc<Tokens>,
}

/// Which services a change is for.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    All,
    /// Those of these that there are.
    Covered(Vec<String>),
    Named(Vec<String>),
}

impl Facts {
    pub(crate) fn service(&self, name: &str) -> Result<&Arc<Published>, ChangeError> {
        let removed = self.removed.get(name);
        self.services.get(name).ok_or_else(|| ChangeError::Unknown {
            service: name.to_owned(),
            removed: removed.map(|removed| Box::new(removed.stamp.clone())),
            known: self.services.keys().map(ToString::to_string).collect(),
        })
    }

    /// The last revision and the mode of a service that is removed, or 0 and off if there was none of this name. A service
    /// that is added goes on from there, so that no node which keeps a maintenance is opened.
    pub(crate) fn left_by(&self, name: &str) -> (u64, Mode) {
        let removed = self.removed.get(name);
        removed.map_or((0, Mode::Off), |removed| {
            (removed.stamp.revision, removed.mode())
        })
    }

    /// That a service is there, or was once.
    pub(crate) fn check_has_history(&self, name: &str) -> Result<(), ChangeError> {
        match self.removed.contains_key(name) {
            true => Ok(()),
            false => self.service(name).map(|_| ()),
        }
    }

    /// The services that a token is for.
    pub(crate) fn covered_by(&self, grant: &Grant) -> impl Iterator<Item = &Arc<Published>> {
        let services = self.services.iter();
        let covered = services.filter(|(name, _)| grant.covers(name));
        covered.map(|(_, service)| service)
    }

    /// The names of the others.
    pub(crate) fn left_out_by(&self, grant: &Grant) -> Vec<String> {
        let names = self.services.keys().filter(|name| !grant.covers(name));
        names.map(ToString::to_string).collect()
    }

    pub(crate) fn select(&self, target: &Target) -> Result<Vec<&Arc<Published>>, ChangeError> {
        match target {
            Target::All if self.services.is_empty() => Err(ChangeError::NoServices),
            Target::All => Ok(self.services.values().collect()),
            Target::Covered(names) => {
                let known = names.iter().filter_map(|name| self.services.get(&**name));
                let known: Vec<_> = known.collect();
                match known.is_empty() {
                    true => Err(ChangeError::NoServices),
                    false => Ok(known),
                }
            }
            Target::Named(names) => {
                // Named twice is meant once.
                let mut known = HashSet::new();
                let names = names.iter().filter(|name| known.insert(name.as_str()));
                names.map(|name| self.service(name)).collect()
            }
        }
    }
}
