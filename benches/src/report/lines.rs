use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// Lines of JSON that benches have printed.
#[derive(Clone, Debug)]
pub(super) struct Lines(Vec<Value>);

impl Lines {
    /// Reads all files of a folder.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let mut lines = Vec::new();
        let files = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
        for file in files {
            let path = file?.path();
            let text = fs::read_to_string(&path)?;
            for line in text.lines().filter(|line| line.starts_with('{')) {
                let line = serde_json::from_str(line);
                lines.push(line.with_context(|| path.display().to_string())?);
            }
        }
        Ok(Self(lines))
    }

    /// What is said of the run itself.
    pub(super) fn about(&self, key: &str) -> String {
        let mut texts = self.0.iter().filter_map(|line| line.get(key)?.as_str());
        texts.next().unwrap_or("unknown").to_owned()
    }

    fn filter(&self, keep: impl Fn(&Value) -> bool) -> Self {
        Self(self.0.iter().filter(|line| keep(line)).cloned().collect())
    }

    pub(super) fn with(&self, key: &str, text: &str) -> Self {
        self.filter(|line| line.get(key).and_then(Value::as_str) == Some(text))
    }

    pub(super) fn without(&self, key: &str, text: &str) -> Self {
        self.filter(|line| line.get(key).and_then(Value::as_str) != Some(text))
    }

    pub(super) fn where_number(&self, key: &str, number: f64) -> Self {
        self.filter(|line| line.get(key).and_then(Value::as_f64) == Some(number))
    }

    pub(super) fn having(&self, key: &str) -> Self {
        self.filter(|line| line.get(key).is_some())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The texts at a key, each once, in the order in which they come first.
    pub(super) fn texts(&self, key: &str) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        for text in self.0.iter().filter_map(|line| line.get(key)?.as_str()) {
            if !texts.iter().any(|known| known == text) {
                texts.push(text.to_owned());
            }
        }
        texts
    }

    /// The numbers at a key, each once, in ascending order.
    pub(super) fn numbers(&self, key: &str) -> Vec<f64> {
        let numbers = self.0.iter().filter_map(|line| line.get(key)?.as_f64());
        let mut numbers: Vec<_> = numbers.collect();
        numbers.sort_by(f64::total_cmp);
        numbers.dedup();
        numbers
    }

    /// The number at a key of the first line.
    pub(super) fn first(&self, key: &str) -> Option<f64> {
        self.0.first()?.get(key)?.as_f64()
    }

    /// The number at a place of the list at a key of the first line.
    pub(super) fn place(&self, key: &str, place: usize) -> Option<f64> {
        self.0.first()?.get(key)?.get(place)?.as_f64()
    }

    /// Pairs of numbers, in ascending order.
    pub(super) fn points(&self, x: &str, y: &str) -> Vec<(f64, f64)> {
        let pair = |line: &Value| Some((line.get(x)?.as_f64()?, line.get(y)?.as_f64()?));
        let mut points: Vec<_> = self.0.iter().filter_map(pair).collect();
        points.sort_by(|one, other| one.0.total_cmp(&other.0));
        points
    }
}
