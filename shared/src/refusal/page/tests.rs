use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::state::{Look, Notice, ServiceName, State, Timestamp};

fn pages(notice: &Notice, mode: Mode) -> Vec<Page<'_>> {
    let maintenance = Maintenance {
        mode,
        revision: 17,
        until: notice.until,
        announced: notice.until,
        retry_after: 300,
        takes_passes: true,
    };
    let notices = notice.in_all_languages(mode);
    notices
        .iter()
        .map(|notice| render(notice, &maintenance))
        .collect()
}

#[test]
fn texts_cannot_leave_their_element() {
    let hostile = "</title></p><script>alert('\"&\")</script>";
    let look = Look {
        title: Some(hostile.into()),
        message: Some(hostile.into()),
        ..Look::default()
    };
    let notice = Notice {
        look,
        ..Notice::default()
    };
    let [page] = &pages(&notice, Mode::All)[..] else {
        panic!("a notice with texts of its own has no built-in translation");
    };
    assert_eq!(page.html.matches("<script").count(), 1);
    assert_eq!(
        page.html
            .matches("&lt;script&gt;alert(&#39;&quot;&amp;&quot;)&lt;/script&gt;")
            .count(),
        3
    );
}

#[test]
fn the_default_page_has_at_most_8_kib_in_every_language() {
    let notice = Notice {
        until: Some(Timestamp::from_second(1_800_000_000)),
        ..Notice::default()
    };
    for mode in [Mode::All, Mode::Writes] {
        let pages = pages(&notice, mode);
        assert_eq!(pages.len(), 10);
        for page in pages {
            assert!(page.html.len() <= 8 << 10, "{}", page.html.len());
        }
    }
}

#[test]
fn the_policy_allows_this_script_and_this_style_only() {
    let state = State::initial(ServiceName::unknown(), Mode::All);
    for page in pages(&state.notice, Mode::All) {
        for element in ["script", "style"] {
            let content = page.html.split(element).nth(1).unwrap();
            let content = content
                .split_once('>')
                .unwrap()
                .1
                .strip_suffix("</")
                .unwrap();
            let digest = STANDARD.encode(Sha256::digest(content));
            let source = format!("{element}-src 'sha256-{digest}'");
            assert!(page.policy.contains(&source), "{}", page.policy);
        }
    }
}
