use serde_json::{Value, json};

use super::*;

fn warnings(notice: &Value) -> Vec<String> {
    let document = json!({
        "version": 1, "service": "shop", "revision": 3, "maintenance": "off", "notice": notice,
    });
    hard_to_read(&State::parse(document.to_string().as_bytes()).unwrap())
}

fn color(text: &str) -> Rgb {
    rgb(&text.parse().unwrap())
}

#[test]
fn the_contrast_is_that_of_wcag() {
    for (one, other, ratio) in [
        ("#000", "#fff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777", "#fff", 4.478),
        ("#767676", "#fff", 4.542),
        ("#ff0000", "#ffffff", 3.998),
        ("#00ff00", "#fff", 1.372),
        ("#00F", "#ffffff", 8.592),
        ("#0099ff", "#fff", 2.9998),
        ("#09f", "#fff", 2.9998),
        // The darkest that are linear, and the first one that is not.
        ("#0a0a0a", "#000", 1.061),
        ("#0b0b0b", "#000", 1.067),
    ] {
        for found in [
            contrast(color(one), color(other)),
            contrast(color(other), color(one)),
        ] {
            assert!((found - ratio).abs() < 0.001, "{one} on {other}: {found}");
        }
    }
}

#[test]
fn what_falls_short_never_looks_sufficient() {
    for (ratio, shown) in [
        (21.0, "21.0"),
        (4.478, "4.4"),
        (4.499_999, "4.4"),
        (4.5, "4.5"),
        (1.0, "1.0"),
    ] {
        assert_eq!(one_place(ratio), shown);
    }
}

#[test]
fn what_is_built_in_can_be_read() {
    let built_in = serde_json::to_value(Colors::built_in()).unwrap();
    for palette in ["light", "dark"] {
        for name in ["accent", "background", "text"] {
            assert!(built_in[palette][name].is_string(), "{built_in}");
        }
    }
    assert_eq!(warnings(&json!({ "colors": built_in })), [""; 0]);
    assert_eq!(warnings(&json!({ "colors": {} })), [""; 0]);
    assert_eq!(warnings(&Value::Null), [""; 0]);
}

#[test]
fn each_pair_of_each_palette_has_a_warning_with_a_remedy() {
    for (colors, expected) in [
        (
            json!({ "light": { "text": "#777", "background": "#fff" } }),
            &[
                "hard to read in the light palette: text #777 on background #fff, contrast 4.4:1 where WCAG 2.2 asks for \
               4.5:1; to have that: intermission notice shop --color light.text=#717171",
            ][..],
        ),
        (
            json!({ "light": { "text": "#767676", "background": "#ffffff" } }),
            &[],
        ),
        (
            json!({ "light": { "accent": "#FFD400" } }),
            &[
                "hard to read in the light palette: links in accent #FFD400 on the built-in background #f7f8fa, contrast \
               1.3:1 where WCAG 2.2 asks for 4.5:1; to have that: intermission notice shop --color light.accent=#7f6a00",
            ],
        ),
        (
            json!({ "light": { "background": "#808080" }, "dark": { "text": "#000", "accent": "#b00020" } }),
            &[
                "hard to read in the light palette: the built-in text #1d2530 on background #808080, contrast 3.9:1 \
               where WCAG 2.2 asks for 4.5:1; to have that: intermission notice shop --color light.text=#12181f",
                "hard to read in the light palette: links in the built-in accent #2b5fc7 on background #808080, contrast \
               1.4:1 where WCAG 2.2 asks for 4.5:1; to have that: intermission notice shop --color light.accent=#0a1731",
                "hard to read in the dark palette: text #000 on the built-in background #13171d, contrast 1.1:1 where \
               WCAG 2.2 asks for 4.5:1; to have that: intermission notice shop --color dark.text=#8c8c8c",
                "hard to read in the dark palette: links in accent #b00020 on the built-in background #13171d, contrast \
               2.4:1 where WCAG 2.2 asks for 4.5:1; to have that: intermission notice shop --color dark.accent=#cf6679",
            ],
        ),
    ] {
        assert_eq!(warnings(&json!({ "colors": colors })), expected, "{colors}");
    }
}

#[test]
fn a_warning_names_the_language_of_the_colours() {
    let poor = json!({ "light": { "text": "#f7f8fa" } });
    let everywhere = warnings(&json!({ "colors": poor, "languages": { "de": { "title": "Zu" } } }));
    assert_eq!(everywhere.len(), 1, "{everywhere:?}");
    assert_eq!(
        warnings(&json!({ "languages": { "de": { "colors": poor }, "fr": {} } })),
        [
            "hard to read in the light palette, in de: text #f7f8fa on the built-in background #f7f8fa, contrast 1.0:1 \
          where WCAG 2.2 asks for 4.5:1; to have that: intermission notice shop --language de --color light.text=#6f6f70"
        ]
    );
}

#[test]
fn colours_that_are_never_seen_have_no_warning() {
    let poor = json!({ "light": { "text": "#f7f8fa" } });
    for notice in [
        json!({ "html": "<p>", "colors": poor, "languages": { "de": { "colors": poor } } }),
        json!({ "languages": { "de": { "html": "<p>", "colors": poor } } }),
    ] {
        assert_eq!(warnings(&notice), [""; 0], "{notice}");
    }
    let seen = warnings(&json!({ "colors": poor, "languages": { "de": { "html": "<p>" } } }));
    assert_eq!(seen.len(), 1, "{seen:?}");
}

#[test]
fn the_remedy_can_be_read_on_every_background() {
    let some: [Rgb; 6] = [
        BLACK,
        WHITE,
        [119; 3],
        [255, 0, 0],
        [0, 153, 255],
        [255, 212, 0],
    ];
    for grey in 0..=u8::MAX {
        for background in [[grey; 3], [grey, 0, 0], [0, grey, 0], [255, grey, 0]] {
            for color in some {
                let remedy = readable(color, background);
                assert!(
                    contrast(remedy, background) >= NEEDED,
                    "{remedy:?} on {background:?}"
                );
            }
        }
    }
}
