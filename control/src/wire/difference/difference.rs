use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What differs in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Difference {
    /// A field by its dotted name, such as `scope.paths`; or the entries or passes about which something else is said.
    pub(crate) place: String,
    #[serde(flatten)]
    pub(crate) what: What,
}

/// What differs there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum What {
    /// The entries of a list; if none, they are in another order.
    List {
        removed: Vec<String>,
        added: Vec<String>,
    },
    /// A value, which is null where there is none.
    Value { before: Value, after: Value },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = &self.place;
        match &self.what {
            What::List { removed, added } if removed.is_empty() && added.is_empty() => {
                write!(f, "{place} in another order")
            }
            What::List { removed, added } => {
                f.write_str(place)?;
                let signed = [("-", removed), ("+", added)];
                signed
                    .iter()
                    .try_for_each(|(sign, items)| some(f, sign, items))
            }
            What::Value { before, after } => {
                let brief = match is_of_words(place) {
                    true => said,
                    false => brief,
                };
                write!(f, "{place} {} -> {}", brief(before), brief(after))
            }
        }
    }
}

/// Whether the place is none of a document, so that its values are words of control.
fn is_of_words(place: &str) -> bool {
    let begins = |word: &str| place == word || place.starts_with(&format!("{word} "));
    ["label", "pass", "timer"].into_iter().any(begins)
}

fn said(words: &Value) -> String {
    words.as_str().unwrap_or("nothing").to_owned()
}

/// The first items of a list, and how many more there are.
fn some(f: &mut fmt::Formatter<'_>, sign: &str, items: &[String]) -> fmt::Result {
    const MOST: usize = 20;
    for item in items.iter().take(MOST) {
        write!(f, " {sign}{}", shown(item))?;
    }
    match items.len().saturating_sub(MOST) {
        0 => Ok(()),
        more => write!(f, " and {sign}{more} more"),
    }
}

fn brief(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => shown(text),
        other => shortened(other.to_string()),
    }
}

/// A text. Debug keeps control characters off the terminal.
fn shown(text: &str) -> String {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    shortened(match is_plain {
        true => text.to_owned(),
        false => format!("{text:?}"),
    })
}

fn shortened(mut text: String) -> String {
    const LONGEST: usize = 60;
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}
