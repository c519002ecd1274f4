use intermission_core::Cidr;

use crate::cli::lists::place::{Fault, Place};

/// Reads a list with one entry on each line.
pub(crate) fn read(text: &str) -> Result<Vec<(Cidr, Place)>, Fault> {
    let mut found = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let (entry, _comment) = line.split_once('#').unwrap_or((line, ""));
        let entry = entry.trim();
        if entry.is_empty() {
            continue;
        }
        let place = Place::Line(number);
        match entry.parse() {
            Ok(cidr) => found.push((cidr, place)),
            Err(error) => {
                let json = if entry.starts_with(['{', '[']) {
                    "; for JSON of a cloud give --format aws, google or github"
                } else {
                    ""
                };
                let reason = format!("{error}{json}");
                return Err(Fault { place, reason });
            }
        }
    }
    Ok(found)
}
