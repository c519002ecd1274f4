use intermission_core::Running;

use crate::host::{Host, now};
use crate::slot::{Mark, Word, key};
use crate::swap::words;

/// A slot that has not spoken for so long is silent, in milliseconds.
const SILENT: u64 = 3000;
/// The most silent slots that are named: a VM that dies again and again must not make the report too long to be sent.
const NAMED: usize = 16;

/// What the slots of all VMs say together.
#[derive(Debug)]
pub(crate) struct Survey {
    /// What is in force in every VM that speaks.
    pub(crate) applied: Option<Mark>,
    pub(crate) running: Running,
    /// The names of the slots that are silent.
    pub(crate) silent: String,
}

impl Survey {
    /// Reads the slots on a list; `known` is what the one that polls has in force, which serves no
    /// request, or has a slot itself.
    pub(crate) fn make(host: &impl Host, list: &str, known: Option<&Mark>) -> Self {
        let now = now(host);
        let mut survey = Self {
            applied: known.cloned(),
            running: Running::default(),
            silent: String::new(),
        };
        let mut silent = 0;
        for name in words(&host.shared(list).unwrap_or_default().value) {
            let word = host.shared(&key(list, name));
            let word = word.and_then(|shared| Word::read(&shared.value));
            // By a clock that was set in between, one that speaks is silent until it speaks again.
            match word.filter(|word| word.at.abs_diff(now) <= SILENT) {
                Some(word) => survey.hear(word, known),
                None => {
                    silent += 1;
                    if silent <= NAMED {
                        survey.name_silent(name);
                    }
                }
            }
        }
        survey
    }

    fn hear(&mut self, word: Word, known: Option<&Mark>) {
        self.running = self.running.and(word.running);
        // Of two documents with the same revision, that counts which is not the newest.
        if rank(word.mark.as_ref(), known) <= rank(self.applied.as_ref(), known) {
            self.applied = word.mark;
        }
    }

    fn name_silent(&mut self, name: &str) {
        if !self.silent.is_empty() {
            self.silent.push(' ');
        }
        self.silent.push_str(name);
    }
}

fn rank<'m>(mark: Option<&'m Mark>, known: Option<&Mark>) -> (Option<(&'m str, u64)>, bool) {
    let place = mark.map(|mark| (&*mark.store, mark.revision));
    (place, mark == known)
}
