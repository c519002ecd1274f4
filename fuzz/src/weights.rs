//! Weighted lists (RFC 9110, section 12.4.2), read the plain way.

/// The elements of all lines of a list, each with its weight in thousandths; those whose weight cannot be read are left out.
#[must_use]
pub fn weighted(lines: &[&[u8]]) -> Vec<(String, u32)> {
    let elements = lines
        .iter()
        .flat_map(|line| line.split(|byte| *byte == b','));
    let weighted = elements.filter_map(|element| {
        // What is not ASCII names nothing that is known.
        let element = String::from_utf8_lossy(element);
        let mut parts = element
            .split(';')
            .map(|part| part.trim_matches(|c: char| c.is_ascii_whitespace()));
        let value = parts.next()?.to_owned();
        let weight = parts.find_map(|part| part.strip_prefix(['q', 'Q'])?.strip_prefix('='));
        Some((value, weight.map_or(Some(1000), thousandths)?))
    });
    weighted.collect()
}

/// `qvalue`, in thousandths.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let valid = matches!(whole, "0" | "1") && decimals.len() <= 3 && digits(decimals);
    let weight = valid
        .then(|| format!("{whole}{decimals:0<3}").parse().ok())
        .flatten();
    weight.filter(|weight| *weight <= 1000)
}

/// How much the lines of `Accept` prefer HTML and JSON: weight and specificity of the most specific range that has each.
#[must_use]
pub fn html_and_json(lines: &[&[u8]]) -> [(u32, u32); 2] {
    let ranges = weighted(lines);
    [is_html, is_json].map(|specificity: fn(&str, &str) -> Option<u32>| {
        let ranges = ranges.iter().filter_map(|(range, weight)| {
            let range = range.to_ascii_lowercase();
            let (kind, subtype) = range.split_once('/')?;
            Some((specificity(kind, subtype)?, *weight))
        });
        let (specificity, weight) = ranges.max().unwrap_or_default();
        if weight == 0 {
            (0, 0)
        } else {
            (weight, specificity)
        }
    })
}

fn is_html(kind: &str, subtype: &str) -> Option<u32> {
    match (kind, subtype) {
        ("text", "html") | ("application", "xhtml+xml") => Some(3),
        ("text", "*") => Some(2),
        ("*", "*") => Some(1),
        _ => None,
    }
}

fn is_json(kind: &str, subtype: &str) -> Option<u32> {
    match (kind, subtype) {
        ("application", subtype) if subtype.rsplit('+').next() == Some("json") => Some(3),
        ("application", "*") => Some(2),
        ("*", "*") => Some(1),
        _ => None,
    }
}
