/// The text before the first `separator`, and the text after it if the separator occurs.
// Inlined for speed, but not in the filter, where size matters more.
#[cfg_attr(target_family = "wasm", inline(never))]
#[cfg_attr(not(target_family = "wasm"), inline)]
pub(crate) fn cut(text: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    let place = text.iter().position(|byte| *byte == separator);
    let cut = place.and_then(|place| text.split_at_checked(place));
    cut.map_or((text, None), |(before, rest)| (before, rest.get(1..)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_separator_splits_and_is_in_neither_part() {
        for (text, expected) in [
            ("", ("", None)),
            ("a", ("a", None)),
            (",", ("", Some(""))),
            ("a,", ("a", Some(""))),
            ("a,b,c", ("a", Some("b,c"))),
        ] {
            let (before, after) = expected;
            let expected = (before.as_bytes(), after.map(str::as_bytes));
            assert_eq!(cut(text.as_bytes(), b','), expected, "{text}");
        }
    }
}
