//! The check of a store in etcd, which only reads, all of it at one revision of etcd.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::store::batch::{StoredAnswer, StoredBarrier, StoredMember};
use crate::store::check::{Checked, Head, Revisions, Size};
use crate::store::error::OpenError;
use crate::store::etcd::client::Client;
use crate::store::etcd::cluster::Cluster;
use crate::store::etcd::keys::{KINDS, Keys};
use crate::store::etcd::log::{
    Entry, LEVEL, Level, LoggedRecord, LoggedState, revision_and_digest,
};
use crate::store::etcd::proto::{KeyValue, RangeRequest, StatusResponse};
use crate::store::etcd::reader::{Reader, read};
use crate::token::{Grant, Made, TokenHash};
use crate::wire::barrier::Progress;
use crate::wire::removed::Removed;
use crate::wire::stamp::Stamp;

/// How long the first answer may take.
const ASKING: Duration = Duration::from_secs(10);
/// How many documents are read at a time.
const DOCUMENTS: usize = 64;

/// Checks all that has the prefix of the store.
pub(super) async fn check(cluster: &Cluster, now: Timestamp) -> Result<Checked, OpenError> {
    let (client, keys) = (Client::new(cluster)?, Keys::new(&cluster.prefix));
    let request = RangeRequest {
        key: keys.version(),
        ..RangeRequest::default()
    };
    let found = client.range(request, ASKING).await?;
    let (Some(header), Some(version)) = (found.header, found.kvs.first()) else {
        return Err(OpenError::Etcd(format!(
            "there is no store under the prefix {}; name another one with --etcd-prefix",
            cluster.prefix
        )));
    };
    let reader = Reader {
        client: &client,
        revision: header.revision,
    };
    let status = client.status(ASKING).await?;
    let mut check = Check {
        reader,
        keys: &keys,
        now,
        bytes: 0,
        in_force: BTreeMap::new(),
        checked: Checked::default(),
    };
    check.run(&version.value).await?;
    let bytes = check.bytes;
    Ok(Checked {
        size: size(bytes, &status),
        ..check.checked
    })
}

/// What the member says of its database.
fn size(bytes: u64, status: &StatusResponse) -> Size {
    let positive = |bytes: i64| u64::try_from(bytes).unwrap_or_default();
    Size::Cluster {
        bytes,
        member_bytes: positive(status.db_size),
        member_bytes_in_use: positive(status.db_size_in_use),
        member_quota: Some(positive(status.db_size_quota)).filter(|quota| *quota > 0),
    }
}

struct Check<'c> {
    reader: Reader<'c>,
    keys: &'c Keys,
    now: Timestamp,
    /// The size of keys and values.
    bytes: u64,
    /// The revision in force of each service.
    in_force: BTreeMap<String, u64>,
    checked: Checked,
}

