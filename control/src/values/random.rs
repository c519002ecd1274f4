/// A random number that no one can guess.
#[cfg(not(test))]
pub(crate) fn random() -> Result<u128, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(u128::from_be_bytes(bytes))
}

/// A number that a test can repeat, with a seed of its own for each thread.
#[cfg(test)]
#[expect(clippy::unnecessary_wraps, reason = "it stands for one that may fail")]
pub(crate) fn random() -> Result<u128, getrandom::Error> {
    Ok(fastrand::u128(..))
}
