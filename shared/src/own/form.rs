//! Reads `application/x-www-form-urlencoded` (URL Standard, section 5.1), of a query or a body.

use alloc::vec::Vec;

use percent_encoding::percent_decode;

use crate::text::cut;

/// The value of the only field of this name, still encoded; `None` where there is no such field.
pub(super) fn value<'f>(form: &'f [u8], name: &str) -> Result<Option<&'f [u8]>, Twice> {
    let fields = form.split(|byte| *byte == b'&');
    let named = fields.filter_map(|field| {
        let (known, value) = cut(field, b'=');
        let is_named = percent_decode(known).eq(name.bytes());
        is_named.then(|| value.unwrap_or_default())
    });
    let mut values = named.fuse();
    let value = values.next();
    values.next().map_or(Ok(value), |_| Err(Twice))
}

/// There are several fields of one name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Twice;

/// The value decoded, as browsers read it: a `%` without two hexadecimal digits stands for itself.
pub(super) fn decoded(value: &[u8]) -> Vec<u8> {
    let space = |byte: &u8| if *byte == b'+' { b' ' } else { *byte };
    let spaced: Vec<_> = value.iter().map(space).collect();
    percent_decode(&spaced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_decoded_name() {
        for (form, expected) in [
            ("", Ok(None)),
            ("&&", Ok(None)),
            ("paths=x&xpath=y", Ok(None)),
            ("path", Ok(Some(""))),
            ("path=", Ok(Some(""))),
            ("a=b&path=/x=y&c", Ok(Some("/x=y"))),
            ("p%61th=%2F", Ok(Some("%2F"))),
            ("path=a&path=a", Err(Twice)),
            ("path&p%61th", Err(Twice)),
        ] {
            let expected = expected.map(|value| value.map(str::as_bytes));
            assert_eq!(value(form.as_bytes(), "path"), expected, "{form}");
        }
    }

    #[test]
    fn a_value_is_decoded_once() {
        for (value, expected) in [
            ("", &b""[..]),
            ("a+b%20c%2B", b"a b c+"),
            ("%252F", b"%2F"),
            ("%ff%00", b"\xff\0"),
            ("%zz%", b"%zz%"),
        ] {
            assert_eq!(decoded(value.as_bytes()), expected, "{value}");
        }
    }
}
