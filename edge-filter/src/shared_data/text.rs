//! The values in shared data are texts: words separated by spaces, with numbers first.

/// The words of a value, separated by spaces.
pub(crate) fn words(value: &[u8]) -> impl Iterator<Item = &str> {
    let words = value.split(|byte| *byte == b' ');
    words.filter_map(|word| {
        std::str::from_utf8(word)
            .ok()
            .filter(|word| !word.is_empty())
    })
}

/// The numbers at the start of a value.
pub(crate) fn numbers(value: &[u8]) -> Vec<u64> {
    words(value).map_while(|word| word.parse().ok()).collect()
}

/// The first line of a value, and the rest.
pub(crate) fn lines(value: &[u8]) -> (&[u8], &[u8]) {
    let end = value.iter().position(|byte| *byte == b'\n');
    let (line, rest) = value.split_at(end.unwrap_or(value.len()));
    (line, rest.get(1..).unwrap_or_default())
}
