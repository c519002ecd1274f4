//! Each published package and its tests build without warnings with each of its features alone, and with none.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::step::{output, run};
use crate::workspace::cargo;

/// Builds them all.
pub(crate) fn check() -> Result<()> {
    let metadata = output(&mut cargo("metadata --format-version 1 --no-deps"))?;
    for package in published(&metadata)? {
        for features in package.selections() {
            let arguments = format!(
                "clippy --quiet --package {} {features} --all-targets -- --deny warnings",
                package.name
            );
            eprintln!("cargo {arguments}");
            run(&mut cargo(&arguments))?;
        }
    }
    Ok(())
}

/// The packages that a registry may take.
fn published(metadata: &str) -> Result<Vec<Package>> {
    let metadata: Metadata = serde_json::from_str(metadata).context("cargo metadata")?;
    let public = |package: &Package| {
        package
            .publish
            .as_ref()
            .is_none_or(|registries| !registries.is_empty())
    };
    Ok(metadata.packages.into_iter().filter(public).collect())
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    /// The registries that may take it; any, unless the manifest names some.
    publish: Option<Vec<String>>,
    features: BTreeMap<String, Vec<String>>,
}

impl Package {
    /// Arguments that select no feature, the default, and each feature alone.
    fn selections(&self) -> Vec<String> {
        let mut selections = vec!["--no-default-features".to_owned()];
        selections.extend(self.features.keys().map(|feature| match feature.as_str() {
            "default" => String::new(),
            feature => format!("--no-default-features --features {feature}"),
        }));
        selections
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = r#"{"packages": [
        {"name": "a", "publish": null, "features": {"default": ["x"], "x": []}},
        {"name": "b", "publish": [], "features": {}}
    ]}"#;

    #[test]
    fn private_packages_are_left_out() {
        let published = published(METADATA).unwrap();
        let names: Vec<_> = published.iter().map(|package| &package.name).collect();
        assert_eq!(names, ["a"]);
    }

    #[test]
    fn every_feature_is_selected_alone() {
        let published = published(METADATA).unwrap();
        let expected = [
            "--no-default-features",
            "",
            "--no-default-features --features x",
        ];
        assert_eq!(published[0].selections(), expected);
    }
}
