use serde_json::Value;

use intermission_core::State;

use crate::labels::Labels;
use crate::wire::allowlist::{LabelView, PassView};
use crate::wire::difference::difference::{Difference, What};
use crate::wire::difference::{documents, labels};
use crate::wire::timer::Timer;

/// All of a revision that operators compare.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) document: Value,
    pub(crate) labels: Vec<LabelView>,
    pub(crate) passes: Vec<PassView>,
    pub(crate) timer: Option<Timer>,
}

impl Snapshot {
    pub(crate) fn of(state: &State, labels: &Labels, timer: Option<&Timer>) -> Self {
        Self {
            document: serde_json::from_slice(&state.to_json()).unwrap_or_default(),
            labels: LabelView::all(state, labels),
            passes: PassView::all(state, labels),
            timer: timer.cloned(),
        }
    }

    /// What differs in what comes `after` it.
    pub(crate) fn differences(&self, after: &Self) -> Vec<Difference> {
        let mut differences = documents::differences(&self.document, &after.document);
        differences.extend(labels::differences(
            [&self.labels, &after.labels],
            [&self.passes, &after.passes],
        ));
        let [before, after] = [&self.timer, &after.timer].map(|timer| {
            timer.as_ref().map_or(Value::Null, |timer| {
                format!("{} (for {})", timer.at, timer.length).into()
            })
        });
        if before != after {
            let place = "timer".to_owned();
            let what = What::Value { before, after };
            differences.push(Difference { place, what });
        }
        differences
    }
}
