mod browser;

use intermission_core::{Kind, Mode, Policy, RequestView};
use jiff::Timestamp;
use serde::Serialize;

use crate::cli::args::{NoticeKind, Preview};
use crate::cli::client::Client;
use crate::cli::commands::rendered::Rendered;
use crate::cli::exit::Failure;
use crate::cli::terminal::{Paint, Report, notes};
use crate::values::contrast::hard_to_read;
use crate::values::timestamp::to_core;

/// A notice, and what the operator may not expect of it.
#[derive(Serialize)]
struct Previewed {
    warnings: Vec<String>,
    #[serde(flatten)]
    rendered: Rendered,
}

/// `preview`: the body on standard output, so that `> page.html` makes a page; the rest beside it. Or all of it to a
/// browser.
pub(crate) fn run(client: &Client, options: &Preview) -> Result<Report, Failure> {
    let mut state = client.state(&options.service)?;
    if options.writes_only {
        state.maintenance = Mode::Writes;
    } else if state.maintenance == Mode::Off {
        state.maintenance = Mode::All;
    }
    let policy = Policy::compile(&state, to_core(Timestamp::now()));
    let language = options.language.as_deref();
    let warnings = match options.kind {
        NoticeKind::Page => hard_to_read(&state),
        NoticeKind::Api | NoticeKind::Grpc => Vec::new(),
    };
    let notes = notes(&warnings, Paint::from_env());
    if options.open {
        eprint!("{notes}");
        // What a browser wants by itself counts where nothing else was asked for.
        let reply = |wanted: Option<&str>| answer(&policy, options.kind, language.or(wanted));
        return browser::show(&reply);
    }
    let rendered = answer(&policy, options.kind, language);
    let mut body = rendered.body().to_owned();
    if !body.is_empty() && !body.ends_with('\n') {
        body.push('\n');
    }
    let head = rendered.head();
    let previewed = Previewed { warnings, rendered };
    Ok(Report::new(&previewed, body)?.with_aside(format!("{head}\n{notes}")))
}

/// The answer of a node to a request for this language.
fn answer(policy: &Policy, kind: NoticeKind, language: Option<&str>) -> Rendered {
    let (kind, content_type) = match kind {
        NoticeKind::Page => (Kind::Page, None),
        NoticeKind::Api => (Kind::Api, None),
        NoticeKind::Grpc => (Kind::Grpc, Some(("content-type", "application/grpc"))),
    };
    let language = language.map(|language| ("accept-language", language));
    let headers: Vec<_> = [content_type, language].into_iter().flatten().collect();
    let request = RequestView::new(b"GET", b"/", headers.as_slice());
    Rendered::of(&policy.reply(kind, &request, 0))
}
