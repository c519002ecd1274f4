use std::cell::Cell;

use crate::cli::client::server::Server;
use crate::cli::exit::{Exit, Failure};

/// One control, or the replicas of one, of which any can answer.
#[derive(Debug)]
pub(crate) struct Servers {
    all: Vec<Server>,
    /// The place of the one that is asked.
    current: Cell<usize>,
}

impl Servers {
    pub(crate) fn parse(urls: &[String]) -> Result<Self, Failure> {
        let all = urls.iter().map(|url| Server::parse(url));
        let all = all.collect::<Result<Vec<_>, _>>()?;
        if let Some(server) = all.iter().find(|server| server.is_in_clear()) {
            let message = format!(
                "{server} is beyond this machine and not https; the token is not sent in clear"
            );
            return Err(Failure::new(Exit::Refused, message));
        }
        Ok(Self {
            all,
            current: Cell::new(0),
        })
    }

    pub(crate) fn are_several(&self) -> bool {
        self.all.len() > 1
    }

    /// Asks the server that has answered last. While a server cannot be reached or has no answer now, the next one is asked.
    pub(crate) fn ask<T>(
        &self,
        mut ask: impl FnMut(&Server) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut before: Option<Failure> = None;
        for _ in &self.all {
            let Some(server) = self.all.get(self.current.get()) else {
                break;
            };
            let failure = match ask(server) {
                Err(failure) if failure.exit == Exit::Unreachable => failure,
                Err(failure) if before.is_some_and(|before| before.may_be_done) => {
                    return Err(failure.after_doubt());
                }
                outcome => return outcome,
            };
            self.current.set((self.current.get() + 1) % self.all.len());
            before = Some(match before {
                Some(before) => before.and(failure),
                None => failure,
            });
        }
        Err(before.unwrap_or_else(|| Failure::new(Exit::Usage, "no server is named")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> Servers {
        let urls = ["a", "b", "c"].map(|host| format!("https://{host}.example"));
        Servers::parse(&urls).unwrap()
    }

    fn unreachable(server: &Server) -> Failure {
        Failure::new(
            Exit::Unreachable,
            format!("no control at {server}: it is away"),
        )
    }

    #[test]
    fn the_next_server_is_asked_and_the_one_that_answers_is_asked_again() {
        let servers = three();
        let mut asked = Vec::new();
        for _ in 0..2 {
            let answer = servers.ask(|server| {
                asked.push(server.to_string());
                match asked.len() {
                    1 => Err(unreachable(server)),
                    _ => Ok(server.to_string()),
                }
            });
            assert_eq!(answer.unwrap(), "https://b.example");
        }
        let expected = [
            "https://a.example",
            "https://b.example",
            "https://b.example",
        ];
        assert_eq!(asked, expected);
    }

    #[test]
    fn a_failure_names_each_server() {
        let failure = three()
            .ask(|server| Err::<(), _>(unreachable(server)))
            .unwrap_err();
        assert_eq!(
            failure.message,
            "no control at https://a.example: it is away; no control at https://b.example: it is away; \
             no control at https://c.example: it is away"
        );
        assert_eq!(failure.exit, Exit::Unreachable);
    }

    #[test]
    fn what_a_server_refuses_no_other_is_asked() {
        let mut asked = 0;
        let failure = three().ask(|_| {
            asked += 1;
            Err::<(), _>(Failure::invalid("no"))
        });
        assert_eq!((failure.unwrap_err().exit, asked), (Exit::Invalid, 1));
    }

    #[test]
    fn a_change_that_may_be_made_stays_in_doubt_where_the_next_server_refuses_the_caller() {
        for (exit, in_doubt) in [(Exit::Refused, true), (Exit::Overtaken, false)] {
            let mut asked = 0;
            let outcome = three().ask(|server| {
                asked += 1;
                Err::<(), _>(match asked {
                    1 => Failure {
                        may_be_done: true,
                        ..unreachable(server)
                    },
                    _ => Failure {
                        problem: Some("said by control".into()),
                        ..Failure::new(exit, "no")
                    },
                })
            });
            assert_eq!(outcome.unwrap_err().may_be_done, in_doubt);
        }
    }

    #[test]
    fn no_token_is_sent_in_clear_to_any_server() {
        let urls = ["https://a.example", "http://b.example"].map(str::to_owned);
        let failure = Servers::parse(&urls).unwrap_err();
        assert_eq!(failure.exit, Exit::Refused);
        assert!(failure.message.starts_with("http://b.example is beyond"));
    }
}
