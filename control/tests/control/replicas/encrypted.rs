use std::net::SocketAddr;
use std::process::{Command, Stdio};

use intermission_testkit::control::Home;
use intermission_testkit::{Process, free_address};

use crate::access::authority::Authority;

/// A member of etcd that takes connections of clients with a certificate of one CA only.
pub(super) struct Encrypted {
    process: Process,
    pub(super) url: String,
    client: SocketAddr,
}

impl Encrypted {
    /// One whose certificate ends in so many days.
    pub(super) fn start(home: &Home, authority: &Authority, days: Option<i64>) -> Self {
        let client = free_address();
        Self {
            process: launch(home, authority, days, client),
            url: format!("https://{client}"),
            client,
        }
    }

    /// Starts it again with a certificate of another CA, of which clients have to have one too.
    pub(super) fn restart(&mut self, home: &Home, authority: &Authority) {
        self.process.kill();
        self.process = launch(home, authority, None, self.client);
    }
}

fn launch(home: &Home, authority: &Authority, days: Option<i64>, client: SocketAddr) -> Process {
    let peer = free_address();
    let [_, certificate, _, key] = authority.certify_until(home, &["127.0.0.1"], days);
    let url = format!("https://{client}");
    let mut etcd = Command::new("etcd");
    etcd.arg("--data-dir")
        .arg(home.path().join("etcd"))
        .args(["--log-level", "error", "--client-cert-auth"])
        .args(["--cert-file", &certificate, "--key-file", &key])
        .args(["--trusted-ca-file", &authority.file(home)])
        .args([
            "--listen-client-urls",
            &url,
            "--advertise-client-urls",
            &url,
        ])
        .args(["--listen-peer-urls", &format!("http://{peer}")])
        .stderr(Stdio::null());
    let mut etcd = Process::launch(&mut etcd);
    etcd.listens(client);
    etcd
}

#[test]
fn etcd_is_reached_by_a_client_certificate_and_refuses_others_by_name() {
    let (of_etcd, authority) = (Home::new(), Authority::new("etcd"));
    let etcd = Encrypted::start(&of_etcd, &authority, None);
    let url = &etcd.url;
    let home = Home::new();
    let ca = authority.file(&home);
    let [_, certificate, _, key] = authority.certify(&home, &["control.example"]);
    let own = [
        "--etcd",
        url,
        "--etcd-cert",
        &certificate,
        "--etcd-key",
        &key,
    ];
    let mut control = home.start_with(&[&own[..], &["--etcd-ca", &ca]].concat());
    control.add("shop");
    control.stop();
    let stranger = Home::new();
    let other = Authority::new("other").file(&stranger);
    for (options, reason) in [
        (
            &["--etcd", url, "--etcd-ca", &ca][..],
            "a client certificate, which it may want",
        ),
        (
            &[&own[..], &["--etcd-ca", &other]].concat()[..],
            "UnknownIssuer",
        ),
        (&own[..], "name the file with --etcd-ca"),
    ] {
        let home = Home::new();
        let mut refused = home.serve(home.binary(), &free_address().to_string(), options);
        assert!(!refused.process.wait().success(), "{options:?}");
        assert!(home.log().contains(reason), "{}", home.log());
    }
}
