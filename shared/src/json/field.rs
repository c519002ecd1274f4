//! Values of a document, and what is wrong with them.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use serde_json::{Map, Value};

use crate::json::error::FieldError;
use crate::text::{Listed, Quoted, is_unseen};

/// A value of a JSON document, which knows the JSON pointer (RFC 6901) to itself.
///
/// Reading it as the type that is wanted either succeeds or tells where it is and what is wrong.
#[derive(Clone, Copy, Debug)]
pub struct Field<'n> {
    value: &'n Value,
    place: Place<'n>,
}

#[derive(Clone, Copy, Debug)]
enum Place<'n> {
    Root,
    Member(&'n Field<'n>, &'n str),
    Item(&'n Field<'n>, usize),
}

impl<'n> Field<'n> {
    /// Reads a text into a value.
    ///
    /// # Errors
    ///
    /// Where it is not JSON.
    pub fn read(json: &[u8]) -> Result<Value, FieldError> {
        serde_json::from_slice(json)
            .map_err(|error| FieldError::new(String::new(), format!("not JSON: {error}")))
    }

    /// The whole of a document.
    #[must_use]
    pub fn root(value: &'n Value) -> Self {
        Self {
            value,
            place: Place::Root,
        }
    }

    /// The value itself.
    #[must_use]
    pub fn value(&self) -> &'n Value {
        self.value
    }

    /// The member `name`; `null` is as good as none.
    pub fn member<'m>(&'m self, name: &'m str) -> Option<Field<'m>> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        let place = Place::Member(self, name);
        Some(Field { value, place })
    }

    /// The member `name`.
    ///
    /// # Errors
    ///
    /// Where there is none.
    pub fn required<'m>(&'m self, name: &'m str) -> Result<Field<'m>, FieldError> {
        self.member(name)
            .ok_or_else(|| self.below(Place::Member(self, name)).refuse("is missing"))
    }

    /// The members of an object.
    ///
    /// # Errors
    ///
    /// Where it is none.
    pub fn object(&self) -> Result<&'n Map<String, Value>, FieldError> {
        self.value
            .as_object()
            .ok_or_else(|| self.mistyped("an object"))
    }

    /// Refuses unknown members, which are misspelt more often than not.
    ///
    /// # Errors
    ///
    /// Where the value is no object, or has a member that is not among `known`.
    pub fn only(&self, known: &[&str]) -> Result<(), FieldError> {
        let unknown = self
            .object()?
            .keys()
            .find(|name| !known.contains(&name.as_str()));
        unknown.map_or(Ok(()), |name| {
            let known = Listed(known, ", ");
            let member = self.below(Place::Member(self, name));
            Err(member.refuse(format!("is not known; known here: {known}")))
        })
    }

    /// A string.
    ///
    /// # Errors
    ///
    /// Where it is none.
    pub fn text(&self) -> Result<&'n str, FieldError> {
        self.value.as_str().ok_or_else(|| self.mistyped("a string"))
    }

    /// `true` or `false`.
    ///
    /// # Errors
    ///
    /// Where it is neither.
    pub fn boolean(&self) -> Result<bool, FieldError> {
        self.value
            .as_bool()
            .ok_or_else(|| self.mistyped("true or false"))
    }

    /// A whole number from `least` to `most`, which other writers of JSON may spell `17.0`.
    ///
    /// # Errors
    ///
    /// Where it is none.
    pub fn integer(&self, least: u64, most: u64) -> Result<u64, FieldError> {
        // A number that does not come back is refused.
        let whole = |number: f64| Some(number as u64).filter(|integer| *integer as f64 == number);
        let integer = self
            .value
            .as_u64()
            .or_else(|| self.value.as_f64().and_then(whole));
        integer
            .filter(|integer| (least..=most).contains(integer))
            .ok_or_else(|| self.mistyped(format!("a whole number from {least} to {most}")))
    }

    /// A string that spells a `T`.
    ///
    /// # Errors
    ///
    /// Where it is no string, or does not.
    pub fn parsed<T: FromStr<Err: fmt::Display>>(&self) -> Result<T, FieldError> {
        self.text()?.parse().map_err(|error| self.refuse(error))
    }

    /// A list of strings, each read by `parse`.
    ///
    /// # Errors
    ///
    /// Where it is none, or at the first that cannot be read.
    pub fn list<T, E: fmt::Display>(
        &self,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Vec<T>, FieldError> {
        let texts = self.texts()?;
        let mut list = Vec::with_capacity(texts.len());
        for (index, text) in texts.into_iter().enumerate() {
            list.push(parse(text).map_err(|error| self.item(index).refuse(error))?);
        }
        Ok(list)
    }

    /// A list of objects, each read by `read`.
    ///
    /// # Errors
    ///
    /// Where it is none, or at the first that cannot be read.
    pub fn objects<T>(
        &self,
        read: impl Fn(&Field<'_>) -> Result<T, FieldError>,
    ) -> Result<Vec<T>, FieldError> {
        let items = self.value.as_array();
        let items = items.ok_or_else(|| self.mistyped("a list of objects"))?;
        (0..items.len())
            .map(|index| read(&self.item(index)))
            .collect()
    }

    fn texts(&self) -> Result<Vec<&'n str>, FieldError> {
        let items = self
            .value
            .as_array()
            .ok_or_else(|| self.mistyped("a list of strings"))?;
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let text = item.as_str();
            texts.push(text.ok_or_else(|| self.item(index).mistyped("a string"))?);
        }
        Ok(texts)
    }

    /// The item at `index` of a list; the list itself where it is none.
    fn item(&self, index: usize) -> Field<'_> {
        Field {
            value: self.value.get(index).unwrap_or(self.value),
            place: Place::Item(self, index),
        }
    }

    /// Text for people: at most `longest` characters, no control characters but line feed and tab, and none that
    /// turn the direction of what follows (Unicode Standard Annex #9, section 2).
    ///
    /// # Errors
    ///
    /// Where it is none.
    pub fn prose(&self, longest: usize) -> Result<String, FieldError> {
        let text = self.text()?;
        if text.chars().count() > longest {
            return Err(self.refuse(format!("has more than {longest} characters")));
        }
        let controls = |c: &char| is_unseen(*c) && !matches!(c, '\n' | '\t');
        if let Some(control) = text.chars().find(controls) {
            return Err(self.refuse(format!(
                "contains the control character U+{:04X}; leave it out",
                u32::from(control)
            )));
        }
        Ok(text.into())
    }

    /// The value of a header: at most `longest` bytes of printable ASCII.
    ///
    /// # Errors
    ///
    /// Where it is none.
    pub fn header_value(&self, longest: usize) -> Result<Box<str>, FieldError> {
        let text = self.text()?;
        let printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if text.is_empty() || text.len() > longest || !printable {
            return Err(self.mistyped(format!(
                "the value of a header: from 1 to {longest} characters of printable ASCII, in one line"
            )));
        }
        Ok(text.into())
    }

    /// A place below where there may be nothing.
    fn below<'m>(&'m self, place: Place<'m>) -> Field<'m> {
        let value = self.value;
        Field { value, place }
    }

    fn pointer(&self) -> String {
        match self.place {
            Place::Root => String::new(),
            Place::Member(above, name) => {
                let mut pointer = above.pointer() + "/";
                for c in name.chars() {
                    match c {
                        '~' => pointer.push_str("~0"),
                        '/' => pointer.push_str("~1"),
                        c => pointer.push(c),
                    }
                }
                pointer
            }
            Place::Item(above, index) => format!("{}/{index}", above.pointer()),
        }
    }

    /// The error that this value is not what was `wanted`.
    #[must_use]
    pub fn mistyped(&self, wanted: impl fmt::Display) -> FieldError {
        self.is_not(&wanted)
    }

    fn is_not(&self, wanted: &dyn fmt::Display) -> FieldError {
        let found = match self.value {
            Value::Null => "null".into(),
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(whole), _) => whole.to_string(),
                (_, Some(negative)) => negative.to_string(),
                _ => "a fraction".into(),
            },
            Value::String(text) => shortened(&Quoted(text)),
            Value::Array(_) => "a list".into(),
            Value::Object(_) => "an object".into(),
        };
        self.refuse(format!("{found} is not {wanted}"))
    }

    /// The error that this value is refused for `reason`.
    #[must_use]
    pub fn refuse(&self, reason: impl fmt::Display) -> FieldError {
        self.error(&reason)
    }

    fn error(&self, reason: &dyn fmt::Display) -> FieldError {
        FieldError::new(self.pointer(), reason)
    }
}

fn shortened(text: &Quoted<'_>) -> String {
    const LONGEST: usize = 60;
    let text = text.to_string();
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
