//! Clients that come back after `Retry-After`.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::process::Command;

use crate::front::Front;
use intermission_tests::foreign::Client;

/// How long clients are asked to wait, in seconds; so little that it is not spread.
const AFTER: u64 = 5;

/// Refuses everybody for half the time that clients wait.
async fn refuse_for_a_while(front: &Front) {
    tokio::time::sleep(Duration::from_millis(AFTER * 500)).await;
    front.open().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_come_back_after_retry_after() {
    for front in Front::all().await {
        println!("{}", front.name());
        let closed = json!({ "maintenance": "all", "notice": { "retry_after": AFTER } });
        front.put(&closed).await;
        let mut client = Client::python("retry.py", &[&front.url()]);
        assert_eq!(client.says().await, json!({ "refused": 503 }));
        refuse_for_a_while(&front).await;
        let seen = client.says().await;
        assert_eq!(seen["status"], 200);
        let seconds = seen["seconds"].as_f64().unwrap();
        assert!(seconds >= AFTER as f64, "urllib3 waited {seconds} s");

        front.put(&closed).await;
        let begun = Instant::now();
        let mut curl = Command::new("curl");
        curl.args([
            "--silent",
            "--noproxy",
            "*",
            "--fail",
            "--retry",
            "5",
            "--output",
            "/dev/null",
        ]);
        let curl = curl.arg(front.url()).status();
        let (status, ()) = tokio::join!(curl, refuse_for_a_while(&front));
        assert!(status.unwrap().success());
        let seconds = begun.elapsed().as_secs_f64();
        // Of itself it asks again after a second, and then after two.
        assert!(seconds >= AFTER as f64, "curl waited {seconds} s");
    }
}
