//! What a change may not bring into a state, though a document that says so is read.

use alloc::collections::BTreeSet;
use alloc::format;

use crate::json::FieldError;
use crate::refusal::Answers;
use crate::state::{State, Timestamp};

impl State {
    /// Whether a change may put `next` in the place of this state.
    ///
    /// Parsing goes on to read all that it has ever read, so that no store and no saved copy turns bad by an upgrade. What
    /// has turned out to be a slip is refused here, and only where the state does not say so already.
    ///
    /// # Errors
    ///
    /// Where a path newly has a `*`, or other texts of the notice render to more than 8 MiB, which every node
    /// would keep.
    pub fn may_become(&self, next: &Self) -> Result<(), FieldError> {
        macro_rules! paths {
            ($state:ident, $($part:ident).+) => {
                $state.$($part).+.iter().map(|path| path.as_str())
            };
        }
        macro_rules! refuse_stars_in {
            ($pointer:literal, $($part:ident).+) => {
                refuse_stars($pointer, paths!(next, $($part).+), &starred(paths!(self, $($part).+)))?
            };
        }
        refuse_stars_in!("/exempt/paths", exempt.paths);
        refuse_stars_in!("/scope/paths", scope.paths);
        refuse_stars_in!("/api/paths", api.paths);
        let probers = self.exempt.probers.iter();
        let probed = starred(probers.flat_map(|prober| paths!(prober, paths)));
        for (index, prober) in next.exempt.probers.iter().enumerate() {
            let pointer = format!("/exempt/probers/{index}/paths");
            refuse_stars(&pointer, paths!(prober, paths), &probed)?;
        }
        refuse_length(self, next)
    }
}

/// The most that a notice may render to in a change, in bytes.
const MOST_RENDERED: usize = 8 << 20;

/// Refuses a notice of too much, unless it was of as much before. A time takes a few bytes, which count for nothing.
fn refuse_length(before: &State, next: &State) -> Result<(), FieldError> {
    let (notice, other) = (&before.notice, &next.notice);
    let has_same_texts = notice.look == other.look
        && notice.language == other.language
        && notice.languages == other.languages
        && notice.cors_origins == other.cors_origins;
    if has_same_texts {
        return Ok(());
    }
    let rendered = |state| Answers::render(state, Timestamp::from_second(0)).bytes();
    let length = rendered(next);
    if length <= MOST_RENDERED || length <= rendered(before) {
        return Ok(());
    }
    let hint = "renders to more than 8 MiB, which every node would keep; name fewer languages, or give a smaller logo";
    Err(FieldError::new("/notice", hint))
}

/// The paths that have a `*`.
fn starred<'p>(paths: impl Iterator<Item = &'p str>) -> BTreeSet<&'p str> {
    paths.filter(|path| path.contains('*')).collect()
}

/// Refuses the first path that has a `*` and is not among those of before.
fn refuse_stars<'p>(
    pointer: &str,
    paths: impl Iterator<Item = &'p str>,
    before: &BTreeSet<&str>,
) -> Result<(), FieldError> {
    let mut starred = paths.enumerate().filter(|(_, path)| path.contains('*'));
    let new = starred.find(|(_, path)| !before.contains(path));
    new.map_or(Ok(()), |(index, path)| {
        let hint = format!(
            "{path:?} has a *, which stands for nothing but itself; name each path, or one that all the others are below"
        );
        Err(FieldError::new(format!("{pointer}/{index}"), hint))
    })
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use super::*;
    use crate::state::{Mode, Prober};

    fn state(members: &str) -> State {
        let document = format!(
            r#"{{ "version": 1, "service": "shop", "revision": 1, "maintenance": "all"{members} }}"#
        );
        State::parse(document.as_bytes()).unwrap()
    }

    #[test]
    fn a_star_is_refused_where_it_is_new() {
        let before = state("");
        for (members, pointer) in [
            (
                r#", "exempt": { "paths": ["/a", "/t/*/hooks"] }"#,
                "/exempt/paths/1",
            ),
            (
                r#", "scope": { "paths": ["/t/*/hooks"] }"#,
                "/scope/paths/0",
            ),
            (r#", "api": { "paths": ["/t/*/hooks"] }"#, "/api/paths/0"),
            (
                r#", "exempt": { "probers": [{ "cidr": "10.0.0.0/8", "paths": ["/t/*/hooks"] }] }"#,
                "/exempt/probers/0/paths/0",
            ),
        ] {
            let starred = state(members);
            let error = before.may_become(&starred).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "{pointer}: \"/t/*/hooks\" has a *, which stands for nothing but itself; name each path, or one \
                     that all the others are below"
                )
            );
            assert_eq!(starred.may_become(&starred), Ok(()), "{members}");
            assert_eq!(starred.may_become(&before), Ok(()), "{members}");
        }
    }

    /// Comparing each of them with each other one would take minutes.
    #[test]
    fn a_hundred_thousand_stars_are_compared_in_any_order() {
        let stars = |order: &mut dyn Iterator<Item = u32>| {
            let mut starred = state("");
            starred.exempt.paths = order
                .map(|number| format!("/{number}/*").parse().unwrap())
                .collect();
            let paths = starred.exempt.paths.iter();
            let probers = paths.map(|path| Prober {
                cidr: "10.0.0.0/8".parse().unwrap(),
                paths: alloc::vec![path.as_str().parse().unwrap()],
            });
            starred.exempt.probers = probers.collect();
            starred
        };
        let forth = stars(&mut (0..100_000));
        let back = stars(&mut (0..100_000).rev());
        assert_eq!(forth.may_become(&back), Ok(()));
        let more = stars(&mut (0..100_001).rev());
        let error = forth.may_become(&more).unwrap_err();
        assert_eq!(error.pointer(), "/exempt/paths/0");
    }

    /// A state whose notice has a logo, in so many languages.
    fn in_languages(count: usize) -> State {
        let letter = |place: usize| char::from(b'a' + u8::try_from(place % 26).unwrap());
        let languages: Vec<_> = (0..count)
            .map(|place| {
                let tag: String = ['q', letter(place / 26), letter(place)].iter().collect();
                format!(r#""{tag}": {{ "title": "t", "message": "m" }}"#)
            })
            .collect();
        let (logo, languages) = ("A".repeat(32_000), languages.join(", "));
        state(&format!(
            r#", "notice": {{ "logo": "data:image/png;base64,{logo}", "languages": {{ {languages} }} }}"#
        ))
    }

    #[test]
    fn a_notice_that_renders_to_much_is_refused_where_it_is_new() {
        let [few, many, more] = [100, 250, 300].map(in_languages);
        assert_eq!(state("").may_become(&few), Ok(()));
        let error = few.may_become(&many).unwrap_err();
        assert_eq!(
            error.to_string(),
            "/notice: renders to more than 8 MiB, which every node would keep; name fewer languages, or give a smaller logo"
        );
        assert!(many.may_become(&more).is_err());
        let opened = State {
            maintenance: Mode::Off,
            ..many.clone()
        };
        for (before, next) in [(&many, &opened), (&more, &many), (&many, &few)] {
            assert_eq!(before.may_become(next), Ok(()));
        }
    }
}
