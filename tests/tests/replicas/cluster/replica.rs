use std::net::SocketAddr;
use std::sync::Mutex;

use intermission_testkit::control::{Control, Home};
use intermission_testkit::{Process, beside};

use super::Authority;
use crate::network::Machine;

/// A replica of control on a machine of its own.
#[derive(Debug)]
pub(crate) struct Replica {
    pub(crate) machine: Machine,
    pub(crate) home: Home,
    control: Mutex<Option<Control>>,
}

impl Replica {
    /// One that does not run yet.
    pub(crate) fn new(number: usize) -> Self {
        let last = u8::try_from(21 + number).unwrap();
        Self {
            machine: Machine::new(&format!("control-{number}"), last),
            home: Home::new(),
            control: Mutex::default(),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::new(self.machine.address.into(), 7700)
    }

    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address())
    }

    /// Starts it over these members of etcd, and waits for nothing.
    pub(crate) fn start(&self, etcd: &str, authority: &Authority) {
        let [ca, certificate, key] = [&authority.ca, &authority.certificate, &authority.key]
            .map(|file| file.to_str().unwrap());
        let program = self.machine.command(beside("intermission"));
        let options = [
            ["--tls-cert", certificate],
            ["--tls-key", key],
            ["--etcd", etcd],
            ["--etcd-ca", ca],
            ["--etcd-cert", certificate],
            ["--etcd-key", key],
        ];
        let control = self.home.serve(
            self.home.seclude(program),
            &self.address().to_string(),
            options.as_flattened(),
        );
        *self.control.lock().unwrap() = Some(control);
    }

    /// Waits until it says that it is ready, and gives the operator's token.
    pub(crate) fn token(&self) -> String {
        let mut control = self.control.lock().unwrap();
        let control = control.as_mut().unwrap();
        control.wait_ready();
        control.token.clone()
    }

    /// Does something with the process.
    pub(crate) fn with(&self, act: impl FnOnce(&mut Process)) {
        act(&mut self.control.lock().unwrap().as_mut().unwrap().process);
    }
}
