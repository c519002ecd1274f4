use serde::Serialize;

use crate::state::notice::color::Color;

/// The default background, text and accent.
pub(crate) const LIGHT: [&str; 3] = ["#f7f8fa", "#1d2530", "#2b5fc7"];
pub(crate) const DARK: [&str; 3] = ["#13171d", "#e7ebf1", "#93b4ff"];

/// The colours of the page in its light and its dark scheme.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Colors {
    /// The light scheme: dark text on a light background.
    pub light: Palette,
    /// The dark scheme: light text on a dark background.
    pub dark: Palette,
}

impl Colors {
    /// The colours of a page whose notice gives none.
    #[must_use]
    pub fn built_in() -> Self {
        let palette = |own: [&str; 3]| {
            let [background, text, accent] = own.map(|color| color.parse().ok());
            Palette {
                accent,
                background,
                text,
            }
        };
        Self {
            light: palette(LIGHT),
            dark: palette(DARK),
        }
    }
}

/// Three colours; a missing colour is the built-in one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Palette {
    /// The colour of the mark, the rules and the links.
    pub accent: Option<Color>,
    /// The colour of the whole page.
    pub background: Option<Color>,
    /// The colour of all texts.
    pub text: Option<Color>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_color_is_valid() {
        let Colors { light, dark } = Colors::built_in();
        for palette in [light, dark] {
            let colors = [palette.accent, palette.background, palette.text];
            assert!(colors.iter().all(Option::is_some));
        }
    }
}
