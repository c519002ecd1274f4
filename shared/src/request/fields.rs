//! The request headers that decide. The core and every node use these tables.
//!
//! The headers of the first five tables count against a request. In their names every byte that is no letter or digit is the
//! same as `-`: CGI, WSGI, Rack and lighttpd make one variable of `X-HTTP-Method` and `X_HTTP_Method`.

use crate::request::headers::Headers;
use crate::request::names::Names;

/// Headers by which applications replace the method of the request.
pub const METHOD_HEADERS: [&str; 3] = [
    "x-http-method-override",
    "x-http-method",
    "x-method-override",
];

/// Headers by which applications route to another path than the request's own.
pub const PATH_HEADERS: [&str; 2] = ["x-original-url", "x-rewrite-url"];

/// Headers by which applications route to another host than the request's own.
pub const HOST_HEADERS: [&str; 4] = ["forwarded", "x-forwarded-host", "x-original-host", "x-host"];

/// Headers by which a proxy reports that it forwards the request of another client.
pub const CLIENT_HEADERS: [&str; 6] = [
    "forwarded",
    "x-forwarded-for",
    "x-real-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "via",
];

/// Headers that change the protocol of a connection.
pub const PROTOCOL_HEADERS: [&str; 1] = ["upgrade"];

/// Headers on which the answer to a refused request depends; `Vary` names them.
pub const ANSWER_HEADERS: [&str; 10] = [
    "accept",
    "accept-language",
    "connect-protocol-version",
    "content-type",
    "hx-current-url",
    "hx-request",
    "origin",
    "sec-fetch-mode",
    "upgrade",
    "x-requested-with",
];

/// Whether `name` is a spelling of `known`, which is in lower case, for applications that treat several spellings alike.
pub(crate) fn spells(name: &str, known: &str) -> bool {
    let same = |(byte, known): (u8, u8)| {
        byte == known
            || byte.to_ascii_lowercase() == known
            || (known == b'-' && !byte.is_ascii_alphanumeric())
    };
    name.len() == known.len() && name.bytes().zip(known.bytes()).all(same)
}

/// Whether `name` is a spelling of a name in the table.
pub(crate) fn is_among(name: &str, table: &[&str]) -> bool {
    table.iter().any(|known| spells(name, known))
}

/// The tables that the headers of a request are in, found in one pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Weights(u8);

impl Weights {
    pub(crate) const METHOD: Self = Self(1);
    pub(crate) const PATH: Self = Self(1 << 1);
    pub(crate) const HOST: Self = Self(1 << 2);
    pub(crate) const CLIENT: Self = Self(1 << 3);
    pub(crate) const PROTOCOL: Self = Self(1 << 4);
    pub(crate) const HOST_OR_PATH: Self = Self(Self::HOST.0 | Self::PATH.0);

    pub(crate) fn of<H: Headers + ?Sized>(headers: &H) -> Self {
        if !headers.may_have(WEIGHTY) {
            return Self::default();
        }
        let names = headers.all().map(|(name, _)| name);
        let weighty = names.filter(|name| WEIGHTY.may_include(name));
        weighty.fold(Self::default(), |all, name| {
            Self(all.0 | Self::of_name(name).0)
        })
    }

    // Not inlined, because few names reach it.
    #[inline(never)]
    fn of_name(name: &str) -> Self {
        let weighs = TABLES.iter().filter(|(table, _)| is_among(name, table));
        weighs.fold(Self::default(), |all, (_, weight)| Self(all.0 | weight.0))
    }

    /// Whether both have a table in common.
    pub(crate) fn meet(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

const TABLES: [(&[&str], Weights); 5] = [
    (&METHOD_HEADERS, Weights::METHOD),
    (&PATH_HEADERS, Weights::PATH),
    (&HOST_HEADERS, Weights::HOST),
    (&CLIENT_HEADERS, Weights::CLIENT),
    (&PROTOCOL_HEADERS, Weights::PROTOCOL),
];

const WEIGHTY: Names = Names::all(&METHOD_HEADERS)
    .and(Names::all(&PATH_HEADERS))
    .and(Names::all(&HOST_HEADERS))
    .and(Names::all(&CLIENT_HEADERS))
    .and(Names::all(&PROTOCOL_HEADERS));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_every_name_is_in_its_table() {
        for (table, weight) in TABLES {
            for name in table {
                for spelling in [
                    (*name).into(),
                    name.to_ascii_uppercase(),
                    name.replace('-', "_"),
                    name.replace('-', "."),
                ] {
                    let headers = [("accept", ""), (&*spelling, "")];
                    assert!(Weights::of(headers.as_slice()).meet(weight), "{spelling}");
                }
                let headers = [(alloc::format!("{name}s"), "")];
                assert_eq!(
                    Weights::of(headers.as_slice()),
                    Weights::default(),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn a_letter_is_no_hyphen() {
        assert!(!spells("xahost", "x-host") && !spells("x0host", "x-host"));
        assert!(spells("X_Host", "x-host") && spells("x~host", "x-host"));
    }
}
