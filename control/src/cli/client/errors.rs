//! Why there is no answer, or not the one that was hoped for.

use std::time::Duration;

use intermission_core::State;
use serde_json::Value;
use ureq::http::{Response, StatusCode};

use crate::cli::client::server::Server;
use crate::cli::exit::{Exit, Failure};

/// Control waits for the disk at most this long, or something is wrong there.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);
/// For how long a proxy may have no control behind it, which may be starting again.
const STARTING: Duration = Duration::from_secs(3);
/// For how long a replica may have no proof: as long as a change is tried for.
const PROVING: Duration = PATIENCE;

/// What may have happened there when no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Nothing,
    Change,
}

impl Server {
    /// The failure to reach control, and its remedy.
    pub(crate) fn unreachable(&self, error: &ureq::Error, sent: Sent) -> Failure {
        let remedy = self.remedy(error);
        Failure {
            may_be_done: sent == Sent::Change && remedy.is_empty() && !is_before_sending(error),
            ..Failure::new(
                Exit::Unreachable,
                format!("no control at {self}: {error}{remedy}"),
            )
        }
    }

    /// What to do about an error on the way, where that is known; nothing was done then.
    fn remedy(&self, error: &ureq::Error) -> &'static str {
        match tls_error(error) {
            Some(rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer)) => {
                "; name the file of its CA with --ca-file"
            }
            Some(rustls::Error::InvalidCertificate(
                rustls::CertificateError::NotValidForName
                | rustls::CertificateError::NotValidForNameContext { .. },
            )) => "; ask it by a name that its certificate has",
            None if matches!(error, ureq::Error::Protocol(_)) && !self.is_https() => {
                "; if it speaks TLS, name it by https:"
            }
            _ => "",
        }
    }

    /// The failure of a request that was refused.
    pub(crate) fn refusal(&self, response: &Response<Vec<u8>>, sent: Sent) -> Failure {
        let status = response.status();
        let problem: Option<Value> = serde_json::from_slice(response.body()).ok();
        let member = |name| problem.as_ref()?.get(name)?.as_str();
        // A proxy may answer with a problem of its own.
        let kind = member("type").filter(|kind| kind.starts_with("urn:intermission:"));
        let (Some(kind), Some(detail)) = (kind, member("detail")) else {
            return match status {
                StatusCode::SERVICE_UNAVAILABLE if State::parse(response.body()).is_ok() => {
                    self.without_proof()
                }
                StatusCode::BAD_GATEWAY
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT => self.absent(status, sent),
                _ => self.stranger(&format!("HTTP {status}")),
            };
        };
        let exit = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::MISDIRECTED_REQUEST => {
                Exit::Refused
            }
            StatusCode::NOT_FOUND if kind == "urn:intermission:unknown-service" => {
                Exit::UnknownService
            }
            StatusCode::NOT_FOUND
                if [
                    "urn:intermission:unknown-token",
                    "urn:intermission:unknown-node",
                    "urn:intermission:unknown-pass",
                ]
                .contains(&kind) =>
            {
                Exit::Invalid
            }
            // It has no room or no proof now, and may have later.
            StatusCode::SERVICE_UNAVAILABLE => Exit::Unreachable,
            StatusCode::PRECONDITION_FAILED => Exit::Overtaken,
            StatusCode::CONFLICT => Exit::Conflict,
            StatusCode::BAD_REQUEST
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNSUPPORTED_MEDIA_TYPE
            | StatusCode::UNPROCESSABLE_ENTITY
            | StatusCode::PRECONDITION_REQUIRED => Exit::Invalid,
            _ => Exit::Failed,
        };
        // Whatever control refuses it has not done in part.
        let unchanged = match sent {
            Sent::Change if status.is_client_error() => "; nothing was changed",
            _ => "",
        };
        let title = member("title").unwrap_or("Refused");
        let answers_within = match status {
            StatusCode::SERVICE_UNAVAILABLE if kind == "urn:intermission:unproven" => PROVING,
            StatusCode::SERVICE_UNAVAILABLE => STARTING,
            _ => Duration::ZERO,
        };
        let may_answer = !answers_within.is_zero();
        let message = if may_answer {
            format!("{self}: {title}: {detail}")
        } else {
            format!("{title}{unchanged}: {detail}")
        };
        Failure {
            problem,
            may_be_done: may_answer && sent == Sent::Change,
            answers_within,
            ..Failure::new(exit, message)
        }
    }

    /// A replica that does not reach the store answers the last state that was proven, for nodes that have none.
    fn without_proof(&self) -> Failure {
        Failure {
            answers_within: PROVING,
            ..Failure::new(
                Exit::Unreachable,
                format!(
                    "{self}: This replica does not reach the store: it cannot prove that it has the newest state"
                ),
            )
        }
    }

    /// What a proxy says that has no control behind it, or none that answers.
    fn absent(&self, status: StatusCode, sent: Sent) -> Failure {
        Failure {
            may_be_done: sent == Sent::Change,
            answers_within: STARTING,
            ..Failure::new(
                Exit::Unreachable,
                format!("no control at {self}: HTTP {status} by what is before it"),
            )
        }
    }

    /// The failure that another server answers, by this sign.
    pub(crate) fn stranger(&self, sign: &str) -> Failure {
        Failure::new(
            Exit::Failed,
            format!("what answers at {self} is not a control that this command knows: {sign}"),
        )
    }
}

/// Whether nothing was sent yet.
fn is_before_sending(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::ConnectionFailed
        | ureq::Error::HostNotFound
        | ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => true,
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => true,
        error => tls_error(error).is_some(),
    }
}

/// The fault that TLS finds with the server; nothing was sent then.
fn tls_error(error: &ureq::Error) -> Option<&rustls::Error> {
    match error {
        ureq::Error::Rustls(error) => Some(error),
        ureq::Error::Io(error) => error.get_ref()?.downcast_ref(),
        _ => None,
    }
}
