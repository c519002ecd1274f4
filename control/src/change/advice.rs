use intermission_core::{Mode, State};

use crate::change::Change;

/// What an operator may not expect of a change that was made, or that left things as they were.
pub(crate) fn advice(change: &Change, after: &State) -> Vec<String> {
    let service = &after.service;
    let closed = after.maintenance != Mode::Off;
    let empty = after.allowlist.enabled && after.allowlist.cidrs.is_empty();
    let mut advice = Vec::new();
    match change {
        Change::Enter(enter) => {
            if !after.scope.hosts.is_empty() {
                advice.push(
                    "the scope by host binds only as far as the app's own routing by host does".to_owned(),
                );
            }
            if enter.message.is_some() && !after.notice.languages.is_empty() {
                let languages: Vec<_> = after.notice.languages.iter().map(|texts| texts.language.as_str()).collect();
                advice.push(format!(
                    "the message is not translated: readers of {} still get the text kept for them",
                    languages.join(", ")
                ));
            }
        }
        Change::EnableAllowlist if !closed => advice.push(format!(
            "{service} is open, and enter starts with the allowlist off; to let testers in from the \
             beginning: intermission enter {service} --allowlist"
        )),
        Change::EnableAllowlist | Change::Exit | Change::DisableAllowlist | Change::Rollback(_) | Change::Patch(_) => {}
    }
    if empty && matches!(change, Change::Enter(_) | Change::EnableAllowlist) {
        advice.push(format!(
            "the allowlist is empty, so nobody passes; to let somebody in: intermission allowlist add {service} CIDR"
        ));
    }
    advice
}
