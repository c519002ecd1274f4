use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

use http::{HeaderMap, StatusCode};
use intermission_core::PollRequest;
use tokio::io::AsyncReadExt;

use crate::poller::client::Failure;
use crate::poller::endpoint::Endpoint;
use crate::poller::endpoints::Endpoints;
use crate::poller::fetched::{ENOUGH, Fetched};
use crate::poller::token::Token;

impl Endpoints {
    /// Sends one poll with this report, to the endpoint that the request names.
    pub(super) async fn fetch(
        &self,
        request: PollRequest,
        report: &str,
    ) -> Result<Fetched, FetchError> {
        let timeout = request.timeout;
        let fetched = async {
            match self.at(request.endpoint) {
                Endpoint::Http(uri) => {
                    let token = self.token.as_ref().map(Token::header);
                    self.client.get(uri, token, request, report).await
                }
                Endpoint::File(path) => read(path).await.map_err(Into::into),
            }
        };
        match tokio::time::timeout(timeout, fetched).await {
            Ok(fetched) => fetched.map_err(FetchError),
            Err(_) => Err(FetchError(format!("no answer within {timeout:?}").into())),
        }
    }
}

/// The reason why no response came.
#[derive(Debug)]
pub(super) struct FetchError(Failure);

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the endpoint cannot be reached")
    }
}

impl Error for FetchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

async fn read(path: &Path) -> io::Result<Fetched> {
    let mut body = Vec::new();
    tokio::fs::File::open(path)
        .await?
        .take(ENOUGH as u64)
        .read_to_end(&mut body)
        .await?;
    Ok(Fetched {
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        body,
    })
}
