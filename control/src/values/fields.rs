//! Reading the members of a JSON object one by one, so that none goes unread.

use intermission_core::is_unseen;
use jiff::Timestamp;
use serde_json::{Map, Value};

use intermission_core::FieldError;

/// The members of an object that have not been read yet.
///
/// A misspelt member of a request would be a switch that was not thrown, so [`Fields::finish`]
/// refuses what nobody asked for.
#[derive(Debug)]
pub(crate) struct Fields {
    members: Map<String, Value>,
    /// JSON pointer to the object.
    place: String,
}

impl Fields {
    /// Reads a body; an empty one is an empty object, so that a webhook need not send any.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, FieldError> {
        if body.trim_ascii().is_empty() {
            return Ok(Self::at(String::new(), Map::new()));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self::at(String::new(), members)),
            Ok(_) => Err(FieldError::new(
                "",
                "is not an object; write it like {\"reason\": \"deploy\"}",
            )),
            Err(error) => Err(FieldError::new("", format!("not JSON: {error}"))),
        }
    }

    fn at(place: String, members: Map<String, Value>) -> Self {
        Self { members, place }
    }

    /// The members of the object `name`; `true` is as good as an empty one, and `false` as none.
    pub(crate) fn object(&mut self, name: &str) -> Result<Option<Self>, FieldError> {
        let place = format!("{}/{name}", self.place);
        let members = self.take(name, "an object", |value| match value {
            Value::Object(members) => Some(Some(members.clone())),
            Value::Bool(wanted) => Some(wanted.then(Map::new)),
            _ => None,
        })?;
        Ok(members.flatten().map(|members| Self::at(place, members)))
    }

    /// The members of the object `name` as they are.
    pub(crate) fn raw(&mut self, name: &str) -> Result<Option<Map<String, Value>>, FieldError> {
        self.take(name, "an object", |value| value.as_object().cloned())
    }

    /// Whether the member `name` is there and null, where that is not as good as none.
    pub(crate) fn is_null(&self, name: &str) -> bool {
        self.members.get(name).is_some_and(Value::is_null)
    }

    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, FieldError> {
        self.take(name, "a string", |value| value.as_str().map(str::to_owned))
    }

    pub(crate) fn boolean(&mut self, name: &str) -> Result<Option<bool>, FieldError> {
        self.take(name, "true or false", Value::as_bool)
    }

    pub(crate) fn whole_number(&mut self, name: &str) -> Result<Option<u32>, FieldError> {
        self.take(name, "a whole number", whole_number)
    }

    pub(crate) fn time(&mut self, name: &str) -> Result<Option<Timestamp>, FieldError> {
        self.take(name, "a time like \"2026-11-23T02:00:00Z\"", |value| {
            value.as_str()?.parse().ok()
        })
    }

    pub(crate) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, FieldError> {
        self.take(name, "a list of strings", |value| {
            let items = value.as_array()?.iter();
            items.map(|item| item.as_str().map(str::to_owned)).collect()
        })
    }

    /// Why a change is made: one line that history keeps.
    pub(crate) fn reason(&mut self) -> Result<Option<String>, FieldError> {
        const LONGEST: usize = 500;
        let Some(reason) = self.text("reason")? else {
            return Ok(None);
        };
        if reason.chars().count() > LONGEST {
            return Err(FieldError::new(
                "/reason",
                format!("has more than {LONGEST} characters"),
            ));
        }
        // It is printed on operators' terminals, where a control character may do anything, and one that turns the
        // direction of text may hide what a line says.
        if reason.chars().any(is_unseen) {
            return Err(FieldError::new(
                "/reason",
                "has a control character, one that turns the direction of text, or a second line; write it on one line",
            ));
        }
        Ok(Some(reason).filter(|reason| !reason.trim().is_empty()))
    }

    /// Refuses the members that were not read; `known` names those that could have been.
    pub(crate) fn finish(self, known: &[&str]) -> Result<(), FieldError> {
        match self.members.keys().next() {
            None => Ok(()),
            Some(name) => {
                let name_in_pointer = name.replace('~', "~0").replace('/', "~1");
                let pointer = format!("{}/{name_in_pointer}", self.place);
                Err(FieldError::new(
                    pointer,
                    format!("{name:?} is not known; known here: {}", known.join(", ")),
                ))
            }
        }
    }

    /// The member `name`; `null` is as good as none, as in the state document.
    fn take<T>(
        &mut self,
        name: &str,
        wanted: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, FieldError> {
        let Some(value) = self.members.remove(name).filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        match read(&value) {
            Some(read) => Ok(Some(read)),
            None => Err(FieldError::new(
                format!("{}/{name}", self.place),
                format!("{} is not {wanted}", brief(&value)),
            )),
        }
    }
}

/// A number without a fraction, however it is written: 3.0 is 3 (JSON Schema, section 4.2.3).
fn whole_number(value: &Value) -> Option<u32> {
    let exact = value.as_u64().and_then(|number| number.try_into().ok());
    exact.or_else(|| {
        let number = value.as_f64()?;
        let fits = (0.0..=f64::from(u32::MAX)).contains(&number) && number.fract() == 0.0;
        fits.then_some(number as u32)
    })
}

fn brief(value: &Value) -> String {
    let mut text = value.to_string();
    if let Some((end, _)) = text.char_indices().nth(60) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_body_is_an_empty_object() {
        let fields = Fields::parse(b" \n").unwrap();
        assert_eq!(fields.finish(&["reason"]), Ok(()));
    }

    #[test]
    fn what_nobody_asked_for_is_refused_by_name() {
        let mut fields = Fields::parse(br#"{"reason": "deploy", "mesage": "x"}"#).unwrap();
        assert_eq!(fields.reason(), Ok(Some("deploy".into())));
        assert_eq!(
            fields.finish(&["message", "reason"]),
            Err(FieldError::new(
                "/mesage",
                "\"mesage\" is not known; known here: message, reason"
            ))
        );
    }

    #[test]
    fn a_wrong_type_is_refused_where_it_is() {
        let mut fields = Fields::parse(br#"{"retry_after": -1, "until": "soon"}"#).unwrap();
        assert_eq!(
            fields.whole_number("retry_after"),
            Err(FieldError::new("/retry_after", "-1 is not a whole number"))
        );
        assert_eq!(
            fields.time("until"),
            Err(FieldError::new(
                "/until",
                "\"soon\" is not a time like \"2026-11-23T02:00:00Z\""
            ))
        );
    }

    #[test]
    fn a_reason_is_one_printable_line() {
        for body in [
            &br#"{"reason": "a\u001b[2Jb"}"#[..],
            br#"{"reason": "a\nb"}"#,
            br#"{"reason": "a\u202eb"}"#,
            br#"{"reason": "a\u2066b"}"#,
        ] {
            let refused = Fields::parse(body).unwrap().reason().unwrap_err();
            assert_eq!(refused.pointer(), "/reason");
        }
        assert_eq!(
            Fields::parse(br#"{"reason": "  "}"#).unwrap().reason(),
            Ok(None)
        );
    }
}
