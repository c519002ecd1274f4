//! JSON Merge Patch (RFC 7396) on the state document.

use intermission_core::{Field, FieldError, State};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::change::width::Width;

use crate::token::refuse_secrets;
use crate::values::distinct::check_distinct;
use crate::values::members::{below, flag, in_future, optional};
use crate::values::timestamp::from_core;

/// Fields that are control's, with what to do instead.
const RESERVED: [(&str, &str); 5] = [
    ("version", "is the version of the format"),
    ("critical", "is for the writer of the document"),
    ("store", "names the store that the state comes from"),
    (
        "service",
        "is the service's name; add another with POST /v1/services",
    ),
    (
        "revision",
        "counts the changes; name the one you have seen in If-Match",
    ),
];

/// A merge patch on a state document.
#[derive(Clone, Debug)]
pub(crate) struct Patch(Map<String, Value>);

impl Patch {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, FieldError> {
        let patch = Field::read(body)?;
        check_distinct(body).map_err(|reason| FieldError::new("", reason))?;
        refuse_secrets(&patch)?;
        let Value::Object(members) = patch else {
            return Err(FieldError::new("", "a merge patch is an object (RFC 7396)"));
        };
        for (name, what) in RESERVED {
            if members.contains_key(name) {
                let reason = format!("{what}; it cannot be patched, leave it out");
                return Err(FieldError::new(format!("/{name}"), reason));
            }
        }
        Ok(Self(members))
    }

    /// Takes out whether it is only to be said what it would change, which is no field of a document.
    pub(crate) fn take_dry_run(&mut self) -> Result<bool, FieldError> {
        let body = Value::Object(self.0.remove_entry("dry_run").into_iter().collect());
        Ok(optional(&Field::root(&body), "dry_run", flag)?.unwrap_or_default())
    }

    /// Reads a merge patch of the notice alone.
    pub(crate) fn of_notice(body: &Field<'_>) -> Result<Self, FieldError> {
        let notice = body.member("notice");
        let notice = notice
            .map(|notice| notice.object().cloned())
            .transpose()?
            .unwrap_or_default();
        if notice.is_empty() {
            let reason =
                "name some of its members, as in {\"notice\": {\"title\": \"Back at two\"}}";
            return Err(FieldError::new("/notice", reason));
        }
        Ok(Self(Map::from_iter([("notice".into(), notice.into())])))
    }

    /// Whether it says which colours are seen: those of the page, or a document in its place.
    pub(super) fn names_colors(&self) -> bool {
        let notice = self.0.get("notice");
        let languages = notice.and_then(|notice| notice.get("languages")?.as_object());
        let translated = languages.into_iter().flat_map(Map::values);
        let mut looks = notice.into_iter().chain(translated);
        looks.any(|look| look.get("colors").is_some() || look.get("html").is_some())
    }

    pub(super) fn apply(&self, before: &State, now: Timestamp) -> Result<State, FieldError> {
        let mut document = before.to_value();
        let patch = Value::Object(self.0.clone());
        json_patch::merge(&mut document, &patch);
        let mut after = State::read(&Field::root(&document))?;
        // Unknown fields are ignored by nodes, which must live with a newer control; here, one is
        // a misspelt switch.
        refuse_unknown(&patch, &after.to_value(), "")?;
        // The default of the allowlist takes no pass away.
        if patch.get("allowlist").is_some_and(Value::is_null) {
            after.allowlist.passes.clone_from(&before.allowlist.passes);
        }
        if after.allowlist.passes != before.allowlist.passes {
            let service = &before.service;
            let reason = format!(
                "passes are made and revoked by POST and DELETE under /v1/services/{service}/passes; leave them out"
            );
            return Err(FieldError::new("/allowlist/passes", reason));
        }
        // A patch has no member that says that a wide entry is meant; what is there already stays.
        Width::Usual.check_state(&after, before).map_err(|error| {
            let by = match error.pointer().starts_with("/allowlist") {
                true => "add it by allowlist/add with",
                false => "add it by lists/add with",
            };
            let remedy = error.reason().replace("add --wide, or", by);
            FieldError::new(error.pointer(), remedy)
        })?;
        match after.notice.until {
            Some(until) if before.notice.until != Some(until) => {
                in_future(from_core(until), now, "/notice/until")?
            }
            _ => {}
        }
        Ok(after)
    }
}

/// Refuses members of `patch` that `result`, which holds every field there is, does not have.
pub(super) fn refuse_unknown(
    patch: &Value,
    result: &Value,
    pointer: &str,
) -> Result<(), FieldError> {
    let (patch, result) = match (patch, result) {
        (Value::Object(patch), Value::Object(result)) => (patch, result),
        (Value::Array(patch), Value::Array(result)) => {
            let mut items = patch.iter().zip(result).enumerate();
            return items.try_for_each(|(index, (patch, result))| {
                refuse_unknown(patch, result, &format!("{pointer}/{index}"))
            });
        }
        _ => return Ok(()),
    };
    for (name, value) in patch {
        let below = below(pointer, name);
        match result.get(name) {
            Some(result) => refuse_unknown(value, result, &below)?,
            // The one object whose names are free; taking a language away leaves no trace.
            None if pointer.ends_with("/notice/languages") && value.is_null() => {}
            None => {
                let known: Vec<_> = result.keys().map(String::as_str).collect();
                let reason = format!("{name:?} is not a field; known here: {}", known.join(", "));
                return Err(FieldError::new(below, reason));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use intermission_core::{Mode, Pass, PassDigest, ServiceName};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_that_says_two_things_is_refused() {
        let twice = Patch::parse(b"{\"show_me\": true, \"show_me\": false}").unwrap_err();
        assert!(twice.reason().contains("\"show_me\" is there again"));
    }

    #[test]
    fn each_member_can_be_set_and_put_back() {
        let mut before = State::initial(ServiceName::unknown(), Mode::Off);
        let pass = Pass::new(PassDigest::of(b"x"), None);
        before.allowlist.passes.push(pass);
        let patched = |before: &State, patch: &Value| {
            let patch = Patch::parse(patch.to_string().as_bytes()).unwrap();
            patch.apply(before, Timestamp::UNIX_EPOCH)
        };
        for (set, back) in [
            (json!({ "show_me": true }), json!({ "show_me": false })),
            (json!({ "show_me": true }), json!({ "show_me": null })),
            (
                json!({ "reads": { "paths": ["/search"] } }),
                json!({ "reads": null }),
            ),
            (
                json!({ "reads": { "paths": ["/search"] } }),
                json!({ "reads": { "paths": [] } }),
            ),
            (
                json!({ "exempt": { "hosts": ["a.example"] } }),
                json!({ "exempt": { "hosts": [] } }),
            ),
            (
                json!({ "allowlist": { "enabled": true } }),
                json!({ "allowlist": null }),
            ),
        ] {
            let after = patched(&before, &set).unwrap();
            assert_ne!(after, before, "{set}");
            assert_eq!(patched(&after, &back).unwrap(), before, "{back}");
        }
        for (patch, pointer) in [
            (json!({ "reads": { "pathz": [] } }), "/reads/pathz"),
            (json!({ "show_mee": false }), "/show_mee"),
            (
                json!({ "allowlist": { "passes": [] } }),
                "/allowlist/passes",
            ),
            (
                json!({ "allowlist": { "passes": null } }),
                "/allowlist/passes",
            ),
        ] {
            assert_eq!(
                patched(&before, &patch).unwrap_err().pointer(),
                pointer,
                "{patch}"
            );
        }
    }
}
