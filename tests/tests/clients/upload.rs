//! Uploads that are refused.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::process::Command;

use crate::foreign::Client;
use crate::front::Front;

const BYTES: usize = 5_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_upload_gets_its_answer_and_no_reset() {
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(BYTES as u64).unwrap();
    for front in Front::both().await {
        println!("{}", front.name());
        front.put(&json!({ "maintenance": "all" })).await;
        let (url, bytes) = (front.url(), BYTES.to_string());
        for mut client in [
            Client::node("upload.mjs", &[&url, &bytes]),
            Client::python("upload.py", &[&url, &bytes]),
        ] {
            let mut answers = Vec::new();
            loop {
                match client.says().await {
                    Value::String(done) if done == "done" => break,
                    answer => answers.push(answer),
                }
            }
            assert_eq!(answers, vec![json!(503); 20]);
        }
        for expects in ["Expect:", "Expect: 100-continue"] {
            let mut curl = Command::new("curl");
            curl.args([
                "--silent",
                "--noproxy",
                "*",
                "--max-time",
                "20",
                "--output",
                "/dev/null",
            ]);
            curl.args([
                "--write-out",
                "%{http_code} %{size_upload}",
                "--header",
                expects,
            ]);
            curl.arg("--data-binary")
                .arg(format!("@{}", file.path().display()));
            let output = curl
                .arg(format!("{url}/upload"))
                .stdin(Stdio::null())
                .output()
                .await;
            let output = output.unwrap();
            assert!(output.status.success(), "{expects} {output:?}");
            let said = String::from_utf8(output.stdout).unwrap();
            let (status, sent) = said.split_once(' ').unwrap();
            assert_eq!(status, "503", "{expects}");
            if expects.ends_with("continue") {
                assert_eq!(sent, "0", "it was not invited to send");
            }
        }
    }
}
