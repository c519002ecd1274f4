//! Calls by a client of gRPC.

use std::time::Duration;

use bytes::Bytes;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Endpoint;
use tonic::{Request, Status};

/// The status of a call with an empty message, which may present a pass.
pub async fn call(url: &str, pass: Option<&str>) -> Status {
    let endpoint = Endpoint::from_shared(url.to_owned()).unwrap();
    let channel = endpoint
        .timeout(Duration::from_secs(20))
        .connect()
        .await
        .unwrap();
    let mut client = Grpc::new(channel);
    client.ready().await.unwrap();
    let path = "/shop.v1.Orders/List".parse().unwrap();
    let mut request = Request::new(Bytes::new());
    if let Some(pass) = pass {
        let pass = pass.parse().unwrap();
        request.metadata_mut().insert("intermission-pass", pass);
    }
    client.unary(request, path, Raw).await.unwrap_err()
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
