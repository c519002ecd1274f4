use intermission_core::{Counts, Running};

use crate::digest::digest;
use crate::host::Host;
use crate::shared_data::slot::{counted, heard};
use crate::shared_data::tagged_state::Mark;
use crate::shared_data::vm_status::Word;

/// The most silent slots that are named one by one: a VM that dies again and again must not make the report too long
/// to be sent.
const NAMED: u64 = 16;

/// What the slots of all VMs say together.
#[derive(Debug)]
pub(crate) struct Survey {
    /// What is in force in every VM that speaks.
    pub(crate) applied: Option<Mark>,
    pub(crate) running: Running,
    /// The requests by rule of every VM that has `applied` in force.
    pub(crate) counts: Counts,
    /// The names of the slots that are silent; the last may stand for several.
    pub(crate) silent: String,
}

impl Survey {
    /// Reads the slots on a list; `known` is what the one that polls has in force, which serves no
    /// request, or has a slot itself.
    pub(crate) fn make(host: &impl Host, list: &str, known: Option<&Mark>) -> Self {
        let mut survey = Self {
            applied: known.cloned(),
            running: Running::default(),
            counts: Counts::default(),
            silent: String::new(),
        };
        let (mut silent, mut unnamed, mut counts) = (0, Vec::new(), Vec::new());
        heard(host, list, &mut |name, word| match word {
            Some(word) => {
                counts.push((word.mark.clone(), counted(host, list, name)));
                survey.hear(word, known);
            }
            None => {
                silent += 1;
                if silent <= NAMED {
                    survey.name_silent(name);
                } else {
                    unnamed.extend(name.bytes());
                }
            }
        });
        if let more @ 1.. = silent.saturating_sub(NAMED) {
            // Another name whenever it stands for others, so that whoever is told to pass over these does just that.
            survey.name_silent(&format!("more-{more}-{:x}", digest(unnamed)));
        }
        for (_, counts) in counts.iter().filter(|(mark, _)| *mark == survey.applied) {
            survey.counts = survey.counts.and(counts);
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
