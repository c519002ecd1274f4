use std::net::IpAddr;

use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Path, Request};
use axum::http::header::{CONTENT_TYPE, IF_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use intermission_core::{Field, FieldError, State, is_unseen};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::change::Change;
use crate::registry::{ChangeRequest, Requester};
use crate::server::http::body;
use crate::server::http::identity::Caller;
use crate::server::http::problem::Problem;
use crate::server::listen::Endpoints;
use crate::store::IdempotencyKey;
use crate::token::refuse_secrets;
use crate::values::distinct::check_distinct;
use crate::values::duration::Timeout;
use crate::values::etag::Condition;
use crate::values::members::{flag, optional, whole_number};
use crate::wire::wait::Wait;

/// What the path names; whether there is one is the registry's to say.
#[derive(Clone, Debug)]
pub(crate) struct PathName(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for PathName {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        named(parts, state).await.map(Self)
    }
}

/// The service and the pass that the path names.
#[derive(Clone, Debug)]
pub(crate) struct PassPath {
    pub(crate) service: String,
    pub(crate) pass: String,
}

impl<S: Send + Sync> FromRequestParts<S> for PassPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let (service, pass) = named(parts, state).await?;
        Ok(Self { service, pass })
    }
}

async fn named<T: DeserializeOwned + Send, S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
) -> Result<T, Problem> {
    let path = Path::from_request_parts(parts, state).await;
    let Path(named) = path.map_err(|rejection| Problem::path(rejection.body_text()))?;
    Ok(named)
}

/// A request to change something: who asks, on what condition, and the body.
#[derive(Debug)]
pub(crate) struct JsonRequest {
    /// The name of the caller's token.
    pub(crate) actor: String,
    pub(crate) expected: Option<Condition>,
    pub(crate) once: Option<IdempotencyKey>,
    caller: Option<IpAddr>,
    body: Value,
}

impl JsonRequest {
    /// The body, an object.
    pub(crate) fn body(&self) -> Field<'_> {
        Field::root(&self.body)
    }

    /// Why the change is made: one line that history keeps.
    pub(crate) fn reason(&self) -> Result<Option<String>, FieldError> {
        const LONGEST: usize = 500;
        let body = self.body();
        let Some(field) = body.member("reason") else {
            return Ok(None);
        };
        let reason = field.text()?;
        if reason.chars().count() > LONGEST {
            return Err(field.refuse(format!("has more than {LONGEST} characters")));
        }
        // It is printed on operators' terminals, where a control character may do anything, and one that turns the
        // direction of text may hide what a line says.
        if reason.chars().any(is_unseen) {
            return Err(field.refuse(
                "has a control character, one that turns the direction of text, or a second line; write it on one line",
            ));
        }
        Ok(Some(reason.to_owned()).filter(|reason| !reason.trim().is_empty()))
    }

    /// The change that is asked for, by a body with these members and those that every change has.
    pub(crate) fn asked(self, change: Change, known: &[&str]) -> Result<ChangeRequest, FieldError> {
        let body = self.body();
        body.only(&[known, &["reason", "dry_run"]].concat())?;
        Ok(ChangeRequest {
            change,
            reason: self.reason()?,
            wait: wait(&body)?,
            dry_run: self.is_dry_run()?,
            expected: self.expected,
            actor: self.actor,
            caller: self.caller,
            once: self.once,
        })
    }

    /// Who asks, and how it is to be done.
    pub(crate) fn requester(&self) -> Result<Requester<'_>, FieldError> {
        Ok(Requester {
            actor: &self.actor,
            once: self.once.as_ref(),
            dry_run: self.is_dry_run()?,
        })
    }

    /// Whether it is only to be said what would change.
    pub(crate) fn is_dry_run(&self) -> Result<bool, FieldError> {
        Ok(optional(&self.body(), "dry_run", flag)?.unwrap_or_default())
    }
}

/// Reads a body; an empty one is an empty object, so that a webhook need not send any.
fn parse(body: &[u8]) -> Result<Value, FieldError> {
    if body.trim_ascii().is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let value = Field::read(body)?;
    check_distinct(body).map_err(|reason| FieldError::new("", reason))?;
    if !value.is_object() {
        return Err(FieldError::new(
            "",
            "is not an object; write it like {\"reason\": \"deploy\"}",
        ));
    }
    refuse_secrets(&value)?;
    Ok(value)
}

