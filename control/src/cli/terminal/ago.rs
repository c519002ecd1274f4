use jiff::Timestamp;

use crate::values::timestamp::brief_time;

/// A time that is past, and how long ago it was.
pub(crate) fn ago(time: Timestamp, now: Timestamp) -> String {
    format!(
        "{}, {} ago",
        brief_time(time),
        length(now.as_second() - time.as_second())
    )
}

/// A time that was announced, and how far off it is.
pub(crate) fn when(time: Timestamp, now: Timestamp) -> String {
    let seconds = time.as_second() - now.as_second();
    if seconds < 0 {
        format!("{}, PASSED {} ago", brief_time(time), length(-seconds))
    } else {
        format!("{}, in {}", brief_time(time), length(seconds))
    }
}

/// A time to come, first how far off it is; `None` where it has come.
pub(crate) fn ahead(time: Timestamp, now: Timestamp) -> Option<String> {
    let seconds = time.as_second() - now.as_second();
    if time <= now {
        return None;
    }
    let form = match (seconds < 12 * 3600, time.as_second() % 60) {
        (true, 0) => "%H:%M UTC",
        (true, _) => "%H:%M:%S UTC",
        (false, _) => "%Y-%m-%d %H:%M UTC",
    };
    Some(format!(
        "in {}, at {}",
        length(seconds),
        time.strftime(form)
    ))
}

/// A length in two units at most, rounded down.
fn length(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    match () {
        () if days > 0 => format!("{days} d {} h", hours % 24),
        () if hours > 0 => format!("{hours} h {} min", minutes % 60),
        () if minutes > 0 => format!("{minutes} min"),
        () => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_in_two_units_at_most() {
        for (seconds, expected) in [
            (-5, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3599, "59 min"),
            (3600, "1 h 0 min"),
            (90061, "1 d 1 h"),
        ] {
            assert_eq!(length(seconds), expected);
        }
    }

    #[test]
    fn a_time_to_come_is_named_as_far_as_it_takes() {
        let now = "2026-11-23T01:48:00.5Z".parse().unwrap();
        for (time, expected) in [
            ("2026-11-23T01:48:00.4Z", None),
            ("2026-11-23T01:48:01Z", Some("in 1 s, at 01:48:01 UTC")),
            ("2026-11-23T03:00:00Z", Some("in 1 h 12 min, at 03:00 UTC")),
            (
                "2026-11-24T03:00:00Z",
                Some("in 1 d 1 h, at 2026-11-24 03:00 UTC"),
            ),
        ] {
            assert_eq!(ahead(time.parse().unwrap(), now).as_deref(), expected);
        }
    }

    #[test]
    fn an_end_that_has_passed_is_said_loudly() {
        let now = "2026-11-23T02:00:00Z".parse().unwrap();
        let at = |text: &str| when(text.parse().unwrap(), now);
        assert_eq!(
            at("2026-11-23T02:30:00Z"),
            "2026-11-23T02:30:00Z, in 30 min"
        );
        assert_eq!(
            at("2026-11-23T01:59:00Z"),
            "2026-11-23T01:59:00Z, PASSED 1 min ago"
        );
    }
}
