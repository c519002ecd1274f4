use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use intermission_core::{Cidr, State};
use jiff::Timestamp;

use crate::change::allowlist::prune::not_ended;
use crate::change::change::{Change, Earlier};
use crate::labels::{Label, Labels};
use crate::token::Made;
use crate::wire::stamp::Stamp;

impl Change {
    /// The labels of what this change makes of `before`.
    ///
    /// An entry keeps its label unless the change says something else of it. An entry that is new is labelled with who added
    /// it and when.
    pub(crate) fn labels(
        &self,
        before: &State,
        labels: &Labels,
        after: &State,
        stamp: &Stamp,
    ) -> Labels {
        let made = Made {
            by: stamp.actor.clone(),
            at: stamp.at,
        };
        let left = after.allowlist.passes.iter();
        let left: HashSet<_> = left.map(|pass| pass.sha256.to_string()).collect();
        let passes = labels.passes().iter();
        let passes = passes.filter(|pass| left.contains(&pass.sha256)).cloned();
        let new = match self {
            Self::CreatePass(pass) => Some(pass.label(made.clone())),
            _ => None,
        };
        let passes = passes.chain(new).collect::<Vec<_>>();

        let (was, is) = (&before.allowlist.cidrs, &after.allowlist.cidrs);
        let gives_labels = matches!(
            self,
            Self::AddEntries(_) | Self::Apply(_) | Self::Rollback(..)
        );
        if was == is && !gives_labels {
            return labels.with_passes(passes);
        }
        let known = labels.by_entry(was);
        let there: HashSet<Cidr> = was.iter().copied().collect();
        let given = self.given(before, &made);
        let plain = Arc::new(Label::plain(made));
        let label = |cidr: &Cidr| {
            let known = known.get(cidr).copied();
            let given = given.get(cidr);
            match (given, known) {
                (Some(given), Some(known)) if known.has_words_of(given) => Some(known.clone()),
                // An entry that an earlier program added, of which nothing is said.
                (Some(given), None) if there.contains(cidr) && !given.has_words() => None,
                (Some(given), _) => Some(given.clone()),
                (None, Some(known)) => Some(known.clone()),
                (None, None) if there.contains(cidr) => None,
                (None, None) => Some(Arc::clone(&plain)),
            }
        };
        Labels::new(is.iter().map(label), passes)
    }

    /// The labels that this change gives to entries, whether they are there already or not.
    fn given(&self, before: &State, made: &Made) -> HashMap<Cidr, Arc<Label>> {
        match self {
            Self::AddEntries(added) => {
                let label = added.words.label(made.clone()).map(Arc::new);
                let cidrs = added.cidrs().iter();
                cidrs
                    .filter_map(|cidr| Some((*cidr, label.clone()?)))
                    .collect()
            }
            Self::Apply(declared) => declared.labels(before, made),
            Self::Rollback(to, _) => {
                let labels = to.labels.by_entry(&to.state.allowlist.cidrs).into_iter();
                labels
                    .map(|(cidr, label)| (cidr, Arc::clone(label)))
                    .collect()
            }
            _ => HashMap::new(),
        }
    }
}

impl Earlier {
    /// The entries that have not ended since.
    pub(super) fn entries_at(&self, now: Timestamp) -> Vec<Cidr> {
        not_ended(&self.state.allowlist.cidrs, &self.labels, now)
    }
}
