//! Clients of gRPC, gRPC-Web and Connect.

use intermission_tests::foreign::Client;
use intermission_tests::grpc;
use serde_json::json;
use tonic::Code;
use tonic_types::StatusExt;

use crate::front::Front;

const MESSAGE: &str = "We move house: 引っ越し中, 100 %.";

#[tokio::test(flavor = "multi_thread")]
async fn every_client_sees_unavailable_and_when_to_come_back() {
    for front in Front::all().await {
        println!("{}", front.name());
        let notice = json!({ "message": MESSAGE, "retry_after": 120 });
        front
            .put(&json!({ "maintenance": "all", "notice": notice }))
            .await;
        let address = front.address.to_string();

        let status = grpc::call(&front.url(), None).await;
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
