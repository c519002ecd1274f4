//! The notice for people: one HTML document without further resources.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::refusal::maintenance::Maintenance;
use crate::request::PASS_PATH;
use crate::state::{Color, DARK, ENGLISH, LIGHT, LocalizedNotice, Mode, Palette};

/// The policy of the page: it sends and loads nothing, but polls whether the service is back.
const POLICY: &str =
    "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";
/// The default policy of an operator's own document.
const POLICY_OF_OWN: &str = "script-src 'none'; object-src 'none'; base-uri 'none'";
const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = include_str!("page.css");
const MARK: &str = include_str!("mark.svg");
/// The longest pause between two polls of the page, in seconds, before it is varied by a half.
const LONGEST_PAUSE: u32 = 60;

/// A document and its `Content-Security-Policy`.
pub(crate) struct Page<'t> {
    /// Borrowed if it is the operator's own.
    pub(crate) html: Cow<'t, str>,
    pub(crate) policy: String,
}

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
    let dressed = Dressed::new(notice, "");
    let policy = format!(
        "{POLICY}; script-src '{}'; style-src '{}'",
        hash(SCRIPT),
        hash(&dressed.style)
    );
    Page {
        html: html(&dressed, maintenance).into(),
        policy,
    }
}

/// A notice and what its pages look like.
pub(crate) struct Dressed<'n> {
    pub(crate) notice: &'n LocalizedNotice<'n>,
    pub(crate) style: String,
}

impl<'n> Dressed<'n> {
    /// With a style sheet of the page's own.
    pub(crate) fn new(notice: &'n LocalizedNotice<'_>, own: &str) -> Self {
        let style = style(notice) + own;
        Self { notice, style }
    }

    /// The image above the heading.
    pub(crate) fn mark(&self) -> Cow<'static, str> {
        self.notice.logo.map_or(MARK.into(), |logo| {
            let uri = logo.as_str();
            format!("<img class=\"logo\" alt=\"\" src=\"{uri}\">").into()
        })
    }
}

fn html(dressed: &Dressed<'_>, maintenance: &Maintenance) -> String {
    let Dressed { notice, style } = dressed;
    let (phrases, mark) = (notice.phrases, dressed.mark());
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
    // While safe methods pass, the browser's own navigation leads back, so the page does not poll.
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
    let pass = if maintenance.takes_passes {
        let (language, link) = (phrases.tag, phrases.pass.link);
        format!("<p><a class=\"pass\" lang=\"{language}\" href=\"{PASS_PATH}\">{link}</a></p>\n")
    } else {
        String::new()
    };
    let is_right_to_left = notice.language.is_right_to_left();
    format!(
        include_str!("page.html"),
        language = notice.language.as_str(),
        direction = if is_right_to_left { "rtl" } else { "ltr" },
        style = style,
        mark = mark,
        title = Escaped(notice.title),
        message = Escaped(notice.message),
        label_language = phrases.tag,
        // Labels in another language than the page are in English.
        label_direction = if is_right_to_left && phrases.tag == ENGLISH.tag {
            " dir=\"ltr\""
        } else {
            ""
        },
        until = until.unwrap_or_default(),
        contact = contact.unwrap_or_default(),
        reference = entry(phrases.reference, &format!("{}", maintenance.revision)),
        again = again,
        pass = pass,
        pause = pause,
        script = SCRIPT,
    )
}

/// A line of the list below the message.
fn entry(label: &str, value: &str) -> String {
    format!("<div><dt>{label}</dt><dd>{value}</dd></div>\n")
}

fn style(notice: &LocalizedNotice<'_>) -> String {
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
    let colors = notice.colors;
    let light = rule(colors.map(|colors| &colors.light), LIGHT);
    let dark = rule(colors.map(|colors| &colors.dark), DARK);
    format!("{light}@media(prefers-color-scheme:dark){{{dark}}}\n{STYLE}")
}

/// The source expression of an inline script or style (Content Security Policy Level 3, section 2.3.1).
pub(crate) fn hash(content: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(content)))
}

/// Text with the escapes of HTML, for an element or a quoted attribute.
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
