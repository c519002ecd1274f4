use std::cell::OnceCell;

use intermission_core::{HeaderFilter, Headers};
use intermission_native_abi::HeaderLines;

/// The headers of a request, as the core asks for them.
#[derive(Debug)]
pub(crate) struct Lines<'h> {
    lines: HeaderLines<'h>,
    filter: OnceCell<HeaderFilter>,
}

impl<'h> Lines<'h> {
    pub(crate) fn new(lines: HeaderLines<'h>) -> Self {
        Self {
            lines,
            filter: OnceCell::new(),
        }
    }
}

impl Headers for Lines<'_> {
    fn all(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.lines.iter()
    }

    fn may_have(&self, wanted: HeaderFilter) -> bool {
        let filter = self.filter.get_or_init(|| {
            let names = self.lines.iter().map(|(name, _)| HeaderFilter::of(name));
            names.fold(HeaderFilter::default(), HeaderFilter::and)
        });
        !filter.is_disjoint(wanted)
    }

    fn lines<'l>(&'l self, name: &str) -> impl Iterator<Item = &'l [u8]> {
        let all = self
            .may_have(HeaderFilter::of(name))
            .then(|| self.lines.iter());
        // Envoy's names are in lower case.
        let lines = all.into_iter().flatten();
        lines
            .filter(move |(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    fn each<'l>(&'l self, name: &str, see: &mut dyn FnMut(&'l [u8])) {
        self.lines(name).for_each(see);
    }
}
