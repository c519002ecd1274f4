use intermission_core::{Mode, State};
use jiff::Timestamp;

use crate::change::in_future;
use crate::values::duration::{Limit, ParseLengthError};
use crate::values::fields::Fields;
use crate::values::timestamp::to_core;
use intermission_core::FieldError;

/// What `enter` may name; what it leaves out it does not touch.
///
/// A new beginning, from `off`, is the exception: it turns the allowlist off, so that at first
/// nobody passes, and forgets the end of the last maintenance, which is past or was for another
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

/// What visitors are to be told of the end.
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

    pub(crate) fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        let mode = match fields.text("mode")?.as_deref() {
            None | Some("all") => Mode::All,
            Some("writes") => Mode::Writes,
            Some(other) => {
                let reason = format!(
                    "{other:?} is neither \"writes\" nor \"all\"; to open the service, exit"
                );
                return Err(FieldError::new("/mode", reason));
            }
        };
        let limit = fields.text("for")?.map(|text| text.parse()).transpose();
        let limit =
            limit.map_err(|error: ParseLengthError| FieldError::new("/for", error.to_string()))?;
        // Here null says something: that what was announced holds no more.
        let unsaid = fields.is_null("until").then_some(Until::Unsaid);
        let until = fields.time("until")?.map(Until::At);
        if limit.is_some() && until.is_some() {
            let reason = "visitors are told the end that \"for\" makes; name only one of the two";
            return Err(FieldError::new("/until", reason));
        }
        Ok(Self {
            mode,
            allowlist: fields.boolean("allowlist")?,
            message: fields.text("message")?,
            until: until.or(unsaid),
            limit,
            retry_after: fields.whole_number("retry_after")?,
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
        // The core knows what a notice may say. Whoever sent this has never seen the document, so
        // it is told in the request's words.
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
