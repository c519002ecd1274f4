use intermission_core::{FieldError, Mode, State};
use jiff::Timestamp;

use crate::change::enter::Enter;
use crate::change::entries::Entries;
use crate::change::patch::Patch;
use crate::change::width::Width;
use crate::values::timestamp::to_core;

/// What an operator asks for.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// Begin maintenance, or say more about one that has begun.
    Enter(Enter),
    /// End maintenance. The allowlist and the notice stay as they are.
    Exit,
    /// Let the clients on the allowlist pass.
    EnableAllowlist,
    /// Let no client pass; the entries stay.
    DisableAllowlist,
    /// Put more clients on the allowlist.
    AddEntries(Entries),
    /// Take clients off the allowlist.
    RemoveEntries(Entries),
    /// Put these clients on the allowlist, and take all others off it.
    SetEntries(Entries),
    /// Put in force again what was at an earlier revision.
    Rollback(Box<State>, Width),
    /// Tell visitors something else.
    Notice(Patch),
    /// Change any field.
    Patch(Patch),
}

impl Change {
    /// The change's name in history.
    pub(crate) fn action(&self) -> String {
        let name = match self {
            Self::Enter(_) => "enter",
            Self::Exit => "exit",
            Self::EnableAllowlist => "allowlist enable",
            Self::DisableAllowlist => "allowlist disable",
            Self::AddEntries(_) => "allowlist add",
            Self::RemoveEntries(_) => "allowlist remove",
            Self::SetEntries(_) => "allowlist set",
            Self::Rollback(to, _) => return format!("rollback to {}", to.revision),
            Self::Notice(_) => "notice",
            Self::Patch(_) => "patch",
        };
        name.to_owned()
    }

    /// The state that `before` becomes, but for its revision, which is the registry's.
    ///
    /// Equal to `before` where there is nothing to change.
    pub(crate) fn apply(&self, before: &State, now: Timestamp) -> Result<State, FieldError> {
        let mut after = before.clone();
        match self {
            Self::Enter(enter) => enter.apply(&mut after, now)?,
            Self::Exit => after.maintenance = Mode::Off,
            Self::EnableAllowlist => after.allowlist.enabled = true,
            Self::DisableAllowlist => after.allowlist.enabled = false,
            Self::AddEntries(entries) => entries.add_to(&mut after.allowlist.cidrs),
            Self::RemoveEntries(entries) => entries.remove_from(&mut after.allowlist.cidrs),
            Self::SetEntries(entries) => {
                after.allowlist.cidrs.clear();
                entries.add_to(&mut after.allowlist.cidrs);
            }
            Self::Rollback(to, width) => {
                let cidrs = &to.allowlist.cidrs;
                width.check(cidrs, &before.allowlist.cidrs, "/allowlist/cidrs")?;
                after = (**to).clone();
                (after.store, after.revision) = (before.store.clone(), before.revision);
                // An end that is past by now was announced for another day.
                let now = to_core(now);
                after.notice.until = after.notice.until.filter(|until| *until > now);
            }
            Self::Notice(patch) | Self::Patch(patch) => after = patch.apply(before, now)?,
        }
        Ok(after)
    }
}

#[cfg(test)]
mod tests;
