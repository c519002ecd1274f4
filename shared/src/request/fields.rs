//! The request headers that decide. The core and every node use these tables.
//!
//! The headers of the first five tables count against a request. In their names every byte that is no letter or digit is the
//! same as `-`: CGI, WSGI, Rack and lighttpd make one variable of `X-HTTP-Method` and `X_HTTP_Method`.

use crate::request::header_filter::HeaderFilter;
use crate::request::headers::Headers;

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
        let names = headers.all().map(|(name, _)| name);
        let weighty = names.filter(|name| WEIGHTY.may_contain(name));
        weighty.fold(Self::default(), |all, name| {
            Self(all.0 | Self::of_name(name).0)
        })
    }

    // Not inlined, because few names reach it.
    #[inline(never)]
    fn of_name(name: &str) -> Self {
        let weighs = TABLES.iter().filter(|(table, ..)| is_among(name, table));
        weighs.fold(Self::default(), |all, (.., weight)| Self(all.0 | weight.0))
    }

    /// A filter of the names in these tables.
    #[inline]
    pub(crate) fn filter(self) -> HeaderFilter {
        let tables = TABLES.iter().filter(|(.., weight)| self.meet(*weight));
        tables.fold(HeaderFilter::default(), |all, (_, filter, _)| {
            all.and(*filter)
        })
    }

    /// Whether both have a table in common.
    pub(crate) fn meet(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

const TABLES: [(&[&str], HeaderFilter, Weights); 5] = [
    (&METHOD_HEADERS, METHOD_FILTER, Weights::METHOD),
    (&PATH_HEADERS, PATH_FILTER, Weights::PATH),
    (&HOST_HEADERS, HOST_FILTER, Weights::HOST),
    (&CLIENT_HEADERS, CLIENT_FILTER, Weights::CLIENT),
    (&PROTOCOL_HEADERS, PROTOCOL_FILTER, Weights::PROTOCOL),
];

const METHOD_FILTER: HeaderFilter = HeaderFilter::all(&METHOD_HEADERS);
const PATH_FILTER: HeaderFilter = HeaderFilter::all(&PATH_HEADERS);
const HOST_FILTER: HeaderFilter = HeaderFilter::all(&HOST_HEADERS);
const CLIENT_FILTER: HeaderFilter = HeaderFilter::all(&CLIENT_HEADERS);
const PROTOCOL_FILTER: HeaderFilter = HeaderFilter::all(&PROTOCOL_HEADERS);

const WEIGHTY: HeaderFilter = METHOD_FILTER
    .and(PATH_FILTER)
    .and(HOST_FILTER)
    .and(CLIENT_FILTER)
    .and(PROTOCOL_FILTER);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_every_name_is_in_its_table() {
        for (table, _, weight) in TABLES {
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
