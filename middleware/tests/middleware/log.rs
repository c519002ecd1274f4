use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, Once};

thread_local! {
    static CAPTURED: RefCell<Option<Log>> = const { RefCell::new(None) };
}

/// What is logged on the thread of a test.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

/// Captures until it is dropped.
pub(crate) struct Capture(());

impl Log {
    /// Captures what this thread logs.
    ///
    /// The subscriber is that of the whole process: of a subscriber of one thread alone, `tracing` may not ask for an event
    /// that another thread has logged first.
    pub(crate) fn capture(&self) -> Capture {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(|| {
            let subscriber = tracing_subscriber::fmt().with_writer(|| OfThread);
            tracing::subscriber::set_global_default(subscriber.with_ansi(false).finish()).unwrap();
        });
        CAPTURED.set(Some(self.clone()));
        Capture(())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        CAPTURED.set(None);
    }
}

/// Writes to what the thread captures, if it does.
struct OfThread;

impl Write for OfThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        CAPTURED.with_borrow(|captured| match captured {
            Some(log) => log.0.lock().unwrap().write(bytes),
            None => Ok(bytes.len()),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
