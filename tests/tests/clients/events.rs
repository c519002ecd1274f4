//! Server-sent events in a browser.

use serde_json::json;

use crate::front::Front;
use intermission_tests::foreign::Client;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_listens_to_events_again_after_a_refusal() {
    let module = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/in-front/events.js"
    );
    for front in Front::all().await {
        println!("{}", front.name());
        let mut browser = Client::node("events.mjs", &[&front.url(), module]);
        assert_eq!(browser.says().await, json!("both hear"));
        front.put(&json!({ "maintenance": "all" })).await;
        browser.go_on().await;
        assert_eq!(browser.says().await, json!("the plain one has ended"));
        front.open().await;
        browser.go_on().await;
        // The plain one hears nothing any more.
        assert_eq!(browser.says().await, json!(0));
    }
}
