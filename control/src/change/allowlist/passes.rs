use intermission_core::{Allowlist, FieldError, Pass, PassDigest};
use jiff::Timestamp;

use crate::labels::{End, Name, PassLabel};
use crate::token::Made;
use crate::values::timestamp::to_core;

/// A pass to make, without its secret.
#[derive(Clone, Debug)]
pub(crate) struct NewPass {
    name: Name,
    digest: PassDigest,
    end: Option<End>,
}

impl NewPass {
    pub(crate) fn new(name: Name, digest: PassDigest, end: Option<End>) -> Self {
        Self { name, digest, end }
    }

    pub(in crate::change) fn name(&self) -> &Name {
        &self.name
    }

    pub(in crate::change) fn add_to(
        &self,
        allowlist: &mut Allowlist,
        now: Timestamp,
    ) -> Result<(), FieldError> {
        let until = self.end.map(|end| end.checked(now)).transpose()?;
        if allowlist.passes.len() >= Allowlist::MOST_PASSES {
            let most = Allowlist::MOST_PASSES;
            let reason = format!("there are {most} passes, and a service has no more; revoke one");
            return Err(FieldError::new("", reason));
        }
        allowlist
            .passes
            .push(Pass::new(self.digest, until.map(to_core)));
        Ok(())
    }

    pub(in crate::change) fn label(&self, made: Made) -> PassLabel {
        PassLabel {
            name: self.name.to_string(),
            sha256: self.digest.to_string(),
            made,
        }
    }
}
