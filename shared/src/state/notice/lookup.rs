/// Looks up a language range among tags (RFC 4647, section 3.4): the range is shortened from its end until `find` knows it.
pub(crate) fn look_up(range: &[u8], find: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
    let mut range = range;
    loop {
        let found = find(range).or_else(|| find(chinese_script(range)?));
        if found.is_some() {
            return found;
        }
        let end = range.iter().rposition(|byte| *byte == b'-')?;
        range = range.get(..end)?;
        if let [shorter @ .., b'-', _] = range {
            range = shorter;
        }
    }
}

/// The tag with the script of a Chinese range that has at most a region (CLDR, "Likely Subtags"): browsers send regions, and
/// readers of one script do not read the other.
fn chinese_script(range: &[u8]) -> Option<&'static [u8]> {
    let [b'z' | b'Z', b'h' | b'H', region @ ..] = range else {
        return None;
    };
    let is = |regions: &[&str]| {
        let mut regions = regions.iter();
        regions.any(|known| region.eq_ignore_ascii_case(known.as_bytes()))
    };
    if is(&["-tw", "-hk", "-mo"]) {
        Some(b"zh-Hant")
    } else if is(&["", "-cn", "-sg"]) {
        Some(b"zh-Hans")
    } else {
        None
    }
}
