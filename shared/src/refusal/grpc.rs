//! The notice as a gRPC status (gRPC over HTTP/2; google.rpc.Status).

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use prost::Message as _;

use crate::state::LocalizedNotice;

/// `UNAVAILABLE`.
pub(crate) const STATUS: &str = "14";

/// The most bytes of an encoded `grpc-message`; clients limit the size of all headers together.
const MAX_MESSAGE: usize = 1024;

/// The ASCII characters that `grpc-message` has as escapes.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');

/// The value of `grpc-message`, cut after a whole character.
pub(crate) fn message(notice: &LocalizedNotice<'_>) -> String {
    let mut encoded = String::new();
    let mut buffer = [0; 4];
    for c in notice.message.chars() {
        let length = encoded.len();
        encoded.extend(utf8_percent_encode(c.encode_utf8(&mut buffer), ESCAPED));
        if encoded.len() > MAX_MESSAGE {
            encoded.truncate(length);
            break;
        }
    }
    encoded
}

/// The value of `grpc-status-details-bin`: a status with the seconds until a retry.
pub(crate) fn status_details(notice: &LocalizedNotice<'_>, retry_after: u64) -> String {
    let status = Status {
        code: 14,
        message: cut(notice.message),
        details: Vec::from([Any {
            type_url: "type.googleapis.com/google.rpc.RetryInfo".into(),
            value: retry_info(retry_after),
        }]),
    };
    STANDARD_NO_PAD.encode(status.encode_to_vec())
}

fn retry_info(retry_after: u64) -> Vec<u8> {
    let delay = Duration {
        seconds: i64::try_from(retry_after).unwrap_or(i64::MAX),
        nanos: 0,
    };
    let info = RetryInfo {
        retry_delay: Some(delay),
    };
    info.encode_to_vec()
}

fn cut(message: &str) -> String {
    let fits = message
        .char_indices()
        .take_while(|(start, c)| start + c.len_utf8() <= MAX_MESSAGE);
    fits.map(|(_, c)| c).collect()
}

/// `google.rpc.Status`.
#[derive(prost::Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

/// `google.protobuf.Any`.
#[derive(prost::Message)]
struct Any {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

/// `google.rpc.RetryInfo`.
#[derive(prost::Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<Duration>,
}

/// `google.protobuf.Duration`.
#[derive(prost::Message)]
struct Duration {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}
