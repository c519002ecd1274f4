use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::machine::{HUB, PATH};

/// What is set where a test runs inside.
const INSIDE: &str = "INTERMISSION_SECLUDED";
/// New namespaces, which end with the process that made them, and all that runs in them.
const NAMESPACES: &[&str] = &[
    "--net",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
];
/// A user who may not make the others is root in a user namespace.
const AS_ROOT: &[&str] = &["--user", "--map-root-user"];

/// Has a test run in network, mount and process namespaces of its own, in which it may do as it likes; tells whether this is
/// the process inside, which has to do the work.
///
/// # Panics
///
/// Where the test fails inside, or namespaces cannot be made here.
#[track_caller]
pub(crate) fn secluded(test: &str) -> bool {
    if env::var_os(INSIDE).is_some() {
        return true;
    }
    needs("ip", "-Version", "iproute2");
    needs("nft", "--version", "nftables");
    needs("etcd", "--version", "etcd-server");
    let user = [&[], AS_ROOT]
        .into_iter()
        .find(|user| succeeds(unshare(user).arg("true")));
    let user = user.expect(
        "the test needs network namespaces, which this user may not make: run it as root, or allow user namespaces",
    );
    let setup = format!(
        "mount -t tmpfs tmpfs /run && ip link set lo up && ip link add name hub type bridge \
         && ip address add {HUB}/24 dev hub && ip link set dev hub up && exec \"$0\" \"$1\" --exact --nocapture --test-threads 2 2>&1"
    );
    let mut inside = unshare(user)
        .args(["sh", "-c", &setup])
        .arg(env::current_exe().unwrap())
        .arg(test)
        .env(INSIDE, "yes")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ran = false;
    for line in BufReader::new(inside.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        ran |= line == "running 1 test";
        // The harness inside is not the one that counts.
        let is_of_harness = line.is_empty()
            || ["running ", "test "]
                .iter()
                .any(|begin| line.starts_with(begin));
        if !is_of_harness {
            println!("{line}");
        }
    }
    assert!(
        inside.wait().unwrap().success(),
        "the test has failed inside"
    );
    assert!(ran, "there is no test {test}");
    false
}

fn unshare(user: &[&str]) -> Command {
    let mut unshare = Command::new("unshare");
    unshare.args(user).args(NAMESPACES).env("PATH", PATH);
    unshare
}

fn succeeds(command: &mut Command) -> bool {
    let output = command.stdin(Stdio::null()).output();
    output.is_ok_and(|output| output.status.success())
}

#[track_caller]
fn needs(program: &str, option: &str, package: &str) {
    assert!(
        succeeds(Command::new(program).arg(option).env("PATH", PATH)),
        "{program} is missing: cargo xtask setup, or apt-get install {package}"
    );
}
