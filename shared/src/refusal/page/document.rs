use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::state::{Color, DARK, LIGHT, LocalizedNotice, Palette};

const STYLE: &str = include_str!("page.css");
const MARK: &str = include_str!("mark.svg");

/// An HTML document and its `Content-Security-Policy`.
pub(crate) struct Page<'t> {
    /// Borrowed if it is the operator's own.
    pub(crate) html: Cow<'t, str>,
    pub(crate) policy: String,
}

/// A document that needs no further resource, and looks as the notice says.
pub(crate) struct Document<'d> {
    pub(crate) language: &'d str,
    pub(crate) is_right_to_left: bool,
    pub(crate) title: &'d str,
    /// The elements below the heading.
    pub(crate) content: &'d str,
    pub(crate) script: &'d str,
    /// The attributes of the script, each after a space.
    pub(crate) data: &'d str,
}

impl Document<'_> {
    /// The page of this document. Its policy also has the hashes of the script and of the style, to which `own_style` belongs.
    pub(crate) fn render(
        &self,
        notice: &LocalizedNotice<'_>,
        own_style: &str,
        policy: &str,
    ) -> Page<'static> {
        let style = style(notice) + own_style;
        let html = format!(
            include_str!("document.html"),
            language = self.language,
            direction = if self.is_right_to_left { "rtl" } else { "ltr" },
            title = Escaped(self.title),
            style = style,
            mark = mark(notice),
            content = self.content,
            data = self.data,
            script = self.script,
        );
        let (script, style) = (hash(self.script), hash(&style));
        Page {
            html: html.into(),
            policy: format!("{policy}; script-src '{script}'; style-src '{style}'"),
        }
    }
}

/// The image above the heading.
fn mark(notice: &LocalizedNotice<'_>) -> Cow<'static, str> {
    notice.logo.map_or(MARK.into(), |logo| {
        let uri = logo.as_str();
        format!("<img class=\"logo\" alt=\"\" src=\"{uri}\">").into()
    })
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
fn hash(content: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(content)))
}

/// Text with the escapes of HTML, for an element or a quoted attribute.
pub(crate) struct Escaped<'t>(pub(crate) &'t str);

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
