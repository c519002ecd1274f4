use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::token::node_names::NodeNames;

use crate::token::role::Role;

/// The name of the token in `operator.token`.
pub(crate) const OPERATOR: &str = "operator";
/// The actor of what control does by itself.
pub(crate) const CONTROL: &str = "control";
/// The actor of a change that a timer makes.
pub(crate) const TIMER: &str = "timer";

/// What a token is for: the wire between control and the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) name: String,
    pub(crate) role: Role,
    /// The services that it is for; none named is all.
    pub(crate) services: Vec<String>,
    /// The nodes that it may speak for.
    pub(crate) nodes: NodeNames,
    /// How many of its polls are held at a time.
    pub(crate) max_polls: u32,
    /// How many members of a fleet it may be.
    pub(crate) max_members: u32,
    pub(crate) created: Made,
    pub(crate) revoked: Option<Made>,
}

/// Who did something, and when.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Made {
    pub(crate) by: String,
    pub(crate) at: Timestamp,
}

impl Grant {
    /// The most polls that are held by default.
    pub(crate) const POLLS: u32 = 10_000;
    /// The most members of a fleet by default.
    pub(crate) const MEMBERS: u32 = 1_000;

    /// One that is bound to nothing.
    pub(crate) fn new(name: &str, role: Role, created: Made) -> Self {
        Self {
            name: name.to_owned(),
            role,
            services: Vec::new(),
            nodes: NodeNames::all(),
            max_polls: Self::POLLS,
            max_members: Self::MEMBERS,
            created,
            revoked: None,
        }
    }

    /// Whether it is for some services alone.
    pub(crate) fn is_bound(&self) -> bool {
        !self.services.is_empty()
    }

    /// Whether it is bound to no service, or to this one among others.
    pub(crate) fn covers(&self, service: &str) -> bool {
        !self.is_bound() || self.services.iter().any(|known| known == service)
    }

    /// Whether its holder may report for `service` as the node called `node`.
    pub(crate) fn may_report(&self, service: &str, node: &str) -> bool {
        self.role != Role::Viewer && self.covers(service) && self.nodes.cover(node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(role: Role, services: &[&str], nodes: &str) -> Grant {
        let created = Made {
            by: OPERATOR.to_owned(),
            at: Timestamp::UNIX_EPOCH,
        };
        Grant {
            services: services.iter().map(|name| (*name).to_owned()).collect(),
            nodes: nodes.parse().unwrap(),
            ..Grant::new("edge", role, created)
        }
    }

    #[test]
    fn a_bound_token_speaks_for_its_services_and_nodes_alone() {
        let bound = grant(Role::Node, &["shop", "pay"], "edge-*");
        assert!(bound.covers("pay") && !bound.covers("mail"));
        for (service, node, allowed) in [
            ("shop", "edge-7", true),
            ("pay", "edge-8", true),
            ("shop", "app-1", false),
            ("mail", "edge-7", false),
            ("shop", "", false),
        ] {
            assert_eq!(bound.may_report(service, node), allowed, "{service} {node}");
        }
    }

    #[test]
    fn an_unbound_token_speaks_for_every_node_unless_it_only_looks() {
        for (role, allowed) in [
            (Role::Node, true),
            (Role::Operator, true),
            (Role::Viewer, false),
        ] {
            assert_eq!(grant(role, &[], "*").may_report("shop", "edge-7"), allowed);
        }
    }
}
