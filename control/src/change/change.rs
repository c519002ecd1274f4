use intermission_core::{FieldError, Mode, Pass, State};
use jiff::Timestamp;

use crate::change::allowlist::entries::{AddedEntries, Entries, RemovedEntries};
use crate::change::allowlist::passes::NewPass;
use crate::change::allowlist::prune::{end_due, prune};
use crate::change::declared::Declarations;
use crate::change::enter::Enter;
use crate::change::lists::ListEdit;
use crate::change::patch::Patch;
use crate::change::width::Width;
use crate::labels::Labels;
use crate::values::timestamp::to_core;
use crate::wire::stamp::{CREATES_PASS, ENDS_ENTRIES, REVOKES_PASS};

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
    /// Put more clients on the allowlist, or say something else of those that are there.
    AddEntries(AddedEntries),
    /// Take clients off the allowlist.
    RemoveEntries(RemovedEntries),
    /// Put these clients on the allowlist, and take all others off it.
    SetEntries(Entries),
    /// Take entries off the allowlist that let no client pass that would not pass without them.
    PruneEntries,
    /// Take off the allowlist what has ended by this time.
    EndEntries(Timestamp),
    /// Put entries into other lists of the state, or take them out.
    EditLists(ListEdit),
    /// Make a pass.
    CreatePass(NewPass),
    /// Revoke the pass of this name.
    RevokePass(String),
    /// Put in force again what was at an earlier revision.
    Rollback(Box<Earlier>, Width),
    /// Tell visitors something else.
    Notice(Patch),
    /// Make of services what a file says.
    Apply(Declarations),
    /// Change any field.
    Patch(Patch),
}

/// What was in force at an earlier revision.
#[derive(Clone, Debug)]
pub(crate) struct Earlier {
    pub(crate) state: State,
    pub(crate) labels: Labels,
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
            Self::PruneEntries => "allowlist prune",
            Self::EndEntries(_) => ENDS_ENTRIES,
            Self::EditLists(edit) => return edit.action(),
            Self::CreatePass(pass) => return format!("{CREATES_PASS} {}", pass.name()),
            Self::RevokePass(name) => return format!("{REVOKES_PASS} {name}"),
            Self::Rollback(to, _) => return format!("rollback to {}", to.state.revision),
            Self::Notice(_) => "notice",
            Self::Apply(_) => "apply",
            Self::Patch(_) => "patch",
        };
        name.to_owned()
    }

    /// The state that `before` becomes, but for its revision, which is the registry's.
    ///
    /// Equal to `before` where there is nothing to change.
    pub(crate) fn apply(
        &self,
        before: &State,
        labels: &Labels,
        now: Timestamp,
    ) -> Result<State, FieldError> {
        let mut after = before.clone();
        let allowlist = &mut after.allowlist;
        match self {
            Self::Enter(enter) => enter.apply(&mut after, now)?,
            Self::Exit => after.maintenance = Mode::Off,
            Self::EnableAllowlist => after.allowlist.enabled = true,
            Self::DisableAllowlist => after.allowlist.enabled = false,
            Self::AddEntries(added) => added.add_to(&mut allowlist.cidrs, now)?,
            Self::RemoveEntries(removed) => removed.remove_from(&mut allowlist.cidrs, labels)?,
            Self::SetEntries(entries) => {
                allowlist.cidrs.clear();
                entries.add_to(&mut allowlist.cidrs);
            }
            Self::PruneEntries => prune(&mut allowlist.cidrs, labels, now),
            Self::EndEntries(by) => end_due(allowlist, labels, *by),
            Self::EditLists(edit) => after = edit.apply(before)?,
            Self::CreatePass(pass) => pass.add_to(allowlist, now)?,
            Self::RevokePass(name) => {
                // The name of a pass without a label is its digest.
                let revoked = labels.pass(name).map_or(name, |pass| &pass.sha256);
                let is_revoked = |pass: &Pass| pass.sha256.to_string() == *revoked;
                allowlist.passes.retain(|pass| !is_revoked(pass));
            }
            Self::Rollback(to, width) => {
                after = to.state.clone();
                after.allowlist.cidrs = to.entries_at(now);
                // Nothing brings a pass back.
                after.allowlist.passes = before.allowlist.passes.clone();
                width.check_state(&after, before)?;
                (after.store, after.revision) = (before.store.clone(), before.revision);
                // An end that is past by now was announced for another day.
                let now = to_core(now);
                after.notice.until = after.notice.until.filter(|until| *until > now);
            }
            Self::Apply(declared) => after = declared.apply(before, now)?,
            Self::Notice(patch) | Self::Patch(patch) => after = patch.apply(before, now)?,
        }
        Ok(after)
    }
}

impl Change {
    /// The revision that a service is to be at by the file that is applied, if it is not.
    pub(crate) fn missed(&self, before: &State) -> Option<u64> {
        match self {
            Self::Apply(declared) => declared.missed(before),
            _ => None,
        }
    }

    /// An error about a service, with its place in what was asked.
    pub(crate) fn placed(&self, service: &str, error: FieldError) -> FieldError {
        match self {
            Self::Apply(_) => Declarations::placed(service, &error),
            _ => error,
        }
    }
}

#[cfg(test)]
mod tests;
