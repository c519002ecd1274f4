//! Pages that ask for their parts by htmx, in a browser.

use serde_json::json;

use crate::front::Front;
use intermission_tests::foreign::Client;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_htmx_gives_way_to_the_notice_and_comes_back_by_itself() {
    for front in Front::all().await {
        println!("{}", front.name());
        let mut browser = Client::node("htmx.mjs", &[&front.url()]);
        assert_eq!(browser.says().await, json!({ "swapped": true }));
        front
            .put(&json!({ "maintenance": "all", "notice": { "retry_after": 1 } }))
            .await;
        browser.go_on().await;
        assert_eq!(browser.says().await, json!({ "refused": "/cart" }));
        front.open().await;
        browser.go_on().await;
        assert_eq!(browser.says().await, json!({ "back": "/cart" }));
    }
}
