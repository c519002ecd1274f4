use jiff::{Timestamp, Unit};

/// A time, to the second.
pub(crate) fn brief_time(time: Timestamp) -> String {
    time.round(Unit::Second).unwrap_or(time).to_string()
}

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
