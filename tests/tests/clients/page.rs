//! The page in a browser.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::front::Front;
use intermission_tests::foreign::{Client, shots};

/// Everybody is refused, and looks again after a second or so.
fn closed() -> Value {
    json!({
        "maintenance": "all",
        "notice": { "retry_after": 1, "until": "2099-11-23T02:00:00Z", "contact": "mailto:help@shop.example?subject=Down" },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_reads_the_page_and_gets_back_by_it() {
    for front in Front::all().await {
        println!("{}", front.name());
        front.put(&closed()).await;
        let folder = shots().join(front.name());
        std::fs::create_dir_all(&folder).unwrap();
        let mut browser = Client::node("page.mjs", &[&front.url(), folder.to_str().unwrap()]);
        let mut backgrounds = Vec::new();
        for (name, language, title, until) in [
            (
                "light",
                "en",
                "Down for maintenance",
                "Monday, November 23 at 2:00 AM UTC",
            ),
            ("dark", "en", "Down for maintenance", "2:00 AM UTC"),
            ("narrow", "en", "Down for maintenance", "2:00 AM UTC"),
            ("right-to-left", "ar", "الخدمة قيد الصيانة", "23"),
            (
                "japanese",
                "ja",
                "ただいまメンテナンス中です",
                "11月23日月曜日",
            ),
            (
                "without-script",
                "en",
                "Down for maintenance",
                "2099-11-23 02:00:00 UTC",
            ),
            ("tokyo", "en", "Down for maintenance", "11:00 AM GMT+9"),
        ] {
            let seen = browser.says().await;
            assert_eq!(seen["name"], name);
            assert_eq!(seen["status"], 503, "{seen}");
            assert_eq!(seen["title"], title, "{seen}");
            assert_eq!(seen["language"], language, "{seen}");
            let direction = if language == "ar" { "rtl" } else { "ltr" };
            assert_eq!(seen["direction"], direction, "{seen}");
            let text = seen["text"].as_str().unwrap();
            for part in [title, until, "help@shop.example"] {
                assert!(text.contains(part), "{part}: {text}");
            }
            assert_eq!(seen["overflows"], false, "{seen}");
            assert_eq!(seen["violations"], json!([]), "{seen:#}");
            assert_eq!(seen["complaints"], json!([]), "{seen}");
            assert_eq!(seen["asked"], json!([]), "{seen}");
            backgrounds.push(seen["background"].clone());
            // The contact comes first.
            assert_eq!(browser.says().await, json!(""), "{name}");
        }
        assert_ne!(backgrounds[0], backgrounds[1], "light and dark");

        assert_eq!(
            browser.says().await,
            json!({ "waits": "Down for maintenance" })
        );
        front.open().await;
        browser.go_on().await;
        assert_eq!(browser.says().await, json!({ "arrived": true }));

        assert_eq!(browser.says().await, json!({ "form": "the form" }));
        front.put(&closed()).await;
        browser.go_on().await;
        assert_eq!(
            browser.says().await,
            json!({ "refused": "Down for maintenance" })
        );
        front.open().await;
        browser.go_on().await;
        let asked = browser.says().await;
        let asked: Vec<_> = asked["asked"].as_array().unwrap().iter().collect();
        let sent = format!("POST {}/sent", front.url());
        assert_eq!(
            asked.iter().filter(|request| ***request == *sent).count(),
            1,
            "{asked:?}"
        );
        assert_eq!(front.forms.load(Ordering::SeqCst), 0);
    }
}
