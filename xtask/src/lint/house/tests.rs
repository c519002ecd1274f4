use std::fs;

use super::check::examine;
use super::sizes::{CROWD, LONG, MEDIAN};
use super::table::Package;

const ROOMS: &[&str] = &["text", "state", "rules"];

/// The faults of a made-up package `a` with these files in `src`.
fn faults(kept: &'static [(&'static str, &'static str)], sources: &[(&str, &str)]) -> Vec<String> {
    let package = Package {
        folder: "a",
        rooms: ROOMS,
        kept,
    };
    let root = tempfile::tempdir().unwrap();
    for (path, text) in sources {
        let path = root.path().join("a/src").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    examine(root.path(), &[package]).unwrap().0
}

#[test]
fn imports_that_point_down_pass() {
    let sources = [
        (
            "lib.rs",
            "mod rules; mod state; mod text; pub use rules::Policy; pub use state::Mode;",
        ),
        ("rules/mod.rs", "mod policy; pub use policy::Policy;"),
        (
            "rules/policy.rs",
            "use crate::state::{self, Mode as M}; use crate::text::quoted;",
        ),
        ("state/mod.rs", "mod mode; pub use self::mode::Mode;"),
        (
            "state/mode.rs",
            "use super::super::text::quoted; fn a() { crate::text::quoted() }",
        ),
        ("text.rs", "use std::fmt; pub fn quoted() {}"),
    ];
    assert_eq!(faults(&[], &sources), [""; 0]);
}

#[test]
fn an_import_that_points_up_fails_however_it_is_written() {
    let up = "a/src/text.rs: line 2 imports from a/src/rules/policy.rs, which is further up";
    for import in [
        "use crate::rules::policy::Policy;",
        "use crate::rules::Policy;",
        "use crate::Policy;",
        "use crate::{rules::{other, Policy as P}};",
        "pub(crate) use super::rules::Policy;",
        "fn a() -> crate::rules::Policy { todo!() }",
        "mod within { use super::super::rules::Policy; }",
        "macro_rules! a { () => { $crate::rules::Policy } }",
    ] {
        let sources = [
            ("lib.rs", "mod rules; mod text; pub use rules::*;"),
            (
                "rules/mod.rs",
                "mod policy; pub use policy::Policy; mod other;",
            ),
            ("rules/other.rs", ""),
            ("rules/policy.rs", "pub struct Policy;"),
            ("text.rs", &format!("// A comment.\n{import}")),
        ];
        assert_eq!(faults(&[], &sources), [up], "{import}");
    }
}

#[test]
fn tests_may_import_from_anywhere() {
    let sources = [
        ("lib.rs", "mod rules; mod text;"),
        ("rules.rs", "use crate::text::quoted;"),
        (
            "text.rs",
            "pub fn quoted() {}
            #[cfg(test)] use crate::rules::Policy;
            #[cfg(test)] fn a<B, C>(b: crate::rules::Policy) { crate::rules::b(); }
            #[cfg(test)] mod tests;
            #[cfg(all(test, unix))] mod more { use crate::rules::Policy; }
            // crate::rules::Policy
            const TEXT: &str = \"crate::rules::Policy\";",
        ),
        ("text/tests.rs", "use crate::rules::Policy;"),
    ];
    assert_eq!(faults(&[], &sources), [""; 0]);
}

#[test]
fn code_after_tests_counts() {
    let sources = [
        ("lib.rs", "mod rules; mod text;"),
        ("rules.rs", ""),
        (
            "text.rs",
            "#[cfg(test)] mod tests {}\nstruct A {\n#[cfg(test)] a: u8,\nb: crate::rules::B }",
        ),
    ];
    let expected = ["a/src/text.rs: line 4 imports from a/src/rules.rs, which is further up"];
    assert_eq!(faults(&[], &sources), expected);
}

#[test]
fn a_circle_fails_also_through_a_front() {
    let sources = [
        ("lib.rs", "mod state;"),
        (
            "state/mod.rs",
            "mod a; mod b; mod c; mod d; pub(crate) use a::A; pub(crate) use b::B;",
        ),
        ("state/a.rs", "use crate::state::B;"),
        ("state/b.rs", "use super::c::C;"),
        ("state/c.rs", "fn a() { super::A; }"),
        ("state/d.rs", "use crate::state::A;"),
    ];
    let expected = [
        "a/src/state/a.rs, a/src/state/b.rs, a/src/state/c.rs: import from each other in a circle",
    ];
    assert_eq!(faults(&[], &sources), expected);
}

#[test]
fn a_file_and_its_child_are_a_circle_where_each_needs_the_other() {
    let sources = [
        ("lib.rs", "mod state;"),
        ("state.rs", "mod part; fn a() { part::b() }"),
        ("state/part.rs", "use super::a;"),
    ];
    let expected = ["a/src/state/part.rs, a/src/state.rs: import from each other in a circle"];
    assert_eq!(faults(&[], &sources), expected);
}

#[test]
fn a_crate_outside_its_room_fails() {
    let sources = [
        ("lib.rs", "mod rules; mod state; use axum::Router;"),
        ("rules.rs", "use axum::Router;"),
        ("state.rs", "fn a() -> axum::Router { }"),
    ];
    let expected = [
        "a/src/lib.rs: line 1 uses axum, which is for rules alone",
        "a/src/state.rs: line 1 uses axum, which is for rules alone",
    ];
    assert_eq!(faults(&[("axum", "rules")], &sources), expected);
}

#[test]
fn a_file_in_no_room_fails() {
    let sources = [("lib.rs", ""), ("other/b.rs", "")];
    assert_eq!(
        faults(&[], &sources),
        ["a/src/other/b.rs: is in no room of the table"]
    );
}

#[test]
fn a_crowded_folder_fails() {
    let names: Vec<_> = (0..=CROWD)
        .map(|number| format!("text/a{number}.rs"))
        .collect();
    let mut sources: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    // Data is no source.
    sources.push(("text/a.toml", ""));
    assert_eq!(
        faults(&[], &sources),
        ["a/src/text: 16 source files; more than 15 are too many"]
    );
    assert_eq!(faults(&[], &sources[1..]), [""; 0]);
}

#[test]
fn a_long_file_fails_with_its_tests() {
    let long = "\n".repeat(LONG + 1);
    let sources = [
        ("text/tests.rs", long.as_str()),
        ("text.rs", ""),
        ("state.rs", ""),
    ];
    let expected = ["a/src/text/tests.rs: 401 lines; more than 400 are too many"];
    assert_eq!(faults(&[], &sources), expected);
}

#[test]
fn long_files_fail_where_half_of_all_are_long() {
    let long = "\n".repeat(MEDIAN + 1);
    let sources = [
        ("text.rs", long.as_str()),
        ("state.rs", long.as_str()),
        ("rules.rs", ""),
    ];
    let expected = ["all files: the median file has 151 lines; more than 150 are too many"];
    assert_eq!(faults(&[], &sources), expected);
}
