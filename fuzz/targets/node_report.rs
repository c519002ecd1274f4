//! What a node says of itself, as control reads it.
#![no_main]

use std::time::Duration;

use intermission_core::{Counts, Report, Running};
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
        name: shortened(name, "shop"),
        boot: input.arbitrary()?,
        seq: input.int_in_range(0..=LARGEST)?,
        kind: input.choose(&["tower", "envoy"])?,
        applied: input.arbitrary::<bool>()?.then(|| bare(applied)),
        running: Running {
            requests: input.int_in_range(0..=LARGEST)?,
            upgraded: input.int_in_range(0..=LARGEST)?,
            oldest: input.arbitrary::<bool>()?.then_some(3),
        },
        counts,
        silent: input.choose(&["", "a3f1", "a3f1 99c2"])?,
        wait: Duration::from_millis(input.arbitrary::<u32>()?.into()),
        lease: input
            .arbitrary::<bool>()?
            .then_some(Duration::from_millis(3001)),
        error: input.arbitrary::<bool>()?.then(|| shortened(error, "odd")),
        probed: "",
        leaving: input.arbitrary()?,
    };
    let line = report.to_string();
    assert!(
        line.bytes().all(|byte| matches!(byte, b' '..=b'~')),
        "{line:?}"
    );
    let read = intermission_control::fuzzing::report(line.as_bytes())
        .expect("control reads what a node writes");
    let seen = |text: &str| text.replace(|c| !matches!(c, ' '..='~'), "?");
    assert_eq!(read.name, seen(report.name));
    assert_eq!(read.boot, format!("{:016x}", report.boot));
    assert_eq!(
        (read.kind.as_str(), read.seq, read.leaving),
        (report.kind, report.seq, report.leaving)
    );
    assert_eq!(read.applied, report.applied.map(seen));
    assert_eq!(read.running, report.running.requests);
    assert_eq!(read.silent.join(" "), report.silent);
    assert_eq!(read.lease, report.lease.map(|_| Duration::from_secs(4)));
    assert_eq!(
        read.error,
        report
            .error
            .map(|error| error.replace(char::is_control, " "))
    );
    Ok(())
}

/// The largest Integer of a structured field (RFC 9651, section 3.3.1).
const LARGEST: u64 = 999_999_999_999_999;

/// An entity tag without its quotes, of at most 40 characters and never none.
fn bare(etag: &str) -> &str {
    match shortened(etag, "1").trim_matches('"') {
        "" => "1",
        bare => bare,
    }
}

/// At most 40 characters, and never none.
fn shortened<'t>(text: &'t str, otherwise: &'t str) -> &'t str {
    let end = text
        .char_indices()
        .nth(40)
        .map_or(text.len(), |(end, _)| end);
    if end == 0 { otherwise } else { &text[..end] }
}
