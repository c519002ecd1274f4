/// The host of an authority in lower case, without port and one trailing dot; `None` where it is odd.
#[must_use]
pub(crate) fn normal(authority: &[u8]) -> Option<String> {
    let text = str::from_utf8(authority).ok()?.to_ascii_lowercase();
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (literal, port) = rest.split_once(']')?;
            if literal.contains(|c: char| !c.is_ascii_hexdigit() && !":.[".contains(c)) {
                return None;
            }
            (format!("[{literal}]"), port)
        }
        None => {
            let end = text.find(':').unwrap_or(text.len());
            let (name, port) = text.split_at(end);
            let name = name.strip_suffix('.').unwrap_or(name);
            let label = |label: &str| {
                !label.is_empty()
                    && label
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
            };
            if !name.split('.').all(label) {
                return None;
            }
            (name.to_owned(), port)
        }
    };
    let digits = |digits: &str| {
        (1..=5).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
    };
    (port.is_empty() || port.strip_prefix(':').is_some_and(digits)).then_some(host)
}
