//! The notice for people: one HTML document that needs nothing else.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

use crate::answer::Texts;

pub(crate) fn render(texts: &Texts<'_>) -> String {
    let until = texts.until.map(|until| {
        let until = until.to_string();
        let spoken = until.replace('T', " ").replace('Z', " UTC");
        format!("<p>Expected back: <time datetime=\"{until}\">{spoken}</time></p>\n")
    });
    format!(
        include_str!("page.html"),
        language = Escaped(texts.language),
        title = Escaped(texts.title),
        message = Escaped(texts.message),
        until = until.unwrap_or_default(),
        revision = texts.revision,
    )
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
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_leave_their_element() {
        let hostile = "</title></p><script>alert('\"&\")</script>";
        let page = render(&Texts {
            language: "en",
            title: hostile,
            message: hostile,
            until: None,
            revision: 1,
            retry_after: 60,
        });
        assert!(!page.contains("<script"));
        assert_eq!(
            page.matches("&lt;script&gt;alert(&#39;&quot;&amp;&quot;)&lt;/script&gt;")
                .count(),
            3
        );
    }
}
