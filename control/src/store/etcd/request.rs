//! Parts of transactions.

use prost::Message;

use crate::store::etcd::proto::compare::{CompareResult, CompareTarget, TargetUnion};
use crate::store::etcd::proto::request_op::Request;
use crate::store::etcd::proto::response_op::Response;
use crate::store::etcd::proto::{
    Compare, DeleteRangeRequest, KeyValue, PutRequest, RangeRequest, RequestOp, TxnRequest,
    TxnResponse,
};

pub(super) fn put(key: Vec<u8>, value: Vec<u8>) -> RequestOp {
    put_leased(key, value, 0)
}

/// Puts a value that exists as long as a lease.
pub(super) fn put_leased(key: Vec<u8>, value: Vec<u8>, lease: i64) -> RequestOp {
    let put = PutRequest { key, value, lease };
    RequestOp {
        request: Some(Request::RequestPut(put)),
    }
}

/// The largest request that etcd takes by default is 1.5 MiB (`--max-request-bytes`).
pub(super) const LARGEST_REQUEST: usize = (3 << 19) - (8 << 10);
/// How many operations a transaction has here; etcd takes 128 (`--max-txn-ops`).
const PORTION: usize = 100;

/// Transactions that do this, in portions that etcd takes.
pub(super) fn in_portions(operations: impl Iterator<Item = RequestOp>) -> Vec<TxnRequest> {
    let mut portions: Vec<TxnRequest> = Vec::new();
    let mut bytes = 0;
    for operation in operations {
        let more = operation.encoded_len() + 16;
        bytes += more;
        match portions.last_mut() {
            Some(last) if bytes <= LARGEST_REQUEST && last.success.len() < PORTION => {
                last.success.push(operation);
            }
            _ => {
                bytes = more;
                portions.push(TxnRequest {
                    success: vec![operation],
                    ..TxnRequest::default()
                });
            }
        }
    }
    portions
}

/// Deletes a key, or those of a range.
pub(super) fn delete(key: Vec<u8>, range_end: Vec<u8>) -> RequestOp {
    let delete = DeleteRangeRequest { key, range_end };
    RequestOp {
        request: Some(Request::RequestDeleteRange(delete)),
    }
}

/// Reads a key as it was at a revision of etcd; 0 for now.
pub(super) fn get(key: Vec<u8>, revision: i64) -> RequestOp {
    let get = RangeRequest {
        key,
        revision,
        ..RangeRequest::default()
    };
    RequestOp {
        request: Some(Request::RequestRange(get)),
    }
}

pub(super) fn nested(success: Vec<RequestOp>) -> RequestOp {
    let transaction = TxnRequest {
        success,
        ..TxnRequest::default()
    };
    RequestOp {
        request: Some(Request::RequestTxn(transaction)),
    }
}

/// That a key has this value.
pub(super) fn is(key: Vec<u8>, value: Vec<u8>) -> Compare {
    Compare {
        result: CompareResult::Equal.into(),
        target: CompareTarget::Value.into(),
        key,
        target_union: Some(TargetUnion::Value(value)),
    }
}

/// That a key has the value that it had at a revision of etcd.
pub(super) fn is_unchanged(key: Vec<u8>, mod_revision: i64) -> Compare {
    Compare {
        result: CompareResult::Equal.into(),
        target: CompareTarget::Mod.into(),
        key,
        target_union: Some(TargetUnion::ModRevision(mod_revision)),
    }
}

/// That a key is not there.
pub(super) fn is_absent(key: Vec<u8>) -> Compare {
    Compare {
        result: CompareResult::Equal.into(),
        target: CompareTarget::Create.into(),
        key,
        target_union: Some(TargetUnion::CreateRevision(0)),
    }
}

/// That a key is there.
pub(super) fn is_present(key: Vec<u8>) -> Compare {
    Compare {
        result: CompareResult::Greater.into(),
        ..is_absent(key)
    }
}

/// What a transaction has read, in the order in which it was asked for.
pub(super) fn found(answer: TxnResponse) -> impl Iterator<Item = Option<KeyValue>> {
    answer
        .responses
        .into_iter()
        .map(|response| match response.response {
            Some(Response::ResponseRange(found)) => found.kvs.into_iter().next(),
            _ => None,
        })
}
