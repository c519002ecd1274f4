//! The examples of the documentation.

/// An example for a shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellExample {
    /// The heading that it is under, without its signs.
    pub heading: String,
    /// Its lines.
    pub text: String,
}

/// The blocks for `sh` of a Markdown text.
pub fn shell_examples(markdown: &str) -> Vec<ShellExample> {
    let mut examples = Vec::new();
    let mut heading = String::new();
    // The fence's language and the lines of the block that is open.
    let mut block: Option<(&str, String)> = None;
    for line in markdown.lines() {
        let fence = line.strip_prefix("```");
        block = match (block.take(), fence) {
            (None, Some(language)) => Some((language, String::new())),
            (None, None) => {
                if line.starts_with('#') {
                    heading = line.trim_start_matches('#').trim().to_owned();
                }
                None
            }
            (Some((language, text)), None) => Some((language, text + line + "\n")),
            (Some(("sh", text)), Some(_)) => {
                let heading = heading.clone();
                examples.push(ShellExample { heading, text });
                None
            }
            (Some(_), Some(_)) => None,
        };
    }
    examples
}
