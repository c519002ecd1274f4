use intermission_core::{Field, FieldError, Mode, State};
use jiff::Timestamp;
use serde_json::Value;

use crate::values::duration::Limit;
use crate::values::members::{flag, in_future, optional, text, time, whole_number};
use crate::values::timestamp::to_core;

/// What `enter` may name; what it leaves out it does not touch.
///
/// A new beginning, from `off`, is the exception: it turns the allowlist off, so that at first
/// no client passes, and forgets the end of the last maintenance, which is past or was for another
/// day. Texts stay, since they may be a house's own standing words; the answer repeats them, so
/// that last week's are noticed.
#[derive(Clone, Debug)]
pub(crate) struct Enter {
    mode: Mode,
    allowlist: Option<bool>,
    pub(super) message: Option<String>,
    until: Option<Until>,
    pub(super) limit: Option<Limit>,
    retry_after: Option<u32>,
}

/// The announced end.
#[derive(Clone, Copy, Debug)]
enum Until {
    At(Timestamp),
    Unsaid,
}

impl Enter {
    pub(crate) const FIELDS: [&str; 6] = [
        "message",
        "until",
        "for",
        "retry_after",
        "mode",
        "allowlist",
    ];

    pub(crate) fn read(body: &Field<'_>) -> Result<Self, FieldError> {
        let mode = match optional(body, "mode", text)?.as_deref() {
            None | Some("all") => Mode::All,
            Some("writes") => Mode::Writes,
            Some(other) => {
                let reason = format!(
                    "{other:?} is neither \"writes\" nor \"all\"; to open the service, exit"
                );
                return Err(FieldError::new("/mode", reason));
            }
        };
        let limit = optional(body, "for", |limit| limit.parsed())?;
        let until = match body.value().get("until") {
            None => None,
            // Withdraws the end that was announced.
            Some(Value::Null) => Some(Until::Unsaid),
            Some(_) => optional(body, "until", time)?.map(Until::At),
        };
        if limit.is_some() && matches!(until, Some(Until::At(_))) {
            let reason = "visitors read the end that \"for\" makes; name only one of the two";
            return Err(FieldError::new("/until", reason));
        }
        Ok(Self {
            mode,
            allowlist: optional(body, "allowlist", flag)?,
            message: optional(body, "message", text)?,
            until,
            limit,
            retry_after: optional(body, "retry_after", whole_number)?,
        })
    }

    pub(super) fn apply(&self, state: &mut State, now: Timestamp) -> Result<(), FieldError> {
        if state.maintenance == Mode::Off {
            state.allowlist.enabled = false;
            state.notice.until = None;
        }
        state.maintenance = self.mode;
        if let Some(enabled) = self.allowlist {
            state.allowlist.enabled = enabled;
        }
        if let Some(message) = &self.message {
            state.notice.look.message = Some(message.clone());
        }
        match self.until {
            Some(Until::At(until)) => {
                in_future(until, now, "/until")?;
                state.notice.until = Some(to_core(until));
            }
            Some(Until::Unsaid) => state.notice.until = None,
            None => {}
        }
        if let Some(seconds) = self.retry_after {
            state.notice.retry_after = seconds;
        }
        // The core knows what a notice may say. The sender of this has not seen the document, so
        // the error names the request's member.
        State::parse(&state.to_json()).map_err(|error| {
            let pointer = error.pointer();
            FieldError::new(
                pointer.strip_prefix("/notice").unwrap_or(pointer),
                error.reason(),
            )
        })?;
        Ok(())
    }
}
