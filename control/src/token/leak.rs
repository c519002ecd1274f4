//! Secrets in texts that control would publish or keep.

use intermission_core::{FieldError, PASS_PREFIX, TOKEN_PREFIX};
use serde_json::Value;

use crate::values::members::below;

/// What a secret is called, and what it begins with.
const SECRETS: [(&str, &str); 2] = [
    ("a pass", PASS_PREFIX),
    ("a token of control", TOKEN_PREFIX),
];

/// Refuses a body with a text that has a secret in it. Visitors would read it in a notice, and history would keep it in a
/// reason.
pub(crate) fn refuse_secrets(body: &Value) -> Result<(), FieldError> {
    refuse_in(body, "")
}

fn refuse_in(value: &Value, pointer: &str) -> Result<(), FieldError> {
    match value {
        Value::String(text) => refuse(text, pointer),
        Value::Array(items) => {
            let mut items = items.iter().enumerate();
            items.try_for_each(|(index, item)| refuse_in(item, &format!("{pointer}/{index}")))
        }
        Value::Object(members) => members.iter().try_for_each(|(name, value)| {
            refuse(name, pointer)?;
            refuse_in(value, &below(pointer, name))
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn refuse(text: &str, pointer: &str) -> Result<(), FieldError> {
    let mut secrets = SECRETS.iter();
    let found = secrets.find(|(_, prefix)| has_secret(text, prefix));
    found.map_or(Ok(()), |(what, prefix)| {
        let reason = format!(
            "has a text of the form of {what} ({prefix}…), which others would read; leave it out, and revoke it if it counts"
        );
        Err(FieldError::new(pointer, reason))
    })
}

/// Whether a text has a secret that begins so: 32 bytes in base64url follow the prefix.
fn has_secret(text: &str, prefix: &str) -> bool {
    const LENGTH: usize = 43;
    let is_base64url = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    text.match_indices(prefix).any(|(place, _)| {
        let secret = text.bytes().skip(place + prefix.len());
        secret.take_while(is_base64url).count() >= LENGTH
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::token::{PassSecret, Token};

    #[test]
    fn a_secret_is_found_in_every_text_of_a_body() {
        let pass = PassSecret::mint().unwrap();
        let token = Token::mint().unwrap();
        let link = format!(
            "give them https://a/.well-known/intermission/pass#{}.",
            pass.as_str()
        );
        for (body, pointer, what) in [
            (json!({ "reason": link }), "/reason", "a pass (imp_…)"),
            (
                json!({ "note": token.as_str() }),
                "/note",
                "a token of control (imo_…)",
            ),
            (
                json!({ "notice": { "languages": { "ja": { "message": format!("imp_{}", pass.as_str()) } } } }),
                "/notice/languages/ja/message",
                "a pass (imp_…)",
            ),
            (json!({ "a/b": ["", link] }), "/a~1b/1", "a pass (imp_…)"),
            (json!({ "a": { link.as_str(): 1 } }), "/a", "a pass (imp_…)"),
        ] {
            let refused = refuse_secrets(&body).unwrap_err();
            let reason = format!(
                "has a text of the form of {what}, which others would read; leave it out, and revoke it if it counts"
            );
            assert_eq!((refused.pointer(), refused.reason()), (pointer, &*reason));
        }
    }

    #[test]
    fn other_texts_are_left_alone() {
        let secret = PassSecret::mint().unwrap();
        let (short, _) = secret.as_str().split_at(46);
        for text in [
            short,
            "imp_…",
            "the passes (imp_) and tokens (imo_)",
            "imp_orters of payments",
        ] {
            assert_eq!(refuse_secrets(&json!({ "reason": text })), Ok(()), "{text}");
        }
    }
}
