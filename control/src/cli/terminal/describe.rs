use jiff::Timestamp;

use crate::cli::terminal::ago;
use crate::cli::terminal::ago::when;
use crate::cli::terminal::countdown::countdown;
use crate::cli::terminal::fleet::node_count;
use crate::cli::terminal::paint::{Paint, line};
use crate::wire::difference::Preview;
use crate::wire::fleet::FleetView;
use crate::wire::summary::{AllowlistSummary, Outcome, Summary};

/// What became of a service, and what is in force there now.
pub(crate) fn described(outcome: &Outcome, follow: Follow, paint: Paint, now: Timestamp) -> String {
    let Outcome {
        changed,
        warnings,
        barrier,
        nodes,
        preview,
        summary,
    } = outcome;
    if let Some(preview) = preview {
        return previewed(outcome, preview, paint);
    }
    let news = if *changed { "" } else { "nothing changed: " };
    let mut text = headline(summary, news, paint);
    lines(summary, paint, now, &mut text);
    text.push_str(&notes(warnings, paint));
    if barrier.is_none() {
        let nodes = match (nodes, follow) {
            (Some(0), _) => paint.warn("no node has spoken yet: nothing enforces this"),
            _ if !changed => return text,
            (_, Follow::MayBeAwaited) => "follow at once; --wait tells when all have".to_owned(),
            (_, Follow::Alone) => "follow at once".to_owned(),
        };
        line("nodes", &nodes, &mut text);
    }
    text
}

/// What a change would do that is not made.
fn previewed(outcome: &Outcome, preview: &Preview, paint: Paint) -> String {
    let Outcome {
        changed,
        warnings,
        summary,
        ..
    } = outcome;
    let news = match changed {
        true => "dry run, nothing was changed; it would be ",
        false => "dry run, nothing would change: ",
    };
    let mut text = headline(summary, news, paint);
    let differences = preview.differences.iter().map(ToString::to_string);
    list("differs", &differences.collect::<Vec<_>>(), &mut text);
    // An open service refuses no request, so what is said of requests counts later.
    let is_later = summary.is_open()
        && !preview
            .differences
            .iter()
            .any(|one| one.place == "maintenance");
    let when = if is_later { "in maintenance, " } else { "" };
    let who = |who: &[String]| {
        who.iter()
            .map(|who| format!("{when}{who}"))
            .collect::<Vec<_>>()
    };
    list("let in", &who(&preview.let_in), &mut text);
    list("kept out", &who(&preview.kept_out), &mut text);
    let rules = preview.rules.iter().filter(|(_, count)| **count > 0);
    let rules: Vec<_> = rules
        .map(|(rule, count)| format!("{rule} {count}"))
        .collect();
    if !rules.is_empty() {
        line(
            "decided",
            &format!("{}, up to now", rules.join(", ")),
            &mut text,
        );
    }
    text.push_str(&notes(warnings, paint));
    text
}

/// Lines under one name.
fn list(name: &str, lines: &[String], text: &mut String) {
    let names = std::iter::once(name).chain(std::iter::repeat(""));
    names
        .zip(lines)
        .for_each(|(name, value)| line(name, value, text));
}

/// What an operator may not expect.
pub(crate) fn notes(warnings: &[String], paint: Paint) -> String {
    let mut text = String::new();
    for warning in warnings {
        line("note", &paint.warn(warning), &mut text);
    }
    text
}

/// How the nodes follow a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Follow {
    /// The command can wait until they have.
    MayBeAwaited,
    /// It cannot.
    Alone,
}

/// What is in force for a service.
pub(crate) fn shown(summary: &Summary, paint: Paint, now: Timestamp) -> String {
    let mut text = headline(summary, "", paint);
    lines(summary, paint, now, &mut text);
    text
}

/// What is in force for a service, in one line.
pub(crate) fn one_line(
    summary: &Summary,
    fleet: &FleetView,
    width: usize,
    paint: Paint,
    now: Timestamp,
) -> String {
    let name = format!("{:width$}", summary.service);
    let revision = summary.revision;
    let nodes = node_count(fleet, paint, now);
    if summary.is_open() {
        let open = paint.calm("open");
        return format!("{name}  {open}  revision {revision}  {nodes}\n");
    }
    let what = if summary.is_writes_only() {
        "WRITES REFUSED"
    } else {
        "IN MAINTENANCE"
    };
    let allowlist = if summary.allowlist.enabled {
        "on"
    } else {
        "off"
    };
    let mut line = format!("{name}  {}  allowlist {allowlist}", paint.alarm(what));
    if is_narrowed(summary) {
        line.push_str("  scope narrowed");
    }
    line.push_str(&format!("  revision {revision}  {nodes}"));
    if let Some(timer) = &summary.timer {
        line.push_str(&format!("  {}", countdown(timer, paint, now)));
    }
    line.push_str(&format!("  since {}\n", since(summary, now)));
    line
}

fn headline(summary: &Summary, news: &str, paint: Paint) -> String {
    let state = if summary.is_open() {
        paint.calm("open")
    } else {
        paint.alarm(&format!("in maintenance, {}", refused(summary)))
    };
    format!(
        "{}: {news}{state} (revision {})\n",
        summary.service, summary.revision
    )
}

