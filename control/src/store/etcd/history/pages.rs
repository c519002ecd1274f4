use bytes::Bytes;

use crate::store::error::StoreError;
use crate::store::etcd::keys::Keys;
use crate::store::etcd::log::{LoggedRecord, revision_and_digest};
use crate::store::etcd::reader::{DOCUMENTS, Reader, read};
use crate::store::history::{MOST_BYTES, MOST_RECORDS, Page, Record};

/// The records of `service` before revision `before`, as many as one answer should carry.
pub(crate) async fn history(
    reader: &Reader<'_>,
    keys: &Keys,
    service: &str,
    before: Option<u64>,
) -> Result<Page, StoreError> {
    let (first, mut end) = keys.all(&["history", service]);
    if let Some(before) = before {
        end = keys.history(service, before);
    }
    let most = i64::try_from(MOST_RECORDS).unwrap_or(i64::MAX);
    // With the one before the page's last, whose document was in force before it.
    let found = reader.last((first, end), most + 1).await?;
    let mut logged: Vec<LoggedRecord> = Vec::new();
    for record in &found {
        logged.push(read(record).map_err(StoreError::unchanged)?);
    }
    let mut documents: Vec<Option<String>> = Vec::new();
    let mut records: Vec<Record> = Vec::new();
    let mut bytes = 0;
    for (place, record) in logged.iter().enumerate() {
        if place == MOST_RECORDS || bytes > MOST_BYTES {
            let next = records.last().map(|record| record.stamp.revision);
            return Ok(Page { records, next });
        }
        while documents.len() < logged.len().min(place + 2) {
            let next = logged.iter().skip(documents.len()).take(DOCUMENTS);
            documents.extend(texts(reader, keys, service, next).await?);
        }
        let document = |place| documents.get(place).cloned().flatten();
        let (before, after) = (document(place + 1), document(place));
        let label_text = labels(reader, keys, service, std::iter::once(record)).await?;
        let label_text = label_text.into_iter().next().flatten();
        bytes += [&before, &after, &label_text]
            .into_iter()
            .flatten()
            .map(String::len)
            .sum::<usize>();
        records.push(Record {
            stamp: record.stamp.clone(),
            tag: record.tag.clone(),
            before,
            after,
            timer: record.timer.clone(),
            labels: label_text,
        });
    }
    Ok(Page {
        records,
        next: None,
    })
}

/// The record of a revision, if it is kept.
pub(crate) async fn record(
    reader: &Reader<'_>,
    keys: &Keys,
    service: &str,
    revision: u64,
) -> Result<Option<LoggedRecord>, StoreError> {
    let found = reader.value(keys.history(service, revision)).await?;
    let record = found.map(|found| read(&found).map_err(StoreError::unchanged));
    record.transpose()
}

/// The documents of records; none where one is not kept.
pub(crate) async fn texts(
    reader: &Reader<'_>,
    keys: &Keys,
    service: &str,
    records: impl Iterator<Item = &LoggedRecord>,
) -> Result<Vec<Option<String>>, StoreError> {
    let mut wanted = Vec::new();
    for record in records {
        let (revision, digest) = revision_and_digest(&record.tag).map_err(StoreError::unchanged)?;
        wanted.push(keys.document(service, revision, &digest));
    }
    let documents = reader.documents(&wanted).await?.into_iter();
    documents
        .map(|document| document.map(text).transpose())
        .collect()
}

/// The labels of records; none where a record has none, or they are not kept.
pub(crate) async fn labels(
    reader: &Reader<'_>,
    keys: &Keys,
    service: &str,
    records: impl Iterator<Item = &LoggedRecord>,
) -> Result<Vec<Option<String>>, StoreError> {
    let mut labels = Vec::new();
    for record in records {
        let found = match &record.labels {
            None => None,
            Some(digest) => {
                let key = keys.labels(service, record.stamp.revision, digest);
                reader.value(key).await?
            }
        };
        let found = found.map(|found| text(found.value.into()));
        labels.push(found.transpose()?);
    }
    Ok(labels)
}

fn text(bytes: Bytes) -> Result<String, StoreError> {
    String::from_utf8(bytes.into()).map_err(StoreError::unchanged)
}
