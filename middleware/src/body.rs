use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::guard::Held;

pin_project! {
    /// The body of a response: the service's own, or a notice.
    #[derive(Debug)]
    pub struct ResponseBody<B> {
        #[pin]
        inner: Inner<B>,
    }
}

pin_project! {
    #[derive(Debug)]
    #[project = InnerProjection]
    enum Inner<B> {
        Own {
            #[pin]
            body: B,
            // Dropped after the body, whose end is part of the request.
            held: Option<Held>,
        },
        Notice {
            bytes: Bytes,
        },
    }
}

impl<B> ResponseBody<B> {
    pub(crate) fn own(body: B, held: Option<Held>) -> Self {
        Self {
            inner: Inner::Own { body, held },
        }
    }

    pub(crate) fn notice(bytes: Bytes) -> Self {
        Self {
            inner: Inner::Notice { bytes },
        }
    }
}

impl<B: Body<Data = Bytes>> Body for ResponseBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        match self.project().inner.project() {
            InnerProjection::Own { mut body, held } => {
                let frame = ready!(body.as_mut().poll_frame(cx));
                let is_last = body.is_end_stream();
                Poll::Ready(frame.map(|frame| {
                    frame.map(|frame| if is_last { kept(frame, held) } else { frame })
                }))
            }
            InnerProjection::Notice { bytes } => {
                let bytes = std::mem::take(bytes);
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.inner {
            Inner::Own { body, .. } => body.is_end_stream(),
            Inner::Notice { bytes } => bytes.is_empty(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.inner {
            Inner::Own { body, .. } => body.size_hint(),
            Inner::Notice { bytes } => SizeHint::with_exact(bytes.len() as u64),
        }
    }
}

/// What is larger waits in the server until the client has taken the rest.
const WAITS: usize = 64 << 10;

/// The last frame, which takes along what is `held`, where it is so large that the server may keep it after the body:
/// until it has handed it to the system, or at least so much of it that the rest fits in there.
fn kept(frame: Frame<Bytes>, held: &mut Option<Held>) -> Frame<Bytes> {
    frame.map_data(|data| {
        let held = (data.len() > WAITS).then(|| held.take()).flatten();
        match held {
            Some(held) => Bytes::from_owner(Kept { data, _held: held }),
            None => data,
        }
    })
}

struct Kept {
    data: Bytes,
    _held: Held,
}

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        &self.data
    }
}
