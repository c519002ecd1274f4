//! Parts of transactions.

use crate::store::etcd::proto::compare::{CompareResult, CompareTarget, TargetUnion};
use crate::store::etcd::proto::request_op::Request;
use crate::store::etcd::proto::response_op::Response;
use crate::store::etcd::proto::{
    Compare, DeleteRangeRequest, KeyValue, PutRequest, RangeRequest, RequestOp, TxnRequest,
    TxnResponse,
};

pub(super) fn put(key: Vec<u8>, value: Vec<u8>) -> RequestOp {
    let put = PutRequest {
        key,
        value,
        ..PutRequest::default()
    };
    RequestOp {
        request: Some(Request::RequestPut(put)),
    }
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

/// That a key is not there.
pub(super) fn is_absent(key: Vec<u8>) -> Compare {
    Compare {
        result: CompareResult::Equal.into(),
        target: CompareTarget::Create.into(),
        key,
        target_union: Some(TargetUnion::CreateRevision(0)),
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
