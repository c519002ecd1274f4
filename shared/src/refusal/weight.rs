//! Weighted lists, as in `Accept` and `Accept-Language` (RFC 9110, section 12.4.2).

use crate::text::cut;

/// A weight in thousandths, from 0 to 1000.
pub(crate) type Weight = u16;

pub(crate) const HEAVIEST: Weight = 1000;

/// The elements of a line of a weighted list, without their parameters, each with its weight.
///
/// An element with an unreadable weight is left out.
#[derive(Debug)]
pub(crate) struct Elements<'a>(Option<&'a [u8]>);

impl<'a> Elements<'a> {
    pub(crate) fn of(line: &'a [u8]) -> Self {
        Self(Some(line))
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = (&'a [u8], Weight);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.0?;
            let end = rest.iter().position(|byte| matches!(byte, b',' | b';'));
            let (value, rest) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
            let mut weight = Some(HEAVIEST);
            self.0 = match rest.split_first() {
                Some((b';', rest)) => {
                    let (parameters, others) = cut(rest, b',');
                    weight = weight_among(parameters);
                    others
                }
                rest => rest.map(|(_, others)| others),
            };
            let value = value.trim_ascii();
            if let Some(weight) = weight
                && !value.is_empty()
            {
                return Some((value, weight));
            }
        }
    }
}

/// The weight in the first of the `parameters` that has one; the greatest if none has.
fn weight_among(parameters: &[u8]) -> Option<Weight> {
    let mut rest = Some(parameters);
    while let Some(parameters) = rest {
        let (parameter, others) = cut(parameters, b';');
        if let [b'q' | b'Q', b'=', digits @ ..] = parameter.trim_ascii() {
            return parse(digits);
        }
        rest = others;
    }
    Some(HEAVIEST)
}

/// Reads `qvalue`: one digit, and up to three after a point.
fn parse(text: &[u8]) -> Option<Weight> {
    let (whole, decimals) = match text {
        [whole] | [whole, b'.'] => (whole, [].as_slice()),
        [whole, b'.', decimals @ ..] if decimals.len() <= 3 => (whole, decimals),
        _ => return None,
    };
    let thousands = match whole {
        b'0' => 0,
        b'1' => HEAVIEST,
        _ => return None,
    };
    let mut place = 100;
    let mut weight = thousands;
    for digit in decimals {
        let digit = digit.is_ascii_digit().then(|| Weight::from(digit - b'0'))?;
        weight += digit * place;
        place /= 10;
    }
    (weight <= HEAVIEST).then_some(weight)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    fn list(line: &str) -> Vec<(&str, Weight)> {
        Elements::of(line.as_bytes())
            .map(|(value, weight)| (core::str::from_utf8(value).unwrap(), weight))
            .collect()
    }

    #[test]
    fn weights_are_read_to_three_places_and_default_to_one() {
        assert_eq!(
            list("a, b;q=0.5;x=1 , c;level=1;Q=0.125,d;q=0,e;q=1.000"),
            [("a", 1000), ("b", 500), ("c", 125), ("d", 0), ("e", 1000)]
        );
    }

    #[test]
    fn an_element_with_a_bad_weight_is_left_out() {
        assert_eq!(
            list("a;q=2, b;q=0.1234, c;q=x, d;q=, e;q=1.001, ,f;q=-0"),
            []
        );
    }
}
