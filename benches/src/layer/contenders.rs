use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, RETRY_AFTER};
use intermission::{MaintenanceLayer, PolicyHandle, State};
use tower::Layer;
use tower_http::set_status::SetStatusLayer;
use tower_http::validate_request::ValidateRequestHeaderLayer;

use super::Contender;
#[cfg(feature = "contenders")]
use super::asked::forwarded;
use super::asked::{Nothing, Typed, browser, known, plain, router};

/// The service, with nothing around it.
pub const BARE: &str = "bare";
/// The service, with the layer around it.
pub const OURS: &str = "intermission";
const WITH_EXTENSIONS: &str = "intermission, with extensions";
const FROM_FN: &str = "axum from_fn";
#[cfg(feature = "contenders")]
const AUTUMN: &str = "autumn-web";
#[cfg(feature = "contenders")]
const RUSTANGO: &str = "rustango";

const OK: StatusCode = StatusCode::OK;
const UNAVAILABLE: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

/// The layer that is written by hand, whose type has no name.
macro_rules! flagged {
    ($closed:expr) => {
        from_fn_with_state(Arc::new(AtomicBool::new($closed)), look_at_flag)
    };
}

/// All contenders in all cases.
#[must_use]
pub fn contenders() -> Vec<Contender> {
    [
        open_plain(),
        open_browser(),
        open_cloned(),
        open_router(),
        allowlisted(),
        refused_plain(),
        refused_browser(),
        refused_router(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Those whose state changes while they are asked, and stays open.
#[must_use]
pub fn swapped(policy: &PolicyHandle) -> Vec<Contender> {
    let case = "open/swapped";
    let ours = MaintenanceLayer::new(policy.clone()).layer(Nothing);
    vec![
        Contender::new(case, BARE, Nothing, plain, OK),
        Contender::new(case, OURS, ours, plain, OK),
    ]
}

/// A state with a thousand ranges of testers, the client of every case and this host among them.
#[must_use]
pub fn state(revision: u64, maintenance: &str) -> State {
    let cidrs: Vec<_> = (0..999)
        .map(|n| format!("\"10.{}.{}.0/25\"", n / 250, n % 250))
        .chain([String::from("\"127.0.0.1/32\"")])
        .collect();
    let document = format!(
        r#"{{ "version": 1, "service": "shop", "revision": {revision}, "maintenance": "{maintenance}",
        "allowlist": {{ "enabled": true, "cidrs": [{}] }} }}"#,
        cidrs.join(",")
    );
    State::parse(document.as_bytes()).expect("the state is valid")
}

fn open_plain() -> Vec<Contender> {
    let case = "open/plain";
    let extended = ours("off").with_extensions().layer(Nothing);
    let validated = ValidateRequestHeaderLayer::<_>::accept("text/html").layer(Nothing);
    vec![
        Contender::new(case, BARE, Nothing, plain, OK),
        // Bare once more, as far as another can tell: what is between the two is noise.
        Contender::new(case, "bare again", Nothing, plain, OK),
        Contender::new(
            case,
            "tower-http SetStatus",
            SetStatusLayer::new(OK).layer(Nothing),
            plain,
            OK,
        ),
        Contender::new(
            case,
            "tower-http ValidateRequestHeader",
            validated,
            plain,
            OK,
        ),
        Contender::new(case, FROM_FN, flagged!(false).layer(Nothing), plain, OK),
        #[cfg(feature = "contenders")]
        Contender::new(case, AUTUMN, autumn(false).layer(Nothing), plain, OK),
        Contender::new(case, OURS, ours("off").layer(Nothing), plain, OK),
        Contender::new(case, WITH_EXTENSIONS, extended, plain, OK),
    ]
}

fn open_browser() -> Vec<Contender> {
    let case = "open/browser";
    vec![
        Contender::new(case, BARE, Nothing, browser, OK),
        Contender::new(case, FROM_FN, flagged!(false).layer(Nothing), browser, OK),
        #[cfg(feature = "contenders")]
        Contender::new(case, AUTUMN, autumn(false).layer(Nothing), browser, OK),
        Contender::new(case, OURS, ours("off").layer(Nothing), browser, OK),
    ]
}

fn open_cloned() -> Vec<Contender> {
    let case = "open/cloned";
    vec![
        Contender::cloning(case, BARE, Nothing, plain, OK),
        Contender::cloning(case, FROM_FN, flagged!(false).layer(Nothing), plain, OK),
        #[cfg(feature = "contenders")]
        Contender::cloning(case, AUTUMN, autumn(false).layer(Nothing), plain, OK),
        Contender::cloning(case, OURS, ours("off").layer(Nothing), plain, OK),
    ]
}

fn open_router() -> Vec<Contender> {
    let case = "open/router";
    vec![
        Contender::new(case, BARE, router(), plain, OK),
        Contender::new(
            case,
            "tower-http SetStatus",
            router().layer(SetStatusLayer::new(OK)),
            plain,
            OK,
        ),
        Contender::new(case, FROM_FN, by_hand(router(), false), plain, OK),
        #[cfg(feature = "contenders")]
        Contender::new(case, AUTUMN, router().layer(autumn(false)), plain, OK),
        #[cfg(feature = "contenders")]
        Contender::new(case, RUSTANGO, rustango(false), plain, OK),
        Contender::new(case, OURS, router().layer(ours("off")), plain, OK),
    ]
}

fn allowlisted() -> Vec<Contender> {
    let case = "allowlisted/plain";
    vec![
        Contender::new(case, BARE, Typed, known, OK),
        #[cfg(feature = "contenders")]
        Contender::new(case, AUTUMN, autumn(true).layer(Typed), forwarded, OK),
        Contender::new(case, OURS, ours("all").layer(Typed), known, OK),
    ]
}

fn refused_plain() -> Vec<Contender> {
    let case = "refused/plain";
    #[expect(clippy::result_large_err, reason = "tower-http asks for it")]
    let headerless = |_: &mut Request| {
        let mut response = http::Response::new(Body::empty());
        *response.status_mut() = UNAVAILABLE;
        Err(response)
    };
    let headerless = ValidateRequestHeaderLayer::custom(headerless).layer(Nothing);
    let extended = ours("all").with_extensions().layer(Nothing);
    vec![
        Contender::new(case, BARE, Nothing, plain, OK),
        Contender::new(
            case,
            "tower-http ValidateRequestHeader, no headers",
            headerless,
            plain,
            UNAVAILABLE,
        ),
        Contender::new(
            case,
            FROM_FN,
            flagged!(true).layer(Nothing),
            plain,
            UNAVAILABLE,
        ),
        #[cfg(feature = "contenders")]
        Contender::new(
            case,
            AUTUMN,
            autumn(true).layer(Nothing),
            plain,
            UNAVAILABLE,
        ),
        Contender::new(case, OURS, ours("all").layer(Nothing), plain, UNAVAILABLE),
        Contender::new(case, WITH_EXTENSIONS, extended, plain, UNAVAILABLE),
    ]
}

fn refused_browser() -> Vec<Contender> {
    let case = "refused/browser";
    let ours = MaintenanceLayer::new(PolicyHandle::new(closed_to_testers())).layer(Nothing);
    vec![
        Contender::new(case, BARE, Nothing, browser, OK),
        Contender::new(
            case,
            FROM_FN,
            flagged!(true).layer(Nothing),
            browser,
            UNAVAILABLE,
        ),
        #[cfg(feature = "contenders")]
        Contender::new(
            case,
            AUTUMN,
            autumn(true).layer(Nothing),
            browser,
            UNAVAILABLE,
        ),
        Contender::new(case, OURS, ours, browser, UNAVAILABLE),
    ]
}

fn refused_router() -> Vec<Contender> {
    let case = "refused/router";
    vec![
        Contender::new(case, BARE, router(), plain, OK),
        Contender::new(case, FROM_FN, by_hand(router(), true), plain, UNAVAILABLE),
        #[cfg(feature = "contenders")]
        Contender::new(
            case,
            AUTUMN,
            router().layer(autumn(true)),
            plain,
            UNAVAILABLE,
        ),
        #[cfg(feature = "contenders")]
        Contender::new(case, RUSTANGO, rustango(true), plain, UNAVAILABLE),
        Contender::new(case, OURS, router().layer(ours("all")), plain, UNAVAILABLE),
    ]
}

fn ours(maintenance: &str) -> MaintenanceLayer {
    MaintenanceLayer::new(PolicyHandle::new(state(1, maintenance)))
}

fn closed_to_testers() -> State {
    let mut state = state(1, "all");
    state.allowlist.enabled = false;
    state
}

/// Puts maintenance mode as it is written by hand around `app`.
pub fn by_hand(app: axum::Router, closed: bool) -> axum::Router {
    app.layer(flagged!(closed))
}

/// A flag, and an answer.
async fn look_at_flag(
    Shared(closed): Shared<Arc<AtomicBool>>,
    request: Request,
    next: Next,
) -> Response {
    if closed.load(Ordering::Relaxed) {
        let headers = [(RETRY_AFTER, "300"), (CACHE_CONTROL, "no-store")];
        return (UNAVAILABLE, headers, "The service is in maintenance.").into_response();
    }
    next.run(request).await
}

#[cfg(feature = "contenders")]
fn autumn(closed: bool) -> autumn_web::middleware::MaintenanceLayer {
    let state = autumn_web::maintenance::MaintenanceState::new();
    if closed {
        state.enable(autumn_web::maintenance::MaintenanceConfig {
            allow_ips: self::state(1, "all")
                .allowlist
                .cidrs
                .iter()
                .map(ToString::to_string)
                .collect(),
            ..Default::default()
        });
    }
    autumn_web::middleware::MaintenanceLayer::new(state)
}

/// Its layer is one for routers only.
#[cfg(feature = "contenders")]
fn rustango(closed: bool) -> axum::Router {
    use ::rustango::maintenance::{MaintenanceFlag, MaintenanceLayer, MaintenanceRouterExt};

    router().maintenance(MaintenanceLayer::new(MaintenanceFlag::with_state(closed)))
}
