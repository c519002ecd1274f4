use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::cli::args::Notice;
use crate::cli::client::{Client, service_path};
use crate::cli::commands::wait;
use crate::cli::exit::Failure;
use crate::cli::terminal::{Follow, Paint, Report, described};
use crate::wire::summary::Outcome;

/// What takes back what was said.
const NONE: &str = "none";

/// `notice`: changes what visitors read, or shows it.
pub(crate) fn run(client: &Client, options: &Notice) -> Result<Report, Failure> {
    let patch = patch(options)?;
    if patch.is_empty() {
        return show(client, &options.service);
    }
    let path = format!("{}/notice", service_path(&options.service));
    let mut body = wait::making(&options.making);
    body.insert("notice".to_owned(), patch.into());
    let outcome: Outcome = client.post(&path, &Value::Object(body))?;
    let human = described(&outcome, Follow::Alone, Paint::from_env(), Timestamp::now());
    Report::new(&outcome, human)
}

fn show(client: &Client, service: &str) -> Result<Report, Failure> {
    let state = client.state(service)?;
    let notice = serde_json::to_value(&state.notice).map_err(Failure::failed)?;
    let human = format!("{notice:#}\n");
    Report::new(&notice, human)
}

/// The merge patch of the notice that the options ask for.
fn patch(options: &Notice) -> Result<Map<String, Value>, Failure> {
    let mut look = Map::new();
    let texts = [
        ("title", &options.title),
        ("message", &options.message),
        ("contact", &options.contact),
        ("content_security_policy", &options.html_policy),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            look.insert(name.into(), said(text).map_or(Value::Null, Value::from));
        }
    }
    if let Some(file) = &options.logo {
        let logo = said(file).map(|file| logo(Path::new(file))).transpose()?;
        look.insert("logo".into(), logo.into());
    }
    if let Some(file) = &options.html {
        let html = said(file).map(read_text).transpose()?;
        look.insert("html".into(), html.into());
    }
    if !options.colors.is_empty() {
        look.insert("colors".into(), colors(&options.colors)?);
    }
    let mut patch = match &options.language {
        Some(language) if !look.is_empty() => {
            Map::from_iter([("languages".into(), json!({ language: look }))])
        }
        Some(language) => {
            let message =
                format!("--language {language} goes with a text for visitors of that language");
            return Err(Failure::invalid(message));
        }
        None => look,
    };
    if let Some(language) = &options.own_language {
        patch.insert("language".into(), language.as_str().into());
    }
    Ok(patch)
}

fn said(text: &str) -> Option<&str> {
    (text != NONE).then_some(text)
}

/// `light.accent=#0066cc`, or `none` for all that are built in.
fn colors(given: &[String]) -> Result<Value, Failure> {
    if let [only] = given
        && only == NONE
    {
        return Ok(Value::Null);
    }
    let (mut light, mut dark) = (Map::new(), Map::new());
    for color in given {
        let parts = color.split_once('=');
        let place = parts.and_then(|(place, color)| Some((place.split_once('.')?, color)));
        let palette = match place {
            Some((("light", name), color)) => Some((&mut light, name, color)),
            Some((("dark", name), color)) => Some((&mut dark, name, color)),
            _ => None,
        };
        let Some((palette, name @ ("accent" | "background" | "text"), color)) = palette else {
            return Err(Failure::invalid(format!(
                "--color {color:?} is not a colour of the page; write it like light.accent=#0066cc, for light or dark, \
                 accent, background or text"
            )));
        };
        palette.insert(name.into(), said(color).into());
    }
    Ok(json!({ "light": light, "dark": dark }))
}

/// An image file as a `data:` URI.
fn logo(file: &Path) -> Result<String, Failure> {
    let extension = file.extension().and_then(|extension| extension.to_str());
    let kind = match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("png") => "png",
        Some("jpg" | "jpeg") => "jpeg",
        Some("gif") => "gif",
        Some("webp") => "webp",
        Some("svg") => "svg+xml",
        _ => {
            let file = file.display();
            let message =
                format!("--logo {file} is no image; name a .png, .jpg, .gif, .webp or .svg file");
            return Err(Failure::invalid(message));
        }
    };
    let image = std::fs::read(file)
        .map_err(|error| Failure::invalid(format!("--logo {}: {error}", file.display())))?;
    Ok(format!(
        "data:image/{kind};base64,{}",
        STANDARD.encode(image)
    ))
}

fn read_text(file: &str) -> Result<String, Failure> {
    std::fs::read_to_string(file)
        .map_err(|error| Failure::invalid(format!("--html {file}: {error}")))
}
