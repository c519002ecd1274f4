//! Documents that would render to far more than they are.

use intermission_testkit::envoy::Edge;
use intermission_testkit::{Endpoint, Scripted, eventually};
use serde_json::{Map, Value, json};

use super::{no_vm_died, state, until_in_force};

/// Revision 4 in maintenance, with this notice.
fn with_notice(notice: &Value) -> Scripted {
    let mut document: Value = serde_json::from_slice(&state(4, "all").body).unwrap();
    document["notice"] = notice.clone();
    Scripted::document(4, document.to_string().into_bytes())
}

/// Languages with texts of their own.
fn languages(count: usize) -> Map<String, Value> {
    let look = json!({ "title": "t", "message": "m" });
    let tag = |place: usize| {
        let letter = |place: usize| char::from(b'a' + u8::try_from(place % 26).unwrap());
        let letters = [place, place / 26, place / 676].map(letter);
        format!("q{}", letters.iter().collect::<String>())
    };
    (0..count).map(|place| (tag(place), look.clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn many_languages_do_not_multiply_the_memory_of_a_vm() {
    let html = "x".repeat(512 << 10);
    let logo = format!("data:image/png;base64,{}", "A".repeat(32_000));
    let until_then = "2099-01-01T00:00:00Z";
    for (notice, most) in [
        (
            json!({ "html": html, "until": until_then, "languages": languages(200) }),
            24 << 20,
        ),
        (
            json!({ "logo": logo, "until": until_then, "languages": languages(15_000) }),
            96 << 20,
        ),
    ] {
        let control = Endpoint::start(state(3, "all"));
        let envoy = Edge::new(control.address()).start().await;
        until_in_force(&envoy, Some(3)).await;
        control.say(with_notice(&notice));
        until_in_force(&envoy, Some(4)).await;
        // The answers are rendered anew each second, as the end comes nearer.
        let rendered = control.polls().len();
        eventually("polls of three seconds", async || {
            control.polls().len() > rendered + 30
        })
        .await;
        let memory = envoy.metric("intermission_vm_memory_bytes").await;
        let memory = memory.unwrap();
        println!("{memory} bytes of memory in the largest VM");
        assert!(memory < most, "{memory}");
        no_vm_died(&envoy).await;
    }
}
