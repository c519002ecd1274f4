//! What a node says of itself, as control reads it.
#![no_main]

use std::time::Duration;

use intermission_core::{Counts, MemberId, Report, Running, is_unseen};
use libfuzzer_sys::arbitrary::{Result, Unstructured};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = read_back(&mut Unstructured::new(bytes));
});

fn read_back(input: &mut Unstructured<'_>) -> Result<()> {
    let mut counts = Counts::default();
    for rule in Counts::rules() {
        counts.add(rule, input.int_in_range(0..=LARGEST)?);
    }
    let (name, applied, error): (&str, &str, &str) = input.arbitrary()?;
    let report = Report {
        seq: input.int_in_range(0..=LARGEST)?,
        applied: input.arbitrary::<bool>()?.then(|| shortened(applied, "1")),
        running: Running {
            requests: input.int_in_range(0..=LARGEST)?,
            upgraded: input.int_in_range(0..=LARGEST)?,
            oldest: input.arbitrary::<bool>()?.then_some(3),
        },
        counts,
        silent: input
            .choose(&[&[][..], &["a3f1"], &["a3f1", "99c2"]])?
            .iter()
            .map(ToString::to_string)
            .collect(),
        wait: Duration::from_millis(input.arbitrary::<u32>()?.into()),
        lease: input
            .arbitrary::<bool>()?
            .then_some(Duration::from_millis(3001)),
        error: input.arbitrary::<bool>()?.then(|| shortened(error, "odd")),
        leaving: input.arbitrary()?,
        ..Report::new(
            MemberId::new(&shortened(name, "shop"), input.arbitrary()?),
            input.choose(&["tower", "envoy"])?,
        )
    };
    let line = report.to_string();
    assert!(
        line.bytes().all(|byte| matches!(byte, b' '..=b'~')),
        "{line:?}"
    );
    let read = intermission_control::fuzzing::report(line.as_bytes())
        .expect("control reads what a node writes");
    let seen = |text: &str| text.replace(|c| !matches!(c, ' '..='~'), "?");
    let mut expected = report.clone();
    expected.id.name = seen(&report.id.name);
    expected.applied = report.applied.as_deref().map(seen);
    expected.error = report.error.map(|error| error.replace(is_unseen, " "));
    let seconds = Duration::from_secs(report.wait.as_secs_f64().ceil() as u64);
    expected.wait = seconds.clamp(Duration::from_secs(1), Duration::from_secs(300));
    expected.lease = report.lease.map(|_| Duration::from_secs(4));
    assert_eq!(read, expected);
    Ok(())
}

/// The largest Integer of a structured field (RFC 9651, section 3.3.1).
const LARGEST: u64 = 999_999_999_999_999;

/// At most 40 characters, and never none.
fn shortened(text: &str, otherwise: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.is_empty() {
        otherwise.into()
    } else {
        short
    }
}
