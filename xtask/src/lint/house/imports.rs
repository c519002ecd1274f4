//! The paths that a Rust file names outside its tests.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ItemMod, ItemUse, Meta, UseTree, Visibility};

/// What a file names, and which of its modules are for tests.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) paths: Vec<Path>,
    pub(super) tests: Vec<String>,
    /// The module in the file that is being read; none is the file itself.
    within: Vec<String>,
}

/// A path such as `crate::state::Mode`.
#[derive(Debug)]
pub(super) struct Path {
    /// Of a glob the last one is `*`.
    pub(super) segments: Vec<String>,
    pub(super) line: usize,
    /// The module in the file that names it; none is the file itself.
    pub(super) within: Vec<String>,
    pub(super) role: Role,
}

/// How a path is named.
#[derive(Debug)]
pub(super) enum Role {
    /// In an expression or a type.
    Use,
    /// By a `use`, which makes it known as this name.
    Import(String),
    /// By a `use` with a visibility.
    Export(String),
}

/// Reads a file.
pub(super) fn read(text: &str) -> syn::Result<Source> {
    let mut source = Source::default();
    source.visit_file(&syn::parse_file(text)?);
    Ok(source)
}

impl Source {
    fn found(&mut self, segments: Vec<String>, begin: Span, role: Role) {
        self.paths.push(Path {
            segments,
            line: begin.start().line,
            within: self.within.clone(),
            role,
        });
    }

    fn used(&mut self, path: &[Ident]) {
        if let [first, _, ..] = path {
            let segments = path.iter().map(Ident::to_string).collect();
            self.found(segments, first.span(), Role::Use);
        }
    }

    /// One part of a `use`.
    fn tree(&mut self, before: &[String], tree: &UseTree, role: fn(String) -> Role) {
        let (last, name, span) = match tree {
            UseTree::Path(path) => {
                let before = [before, &[path.ident.to_string()]].concat();
                return self.tree(&before, &path.tree, role);
            }
            UseTree::Group(group) => {
                return group
                    .items
                    .iter()
                    .for_each(|tree| self.tree(before, tree, role));
            }
            UseTree::Glob(glob) => ("*".to_owned(), None, glob.star_token.span),
            UseTree::Name(name) => (name.ident.to_string(), None, name.ident.span()),
            UseTree::Rename(rename) => (
                rename.ident.to_string(),
                Some(rename.rename.to_string()),
                rename.ident.span(),
            ),
        };
        let mut segments = before.to_vec();
        // `self` in braces is what is before them.
        if last != "self" || segments.is_empty() {
            segments.push(last);
        }
        let name = name.or_else(|| segments.last().cloned());
        self.found(segments, span, role(name.unwrap_or_default()));
    }
}

/// Leaves out what is for tests.
macro_rules! unless_for_tests {
    ($($visit:ident $node:ident),*) => {$(
        fn $visit(&mut self, node: &'f syn::$node) {
            if !node.attrs.iter().any(is_for_tests) {
                visit::$visit(self, node);
            }
        }
    )*};
}

impl<'f> Visit<'f> for Source {
    unless_for_tests! {
        visit_arm Arm, visit_field Field, visit_field_value FieldValue, visit_impl_item_const ImplItemConst,
        visit_impl_item_fn ImplItemFn, visit_item_const ItemConst, visit_item_enum ItemEnum, visit_item_fn ItemFn,
        visit_item_impl ItemImpl, visit_item_macro ItemMacro, visit_item_static ItemStatic,
        visit_item_struct ItemStruct, visit_item_trait ItemTrait, visit_item_type ItemType, visit_local Local,
        visit_variant Variant
    }

    fn visit_item_mod(&mut self, module: &'f ItemMod) {
        let name = module.ident.to_string();
        if module.attrs.iter().any(is_for_tests) {
            self.tests.push(name);
        } else {
            self.within.push(name);
            visit::visit_item_mod(self, module);
            self.within.pop();
        }
    }

    fn visit_item_use(&mut self, import: &'f ItemUse) {
        let role = match import.vis {
            Visibility::Inherited => Role::Import,
            _ => Role::Export,
        };
        if !import.attrs.iter().any(is_for_tests) {
            self.tree(&[], &import.tree, role);
        }
    }

    /// `pub(in path)` imports nothing.
    fn visit_visibility(&mut self, _: &'f Visibility) {}

    fn visit_path(&mut self, path: &'f syn::Path) {
        let segments = path.segments.iter();
        self.used(
            &segments
                .map(|segment| segment.ident.clone())
                .collect::<Vec<_>>(),
        );
        visit::visit_path(self, path);
    }

    /// In a macro and in an attribute, what looks like a path is one.
    fn visit_token_stream(&mut self, tokens: &'f TokenStream) {
        let (mut path, mut colons) = (Vec::new(), 0);
        for token in tokens.clone() {
            if let TokenTree::Punct(punct) = &token
                && punct.as_char() == ':'
            {
                colons += 1;
                continue;
            }
            if colons != 2 || !matches!(token, TokenTree::Ident(_)) {
                self.used(&path);
                path.clear();
            }
            colons = 0;
            match token {
                TokenTree::Ident(name) => path.push(name),
                TokenTree::Group(group) => self.visit_token_stream(&group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        self.used(&path);
    }
}

/// Whether this is `cfg(test)` or `cfg(all(test, ..))`.
fn is_for_tests(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else {
        return false;
    };
    let condition = list.tokens.to_string();
    list.path.is_ident("cfg") && (condition == "test" || condition.starts_with("all (test ,"))
}
