use intermission_core::{ANSWER_HEADERS, Headers};
use intermission_wasm_abi::Pairs;

/// Header lines as Envoy passes them.
#[derive(Clone, Debug)]
pub(crate) struct HeaderLines(pub(crate) Pairs);

impl HeaderLines {
    /// The lines on which the answer to a refused request depends.
    pub(crate) fn of_answer(&self) -> Self {
        let own = [
            ":method",
            ":path",
            "access-control-request-method",
            "access-control-request-headers",
        ];
        let asked = |name: &&str| own.contains(name) || ANSWER_HEADERS.contains(name);
        let kept: Vec<_> = self.all().filter(|(name, _)| asked(name)).collect();
        Self(Pairs::encode(kept.into_iter()))
    }
}

impl Headers for HeaderLines {
    fn all(&self) -> impl Iterator<Item = (&str, &[u8])> {
        // No caller asks for a name that is not UTF-8.
        let text = |name| std::str::from_utf8(name).unwrap_or_default();
        self.0.iter().map(move |(name, value)| (text(name), value))
    }
}
