use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::json::{Field, FieldError};
use crate::state::notice::{Colors, Look, Notice, Palette, Phrases, Translation};

const MAX_RETRY_AFTER: u64 = 7 * 24 * 60 * 60;
const MAX_TITLE: usize = 200;
const MAX_MESSAGE: usize = 4000;
const MAX_POLICY: usize = 4000;

pub(super) fn notice(field: &Field<'_>) -> Result<Notice, FieldError> {
    let look = look(field)?;
    let default = Notice::default();
    let seconds = |name, default: u32| -> Result<u32, FieldError> {
        let Some(field) = field.member(name) else {
            return Ok(default);
        };
        Ok(u32::try_from(field.integer(1, MAX_RETRY_AFTER)?).unwrap_or(default))
    };
    Ok(Notice {
        until: field
            .member("until")
            .map(|field| field.parsed())
            .transpose()?,
        retry_after: seconds("retry_after", default.retry_after)?,
        retry_after_max: seconds("retry_after_max", default.retry_after_max)?,
        cors_origins: field
            .member("cors_origins")
            .map_or(Ok(default.cors_origins), |field| field.list(str::parse))?,
        language: field
            .member("language")
            .map_or(Ok(default.language), |field| field.parsed())?,
        look,
        languages: field
            .member("languages")
            .map_or(Ok(Vec::new()), |field| languages(&field))?,
    })
}

fn look(field: &Field<'_>) -> Result<Look, FieldError> {
    field.object()?;
    let prose = |name, longest| {
        field
            .member(name)
            .map(|field| field.prose(longest))
            .transpose()
    };
    Ok(Look {
        title: prose("title", MAX_TITLE)?,
        message: prose("message", MAX_MESSAGE)?,
        contact: optional(field, "contact")?,
        logo: optional(field, "logo")?,
        colors: field
            .member("colors")
            .map(|field| colors(&field))
            .transpose()?,
        html: field
            .member("html")
            .map(|field| field.text().map(String::from))
            .transpose()?,
        content_security_policy: field
            .member("content_security_policy")
            .map(|field| field.header_value(MAX_POLICY))
            .transpose()?,
    })
}

fn colors(field: &Field<'_>) -> Result<Colors, FieldError> {
    field.object()?;
    let palette = |name| -> Result<Palette, FieldError> {
        let Some(field) = field.member(name) else {
            return Ok(Palette::default());
        };
        field.object()?;
        Ok(Palette {
            accent: optional(&field, "accent")?,
            background: optional(&field, "background")?,
            text: optional(&field, "text")?,
        })
    };
    Ok(Colors {
        light: palette("light")?,
        dark: palette("dark")?,
    })
}

fn languages(field: &Field<'_>) -> Result<Vec<Translation>, FieldError> {
    let mut languages = Vec::new();
    for key in field.object()?.keys() {
        let Some(texts) = field.member(key) else {
            continue;
        };
        let language = key.parse().map_err(|error| texts.refuse(error))?;
        let look = look(&texts)?;
        if Phrases::of(&language).is_none() {
            texts.required("title")?;
            texts.required("message")?;
        }
        languages.push(Translation { language, look });
    }
    Ok(languages)
}

fn optional<T: FromStr<Err: fmt::Display>>(
    field: &Field<'_>,
    name: &str,
) -> Result<Option<T>, FieldError> {
    field.member(name).map(|field| field.parsed()).transpose()
}
