//! The field `Forwarded` (RFC 7239, section 4).

use core::net::IpAddr;

use crate::address::parse_address;
use crate::text::is_token;

/// The elements of one line.
///
/// The iterator ends with an error at the first element that breaks the grammar, because the rest cannot be split. Empty
/// elements and empty pairs, which stray commas and semicolons make, are ignored (RFC 9110, section 5.6.1.2).
pub(crate) struct Elements<'a>(&'a [u8]);

/// The element that one proxy has added.
#[derive(Debug, Default)]
pub(crate) struct Element<'a> {
    /// The value of `for`, if it is an address.
    pub(crate) client: Option<IpAddr>,
    /// The value of `host`.
    pub(crate) host: Option<&'a [u8]>,
}

#[derive(Debug)]
pub(crate) struct Malformed;

impl<'a> Elements<'a> {
    pub(crate) fn new(line: &'a [u8]) -> Self {
        Self(line.trim_ascii())
    }

    /// Reads the next element, which begins at the first byte of the text.
    fn element(&mut self) -> Result<Element<'a>, Malformed> {
        let (mut client, mut host) = (None, None);
        loop {
            self.skip(b" \t;");
            if self.0.is_empty() || self.0.starts_with(b",") {
                break;
            }
            let name = self.take_while(is_token);
            self.0 = self
                .0
                .strip_prefix(b"=")
                .filter(|_| !name.is_empty())
                .ok_or(Malformed)?;
            let value = self.value().ok_or(Malformed)?;
            let known = if name.eq_ignore_ascii_case(b"for") {
                client.replace(value)
            } else if name.eq_ignore_ascii_case(b"host") {
                host.replace(value)
            } else {
                None
            };
            self.skip(b" \t");
            let ends = matches!(self.0.first(), None | Some(b';' | b','));
            if !ends || known.is_some() {
                return Err(Malformed);
            }
        }
        Ok(Element {
            client: client.and_then(parse_address),
            host,
        })
    }

    /// A token or a quoted string. Escapes in a quoted string are kept, because neither addresses nor hosts contain any. A
    /// token may also have `:`, `[` and `]`, because some proxies write ports and IPv6 addresses without quotes.
    fn value(&mut self) -> Option<&'a [u8]> {
        let Some(quoted) = self.0.strip_prefix(b"\"") else {
            let token = self.take_while(|byte| is_token(byte) || b":[]".contains(&byte));
            return (!token.is_empty()).then_some(token);
        };
        let mut escaped = false;
        let end = quoted.iter().position(|byte| {
            let ends = *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            ends
        })?;
        let (value, rest) = quoted.split_at_checked(end)?;
        self.0 = rest.strip_prefix(b"\"")?;
        Some(value)
    }

    fn take_while(&mut self, wanted: fn(u8) -> bool) -> &'a [u8] {
        let end = self.0.iter().position(|byte| !wanted(*byte));
        let (taken, rest) = self
            .0
            .split_at_checked(end.unwrap_or(self.0.len()))
            .unwrap_or_default();
        self.0 = rest;
        taken
    }

    fn skip(&mut self, bytes: &[u8]) {
        let end = self.0.iter().position(|byte| !bytes.contains(byte));
        self.0 = self
            .0
            .get(end.unwrap_or(self.0.len())..)
            .unwrap_or_default();
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Result<Element<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        self.skip(b" \t,");
        if self.0.is_empty() {
            return None;
        }
        let element = self.element();
        if element.is_err() {
            self.0 = &[];
        }
        Some(element)
    }
}
