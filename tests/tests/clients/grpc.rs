//! Clients of gRPC, gRPC-Web and Connect.

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Endpoint;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::foreign::Client;
use crate::front::Front;

const MESSAGE: &str = "We move house: 引っ越し中, 100 %.";

#[tokio::test(flavor = "multi_thread")]
async fn every_client_sees_unavailable_and_when_to_come_back() {
    for front in Front::both().await {
        println!("{}", front.name());
        let notice = json!({ "message": MESSAGE, "retry_after": 120 });
        front
            .put(&json!({ "maintenance": "all", "notice": notice }))
            .await;
        let address = front.address.to_string();

        let status = by_tonic(&front.url()).await;
        assert_eq!(
            (status.code(), status.message()),
            (Code::Unavailable, MESSAGE)
        );
        let retry = status.get_error_details().retry_info().unwrap().retry_delay;
        let seconds = retry.unwrap().as_secs();
        assert!((120..=132).contains(&seconds), "{seconds}");

        let said = Client::python("call.py", &[&address]).says().await;
        assert_eq!(said["code"], "UNAVAILABLE");
        assert_eq!(said["message"], MESSAGE);
        assert!(
            (120..=132).contains(&said["after"].as_u64().unwrap()),
            "{said}"
        );

        let mut node = Client::node("call.mjs", &[&address]);
        for (client, code, message) in [
            ("gRPC", "UNAVAILABLE", Some(MESSAGE)),
            ("gRPC-Web", "Unavailable", None),
            ("gRPC-Web stream", "Unavailable", None),
            ("Connect", "Unavailable", Some(MESSAGE)),
            ("Connect stream", "Unavailable", None),
        ] {
            let said = node.says().await;
            assert_eq!(
                (said["client"].as_str(), said["code"].as_str()),
                (Some(client), Some(code))
            );
            // The others go by the HTTP status alone.
            if let Some(message) = message {
                assert_eq!(said["message"], message, "{client}");
            }
        }
    }
}

/// The status of a call with an empty message.
async fn by_tonic(url: &str) -> Status {
    let endpoint = Endpoint::from_shared(url.to_owned()).unwrap();
    let channel = endpoint
        .timeout(Duration::from_secs(20))
        .connect()
        .await
        .unwrap();
    let mut client = Grpc::new(channel);
    client.ready().await.unwrap();
    let path = "/shop.v1.Orders/List".parse().unwrap();
    let answer = client.unary(Request::new(Bytes::new()), path, Raw).await;
    answer.unwrap_err()
}

/// Messages as they are.
#[derive(Clone, Copy, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        bytes::BufMut::put(buffer, item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        let length = bytes::Buf::remaining(buffer);
        Ok(Some(bytes::Buf::copy_to_bytes(buffer, length)))
    }
}