impl Check<'_> {
    async fn run(&mut self, version: &[u8]) -> Result<(), OpenError> {
        self.log(version).await?;
        self.services().await?;
        self.tokens().await?;
        self.members().await?;
        self.waits().await?;
        self.all(&["event"], |_, _: Stamp, _| {}).await?;
        let now = self.now;
        let take = |checked: &mut Checked, answer: StoredAnswer, place: &str| {
            checked.answer(&answer, now, place);
        };
        self.all(&["answer"], take).await?;
        self.names().await
    }

    /// The log, whose newest entry has made the version.
    async fn log(&mut self, version: &[u8]) -> Result<(), OpenError> {
        let number = str::from_utf8(version).ok();
        let version: Option<u64> = number.and_then(|number| number.parse().ok());
        let Some(version) = version else {
            self.checked.fault("version", "it is no number");
            return Ok(());
        };
        let mut last = None;
        for found in self.reader.all(self.keys.all(&["log"])).await? {
            let place = self.name(&found.key);
            self.bytes += size_of(&found);
            let parts = self.keys.parts(&found.key).unwrap_or_default();
            let number = parts.get(1).and_then(|number| number.parse().ok());
            let Some(number) = number else {
                self.checked.fault(place, "its key has no version");
                continue;
            };
            if last.is_some_and(|last: u64| last + 1 != number) {
                self.checked.fault(&place, "the entry before it is missing");
            }
            last = Some(number);
            match read::<Level>(&found) {
                Ok(Level { level }) if level > LEVEL => self.checked.fault(
                    place,
                    format!("it has facts of level {level}, and this program knows {LEVEL}; upgrade intermission"),
                ),
                _ => self.checked.note(place, read::<Entry>(&found).map(|_| ())),
            }
        }
        if last.unwrap_or_default() != version {
            let newest = last.map_or_else(
                || "it is empty".to_owned(),
                |last| format!("its newest entry is {last}"),
            );
            self.checked.fault(
                "log",
                format!("the version of the store is {version}, and {newest}"),
            );
        }
        Ok(())
    }

    async fn services(&mut self) -> Result<(), OpenError> {
        let identity = self.reader.value(self.keys.key(&["identity"])).await?;
        let identity = identity.map(|found| String::from_utf8_lossy(&found.value).into_owned());
        let identity = identity.unwrap_or_default();
        self.checked.identity(&identity);
        let mut removed = BTreeSet::new();
        let take = |_: &mut Checked, found: Removed, place: &str| {
            removed.insert((place.to_owned(), found.stamp.revision));
        };
        self.all(&["removed"], take).await?;
        for found in self.reader.all(self.keys.all(&["service"])).await? {
            self.bytes += size_of(&found);
            match read::<LoggedState>(&found) {
                Ok(state) => {
                    let key = self.name(&self.keys.key(&["removed", &state.service]));
                    let is_removed = removed.contains(&(key, state.last_change.revision));
                    self.service(&state, &identity, is_removed).await?;
                }
                Err(error) => self.checked.fault(self.name(&found.key), error),
            }
        }
        Ok(())
    }

    async fn service(
        &mut self,
        state: &LoggedState,
        identity: &str,
        is_removed: bool,
    ) -> Result<(), OpenError> {
        let name = &state.service;
        let (revision, digest) = match revision_and_digest(&state.tag) {
            Ok(parts) => parts,
            Err(error) => {
                self.checked.fault(name, error);
                return Ok(());
            }
        };
        self.in_force.insert(name.clone(), revision);
        let key = self.keys.document(name, revision, &digest);
        let document = self.reader.value(key).await?;
        let head = Head {
            service: name,
            revision,
            tag: Some(&state.tag),
            document: document.as_ref().map(|found| &found.value[..]),
            is_removed,
        };
        let records = self.reader.all(self.keys.all(&["history", name])).await?;
        let mut revisions = Revisions::of(head, identity, &mut self.checked);
        for records in records.chunks(DOCUMENTS) {
            let mut read_records = Vec::new();
            let mut wanted = Vec::new();
            for found in records {
                self.bytes += size_of(found);
                match record(self.keys, found) {
                    Ok((revision, digest, record)) => {
                        wanted.push(self.keys.document(name, revision, &digest));
                        read_records.push(record);
                    }
                    Err(error) => {
                        let place = String::from_utf8_lossy(&found.key).into_owned();
                        revisions.unreadable(place, error);
                    }
                }
            }
            let documents = self.reader.documents(&wanted).await?;
            for ((record, document), key) in read_records.iter().zip(documents).zip(wanted) {
                let document = document.as_deref();
                self.bytes += document.map_or(0, |document| (key.len() + document.len()) as u64);
                let revision = record.stamp.revision;
                let labels = match &record.labels {
                    None => None,
                    Some(digest) => {
                        let key = self.keys.labels(name, revision, digest);
                        let found = self.reader.value(key).await?;
                        if found.is_none() && document.is_some() {
                            let place = format!("{name}, revision {revision}");
                            revisions.unreadable(place, "its labels are not there");
                        }
                        found
                    }
                };
                self.bytes += labels.as_ref().map_or(0, size_of);
                let labels = labels.as_ref().map(|found| &found.value[..]);
                revisions.take(revision, Some(&record.tag), document, labels);
            }
        }
        revisions.end();
        Ok(())
    }

    async fn tokens(&mut self) -> Result<(), OpenError> {
        let known = self.in_force.clone();
        let mut names = BTreeSet::new();
        let take = |checked: &mut Checked, (_, grant): (TokenHash, Grant), place: &str| {
            checked.token(&grant, |service| known.contains_key(service), place);
            names.insert(grant.name);
        };
        self.all(&["token"], take).await?;
        for found in self.reader.all(self.keys.all(&["revoked"])).await? {
            self.bytes += size_of(&found);
            let place = self.name(&found.key);
            let parts = self.keys.parts(&found.key).unwrap_or_default();
            if parts.get(1).is_none_or(|name| !names.contains(name)) {
                self.checked.fault(&place, "there is no such token");
            }
            self.checked.note(place, read::<Made>(&found).map(|_| ()));
        }
        Ok(())
    }

    async fn members(&mut self) -> Result<(), OpenError> {
        let take = |checked: &mut Checked, _: StoredMember, _: &str| checked.members += 1;
        self.all(&["member"], take).await
    }

    async fn waits(&mut self) -> Result<(), OpenError> {
        let known = self.in_force.clone();
        let take = |checked: &mut Checked, open: StoredBarrier, place: &str| {
            checked.open_wait(&open, known.get(&open.service).copied(), place);
        };
        self.all(&["open"], take).await?;
        self.all(&["ended"], |_, _: Progress, _| {}).await
    }

    /// Whether each key is one that control makes, and of a service that is there.
    async fn names(&mut self) -> Result<(), OpenError> {
        for found in self.reader.keys(self.keys.all(&[])).await? {
            let parts = self.keys.parts(&found.key).unwrap_or_default();
            let kind = parts.first().map_or("", String::as_str);
            if !KINDS.contains(&(kind, parts.len())) {
                self.checked.fault(
                    self.name(&found.key),
                    "control never made a key of this kind",
                );
                continue;
            }
            let is_of_service = [
                "removed", "document", "labels", "history", "event", "member", "forgiven",
            ]
            .contains(&kind);
            let service = parts.get(1).filter(|_| is_of_service);
            if service.is_some_and(|service| !self.in_force.contains_key(service)) {
                self.checked
                    .fault(self.name(&found.key), "there is no such service");
            }
        }
        Ok(())
    }

    /// Reads each value, and takes what can be read.
    async fn all<T: DeserializeOwned>(
        &mut self,
        parts: &[&str],
        mut take: impl FnMut(&mut Checked, T, &str),
    ) -> Result<(), OpenError> {
        for found in self.reader.all(self.keys.all(parts)).await? {
            self.bytes += size_of(&found);
            let place = self.name(&found.key);
            match read(&found) {
                Ok(value) => take(&mut self.checked, value, &place),
                Err(error) => self.checked.fault(place, error),
            }
        }
        Ok(())
    }

    fn name(&self, key: &[u8]) -> String {
        String::from_utf8_lossy(key).into_owned()
    }
}

/// A record, its revision and the digest of its document.
fn record(keys: &Keys, found: &KeyValue) -> Result<(u64, String, LoggedRecord), String> {
    let record: LoggedRecord = read(found)?;
    let (revision, digest) = revision_and_digest(&record.tag)?;
    let parts = keys.parts(&found.key).unwrap_or_default();
    let of = parts.get(2).and_then(|number| number.parse().ok());
    if of != Some(revision) || record.stamp.revision != revision {
        return Err(format!(
            "its tag is {}, and it was made as revision {}",
            record.tag, record.stamp.revision
        ));
    }
    Ok((revision, digest, record))
}

fn size_of(found: &KeyValue) -> u64 {
    (found.key.len() + found.value.len()) as u64
}
