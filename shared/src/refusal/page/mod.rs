//! The notice for people: one HTML document without further resources.

mod document;

use alloc::format;
use alloc::string::String;

pub(crate) use document::{Document, Escaped, Page};

use crate::refusal::maintenance::Maintenance;
use crate::request::PASS_PATH;
use crate::state::{ENGLISH, LocalizedNotice, Mode};

/// The policy of the page: it sends and loads nothing, but polls whether the service is back.
const POLICY: &str =
    "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";
/// The default policy of an operator's own document.
const POLICY_OF_OWN: &str = "script-src 'none'; object-src 'none'; base-uri 'none'";
const SCRIPT: &str = include_str!("page.js");
/// The longest pause between two polls of the page, in seconds, before it is varied by a half.
const LONGEST_PAUSE: u32 = 60;

pub(crate) fn render<'t>(notice: &LocalizedNotice<'t>, maintenance: &Maintenance) -> Page<'t> {
    if let Some(html) = notice.html {
        return Page {
            html: html.into(),
            policy: notice
                .content_security_policy
                .unwrap_or(POLICY_OF_OWN)
                .into(),
        };
    }
    let pause = maintenance.retry_after.min(LONGEST_PAUSE);
    let data = format!(" data-pause=\"{pause}\"");
    let document = Document {
        language: notice.language.as_str(),
        is_right_to_left: notice.language.is_right_to_left(),
        title: notice.title,
        content: &content(notice, maintenance),
        script: SCRIPT,
        data: if polls(maintenance) { &data } else { "" },
    };
    document.render(notice, "", POLICY)
}

/// Whether the page polls. While safe methods pass, the browser's own navigation leads back.
fn polls(maintenance: &Maintenance) -> bool {
    maintenance.mode != Mode::Writes
}

/// The elements below the heading.
fn content(notice: &LocalizedNotice<'_>, maintenance: &Maintenance) -> String {
    let phrases = notice.phrases;
    let until = maintenance.announced.map(|until| {
        let machine = format!("{until}");
        let mut readable = String::new();
        for c in machine.chars() {
            match c {
                'T' => readable.push(' '),
                'Z' => readable.push_str(" UTC"),
                c => readable.push(c),
            }
        }
        entry(
            phrases.until,
            &format!("<time datetime=\"{machine}\">{readable}</time>"),
        )
    });
    let contact = notice.contact.map(|contact| {
        let (uri, label) = (Escaped(contact.as_str()), Escaped(contact.label()));
        entry(
            phrases.contact,
            &format!("<a dir=\"ltr\" href=\"{uri}\">{label}</a>"),
        )
    });
    let again = if polls(maintenance) {
        let (language, label) = (phrases.tag, phrases.again);
        format!("<a class=\"again\" lang=\"{language}\" href=\"\">{label}</a>\n")
    } else {
        String::new()
    };
    let pass = if maintenance.takes_passes {
        let (language, link) = (phrases.tag, phrases.pass.link);
        format!("<p><a class=\"pass\" lang=\"{language}\" href=\"{PASS_PATH}\">{link}</a></p>\n")
    } else {
        String::new()
    };
    // Labels in another language than the page are in English.
    let is_english = notice.language.is_right_to_left() && phrases.tag == ENGLISH.tag;
    format!(
        "<p>{message}</p>\n<dl lang=\"{language}\"{direction}>\n{until}{contact}{reference}</dl>\n{again}{pass}",
        message = Escaped(notice.message),
        language = phrases.tag,
        direction = if is_english { " dir=\"ltr\"" } else { "" },
        until = until.unwrap_or_default(),
        contact = contact.unwrap_or_default(),
        reference = entry(phrases.reference, &format!("{}", maintenance.revision)),
    )
}

/// A line of the list below the message.
fn entry(label: &str, value: &str) -> String {
    format!("<div><dt>{label}</dt><dd>{value}</dd></div>\n")
}

#[cfg(test)]
mod tests;
