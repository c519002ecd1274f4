/// The character in lower case (The Unicode Standard, section 3.13). A final sigma counts as a sigma.
pub(crate) fn lower(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().map(|c| if c == 'ς' { 'σ' } else { c })
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::*;

    #[test]
    fn words_that_differ_in_case_alone_are_equal() {
        let lowered = |text: &str| text.chars().flat_map(lower).collect::<String>();
        assert_eq!(lowered("ΟΔΌΣ"), lowered("οδός"));
        assert_eq!(lowered("οδός"), "οδόσ");
        assert_eq!(lowered("İ"), "i\u{307}");
        assert_eq!(lowered("ÄKß"), "äkß");
    }
}
