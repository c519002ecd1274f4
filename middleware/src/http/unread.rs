use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use http::header::EXPECT;
use http::{Request, Version};
use http_body::Body;
use intermission_core::Reply;
use pin_project_lite::pin_project;

pin_project! {
    /// The body of a refused request, which is read to its end and thrown away.
    ///
    /// Over HTTP/1 a server that answers and closes the connection while the client still sends resets it, and many
    /// clients look for an answer only when they have sent all (RFC 9112, section 9.6). Over HTTP/2 a stream ends by itself.
    #[derive(Debug)]
    pub(crate) struct Unread<B> {
        #[pin]
        body: B,
        length: u64,
    }
}

impl<B: Body> Unread<B> {
    /// What has to be read before the answer, if there is anything: not where the client waits to be invited to send
    /// (RFC 9110, section 10.1.1), which reading would do.
    pub(crate) fn of(request: Request<B>) -> Option<Self> {
        let reads = request.version() <= Version::HTTP_11
            && !request.body().is_end_stream()
            && !request.headers().contains_key(EXPECT);
        if !reads {
            return None;
        }
        Some(Self {
            body: request.into_body(),
            length: 0,
        })
    }

    /// Ready when there is nothing more to read, or too much.
    pub(crate) fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let this = self.as_mut().project();
            let Some(Ok(frame)) = ready!(this.body.poll_frame(cx)) else {
                return Poll::Ready(());
            };
            let data = frame.data_ref().map_or(0, Buf::remaining);
            *this.length = this.length.saturating_add(data as u64);
            if *this.length > Reply::LONGEST_READ {
                return Poll::Ready(());
            }
        }
    }
}
