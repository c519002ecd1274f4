//! What a runner says of failures.

/// Adds a line to what was `found` if two texts differ.
pub fn differ(found: &mut Vec<String>, what: &str, is: &str, expected: &str) {
    if is != expected {
        found.push(format!("{what} is {is:?}, expected {expected:?}"));
    }
}

/// One vector's failures as text.
#[must_use]
pub fn report(name: &str, found: &[String]) -> String {
    format!("{name}:\n    {}", found.join("\n    "))
}

/// Ends a run.
///
/// # Panics
///
/// If there are failures; with all of them.
#[track_caller]
pub fn finish(failures: &[String]) {
    assert!(
        failures.is_empty(),
        "{} vectors fail\n\n{}\n",
        failures.len(),
        failures.join("\n")
    );
}
