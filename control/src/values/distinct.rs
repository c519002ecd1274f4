use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// JSON in which no object has a member twice, of which readers would take one or the other (RFC 8259, section 4).
struct Distinct;

/// Refuses JSON with an object that has a member twice: says which one, and where.
pub(crate) fn check_distinct(json: &[u8]) -> Result<(), String> {
    let checked = serde_json::from_slice::<Distinct>(json).map(|_| ());
    checked.map_err(|error| format!("{error}; keep one of the two"))
}

impl<'de> Deserialize<'de> for Distinct {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Distinct {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut known = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if known.contains(&name) {
                return Err(A::Error::custom(format!("{name:?} is there again")));
            }
            known.insert(name);
            map.next_value::<Self>()?;
        }
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_that_is_there_again_is_refused() {
        for (json, again) in [
            (
                "{\"a\": 1,\n \"a\": 2}",
                "\"a\" is there again at line 2 column 4",
            ),
            (
                "{\"a\": [{\"b\": null,\n\"c\": {},\n\"\\u0062\": 2}]}",
                "\"b\" is there again at line 3 column 8",
            ),
        ] {
            let refused = format!("{again}; keep one of the two");
            assert_eq!(check_distinct(json.as_bytes()), Err(refused));
        }
        let distinct =
            b"{\"a\": {\"a\": [1, -1, 1.5, true, \"a\", {\"a\": null}]}, \"b\": {\"a\": {}}}";
        assert_eq!(check_distinct(distinct), Ok(()));
    }
}
