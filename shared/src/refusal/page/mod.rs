//! The notice for people: one HTML document that needs nothing else.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::refusal::answer::Maintenance;
use crate::state::ENGLISH;
use crate::state::Palette;
use crate::state::Told;
use crate::state::{Color, Mode};
use crate::state::{DARK, LIGHT};

/// What the page may do: send nothing and load nothing, but ask whether the service is back.
const POLICY: &str =
    "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";
/// What a document of the operator's own may not do where they do not say.
const POLICY_OF_OWN: &str = "script-src 'none'; object-src 'none'; base-uri 'none'";
const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = include_str!("page.css");
const MARK: &str = include_str!("mark.svg");
/// The longest pause before the page looks whether the service is back, in seconds; half of it more or less.
const LONGEST_PAUSE: u32 = 60;

/// A document, and the `Content-Security-Policy` that it comes with.
pub(crate) struct Page<'t> {
    /// Borrowed where it is the operator's own.
    pub(crate) html: Cow<'t, str>,
    pub(crate) policy: String,
}

pub(crate) fn render<'t>(told: &Told<'t>, maintenance: &Maintenance) -> Page<'t> {
    if let Some(html) = told.html {
        return Page {
            html: html.into(),
            policy: told.content_security_policy.unwrap_or(POLICY_OF_OWN).into(),
        };
    }
    let style = style(told);
    let policy = format!(
        "{POLICY}; script-src '{}'; style-src '{}'",
        hash(SCRIPT),
        hash(&style)
    );
    Page {
        html: html(told, maintenance, &style).into(),
        policy,
    }
}

fn html(told: &Told<'_>, maintenance: &Maintenance, style: &str) -> String {
    let phrases = told.phrases;
    let mark = told.logo.map_or_else(
        || MARK.into(),
        |logo| format!("<img class=\"logo\" alt=\"\" src=\"{}\">", logo.as_str()),
    );
    let until = maintenance.announced.map(|until| {
        let machine = format!("{until}");
        let mut spoken = String::new();
        for c in machine.chars() {
            match c {
                'T' => spoken.push(' '),
                'Z' => spoken.push_str(" UTC"),
                c => spoken.push(c),
            }
        }
        entry(
            phrases.until,
            &format!("<time datetime=\"{machine}\">{spoken}</time>"),
        )
    });
    let contact = told.contact.map(|contact| {
        let (uri, spoken) = (Escaped(contact.as_str()), Escaped(contact.spoken()));
        entry(
            phrases.contact,
            &format!("<a dir=\"ltr\" href=\"{uri}\">{spoken}</a>"),
        )
    });
    // While safe methods pass, the way back is the browser's, and there is nothing to wait for.
    let (again, pause) = if maintenance.mode == Mode::Writes {
        Default::default()
    } else {
        let (language, label) = (phrases.tag, phrases.again);
        let pause = maintenance.retry_after.min(LONGEST_PAUSE);
        (
            format!("<a class=\"again\" lang=\"{language}\" href=\"\">{label}</a>\n"),
            format!(" data-pause=\"{pause}\""),
        )
    };
    let is_right_to_left = told.language.is_right_to_left();
    format!(
        include_str!("page.html"),
        language = told.language.as_str(),
        direction = if is_right_to_left { "rtl" } else { "ltr" },
        style = style,
        mark = mark,
        title = Escaped(told.title),
        message = Escaped(told.message),
        label_language = phrases.tag,
        // Where they are not in the language of the page, they are in English.
        label_direction = if is_right_to_left && phrases.tag == ENGLISH.tag {
            " dir=\"ltr\""
        } else {
            ""
        },
        until = until.unwrap_or_default(),
        contact = contact.unwrap_or_default(),
        reference = entry(phrases.reference, &format!("{}", maintenance.revision)),
        again = again,
        pause = pause,
        script = SCRIPT,
    )
}

/// A line of what a visitor may want to know.
fn entry(label: &str, value: &str) -> String {
    format!("<div><dt>{label}</dt><dd>{value}</dd></div>\n")
}

fn style(told: &Told<'_>) -> String {
    let rule = |palette: Option<&Palette>, own: [&str; 3]| {
        let given = palette.map(|palette| [&palette.background, &palette.text, &palette.accent]);
        let given = given.unwrap_or([&None; 3]);
        let names = ["background", "text", "accent"];
        let mut rule = String::from(":root{");
        for ((name, given), own) in names.into_iter().zip(given).zip(own) {
            let color = given.as_ref().map_or(own, Color::as_str);
            rule.push_str(&format!("--{name}:{color};"));
        }
        rule + "}"
    };
    let colors = told.colors;
    let light = rule(colors.map(|colors| &colors.light), LIGHT);
    let dark = rule(colors.map(|colors| &colors.dark), DARK);
    format!("{light}@media(prefers-color-scheme:dark){{{dark}}}\n{STYLE}")
}

/// How a policy names an inline script or style (Content Security Policy Level 3, section 2.3.1).
fn hash(content: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(content)))
}

/// Text as HTML shows it, in an element or a quoted attribute.
struct Escaped<'t>(&'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            c => fmt::Write::write_char(f, c),
        })
    }
}

#[cfg(test)]
mod tests;
