use intermission_core::{Mode, Report, ServiceName};

use super::*;
use crate::fleet::member::{By, LastReport, Position};
use crate::fleet::testing::{member, report, running};
use crate::values::now::Now;

mod counted;
mod drained;
mod hindered;

/// A barrier for revision 17, and the time.
struct Setting {
    barrier: Barrier,
    began: Instant,
    members: Vec<Member>,
    unstored: Unstored,
}

fn state(revision: u64, mode: Mode) -> State {
    let mut state = State::initial(ServiceName::unknown(), mode);
    state.store = "S".into();
    state.revision = revision;
    state
}

impl Setting {
    fn new(wait: Wait) -> Self {
        Self {
            barrier: Barrier::new(
                "id".into(),
                state(17, Mode::All),
                wait,
                "operator".into(),
                Timestamp::UNIX_EPOCH,
                Version(0),
            ),
            began: Instant::now(),
            members: Vec::new(),
            unstored: Unstored::default(),
        }
    }

    /// With a member that has reported this at the beginning.
    fn with(mut self, report: Report, position: Position) -> Self {
        let heard = LastReport {
            at: self.began,
            time: Timestamp::UNIX_EPOCH,
            report,
            position,
            version: Version(0),
            by: By::Here,
        };
        self.members.push(member(heard));
        self
    }

    /// Looks at it so long after the beginning.
    fn after(&mut self, seconds: u64) -> Progress {
        let elapsed = Duration::from_secs(seconds);
        let time = Timestamp::UNIX_EPOCH + jiff::SignedDuration::try_from(elapsed).unwrap();
        self.barrier.judge(
            self.members.iter(),
            Some(&self.unstored),
            Now {
                instant: self.began + elapsed,
                time,
            },
        )
    }

    #[track_caller]
    fn ends(mut self, seconds: u64, ending: Ending) {
        for before in 0..seconds {
            assert_eq!(self.after(before).ending, None, "after {before} s");
        }
        assert_eq!(self.after(seconds).ending, Some(ending));
    }
}

fn waiting() -> Setting {
    Setting::new(Wait::default())
}

/// A wait that began after all members were heard last, which had drained then.
fn begun_later(wait: Wait, names: &[&str]) -> Setting {
    let mut setting = Setting::new(wait);
    for name in names {
        setting = setting.with(report(name), Position::At(17));
    }
    setting.barrier.since = Version(1);
    setting
}

/// A member is heard again, so long after the beginning.
fn report_again(setting: &mut Setting, member: usize, seconds: u64) {
    let again = Report {
        seq: 1000 + seconds,
        ..setting.members[member]
            .heard
            .as_ref()
            .unwrap()
            .report
            .clone()
    };
    let mut heard = LastReport::new(again, Position::At(17), Version(1), Now::read());
    heard.at = setting.began + Duration::from_secs(seconds);
    setting.members[member].report(heard, "nodes");
}

fn expecting(expect: u64) -> Wait {
    Wait {
        expect: Some(expect),
        ..Wait::default()
    }
}
