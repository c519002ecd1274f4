/// A digest of a text (FNV-1a), for names.
pub(crate) fn digest(text: impl IntoIterator<Item = u8>) -> u64 {
    let mix = |digest: u64, byte| (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.into_iter().fold(0xcbf2_9ce4_8422_2325, mix)
}
