use intermission_core::State;
use serde_json::{Map, Value, json};

use crate::change::declared::declared::PARTS;
use crate::labels::{Label, Labels};

/// What a file says of a service whose state is this.
pub(crate) fn exported(state: &State, labels: &Labels) -> Value {
    let mut document = state.to_value();
    let mut exported = Map::new();
    exported.insert("revision".to_owned(), state.revision.into());
    for part in PARTS {
        let value = document.get_mut(part).map(Value::take);
        exported.insert(part.to_owned(), value.unwrap_or_default());
    }
    if let Some(Value::Object(notice)) = exported.get_mut("notice") {
        notice.remove("until");
        notice.retain(|_, value| !value.is_null());
    }
    let entries = labels.entries(&state.allowlist.cidrs);
    let entries =
        entries.map(|(cidr, label)| entry(&cidr.to_string(), label.map(|label| &**label)));
    let entries: Vec<_> = entries.collect();
    exported.insert("allowlist".to_owned(), json!({ "entries": entries }));
    exported.into()
}

fn entry(cidr: &str, label: Option<&Label>) -> Value {
    let mut entry = Map::new();
    entry.insert("cidr".to_owned(), cidr.into());
    if let Some(label) = label {
        let until = label.until.map(|until| until.to_string());
        let words = [
            ("name", &label.name),
            ("note", &label.note),
            ("until", &until),
        ];
        let words = words
            .into_iter()
            .filter_map(|(name, text)| Some((name, text.as_ref()?)));
        entry.extend(words.map(|(name, text)| (name.to_owned(), text.as_str().into())));
    }
    entry.into()
}
