mod levels;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use self::levels::Levels;
use crate::fleet::fleet::Fleet;
use crate::fleet::member::{By, LastReport, Member};
use crate::fleet::members::Members;
use crate::fleet::relayed::{Relayed, RelayedMember};
use crate::values::now::Now;
use crate::values::version::Version;

/// The reports that were relayed to the other replicas, so that none is relayed twice.
#[derive(Debug, Default)]
pub(crate) struct Relay {
    services: BTreeMap<String, OfService>,
    /// Whether the other replicas have got all that was relayed.
    is_complete: bool,
}

#[derive(Debug, Default)]
struct OfService {
    said: Levels<Said>,
    /// When mere numbers of requests were relayed last.
    numbers: Option<Instant>,
}

/// What was relayed of a member.
#[derive(Clone, Debug)]
struct Said {
    relayed: RelayedMember,
    /// How often another replica had relayed it.
    relays: u64,
    /// Whether its reports come to this replica still.
    is_here: bool,
}

/// After how long a member is relayed of which mere numbers of requests have changed, while nothing waits for it.
const NUMBERS: Duration = Duration::from_secs(30);

impl Relay {
    /// Whether the other replicas have got all that was relayed.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Relays everything again, since the other replicas may not have got it; a member too that comes here no more, which they
    /// may not know.
    pub(crate) fn begin_anew(&mut self) {
        self.is_complete = false;
        let services = self.services.values_mut();
        services.for_each(|of_service| of_service.said.put_again());
    }

    /// What to relay, by service and number. It replaces what was relayed under the same number.
    pub(crate) fn next(&mut self, fleet: &Fleet, now: Now) -> Vec<(String, u64, Relayed)> {
        if fleet.peers().is_empty() {
            self.begin_anew();
        }
        self.is_complete = true;
        let mut news = Vec::new();
        for (service, members) in &fleet.services {
            if fleet.peers().is_empty() {
                break;
            }
            if !self.services.contains_key(service) {
                self.services.insert(service.clone(), OfService::default());
            }
            let Some(of_service) = self.services.get_mut(service) else {
                continue;
            };
            of_service.take(members, &fleet.awaited_since(service), now);
            for (number, said) in of_service.said.next(Said::size, |said| said.is_here) {
                let relayed = Relayed {
                    version: fleet.version().0,
                    members: said.into_iter().map(|said| said.relayed).collect(),
                };
                news.push((service.clone(), number, relayed));
            }
        }
        news
    }
}

impl OfService {
    /// Takes what has changed of the members since it was relayed, where waits are open that began at these versions.
    fn take(&mut self, members: &Members, awaited: &[Version], now: Now) {
        let is_due = |at| now.instant.saturating_duration_since(at) >= NUMBERS;
        let are_due = self.numbers.is_none_or(is_due);
        if are_due {
            self.numbers = Some(now.instant);
        }
        for member in members.all() {
            let Some(heard) = heard_here(member) else {
                continue;
            };
            // The store has to take something of its process first.
            if member.token != member.stored_token {
                continue;
            }
            let is_said = self.said.get(&member.id).is_some_and(|said| {
                let Said { relayed, .. } = said;
                let numbers = (are_due && relayed.counts_differ(heard))
                    || ((are_due || !awaited.is_empty()) && relayed.running_differs(heard));
                // The others may take a replica that has relayed it since for the one that hears it.
                said.is_here
                    && said.relays == member.relays
                    && relayed.says(member, heard, now)
                    && !awaited.iter().any(|began| relayed.is_before(*began, heard))
                    && !numbers
            });
            if !is_said {
                let said = Said {
                    relayed: RelayedMember::of(member, heard, now),
                    relays: member.relays,
                    is_here: true,
                };
                self.said.put(member.id.clone(), said);
            }
        }
        self.said.change(|id, said| {
            let is_here = members
                .member(id)
                .is_some_and(|member| heard_here(member).is_some());
            let is_gone = said.is_here && !is_here;
            if is_gone {
                said.is_here = false;
                said.relayed.withdraw();
            }
            is_gone
        });
    }
}

impl Said {
    fn size(&self) -> usize {
        prost::Message::encoded_len(&self.relayed)
    }
}

/// The last report of a member, if it has come to this replica.
fn heard_here(member: &Member) -> Option<&LastReport> {
    member.heard.as_ref().filter(|heard| heard.by == By::Here)
}

#[cfg(test)]
mod tests;
