//! A JSON file whose values know their lines.

use std::fmt;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::cli::exit::Failure;
use crate::cli::input;
use crate::values::distinct::check_distinct;

/// A JSON file without a member that is there twice.
#[derive(Debug)]
pub(crate) struct JsonFile {
    name: String,
    text: String,
    pub(crate) value: Value,
}

/// The members of an object in their order, as they are written.
struct Members<'t>(Vec<(String, &'t RawValue)>);

impl JsonFile {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let name = input::name(path);
        let file = input::read(path).and_then(|text| Self::of(name.clone(), text));
        file.map_err(|reason| Failure::invalid(format!("nothing was changed: {name}: {reason}")))
    }

    fn of(name: String, text: String) -> Result<Self, String> {
        // It names the line itself.
        let value = serde_json::from_str(&text).map_err(|error| format!("not JSON: {error}"))?;
        check_distinct(text.as_bytes())?;
        Ok(Self { name, text, value })
    }

    /// What the file is called, and the line of the value at `pointer`, or of what is to have it.
    pub(crate) fn place(&self, pointer: &str) -> String {
        let found = serde_json::from_str(&self.text).ok();
        let found = found.map(|whole| line(&self.text, find(whole, pointer)));
        let line = found.map_or_else(String::new, |line| format!(", line {line}"));
        format!("{}{line}", self.name)
    }
}

/// The innermost value on the way to a pointer.
fn find<'t>(whole: &'t RawValue, pointer: &str) -> &'t RawValue {
    let mut found = whole;
    for segment in pointer.split('/').skip(1) {
        let name = segment.replace("~1", "/").replace("~0", "~");
        match child(found, &name) {
            Some(below) => found = below,
            None => break,
        }
    }
    found
}

fn child<'t>(value: &'t RawValue, name: &str) -> Option<&'t RawValue> {
    if let Ok(Members(members)) = serde_json::from_str(value.get()) {
        let mut members = members.into_iter();
        return members.find_map(|(key, value)| (key == name).then_some(value));
    }
    let items: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
    items.get(name.parse::<usize>().ok()?).copied()
}

/// The line on which a part of the text begins.
fn line(text: &str, part: &RawValue) -> usize {
    let begins = part.get().as_ptr().addr() - text.as_ptr().addr();
    let before = text.as_bytes().iter().take(begins);
    before.filter(|byte| **byte == b'\n').count() + 1
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Result<JsonFile, String> {
        JsonFile::of("file".to_owned(), text.to_owned())
    }

    #[test]
    fn a_value_is_found_by_its_pointer() {
        let file = file("{\n \"a\": [1,\n  {\"b/c\":\n   2}],\n \"d\": {}\n}").unwrap();
        for (pointer, line) in [
            ("", 1),
            ("/a", 2),
            ("/a/0", 2),
            ("/a/1", 3),
            ("/a/1/b~1c", 4),
            ("/d", 5),
            ("/d/missing/further", 5),
        ] {
            assert_eq!(
                file.place(pointer),
                format!("file, line {line}"),
                "{pointer}"
            );
        }
    }

    #[test]
    fn what_is_said_twice_is_refused() {
        for (text, reason) in [
            (
                "{\"a\": 1,\n\"a\": 1}",
                "\"a\" is there again at line 2 column 3; keep one of the two",
            ),
            (
                "{\"a\": [{\"b\": 1,\n\n\"b\": 2}]}",
                "\"b\" is there again at line 3 column 3; keep one of the two",
            ),
            ("{\"a\": 1,}", "not JSON: trailing comma at line 1 column 9"),
            ("", "not JSON: EOF while parsing a value at line 1 column 0"),
        ] {
            assert_eq!(file(text).unwrap_err(), reason);
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(file(&deep).unwrap_err().contains("recursion limit"));
    }
}
