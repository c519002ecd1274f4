use jiff::Timestamp;

use crate::cli::terminal::paint::Paint;

use crate::cli::terminal::ago::ahead;

use crate::values::timestamp::brief_time;
use crate::wire::timer::Timer;

/// When a maintenance ends by itself.
pub(crate) fn countdown(timer: &Timer, paint: Paint, now: Timestamp) -> String {
    match ahead(timer.at, now) {
        Some(ahead) => format!("leaves by itself {ahead}"),
        None => paint.warn(&format!(
            "due since {}; if it does not leave within seconds, see control's log",
            brief_time(timer.at)
        )),
    }
}
