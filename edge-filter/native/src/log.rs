use std::io::{self, Write};
use std::sync::Once;

use intermission_core::without_tokens;
use intermission_native_abi::{Level, log};
use tracing::Metadata;
use tracing_subscriber::fmt::MakeWriter;

/// Has Envoy's log take what the node logs.
pub(crate) fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_writer(EnvoysLog)
            .with_ansi(false)
            .with_level(false)
            .with_target(false)
            .without_time()
            .finish();
        // Nothing else in this library sets one.
        let _ = tracing::subscriber::set_global_default(subscriber);
    });
}

struct EnvoysLog;

struct Line(Level);

impl<'w> MakeWriter<'w> for EnvoysLog {
    type Writer = Line;

    fn make_writer(&'w self) -> Line {
        Line(Level::Info)
    }

    fn make_writer_for(&'w self, metadata: &Metadata<'_>) -> Line {
        Line(match *metadata.level() {
            tracing::Level::ERROR => Level::Error,
            tracing::Level::WARN => Level::Warn,
            _ => Level::Info,
        })
    }
}

impl Write for Line {
    /// Writes a whole line. A token in it, from a configuration or a document, is masked.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        log(self.0, &without_tokens(text.trim_end()));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
