//! A connection to control, whose tokens are `operator`, `viewer` and `node`.
#![no_main]

use std::cell::RefCell;
use std::path::Path;

use intermission_control::fuzzing::Control;
use intermission_core::State;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// How many connections one control has, so that an input does not depend on too many others.
const CONNECTIONS: u32 = 1000;

thread_local! {
    static RUNNING: RefCell<Option<Running>> = const { RefCell::new(None) };
}

struct Running {
    // Before its folder and its runtime, which it needs to the end.
    control: Control,
    runtime: Runtime,
    _folder: TempDir,
    left: u32,
}

impl Running {
    fn start() -> Self {
        // Where there is memory for it, no commit waits for a disk.
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            TempDir::new_in(memory)
        } else {
            TempDir::new()
        };
        let folder = folder.expect("a folder");
        // No held poll takes time.
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let control = runtime
            .block_on(async { Control::start(folder.path()) })
            .expect("control starts");
        Self {
            control,
            runtime,
            _folder: folder,
            left: CONNECTIONS,
        }
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    RUNNING.with_borrow_mut(|running| {
        if running.as_ref().is_none_or(|running| running.left == 0) {
            *running = None;
        }
        let running = running.get_or_insert_with(Running::start);
        running.left -= 1;
        converse(running, bytes);
    });
});

fn converse(running: &Running, bytes: &[u8]) {
    let before = running.control.documents();
    let answer = running.runtime.block_on(running.control.answer(bytes));
    if !answer.is_empty() {
        let head = answer
            .strip_prefix(b"HTTP/1.1 ")
            .or(answer.strip_prefix(b"HTTP/1.0 "))
            .expect("an answer");
        let status = head
            .get(..3)
            .and_then(|digits| str::from_utf8(digits).ok()?.parse::<u16>().ok());
        assert!(
            status.is_some_and(|status| (100..=503).contains(&status) && status != 500),
            "{}",
            answer.escape_ascii()
        );
    }
    let after = running.control.documents();
    if !bytes.windows(8).any(|word| word == b"operator") {
        assert!(before == after, "changed without an operator's token");
    }
    for (name, (revision, _)) in &before {
        assert!(
            after.get(name).is_some_and(|(after, _)| after >= revision),
            "{name} is gone or went back"
        );
    }
    // What has not changed was read before.
    let changed = after
        .iter()
        .filter(|(name, new)| before.get(*name) != Some(*new));
    for (_, (_, document)) in changed {
        assert_eq!(
            State::parse(document).expect("a valid document").to_json(),
            *document
        );
    }
}
