use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use intermission_core::{Cidr, Field, FieldError, ServiceName, State};
use jiff::Timestamp;

use crate::change::declared::declared::{Declared, within};
use crate::change::width::Width;
use crate::labels::Label;
use crate::token::Made;
use crate::values::members::{below, flag, optional};

/// What a file says of services.
#[derive(Clone, Debug)]
pub(crate) struct Declarations {
    services: BTreeMap<ServiceName, Declared>,
    /// Whether services are added that are not there.
    creates: bool,
}

impl Declarations {
    /// The members of a request that say it.
    pub(crate) const FIELDS: [&str; 3] = ["services", "create", "wide"];

    pub(crate) fn read(body: &Field<'_>) -> Result<Self, FieldError> {
        let width = Width::read(body)?;
        let named = body.required("services")?;
        let mut services = BTreeMap::new();
        for name in named.object()?.keys() {
            let service = named.member(name).ok_or_else(|| {
                let reason = "null is not an object; write {} for a service that stays as it is, or leave it out";
                FieldError::new(place(name), reason)
            })?;
            let known = name.parse::<ServiceName>();
            let known = known.map_err(|error| service.refuse(error))?;
            let declared = Declared::read(&service, &place(name), width)?;
            services.insert(known, declared);
        }
        if services.is_empty() {
            let reason =
                "name a service, as in {\"shop\": {\"scope\": {\"paths\": [\"/checkout\"]}}}";
            return Err(FieldError::new("/services", reason));
        }
        let creates = optional(body, "create", flag)?.unwrap_or_default();
        Ok(Self { services, creates })
    }

    /// The services that it is about.
    pub(crate) fn names(&self) -> impl Iterator<Item = &ServiceName> {
        self.services.keys()
    }

    /// Whether services are added that are not there.
    pub(crate) fn creates(&self) -> bool {
        self.creates
    }

    /// The state that the file makes of a service.
    pub(in crate::change) fn apply(
        &self,
        before: &State,
        now: Timestamp,
    ) -> Result<State, FieldError> {
        self.of(before).map_or_else(
            || Ok(before.clone()),
            |declared| declared.apply(before, now),
        )
    }

    /// The labels of the entries that it names.
    pub(in crate::change) fn labels(
        &self,
        state: &State,
        made: &Made,
    ) -> HashMap<Cidr, Arc<Label>> {
        self.of(state)
            .map_or_else(HashMap::new, |declared| declared.labels(made))
    }

    /// That entries have ended.
    pub(in crate::change) fn advice(&self, after: &State) -> Vec<String> {
        self.of(after)
            .map_or_else(Vec::new, |declared| declared.advice(after))
    }

    /// Whether it says how the page of a service looks.
    pub(in crate::change) fn names_notice(&self, state: &State) -> bool {
        self.of(state).is_some_and(Declared::names_notice)
    }

    /// The revision that a service is to be at, if it is not.
    pub(in crate::change) fn missed(&self, before: &State) -> Option<u64> {
        let revision = self.of(before)?.revision()?;
        (revision != before.revision).then_some(revision)
    }

    /// An error about a service, with its place in the file.
    pub(in crate::change) fn placed(service: &str, error: &FieldError) -> FieldError {
        within(&place(service), error)
    }

    fn of(&self, state: &State) -> Option<&Declared> {
        self.services.get(&state.service)
    }
}

fn place(service: &str) -> String {
    below("/services", service)
}
