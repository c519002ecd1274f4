use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Samples in the text format of Prometheus, by metric.
///
/// They are text from the start. With a thousand services there are some 20,000, and as many values of a metrics library
/// would take tens of megabytes for each scrape.
#[derive(Debug, Default)]
pub(crate) struct Samples(BTreeMap<&'static str, String>);

const PREFIX: &str = "intermission_control_";

impl Samples {
    /// Adds the value of a gauge with these labels.
    pub(crate) fn gauge(
        &mut self,
        name: &'static str,
        help: &str,
        labels: &[(&str, &str)],
        value: impl TryInto<i64>,
    ) {
        self.add("gauge", name, help, labels, value);
    }

    /// Adds the value of a counter without labels.
    pub(crate) fn counter(&mut self, name: &'static str, help: &str, value: impl TryInto<i64>) {
        self.add("counter", name, help, &[], value);
    }

    fn add(
        &mut self,
        kind: &str,
        name: &'static str,
        help: &str,
        labels: &[(&str, &str)],
        value: impl TryInto<i64>,
    ) {
        let head = || format!("# HELP {PREFIX}{name} {help}\n# TYPE {PREFIX}{name} {kind}\n");
        let text = self.0.entry(name).or_insert_with(head);
        text.push_str(PREFIX);
        text.push_str(name);
        for (place, (label, value)) in labels.iter().enumerate() {
            text.push(if place == 0 { '{' } else { ',' });
            text.push_str(label);
            text.push_str("=\"");
            push_escaped(text, value);
            text.push('"');
        }
        if !labels.is_empty() {
            text.push('}');
        }
        let value = value.try_into().unwrap_or(i64::MAX);
        // Writing into a text does not fail.
        let _ = writeln!(text, " {value}");
    }

    /// All of them.
    pub(crate) fn into_text(self) -> String {
        self.0.into_values().collect()
    }
}

/// Adds the value of a label.
fn push_escaped(text: &mut String, value: &str) {
    for character in value.chars() {
        match character {
            '\\' => text.push_str("\\\\"),
            '"' => text.push_str("\\\""),
            '\n' => text.push_str("\\n"),
            other => text.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_a_metric_are_together_and_labels_are_escaped() {
        let mut samples = Samples::default();
        samples.gauge(
            "members",
            "Nodes.",
            &[("service", "shop"), ("standing", "lost")],
            2_usize,
        );
        samples.counter("evicted_total", "Connections.", 3_u64);
        samples.gauge("members", "Nodes.", &[("service", "a\"b\\c\nd")], u64::MAX);
        assert_eq!(
            samples.into_text(),
            r#"# HELP intermission_control_evicted_total Connections.
# TYPE intermission_control_evicted_total counter
intermission_control_evicted_total 3
# HELP intermission_control_members Nodes.
# TYPE intermission_control_members gauge
intermission_control_members{service="shop",standing="lost"} 2
intermission_control_members{service="a\"b\\c\nd"} 9223372036854775807
"#
        );
    }
}
