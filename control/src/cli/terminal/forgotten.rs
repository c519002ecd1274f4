use crate::wire::forgotten::{Forgetting, Forgot, Forgotten, Kept};
use crate::wire::node::{MemberId, UnstoredView};

/// What became of the nodes that were to be forgotten, each process on a line; in a dry run, what would.
pub(crate) fn forgotten(forgot: &Forgot) -> String {
    let Forgot {
        service,
        forgetting,
        dry_run,
    } = forgot;
    let Forgetting {
        removed,
        forgiven,
        kept,
        unstored,
        ..
    } = forgetting;
    let line = |MemberId { name, boot }: &MemberId, news: &str| {
        format!("{service}: {name} (boot {boot}) {news}\n")
    };
    let mut text = match dry_run {
        true => format!("{service}: dry run, nothing was changed; it would be so:\n"),
        false => String::new(),
    };
    if forgetting.is_idle() {
        text.push_str(&format!(
            "{service}: nothing changed: no such node is lost\n"
        ));
    }
    for Forgotten { id, .. } in removed {
        text.push_str(&line(id, "is waited for no more"));
    }
    for Forgotten { id, silent } in forgiven {
        let threads: Vec<_> = silent.iter().map(String::as_str).collect();
        let threads = threads.join(" ");
        let news = format!("lives and is waited for, but not for its silent threads: {threads}");
        text.push_str(&line(id, &news));
    }
    for UnstoredView {
        name, boot, token, ..
    } in unstored
    {
        let name = name
            .as_deref()
            .unwrap_or("a node without a readable report");
        let boot = boot
            .as_deref()
            .map_or_else(String::new, |boot| format!(", boot {boot}"));
        text.push_str(&format!(
            "{service}: {name} (token {token}{boot}) makes no wait unsure until its next poll\n"
        ));
    }
    for Kept { id, .. } in kept {
        text.push_str(&line(id, "lives, and is waited for as before"));
    }
    text
}