/// What is refused, so that a part is not taken for the whole.
fn refused(summary: &Summary) -> String {
    let (what, verb) = if summary.is_writes_only() {
        ("writes", "are refused")
    } else {
        ("everything", "is refused")
    };
    let within = if is_narrowed(summary) {
        " in its scope"
    } else {
        ""
    };
    let but = if lets_testers_in(summary) {
        " but for the allowlist"
    } else {
        ""
    };
    format!("{what}{within} {verb}{but}")
}

fn lets_testers_in(summary: &Summary) -> bool {
    let AllowlistSummary {
        enabled,
        entries,
        passes,
    } = summary.allowlist;
    enabled && entries + passes > 0
}

fn is_narrowed(summary: &Summary) -> bool {
    !summary.scope.hosts.is_empty() || !summary.scope.paths.is_empty()
}

fn lines(summary: &Summary, paint: Paint, now: Timestamp, text: &mut String) {
    if summary.is_open() {
        return;
    }
    line("since", &since(summary, now), text);
    line("scope", &scope(summary, paint), text);
    line("allowlist", &allowlist(summary, paint), text);
    let notice = &summary.notice;
    line(
        "visitors",
        &format!("{}: {}", flat(&notice.title), flat(&notice.message)),
        text,
    );
    let until = match notice.until {
        Some(until) if until < now => paint.warn(&when(until, now)),
        Some(until) => when(until, now),
        None => format!("not said; clients ask again after {} s", notice.retry_after),
    };
    line("until", &until, text);
    line("timer", &timer(summary, paint, now), text);
    let service = &summary.service;
    let testers = summary.allowlist.entries + summary.allowlist.passes;
    let testers = match (summary.allowlist.enabled, testers) {
        (false, 1..) => format!("let testers in: intermission allowlist enable {service}"),
        (_, 0) => format!("name a tester: intermission allowlist add {service} CIDR"),
        (true, _) => format!("shut testers out: intermission allowlist disable {service}"),
    };
    line("next", &testers, text);
    if lets_testers_in(summary) {
        let who = format!("who gets in: intermission explain {service} --ip ADDR --path /");
        line("", &who, text);
    }
    if summary.timer.is_some() {
        let more = format!("more time, from now on: intermission enter {service} --for DURATION");
        line("", &more, text);
    }
    line(
        "",
        &format!("open again: intermission exit {service}"),
        text,
    );
}

fn since(summary: &Summary, now: Timestamp) -> String {
    let stamp = summary.since.as_ref().unwrap_or(&summary.last_change);
    let reason = stamp.reason.as_ref();
    let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
    format!("{}, by {}{reason}", ago(stamp.at, now), stamp.actor)
}

fn timer(summary: &Summary, paint: Paint, now: Timestamp) -> String {
    match &summary.timer {
        Some(timer) => format!(
            "{} (set by {} for {})",
            countdown(timer, paint, now),
            timer.set.actor,
            timer.length
        ),
        None => "none: it lasts until an operator ends it".to_owned(),
    }
}

fn scope(summary: &Summary, paint: Paint) -> String {
    let scope = &summary.scope;
    let part = |name: &str, items: &[String]| {
        (!items.is_empty()).then(|| format!("{name} {}", items.join(", ")))
    };
    let parts: Vec<_> = [part("hosts", &scope.hosts), part("paths", &scope.paths)]
        .into_iter()
        .flatten()
        .collect();
    if parts.is_empty() {
        "the whole service".to_owned()
    } else {
        paint.warn(&format!("only {}; the rest is open", parts.join("; ")))
    }
}

fn allowlist(summary: &Summary, paint: Paint) -> String {
    let AllowlistSummary {
        enabled,
        entries,
        passes,
    } = summary.allowlist;
    let count = |count: usize, one: &str, several: &str| match count {
        0 => format!("no {one}"),
        1 => format!("1 {one}"),
        count => format!("{count} {several}"),
    };
    let in_entries = count(entries, "entry", "entries");
    let of_passes = count(passes, "pass", "passes");
    match (enabled, entries, passes) {
        (true, 0, 0) => "on, but without an entry: no client passes".to_owned(),
        (true, _, 0) => paint.warn(&format!("on: clients in {in_entries} pass")),
        (true, 0, _) => paint.warn(&format!("on: holders of {of_passes} get in")),
        (true, ..) => paint.warn(&format!(
            "on: clients in {in_entries} pass, and holders of {of_passes}"
        )),
        (false, _, 0) => format!("off: no client passes ({in_entries} kept)"),
        (false, ..) => format!("off: no client passes ({in_entries} and {of_passes} kept)"),
    }
}

/// A text on one line, cut where it becomes long.
fn flat(text: &str) -> String {
    const LONGEST: usize = 70;
    let words: Vec<_> = text.split_whitespace().collect();
    let mut flat = words.join(" ");
    if let Some((end, _)) = flat.char_indices().nth(LONGEST) {
        flat.truncate(end);
        flat.push('…');
    }
    flat
}
