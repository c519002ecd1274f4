//! The poll state machine: whatever the server says, it goes on asking at sensible times and never goes back.
#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use intermission_core::{Mode, Poll, PollOptions, PollResponse, ServiceName, State};
use libfuzzer_sys::arbitrary::{Result, Unstructured};

/// The longest pause between two tries, whatever `Retry-After` says.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Every state that a server may answer, with its document: written once, because writing takes longer than polling.
static STATES: LazyLock<Vec<(State, Vec<u8>)>> = LazyLock::new(|| {
    let mut states = Vec::new();
    for mode in [Mode::Off, Mode::Writes, Mode::All] {
        for store in ["", "01A", "01B"] {
            for revision in 0..=5 {
                let mut state = State::initial(ServiceName::unknown(), mode);
                state.store = store.into();
                state.revision = revision;
                let document = state.to_json();
                states.push((state, document));
            }
        }
    }
    states
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = play(&mut Unstructured::new(bytes));
});

fn play(input: &mut Unstructured<'_>) -> Result<()> {
    let mut options = PollOptions::default();
    options.interval = time(input)?;
    options.wait = time(input)?;
    options.lease = input
        .arbitrary::<bool>()?
        .then(|| time(input))
        .transpose()?;
    let endpoints = input.int_in_range(0..=Poll::MOST_ENDPOINTS + 1)?;
    let mut poll = Poll::new(options, input.arbitrary()?).with_endpoints(endpoints);
    if input.arbitrary()? {
        let (saved, _) = state(input)?;
        poll = poll.with_state(
            saved.clone(),
            saved.tag(input.arbitrary::<bool>()?.then_some("\"saved\"")),
        );
    }
    let mut now = Duration::ZERO;
    while !input.is_empty() {
        now = poll.next_at().max(now) + time(input)?.min(Duration::from_secs(100));
        let (before, etag) = (poll.state().cloned(), etag(&poll).map(str::to_owned));
        let heard = poll.answered_at();
        let request = poll.send(now);
        assert_eq!(request.if_none_match.as_deref(), etag.as_deref());
        assert!(request.endpoint < endpoints.clamp(1, Poll::MOST_ENDPOINTS));
        assert!(request.timeout <= 2 * DAY);
        assert!(request.prefer.is_none() || etag.is_some());
        let sent = now;
        now += time(input)?.min(request.timeout);
        if input.ratio(1, 4)? {
            poll.fail(now);
            assert_eq!((poll.state(), poll.answered_at()), (before.as_ref(), heard));
        } else {
            answer(input, &mut poll, before, heard, sent, now)?;
        }
        assert!(poll.tag().is_none() || poll.provisional().is_none());
        let pause = poll
            .next_at()
            .checked_sub(now)
            .expect("the next poll is not due before the last has ended");
        assert!(
            pause <= LONGEST_PAUSE.max(poll.longest_pause().mul_f64(1.11)),
            "{pause:?}"
        );
        if let Some(lease) = options.lease {
            assert_eq!(
                poll.lapses_at(),
                Some(poll.answered_at().unwrap_or_default() + lease)
            );
            assert!(
                pause <= lease.mul_f64(0.37) || pause <= Duration::from_millis(50),
                "{pause:?} of {lease:?}"
            );
        }
    }
    Ok(())
}

fn etag(poll: &Poll) -> Option<&str> {
    poll.tag()?.entity_tag()
}

fn answer(
    input: &mut Unstructured<'_>,
    poll: &mut Poll,
    before: Option<State>,
    heard: Option<Duration>,
    sent: Duration,
    now: Duration,
) -> Result<()> {
    let status = *input.choose(&[200, 200, 200, 304, 304, 204, 301, 401, 404, 429, 500, 503])?;
    let (new, document) = state(input)?;
    let mut body = document.as_slice();
    if input.ratio(1, 5)? {
        body = &body[..input.int_in_range(0..=body.len())?];
    }
    let known = etag(poll).is_some();
    let response = PollResponse {
        status,
        etag: *input.choose(&[
            None,
            Some(b"\"1\"".as_slice()),
            Some(b"W/\"2\""),
            Some(b"\xff"),
        ])?,
        preference_applied: *input.choose(&[
            None,
            Some(b"wait".as_slice()),
            Some(b"a, WAIT=3"),
            Some(b"waiting"),
        ])?,
        retry_after: *input.choose(&[
            None,
            Some(b"1".as_slice()),
            Some(b"99999999999999999999"),
            Some(b"Mon"),
        ])?,
        body,
    };
    let is_document = body.len() == document.len();
    match poll.receive(now, response) {
        Ok(news) => {
            assert!((status == 304 && known) || (status == 200 && is_document));
            assert_eq!(poll.answered_at(), Some(sent));
            assert_eq!(poll.objection(), None);
            if let (Some(before), Some(news)) = (&before, &news) {
                assert!(before.may_give_way_to(news));
            }
            match news {
                Some(news) => assert_eq!((Some(&news), poll.state()), (Some(new), Some(new))),
                None => assert_eq!(poll.state(), before.as_ref()),
            }
        }
        Err(_) => assert_eq!((poll.state(), poll.answered_at()), (before.as_ref(), heard)),
    }
    Ok(())
}

fn state(input: &mut Unstructured<'_>) -> Result<&'static (State, Vec<u8>)> {
    input.choose(&STATES)
}

fn time(input: &mut Unstructured<'_>) -> Result<Duration> {
    Ok(match input.arbitrary::<u8>()? {
        0 => Duration::ZERO,
        1 => Duration::from_secs(input.arbitrary::<u32>()?.into()),
        2 => 2 * DAY,
        small => Duration::from_millis(u64::from(small) * 40),
    })
}
