//! What a change may not bring into a state, though a document that says so is read.

use alloc::format;

use crate::{DocumentError, Quoted, State};

impl State {
    /// Whether a change may put `next` in the place of this state.
    ///
    /// Parsing goes on to read all that it has ever read, so that no store and no saved copy turns bad by an upgrade. What
    /// has turned out to be a slip is refused here, and only where the state does not say so already.
    ///
    /// # Errors
    ///
    /// Where a path newly has a `*`.
    pub fn may_become(&self, next: &Self) -> Result<(), DocumentError> {
        macro_rules! paths {
            ($state:ident, $($part:ident).+) => {
                $state.$($part).+.iter().map(|path| path.as_str())
            };
        }
        refuse_stars("/exempt/paths", paths!(next, exempt.paths), || {
            paths!(self, exempt.paths)
        })?;
        refuse_stars("/scope/paths", paths!(next, scope.paths), || {
            paths!(self, scope.paths)
        })?;
        refuse_stars("/api/paths", paths!(next, api.paths), || {
            paths!(self, api.paths)
        })?;
        let probed = || {
            let probers = self.exempt.probers.iter();
            probers
                .flat_map(|prober| &prober.paths)
                .map(|path| path.as_str())
        };
        for (index, prober) in next.exempt.probers.iter().enumerate() {
            let pointer = format!("/exempt/probers/{index}/paths");
            refuse_stars(&pointer, paths!(prober, paths), probed)?;
        }
        Ok(())
    }
}

/// Refuses the first path that has a `*` and is not among those of before.
fn refuse_stars<'p, B: Iterator<Item = &'p str>>(
    pointer: &str,
    paths: impl Iterator<Item = &'p str>,
    before: impl Fn() -> B,
) -> Result<(), DocumentError> {
    let mut starred = paths.enumerate().filter(|(_, path)| path.contains('*'));
    let new = starred.find(|(_, path)| !before().any(|known| known == *path));
    new.map_or(Ok(()), |(index, path)| {
        let hint = format!(
            "{} has a *, which stands for nothing but itself; name each path, or one that all the others are below",
            Quoted(path)
        );
        Err(DocumentError::new(format!("{pointer}/{index}"), hint))
    })
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

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
}
