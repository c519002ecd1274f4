use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::store::etcd::client::Client;
use crate::store::etcd::failure::Failure;
use crate::store::etcd::proto::range_request::{SortOrder, SortTarget};
use crate::store::etcd::proto::{KeyValue, RangeRequest, RangeResponse, TxnRequest};
use crate::store::etcd::request::{found, get};

/// How long a value is waited for, over all members.
const READING: Duration = Duration::from_secs(5);
/// How many values are asked for at a time, and how many documents.
const VALUES: i64 = 5_000;
pub(super) const DOCUMENTS: usize = 16;

/// Reads what was there at one revision of etcd.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    pub(super) client: &'a Client,
    /// 0 for what is there now.
    pub(super) revision: i64,
}

impl Reader<'_> {
    /// The value of one key.
    pub(super) async fn value(&self, key: Vec<u8>) -> Result<Option<KeyValue>, Failure> {
        let request = RangeRequest {
            key,
            revision: self.revision,
            ..RangeRequest::default()
        };
        let found = self.client.range(request, READING).await?;
        Ok(found.kvs.into_iter().next())
    }

    /// All values of a range, in the order of their keys.
    pub(super) async fn all(&self, range: (Vec<u8>, Vec<u8>)) -> Result<Vec<KeyValue>, Failure> {
        self.whole(range, false).await
    }

    /// All keys of a range in their order, without their values.
    pub(super) async fn keys(&self, range: (Vec<u8>, Vec<u8>)) -> Result<Vec<KeyValue>, Failure> {
        self.whole(range, true).await
    }

    async fn whole(
        &self,
        (mut first, end): (Vec<u8>, Vec<u8>),
        keys_only: bool,
    ) -> Result<Vec<KeyValue>, Failure> {
        let mut values = Vec::new();
        loop {
            let found = self.page((first, end.clone()), VALUES, keys_only).await?;
            values.extend(found.kvs);
            let Some(last) = values.last().filter(|_| found.more) else {
                return Ok(values);
            };
            first = [&last.key[..], b"\0"].concat();
        }
    }

    /// The first values of a range, at most `limit`, and whether there are more.
    pub(super) async fn page(
        &self,
        (first, end): (Vec<u8>, Vec<u8>),
        limit: i64,
        keys_only: bool,
    ) -> Result<RangeResponse, Failure> {
        let request = RangeRequest {
            key: first,
            range_end: end,
            limit,
            revision: self.revision,
            keys_only,
            ..RangeRequest::default()
        };
        self.client.range(request, READING).await
    }

    /// The last values of a range, at most `limit`, the last first.
    pub(super) async fn last(
        &self,
        (first, end): (Vec<u8>, Vec<u8>),
        limit: i64,
    ) -> Result<Vec<KeyValue>, Failure> {
        let request = RangeRequest {
            key: first,
            range_end: end,
            limit,
            revision: self.revision,
            sort_order: SortOrder::Descend.into(),
            sort_target: SortTarget::Key.into(),
            ..RangeRequest::default()
        };
        Ok(self.client.range(request, READING).await?.kvs)
    }

    /// The documents with these keys; none where one is not there.
    pub(super) async fn documents(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<Bytes>>, Failure> {
        let mut documents = Vec::new();
        for some in keys.chunks(DOCUMENTS) {
            let gets = some.iter().map(|key| get(key.clone(), self.revision));
            let request = TxnRequest {
                success: gets.collect(),
                ..TxnRequest::default()
            };
            let answer = self.client.transact(request, READING).await?;
            documents.extend(found(answer).map(|found| Some(found?.value.into())));
        }
        Ok(documents)
    }
}

/// Reads the JSON of a value.
pub(super) fn read<T: DeserializeOwned>(found: &KeyValue) -> Result<T, String> {
    serde_json::from_slice(&found.value)
        .map_err(|error| format!("{}: {error}", String::from_utf8_lossy(&found.key)))
}
