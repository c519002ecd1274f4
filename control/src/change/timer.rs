use intermission_core::{Mode, State};
use jiff::SignedDuration;

use crate::change::change::Change;
use crate::token::TIMER;
use crate::values::duration::Limit;
use crate::values::timestamp::brief_time;
use crate::values::timestamp::{from_core, to_core};
use crate::wire::stamp::Stamp;
use crate::wire::timer::Timer;

/// How recently a timer must have ended the maintenance for `enter` to mention it.
const JUST_OVER: SignedDuration = SignedDuration::from_hours(1);

impl Change {
    /// The timer that runs from this change on; `after` gets it as the announced end.
    ///
    /// Only `enter` sets one or takes it away, and the end of a maintenance is that of its timer.
    pub(crate) fn set_timer(
        &self,
        before: Option<&Timer>,
        after: &mut State,
        stamp: &Stamp,
    ) -> Option<Timer> {
        if after.maintenance == Mode::Off {
            return None;
        }
        let limit = match self {
            Self::Enter(enter) => enter.limit,
            _ => None,
        };
        match limit {
            None => before.cloned(),
            Some(Limit::None) => {
                let announced = before.map(|timer| to_core(timer.at));
                after.notice.until = after.notice.until.filter(|until| Some(*until) != announced);
                None
            }
            Some(Limit::For(length)) => {
                let timer = Timer::new(length, stamp.clone());
                after.notice.until = Some(to_core(timer.at));
                // The same end is no change.
                let same = before.filter(|before| before.at == timer.at);
                Some(same.cloned().unwrap_or(timer))
            }
        }
    }

    /// What an operator may not expect of the timer, which runs from this change on.
    pub(crate) fn timer_advice(
        &self,
        last: &Stamp,
        before: &State,
        after: &State,
        stamp: &Stamp,
        timer: Option<&Timer>,
    ) -> Option<String> {
        let service = &after.service;
        let begins = before.maintenance == Mode::Off && after.maintenance != Mode::Off;
        let until = after.notice.until.map(from_core);
        match (self, timer, until) {
            (Self::Enter(_), _, _)
                if begins
                    && last.actor == TIMER
                    && stamp.at.duration_since(last.at) < JUST_OVER =>
            {
                Some(format!(
                    "{service} was open since {}, when the timer of the last maintenance ended it",
                    brief_time(last.at)
                ))
            }
            (Self::Enter(_) | Self::Patch(_) | Self::Rollback(..), Some(timer), Some(until))
                if timer.at != until && before.notice.until != after.notice.until =>
            {
                Some(format!(
                    "visitors read {}, but {service} leaves by itself at {}; to take the timer away: \
                     intermission enter {service} --for none",
                    brief_time(until),
                    brief_time(timer.at)
                ))
            }
            (Self::Rollback(..), None, Some(_)) if begins => Some(format!(
                "a rollback brings no timer back, so {service} does not leave by itself; to set one: \
                 intermission enter {service} --for DURATION"
            )),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use intermission_core::{Field, State};
    use serde_json::json;

    use super::*;
    use crate::change::enter::Enter;
    use crate::change::patch::Patch;
    use crate::change::testing::rollback;
    use crate::change::width::Width;

    const UNTIL: &str = "2026-11-23T01:00:00Z";

    fn state(maintenance: &str) -> State {
        let document = json!({
            "version": 1, "service": "shop", "revision": 3, "maintenance": maintenance,
            "notice": { "until": UNTIL },
        });
        State::parse(document.to_string().as_bytes()).unwrap()
    }

    fn stamp(revision: u64, at: &str) -> Stamp {
        Stamp {
            revision,
            at: at.parse().unwrap(),
            actor: "operator".to_owned(),
            action: "enter".to_owned(),
            reason: None,
        }
    }

    fn enter(limit: &str) -> Change {
        Change::Enter(Enter::read(&Field::root(&json!({ "for": limit }))).unwrap())
    }

    /// One that ends at [`UNTIL`].
    fn running() -> Timer {
        Timer::new("1h".parse().unwrap(), stamp(3, "2026-11-23T00:00:00Z"))
    }

    /// The timer that `change` leaves of [`running`], and the announced end.
    fn wound(change: &Change, maintenance: &str) -> (Option<Timer>, Option<String>) {
        let mut after = state(maintenance);
        let timer = change.set_timer(
            Some(&running()),
            &mut after,
            &stamp(4, "2026-11-23T00:30:00Z"),
        );
        (
            timer,
            after.notice.until.map(|until| from_core(until).to_string()),
        )
    }

    #[test]
    fn only_enter_touches_a_timer_that_runs() {
        let patch = Change::Patch(Patch::parse(b"{}").unwrap());
        for change in [
            Change::EnableAllowlist,
            Change::DisableAllowlist,
            rollback(state("all"), Width::Usual),
            patch,
            Change::Enter(Enter::read(&Field::root(&json!({}))).unwrap()),
        ] {
            let (timer, until) = wound(&change, "all");
            assert_eq!((timer, until.as_deref()), (Some(running()), Some(UNTIL)));
            assert_eq!(wound(&change, "off").0, None, "{change:?}");
        }
        assert_eq!(wound(&Change::Exit, "off").0, None);
    }

    #[test]
    fn a_timer_counts_from_the_change_that_sets_it() {
        let (timer, until) = wound(&enter("2h"), "writes");
        let timer = timer.unwrap();
        assert_eq!(timer.at.to_string(), "2026-11-23T02:30:00Z");
        assert_eq!(timer.reason(), "set by operator in revision 4, for 2h");
        assert_eq!(until.as_deref(), Some("2026-11-23T02:30:00Z"));
        // The same end by other words is the same timer.
        assert_eq!(wound(&enter("30m"), "all").0, Some(running()));
    }

    #[test]
    fn taking_a_timer_away_withdraws_the_end_it_announced_and_no_other() {
        assert_eq!(wound(&enter("none"), "all"), (None, None));
        let mut after = state("all");
        let other = Timer::new("2h".parse().unwrap(), stamp(3, "2026-11-23T00:00:00Z"));
        let left =
            enter("none").set_timer(Some(&other), &mut after, &stamp(4, "2026-11-23T00:30:00Z"));
        assert_eq!(left, None);
        assert_eq!(after.notice.until, Some(to_core(running().at)));
    }

    #[test]
    fn an_enter_soon_after_a_timer_names_the_timer() {
        let mut last = stamp(3, "2026-11-23T01:00:00Z");
        last.actor = TIMER.to_owned();
        let advice = |last: &Stamp, before: &str, at: &str| {
            enter("1h").timer_advice(last, &state(before), &state("all"), &stamp(4, at), None)
        };
        let soon = "2026-11-23T01:00:30Z";
        assert_eq!(
            advice(&last, "off", soon).as_deref(),
            Some(
                "shop was open since 2026-11-23T01:00:00Z, when the timer of the last maintenance ended it"
            )
        );
        assert_eq!(advice(&last, "off", "2026-11-23T09:00:00Z"), None);
        assert_eq!(advice(&last, "all", soon), None);
        let by_hand = stamp(3, "2026-11-23T01:00:00Z");
        assert_eq!(advice(&by_hand, "off", soon), None);
    }
}