/// How the change is waited for, if it is; `true` is as good as an empty object, and `false` as none.
fn wait(body: &Field<'_>) -> Result<Option<Wait>, FieldError> {
    let Some(wait) = body.member("wait") else {
        return Ok(None);
    };
    if let Some(wanted) = wait.value().as_bool() {
        return Ok(wanted.then(Wait::default));
    }
    let duration = |name| {
        optional(&wait, name, |field| {
            let seconds = whole_number(field)?;
            let reason = || format!("{seconds} is not a number of seconds from 1 to 86400, a day");
            Timeout::from_seconds(seconds.into()).ok_or_else(|| field.refuse(reason()))
        })
    };
    let asked = Wait {
        timeout: duration("timeout")?,
        gone_after: duration("gone_after")?,
        expect: optional(&wait, "expect", whole_number)?.map(u64::from),
        ignore_upgraded: optional(&wait, "ignore_upgraded", flag)?.unwrap_or_default(),
    };
    wait.only(&["timeout", "expect", "ignore_upgraded", "gone_after"])?;
    Ok(Some(asked))
}

/// A request about the states of several services.
#[derive(Debug)]
pub(crate) struct LargeRequest(pub(crate) JsonRequest);

impl LargeRequest {
    /// The most bytes of its body.
    const MOST: usize = 16 << 20;
}

impl<S: Send + Sync> FromRequest<S> for LargeRequest {
    type Rejection = Problem;

    async fn from_request(request: Request<Body>, state: &S) -> Result<Self, Problem> {
        JsonRequest::read(request, state, Self::MOST)
            .await
            .map(Self)
    }
}

impl<S: Send + Sync> FromRequest<S> for JsonRequest {
    type Rejection = Problem;

    async fn from_request(request: Request<Body>, state: &S) -> Result<Self, Problem> {
        Self::read(request, state, State::MAX_BYTES).await
    }
}

impl JsonRequest {
    /// Reads one whose body has at most so many bytes.
    async fn read<S: Send + Sync>(
        request: Request<Body>,
        state: &S,
        most: usize,
    ) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, state).await?;
        let body = body::read_up_to(body, most).await?;
        // A webhook that sends nothing need not say of what kind.
        if !body.is_empty() || parts.headers.contains_key(CONTENT_TYPE) {
            body::check_type(&parts.headers, &["application/json"])?;
        }
        Ok(Self {
            actor: caller.grant().name.clone(),
            expected: condition(&parts.headers, &IF_MATCH),
            body: parse(&body)?,
            once: once(&parts, &body)?,
            caller: peer(&parts),
        })
    }
}

/// The `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), with or without its quotes, and what is asked.
fn once(parts: &Parts, body: &[u8]) -> Result<Option<IdempotencyKey>, Problem> {
    let mut lines = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(line) = lines.next() else {
        return Ok(None);
    };
    let key = line.to_str().unwrap_or_default().trim();
    let bare = key
        .strip_prefix('"')
        .and_then(|key| key.strip_suffix('"'))
        .unwrap_or(key);
    let valid = matches!(bare.len(), 1..=255) && bare.bytes().all(|byte| byte.is_ascii_graphic());
    if !valid || bare.contains(['"', '\\']) || lines.next().is_some() {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "idempotency-key",
            "The Idempotency-Key cannot be read",
            "send one, of 1 to 255 visible ASCII characters in quotes, such as a UUID",
        ));
    }
    let mut request = Sha256::new();
    request.update(parts.uri.path());
    request.update([0]);
    request.update(body);
    Ok(Some(IdempotencyKey {
        key: bare.to_owned(),
        request: request.finalize().into(),
    }))
}

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The other end of the connection.
fn peer(parts: &Parts) -> Option<IpAddr> {
    let ConnectInfo(ends) = parts.extensions.get::<ConnectInfo<Endpoints>>()?;
    ends.peer
}

/// The condition of all lines of `name`.
pub(crate) fn condition(headers: &HeaderMap, name: &HeaderName) -> Option<Condition> {
    Condition::read(headers.get_all(name).iter().map(HeaderValue::as_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(body: &str) -> JsonRequest {
        JsonRequest {
            actor: "operator".to_owned(),
            expected: None,
            once: None,
            caller: None,
            body: parse(body.as_bytes()).unwrap(),
        }
    }

    #[test]
    fn an_empty_body_is_an_empty_object() {
        assert_eq!(order(" \n").body().only(&["reason"]), Ok(()));
    }

    #[test]
    fn a_body_that_says_two_things_is_refused() {
        let twice = parse(br#"{"dry_run": true, "dry_run": false}"#).unwrap_err();
        let reason = "\"dry_run\" is there again at line 1 column 27; keep one of the two";
        assert_eq!((twice.pointer(), twice.reason()), ("", reason));
    }

    #[test]
    fn a_reason_is_one_printable_line() {
        for body in [
            r#"{"reason": "a\u001b[2Jb"}"#,
            r#"{"reason": "a\nb"}"#,
            r#"{"reason": "a\u202eb"}"#,
            r#"{"reason": "a\u2066b"}"#,
        ] {
            assert_eq!(order(body).reason().unwrap_err().pointer(), "/reason");
        }
        assert_eq!(order(r#"{"reason": "  "}"#).reason(), Ok(None));
        let reason = order(r#"{"reason": "deploy"}"#).reason();
        assert_eq!(reason, Ok(Some("deploy".into())));
    }
}
