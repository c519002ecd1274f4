//! `Forwarded` (RFC 7239), cut at every comma and semicolon that is in no quoted string.

/// What one proxy says.
#[derive(Debug, Default)]
pub struct Element<'b> {
    /// What is behind `for`.
    pub client: Option<&'b [u8]>,
    /// What is behind `host`.
    pub host: Option<&'b [u8]>,
}

/// The elements of a line that are not empty; `None` where one cannot be read.
#[must_use]
pub fn elements(line: &[u8]) -> Option<Vec<Element<'_>>> {
    let mut all = Vec::new();
    for element in pieces(line, b',')? {
        let pairs = pieces(element, b';')?;
        let mut pairs = pairs
            .into_iter()
            .map(trimmed)
            .filter(|pair| !pair.is_empty())
            .peekable();
        if pairs.peek().is_none() && trimmed(element).is_empty() {
            continue;
        }
        let mut read = Element::default();
        for pair in pairs {
            let equals = pair.iter().position(|byte| *byte == b'=')?;
            let (name, value) = (&pair[..equals], value(&pair[equals + 1..])?);
            if name.is_empty() || !name.iter().all(|byte| is_token(*byte)) {
                return None;
            }
            let place = match name.to_ascii_lowercase().as_slice() {
                b"for" => &mut read.client,
                b"host" => &mut read.host,
                _ => continue,
            };
            if place.replace(value).is_some() {
                return None;
            }
        }
        all.push(read);
    }
    Some(all)
}

/// Cuts a text at the `separator` outside of quoted strings; `None` where one does not end.
fn pieces(text: &[u8], separator: u8) -> Option<Vec<&[u8]>> {
    let (mut pieces, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (place, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            byte if *byte == separator && !quoted => {
                pieces.push(&text[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    (!quoted).then_some(pieces)
}

fn value(text: &[u8]) -> Option<&[u8]> {
    if let Some(rest) = text.strip_prefix(b"\"") {
        let inside = rest.strip_suffix(b"\"")?;
        let mut escaped = false;
        for byte in inside {
            if *byte == b'"' && !escaped {
                return None;
            }
            escaped = *byte == b'\\' && !escaped;
        }
        return (!escaped).then_some(inside);
    }
    let known = |byte: &u8| is_token(*byte) || b":[]".contains(byte);
    (!text.is_empty() && text.iter().all(known)).then_some(text)
}

fn trimmed(text: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| b" \t".contains(byte);
    let start = text
        .iter()
        .position(|byte| !is_space(byte))
        .unwrap_or(text.len());
    let end = text
        .iter()
        .rposition(|byte| !is_space(byte))
        .map_or(start, |last| last + 1);
    &text[start..end]
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
