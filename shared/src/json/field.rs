use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

use serde_json::{Map, Value};

use crate::json::error::FieldError;

/// A value of a JSON document with the JSON pointer (RFC 6901) to it.
///
/// Its methods read it as a type, or return an error with the pointer.
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
    /// Parses JSON.
    ///
    /// # Errors
    ///
    /// The text is not JSON.
    pub fn read(json: &[u8]) -> Result<Value, FieldError> {
        serde_json::from_slice(json)
            .map_err(|error| FieldError::new(String::new(), format!("not JSON: {error}")))
    }

    /// The whole document.
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

    /// The member `name`, unless it is missing or `null`.
    pub fn member<'m>(&'m self, name: &'m str) -> Option<Field<'m>> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        let place = Place::Member(self, name);
        Some(Field { value, place })
    }

    /// The member `name`.
    ///
    /// # Errors
    ///
    /// The member is missing or `null`.
    pub fn required<'m>(&'m self, name: &'m str) -> Result<Field<'m>, FieldError> {
        self.member(name)
            .ok_or_else(|| self.below(Place::Member(self, name)).refuse("is missing"))
    }

    /// The members of an object.
    ///
    /// # Errors
    ///
    /// The value is no object.
    pub fn object(&self) -> Result<&'n Map<String, Value>, FieldError> {
        self.value
            .as_object()
            .ok_or_else(|| self.mistyped("an object"))
    }

    /// Refuses unknown members, most of which are misspelt.
    ///
    /// # Errors
    ///
    /// The value is no object, or has a member that is not in `known`.
    pub fn only(&self, known: &[&str]) -> Result<(), FieldError> {
        let unknown = self
            .object()?
            .keys()
            .find(|name| !known.contains(&name.as_str()));
        unknown.map_or(Ok(()), |name| {
            let known = known.join(", ");
            let member = self.below(Place::Member(self, name));
            Err(member.refuse(format!("is not known; known here: {known}")))
        })
    }

    /// The item at `index` of a list; the value itself if there is none.
    pub(crate) fn item(&self, index: usize) -> Field<'_> {
        Field {
            value: self.value.get(index).unwrap_or(self.value),
            place: Place::Item(self, index),
        }
    }

    /// The place of a value that may be missing.
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

    /// The error that this value is not of the `wanted` type.
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
            Value::String(text) => shortened(text),
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

/// The text in quotes, cut after 60 characters.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    let text = format!("{text:?}");
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
