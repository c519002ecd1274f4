use intermission_core::{Mode, ServiceName, State};

use crate::change::change::Change;

use crate::change::allowlist::prune::pruned_advice;
use crate::change::enter::Enter;
use crate::labels::Labels;
use crate::values::contrast::hard_to_read;

/// What an operator may not expect of a change that was made, or that left things as they were.
pub(crate) fn advice(
    change: &Change,
    before: &State,
    labels: &Labels,
    after: &State,
) -> Vec<String> {
    let service = &after.service;
    let closed = after.maintenance != Mode::Off;
    let mut advice = match change {
        Change::Enter(enter) => enter_advice(enter, before, after),
        Change::EnableAllowlist if !closed => vec![format!(
            "{service} is open, and enter starts with the allowlist off; to let testers in from the \
             beginning: intermission enter {service} --allowlist"
        )],
        Change::AddEntries(added) => added.advice(&before.allowlist.cidrs, labels),
        Change::RemoveEntries(removed) => {
            removed.advice(&before.allowlist.cidrs, &after.allowlist.cidrs, labels)
        }
        Change::PruneEntries => pruned_advice(before, after),
        Change::CreatePass(_) => pass_advice(after).into_iter().collect(),
        Change::Patch(_) => {
            let lost = lost_probes(before, after).into_iter();
            lost.map(|lost| {
                format!("{lost}; a list is replaced whole, so repeat in it what is to stay")
            })
            .collect()
        }
        Change::EditLists(edit) => {
            let mut advice = edit.advice(before);
            advice.extend(narrowed_advice(before, after));
            advice
        }
        Change::Apply(declared) => {
            let mut advice = declared.advice(after);
            advice.extend(narrowed_advice(before, after));
            advice
        }
        Change::EnableAllowlist
        | Change::Exit
        | Change::DisableAllowlist
        | Change::SetEntries(_)
        | Change::EndEntries(_)
        | Change::RevokePass(_)
        | Change::Notice(_)
        | Change::Rollback(..) => Vec::new(),
    };
    let allowlist = &after.allowlist;
    let empty = allowlist.enabled && allowlist.cidrs.is_empty() && allowlist.passes.is_empty();
    if empty && matches!(change, Change::Enter(_) | Change::EnableAllowlist) {
        advice.push(format!(
            "the allowlist is empty, so no client passes; to let one in: intermission allowlist add {service} CIDR"
        ));
    }
    if sets_colors(change, after) {
        advice.extend(hard_to_read(after));
    }
    advice
}

fn sets_colors(change: &Change, after: &State) -> bool {
    match change {
        Change::Notice(patch) | Change::Patch(patch) => patch.names_colors(),
        Change::Apply(declared) => declared.names_notice(after),
        Change::Rollback(..) => true,
        _ => false,
    }
}

fn enter_advice(enter: &Enter, before: &State, after: &State) -> Vec<String> {
    let mut advice = Vec::new();
    if (before.maintenance, after.maintenance) == (Mode::Writes, Mode::All) {
        advice.push(
            "writes were refused only; everything is refused now (say --writes-only to stay, or \"mode\": \"writes\")"
                .to_owned(),
        );
    }
    advice.extend(bound_by_host(after));
    let message = enter.message.as_deref();
    if message.is_some_and(|message| message.trim().is_empty()) {
        advice.push("the message is empty: visitors read the title, and no text".to_owned());
    }
    if message.is_some() && !after.notice.languages.is_empty() {
        let languages = after.notice.languages.iter();
        let languages: Vec<_> = languages.map(|texts| texts.language.as_str()).collect();
        advice.push(format!(
            "the message is not translated: readers of {} still get the text kept for them",
            languages.join(", ")
        ));
    }
    advice
}

/// What an operator may not expect of other lists.
fn narrowed_advice(before: &State, after: &State) -> Vec<String> {
    let by_host = bound_by_host(after).filter(|_| after.scope.hosts != before.scope.hosts);
    let is_whole = |state: &State| state.scope.hosts.is_empty() && state.scope.paths.is_empty();
    let whole = "the scope has no entry left, so a maintenance is for the whole service";
    let whole = (is_whole(after) && !is_whole(before)).then(|| whole.to_owned());
    [lost_probes(before, after), by_host, whole]
        .into_iter()
        .flatten()
        .collect()
}

/// Warns of a scope by host.
fn bound_by_host(after: &State) -> Option<String> {
    let advice = "the scope by host binds only as far as the app's own routing by host does";
    (!after.scope.hosts.is_empty()).then(|| advice.to_owned())
}

/// Warns that a new pass does not count.
fn pass_advice(after: &State) -> Option<String> {
    let service = &after.service;
    match (after.maintenance, after.allowlist.enabled) {
        (Mode::Off, _) => Some(format!(
            "{service} is open; in maintenance a pass counts while the allowlist is enabled: intermission enter {service} \
             --allowlist"
        )),
        (_, false) => Some(format!(
            "a pass counts while the allowlist is enabled, which it is not: intermission allowlist enable {service}"
        )),
        (_, true) => None,
    }
}

/// Warns if default health-check paths are no longer exempt.
fn lost_probes(before: &State, after: &State) -> Option<String> {
    let usual = State::initial(ServiceName::unknown(), Mode::Off)
        .exempt
        .paths;
    let lost: Vec<_> = usual
        .iter()
        .filter(|path| before.exempt.paths.contains(path) && !after.exempt.paths.contains(path))
        .map(|path| path.as_str())
        .collect();
    (!lost.is_empty()).then(|| {
        format!(
            "exempt has lost {}, which maintenance refuses from now on",
            lost.join(", ")
        )
    })
}

#[cfg(test)]
mod tests;
