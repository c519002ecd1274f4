//! Whether the page can be read in the colours that an operator gives it, by the Web Content Accessibility Guidelines
//! (WCAG) 2.2.

use intermission_core::{Color, Colors, LanguageTag, Palette, State};

/// What text needs at least (success criterion 1.4.3). The rim of a link, and the ring around one in focus, need 3 (1.4.11)
/// and have the colour of its text; the mark and the rules are decoration, which needs nothing.
const NEEDED: f64 = 4.5;
/// In how many steps a colour becomes black or white.
const STEPS: u32 = 20;

/// Red, green and blue.
type Rgb = [u8; 3];

const BLACK: Rgb = [0; 3];
const WHITE: Rgb = [255; 3];

/// Every pair of colours in which the page is hard to read, with what to do.
pub(crate) fn hard_to_read(state: &State) -> Vec<String> {
    let notice = &state.notice;
    // A document of the operator's own takes the place of the page in every language.
    if notice.look.html.is_some() {
        return Vec::new();
    }
    let translated = notice.languages.iter();
    let translated = translated.map(|one| (Some(&one.language), &one.look));
    let built_in = Colors::built_in();
    let mut warnings = Vec::new();
    for (language, look) in [(None, &notice.look)].into_iter().chain(translated) {
        // Without colours it has the notice's, or those that are built in.
        let (Some(colors), None) = (&look.colors, &look.html) else {
            continue;
        };
        for (name, given, built_in) in [
            ("light", &colors.light, &built_in.light),
            ("dark", &colors.dark, &built_in.dark),
        ] {
            let palette = Drawn {
                service: state.service.as_str(),
                language,
                name,
                given,
                built_in,
            };
            warnings.extend(palette.hard_to_read());
        }
    }
    warnings
}

/// A palette as the page is drawn in it: links in the accent, all other text in that of the text, both on the background.
struct Drawn<'s> {
    service: &'s str,
    /// The one whose colours these are; without it they are the notice's own.
    language: Option<&'s LanguageTag>,
    name: &'static str,
    given: &'s Palette,
    built_in: &'s Palette,
}

impl Drawn<'_> {
    fn hard_to_read(&self) -> Vec<String> {
        let background = self.color("background", |palette| palette.background.as_ref());
        let text = self.color("text", |palette| palette.text.as_ref());
        let accent = self.color("accent", |palette| palette.accent.as_ref());
        let pairs = [("text", "", text), ("accent", "links in ", accent)];
        let warnings = pairs.into_iter().filter_map(|(name, what, foreground)| {
            let ((foreground, color), (background, behind)) = foreground.zip(background.as_ref())?;
            let ratio = contrast(color, *behind);
            (ratio < NEEDED).then(|| {
                let of_language = |before: &str| {
                    let language = self.language.map(|language| language.as_str());
                    language.map_or_else(String::new, |language| format!("{before}{language}"))
                };
                let [red, green, blue] = readable(color, *behind);
                format!(
                    "hard to read in the {palette} palette{}: {what}{foreground} on {background}, contrast {}:1 where \
                     WCAG 2.2 asks for {NEEDED}:1; to have that: intermission notice {}{} --color \
                     {palette}.{name}=#{red:02x}{green:02x}{blue:02x}",
                    of_language(", in "),
                    one_place(ratio),
                    self.service,
                    of_language(" --language "),
                    palette = self.name,
                )
            })
        });
        warnings.collect()
    }

    /// One of its colours, as an operator writes it and as it looks.
    fn color(
        &self,
        name: &str,
        pick: impl Fn(&Palette) -> Option<&Color>,
    ) -> Option<(String, Rgb)> {
        let (whose, color) = match pick(self.given) {
            Some(given) => ("", given),
            None => ("the built-in ", pick(self.built_in)?),
        };
        Some((format!("{whose}{name} {}", color.as_str()), rgb(color)))
    }
}

fn rgb(color: &Color) -> Rgb {
    let digits = color.as_str().trim_start_matches('#');
    // It has been parsed, so that these are digits.
    let number = u32::from_str_radix(digits, 16).unwrap_or_default();
    if digits.len() == 3 {
        // #09f is #0099ff.
        [number >> 8, number >> 4, number].map(|digit| (digit & 0xf) as u8 * 0x11)
    } else {
        [number >> 16, number >> 8, number].map(|channel| channel as u8)
    }
}

/// The [contrast ratio](https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio), from 1 to 21.
fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (relative_luminance(one), relative_luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The [relative luminance](https://www.w3.org/TR/WCAG22/#dfn-relative-luminance), from 0 for black to 1 for white.
fn relative_luminance(color: Rgb) -> f64 {
    let [red, green, blue] = color.map(|channel| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.04045 {
            channel / 12.92
        } else {
            ((channel + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// Cut off and not rounded, so that what falls short never looks as if it did not.
fn one_place(ratio: f64) -> String {
    format!("{:.1}", (ratio * 10.0).floor() / 10.0)
}

/// The first colour on the way to black or white that can be read on `background`; one of the two can, on every one.
fn readable(color: Rgb, background: Rgb) -> Rgb {
    let end = if contrast(BLACK, background) > contrast(WHITE, background) {
        BLACK
    } else {
        WHITE
    };
    let [to, ..] = end.map(u32::from);
    let mut on_the_way = (1..STEPS).map(|step| {
        color.map(|channel| ((u32::from(channel) * (STEPS - step) + to * step) / STEPS) as u8)
    });
    on_the_way
        .find(|color| contrast(*color, background) >= NEEDED)
        .unwrap_or(end)
}

#[cfg(test)]
mod tests;
