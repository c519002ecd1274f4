/// The header lines of a request.
pub trait Headers {
    /// All values of the field `name`, which is given in lower case, in the order received.
    fn lines<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]>;

    /// Whether the field `name`, given in lower case, occurs at all.
    fn has(&self, name: &str) -> bool {
        self.lines(name).next().is_some()
    }

    /// The value of the field `name`, given in lower case, if it occurs exactly once.
    fn single<'h>(&'h self, name: &str) -> Option<&'h [u8]> {
        let mut lines = self.lines(name);
        let line = lines.next()?;
        lines.next().is_none().then_some(line)
    }
}

/// Pairs of name and value, names in any case.
impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for [(N, V)] {
    fn lines<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]> {
        self.iter()
            .filter(move |(known, _)| known.as_ref().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_ref())
    }
}
