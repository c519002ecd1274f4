//! A program under test.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::fd::IntoRawFd;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use tokio::net::TcpSocket;

use crate::{LONG, wait_for};

/// A process, which is killed with this value.
#[derive(Debug)]
pub struct Process {
    child: Child,
    first_line: Mutex<Receiver<Option<String>>>,
}

impl Process {
    /// Starts it; what it writes to standard output is read to the end.
    pub fn launch(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (send, first_line) = mpsc::channel();
        thread::spawn(move || {
            let _ = send.send(lines.next().and_then(Result::ok));
            lines.map_while(Result::ok).for_each(drop);
        });
        let first_line = Mutex::new(first_line);
        Self { child, first_line }
    }

    /// Waits for the first line of its standard output.
    #[track_caller]
    pub fn first_line(&self) -> String {
        let line = self.first_line.lock().unwrap().recv_timeout(LONG).unwrap();
        line.expect("it ends before it says that it is ready")
    }

    /// Waits for the first line, and returns the address that it names.
    #[track_caller]
    pub fn address(&self) -> SocketAddr {
        let line = self.first_line();
        let address = line.split("://").last().unwrap();
        let address = address.split([',', ' ']).next().unwrap();
        address.parse().expect(&line)
    }

    /// Waits until it listens at an address.
    #[track_caller]
    pub fn listens(&mut self, address: SocketAddr) {
        wait_for("the program listens", || {
            let ended = self.try_wait();
            assert!(ended.is_none(), "it has ended: {ended:?}");
            TcpStream::connect(address).ok()
        });
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL; returns when it has ended.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        signal(self.id(), name);
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// How it ended, if it has.
    pub fn try_wait(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Its resident memory, in bytes.
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.unwrap().trim().trim_end_matches(" kB");
        kib.parse::<u64>().unwrap() << 10
    }

    /// How long all its threads have been on a processor.
    pub fn cpu_time(&self) -> Duration {
        let threads = fs::read_dir(format!("/proc/{}/task", self.id())).unwrap();
        let ran = threads.map(|thread| {
            let statistics = fs::read_to_string(thread.unwrap().path().join("schedstat")).unwrap();
            Duration::from_nanos(statistics.split(' ').next().unwrap().parse().unwrap())
        });
        ran.sum()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to the process with this number.
pub(crate) fn signal(process: u32, name: &str) {
    let mut kill = Command::new("/bin/sh");
    kill.args(["-c", "kill -\"$0\" \"$1\"", name, &process.to_string()]);
    assert!(kill.status().unwrap().success(), "{name} to {process}");
}

/// An address of loopback for a program that this process starts, and starts again.
///
/// Until then connections are refused. No other process and no connection gets the port as long as this process lives:
/// a socket stays bound to it that does not listen. With `SO_REUSEADDR`, which servers set, another socket may listen
/// there beside it (socket(7)).
pub fn free_address() -> SocketAddr {
    free_address_of(Ipv4Addr::LOCALHOST)
}

/// The same with another address of loopback.
pub fn free_address_of(ip: Ipv4Addr) -> SocketAddr {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(SocketAddr::from((ip, 0))).unwrap();
    let address = socket.local_addr().unwrap();
    let _stays_open = socket.into_raw_fd();
    address
}

/// A program of the workspace: Cargo names those of a test's own package only, and the others are in the same folder.
pub fn beside(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(|deps| deps.parent()).unwrap();
    let binary = folder.join(name);
    assert!(
        binary.exists(),
        "{} is missing; cargo build --workspace",
        binary.display()
    );
    binary
}

/// A program that is started by a shell, which runs `setup` first, such as `ulimit`.
pub fn limited(program: &std::path::Path, setup: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &format!("{setup}\nexec \"$0\" \"$@\"")]);
    command.arg(program);
    command
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_free_address_is_given_to_no_other_socket() {
        let free: BTreeSet<_> = (0..5_000).map(|_| free_address()).collect();
        assert_eq!(free.len(), 5_000);
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        for _ in 0..2_000 {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let client = TcpStream::connect(server.local_addr().unwrap()).unwrap();
            server.accept().unwrap();
            for address in [listener.local_addr(), client.local_addr()] {
                assert!(!free.contains(&address.unwrap()));
            }
        }
        let first = *free.first().unwrap();
        assert!(TcpStream::connect(first).is_err());
        let _listener = TcpListener::bind(first).unwrap();
        TcpStream::connect(first).unwrap();
    }
}
