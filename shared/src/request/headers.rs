use crate::request::header_filter::HeaderFilter;

/// The header lines of a request.
pub trait Headers {
    /// Every line in the order received; the names may be in any case.
    fn all(&self) -> impl Iterator<Item = (&str, &[u8])>;

    /// Whether a name of the filter may occur; if not, none of its names is looked up.
    fn may_have(&self, _names: HeaderFilter) -> bool {
        true
    }

    /// All values of the field `name`, which is given in lower case, in the order received.
    fn lines<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]> {
        self.all()
            .filter(move |(known, _)| *known == name || known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Calls `see` with each value of the field `name`, which is given in lower case, in the order received.
    fn each<'h>(&'h self, name: &str, see: &mut dyn FnMut(&'h [u8])) {
        self.all().for_each(|(known, value)| {
            if known == name || known.eq_ignore_ascii_case(name) {
                see(value);
            }
        });
    }

    /// Whether the field `name`, given in lower case, occurs at all.
    fn has(&self, name: &str) -> bool {
        self.lines(name).next().is_some()
    }

    /// The value of the field `name`, given in lower case, if it occurs exactly once.
    fn single<'h>(&'h self, name: &str) -> Option<&'h [u8]> {
        let mut single = Single::default();
        self.each(name, &mut |line| single.see(line));
        single.value
    }
}

/// Pairs of name and value; the names may be in any case.
impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for [(N, V)] {
    fn all(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref()))
    }
}

/// The value of a field that may not occur twice.
#[derive(Debug, Default)]
pub(crate) struct Single<'h> {
    pub(crate) value: Option<&'h [u8]>,
    seen: bool,
}

impl<'h> Single<'h> {
    pub(crate) fn see(&mut self, value: &'h [u8]) {
        self.value = (!self.seen).then_some(value);
        self.seen = true;
    }
}
