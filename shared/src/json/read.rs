use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::json::error::FieldError;
use crate::json::field::Field;
use crate::text::is_unseen;

/// The types that a value may be read as.
impl<'n> Field<'n> {
    /// A string.
    ///
    /// # Errors
    ///
    /// The value is no string.
    pub fn text(&self) -> Result<&'n str, FieldError> {
        self.value()
            .as_str()
            .ok_or_else(|| self.mistyped("a string"))
    }

    /// `true` or `false`.
    ///
    /// # Errors
    ///
    /// The value is no boolean.
    pub fn boolean(&self) -> Result<bool, FieldError> {
        self.value()
            .as_bool()
            .ok_or_else(|| self.mistyped("true or false"))
    }

    /// A whole number from `least` to `most`. Some writers of JSON spell it `17.0`.
    ///
    /// # Errors
    ///
    /// The value is no such number.
    pub fn integer(&self, least: u64, most: u64) -> Result<u64, FieldError> {
        // A number that changes in the conversion is refused.
        let whole = |number: f64| Some(number as u64).filter(|integer| *integer as f64 == number);
        let integer = self
            .value()
            .as_u64()
            .or_else(|| self.value().as_f64().and_then(whole));
        integer
            .filter(|integer| (least..=most).contains(integer))
            .ok_or_else(|| self.mistyped(format!("a whole number from {least} to {most}")))
    }

    /// A string that is parsed as a `T`.
    ///
    /// # Errors
    ///
    /// The value is no string, or no `T`.
    pub fn parsed<T: FromStr<Err: fmt::Display>>(&self) -> Result<T, FieldError> {
        self.text()?.parse().map_err(|error| self.refuse(error))
    }

    /// A list of strings, each parsed by `parse`.
    ///
    /// # Errors
    ///
    /// The value is no list of strings, or one of them cannot be parsed.
    pub fn list<T, E: fmt::Display>(
        &self,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Vec<T>, FieldError> {
        self.items("a list of strings", |item| {
            parse(item.text()?).map_err(|error| item.refuse(error))
        })
    }

    /// A list of objects, each read by `read`.
    ///
    /// # Errors
    ///
    /// The value is no list, or one of its objects cannot be read.
    pub fn objects<T>(
        &self,
        read: impl Fn(&Field<'_>) -> Result<T, FieldError>,
    ) -> Result<Vec<T>, FieldError> {
        self.items("a list of objects", read)
    }

    fn items<T>(
        &self,
        wanted: &str,
        read: impl Fn(&Field<'_>) -> Result<T, FieldError>,
    ) -> Result<Vec<T>, FieldError> {
        let count = self.value().as_array().map(Vec::len);
        let count = count.ok_or_else(|| self.mistyped(wanted))?;
        let mut items = Vec::with_capacity(count);
        for index in 0..count {
            items.push(read(&self.item(index))?);
        }
        Ok(items)
    }

    /// A text for people: at most `longest` characters, without control characters except line feed and tab, and without
    /// characters that change the direction of the text after them (Unicode Standard Annex #9, section 2).
    pub(crate) fn prose(&self, longest: usize) -> Result<String, FieldError> {
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
    pub(crate) fn header_value(&self, longest: usize) -> Result<Box<str>, FieldError> {
        let text = self.text()?;
        let printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if text.is_empty() || text.len() > longest || !printable {
            return Err(self.mistyped(format!(
                "the value of a header: from 1 to {longest} characters of printable ASCII, in one line"
            )));
        }
        Ok(text.into())
    }
}
