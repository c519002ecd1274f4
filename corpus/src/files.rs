//! The files of vectors.

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../vectors/", $name)))),*]
    };
}

/// The files of vectors, by name, compiled in so that they can be read where there are no files.
pub const FILES: &[(&str, &str)] = files![
    "allowlist.toml",
    "cors.toml",
    "documents.toml",
    "documents_refused.toml",
    "exempt.toml",
    "forwarded.toml",
    "grpc.toml",
    "hop_count.toml",
    "hosts.toml",
    "kind_api.toml",
    "kind_page.toml",
    "named_header.toml",
    "notice.toml",
    "open.toml",
    "own_pages.toml",
    "pass.toml",
    "peer.toml",
    "probers.toml",
    "read_only.toml",
    "scope_hosts.toml",
    "scope_paths.toml",
    "show_me.toml",
    "x_forwarded_for.toml",
];

pub(crate) const STATES: &str = include_str!("../vectors/states.toml");
pub(crate) const NODES: &str = include_str!("../vectors/nodes.toml");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_of_vectors_is_compiled_in() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors");
        let names: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !matches!(&**name, "README.md" | "states.toml" | "nodes.toml"))
            .collect();
        let known: BTreeSet<String> = FILES.iter().map(|(name, _)| (*name).into()).collect();
        assert_eq!(names, known);
    }

    #[test]
    fn there_are_at_least_two_hundred_vectors_and_no_empty_file() {
        let corpus = crate::Corpus::load().unwrap();
        for (file, count) in &corpus.files {
            assert!(*count > 0, "{file}");
        }
        assert!(corpus.len() >= 200, "{}", corpus.len());
    }
}
