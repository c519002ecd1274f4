//! The field `Forwarded` (RFC 7239, section 4).

use core::net::IpAddr;

/// The hops of one line, each with the address behind its `for`, if that is one.
///
/// An error where the line breaks the grammar: from there on nothing in it can be told apart.
pub(crate) struct Hops<'a>(&'a [u8]);

pub(crate) struct Malformed;

impl<'a> Hops<'a> {
    pub(crate) fn new(line: &'a [u8]) -> Self {
        Self(line.trim_ascii())
    }

    fn hop(&mut self) -> Option<Option<IpAddr>> {
        let mut address = None;
        loop {
            self.skip_spaces();
            let name = self.take_while(is_token);
            self.0 = self.0.strip_prefix(b"=").filter(|_| !name.is_empty())?;
            let value = self.value()?;
            if name.eq_ignore_ascii_case(b"for") {
                if address.is_some() {
                    return None;
                }
                address = Some(crate::parse_address(value));
            }
            self.skip_spaces();
            match self.0.split_first() {
                Some((b';', rest)) => self.0 = rest,
                Some((b',', rest)) => {
                    self.0 = rest;
                    if rest.is_empty() {
                        return None;
                    }
                    break;
                }
                None => break,
                Some(_) => return None,
            }
        }
        Some(address.flatten())
    }

    /// A token or a quoted string; an escape within the quotes is left as it is, since no
    /// address contains one.
    fn value(&mut self) -> Option<&'a [u8]> {
        let Some(quoted) = self.0.strip_prefix(b"\"") else {
            let token = self.take_while(is_token);
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

    fn skip_spaces(&mut self) {
        self.take_while(|byte| matches!(byte, b' ' | b'\t'));
    }
}

impl Iterator for Hops<'_> {
    type Item = Result<Option<IpAddr>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let hop = self.hop();
        if hop.is_none() {
            self.0 = &[];
        }
        Some(hop.ok_or(Malformed))
    }
}

/// Whether a token may hold the byte (RFC 9110, section 5.6.2). A bare IPv4 address with a port
/// is let through as well, as proxies write it without the quotes that its colon needs.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:".contains(&byte)
}
