use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use crate::fleet::fleet::Fleet;
use crate::fleet::relayed::{Relayed, RelayedMember};
use crate::values::now::Now;
use crate::values::version::Version;
use crate::wire::node::MemberId;

/// The reports that were relayed to the other replicas, so that none is relayed twice.
///
/// The members of a service are relayed in groups, and a group only where one of its members says something else.
#[derive(Debug, Default)]
pub(crate) struct Relay {
    relayed: BTreeMap<(String, u64), Group>,
}

#[derive(Debug)]
struct Group {
    /// Each with how often another replica had relayed it.
    members: Vec<(RelayedMember, u64)>,
    at: Instant,
}

/// How many groups the members of a service have.
const GROUPS: u64 = 16;
/// After how long a group is relayed where only numbers of requests have changed.
const NUMBERS: Duration = Duration::from_secs(30);

impl Relay {
    /// The groups to relay, by service and number.
    pub(crate) fn next(&mut self, fleet: &Fleet, now: Now) -> Vec<(String, u64, Relayed)> {
        if fleet.peers().is_empty() {
            self.relayed.clear();
            return Vec::new();
        }
        let mut groups = self.silent_groups();
        for service in fleet.services.keys() {
            for member in fleet.all(service) {
                if let Some(relayed) = RelayedMember::of(member, now) {
                    let group = (service.clone(), group(&relayed));
                    let own = groups.entry(group).or_default();
                    own.push((relayed, member.relays));
                }
            }
        }
        let mut news = Vec::new();
        for ((service, group), members) in groups {
            let began = fleet.awaited_since(&service);
            let key = (service, group);
            if !self.is_news(&key, &members, &began, now) {
                continue;
            }
            let relayed = Relayed {
                version: fleet.version().0,
                members: members.iter().map(|(member, _)| member.clone()).collect(),
            };
            let at = now.instant;
            self.relayed.insert(key.clone(), Group { members, at });
            news.push((key.0, key.1, relayed));
        }
        news
    }

    /// The groups that were relayed, without members.
    fn silent_groups(&self) -> BTreeMap<(String, u64), Vec<(RelayedMember, u64)>> {
        let known = self.relayed.keys().cloned();
        known.map(|group| (group, Vec::new())).collect()
    }

    fn is_news(
        &self,
        group: &(String, u64),
        members: &[(RelayedMember, u64)],
        began: &[Version],
        now: Now,
    ) -> bool {
        let Some(before) = self.relayed.get(group) else {
            return !members.is_empty();
        };
        let is_old = now.instant.saturating_duration_since(before.at) >= NUMBERS;
        type Of = (RelayedMember, u64);
        let differs = |((member, relays), (before, known)): (&Of, &Of)| {
            // The others may take a replica that has relayed it since for the one that hears it.
            relays != known
                || !member.says_the_same_as(before)
                || began
                    .iter()
                    .any(|began| member.is_first_since(*began, before))
                || (is_old && member.counts_differ(before))
        };
        members.len() != before.members.len() || members.iter().zip(&before.members).any(differs)
    }
}

/// The group of a member, which is the same as long as it is relayed by this process.
fn group(relayed: &RelayedMember) -> u64 {
    let mut hasher = DefaultHasher::new();
    let MemberId { name, boot } = relayed.id();
    (name, boot).hash(&mut hasher);
    hasher.finish() % GROUPS
}
