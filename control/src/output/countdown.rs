use jiff::Timestamp;

use crate::output::{Paint, ahead, brief_time};
use crate::timer::Timer;

/// When a maintenance ends by itself.
pub(super) fn countdown(timer: &Timer, paint: Paint, now: Timestamp) -> String {
    match ahead(timer.at, now) {
        Some(ahead) => format!("leaves by itself {ahead}"),
        None => paint.warn(&format!(
            "due since {}; if it does not leave within seconds, see control's log",
            brief_time(timer.at)
        )),
    }
}
