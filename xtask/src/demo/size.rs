//! Control of the demo: one alone, or three replicas over three members of etcd.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::process::Process;
use super::start;
use crate::workspace::{command, root, target};

/// How many controls there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// One, with its store in a folder.
    One,
    /// Three, with one store in etcd.
    Replicas,
}

const CONTROLS: [(&str, &str); 3] = [
    ("control-1", "127.0.0.1:7700"),
    ("control-2", "127.0.0.1:7701"),
    ("control-3", "127.0.0.1:7702"),
];
/// A member of etcd, where clients reach it, and where the other members do.
const MEMBERS: [(&str, &str, &str); 3] = [
    ("etcd-1", "127.0.0.1:7711", "127.0.0.1:7721"),
    ("etcd-2", "127.0.0.1:7712", "127.0.0.1:7722"),
    ("etcd-3", "127.0.0.1:7713", "127.0.0.1:7723"),
];
/// The hosts of the filter's cluster in `examples/envoy/envoy.yaml`.
const HOST: &str = "              - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: 7700 } } }\n";

impl Size {
    /// The name of each process but the apps, and the address that it wants.
    pub(super) fn wants(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::One => vec![("control", "127.0.0.1:7700")],
            Self::Replicas => {
                let members = MEMBERS.iter();
                let of_etcd =
                    members.flat_map(|(name, client, peer)| [(*name, *client), (name, peer)]);
                CONTROLS.into_iter().chain(of_etcd).collect()
            }
        }
    }

    /// Where each control listens.
    pub(super) fn controls(self) -> Vec<&'static str> {
        let all = CONTROLS.iter().map(|(_, address)| *address);
        all.take(match self {
            Self::One => 1,
            Self::Replicas => 3,
        })
        .collect()
    }

    /// The folder of all that the demo keeps.
    pub(super) fn folder(self) -> PathBuf {
        target().join(self.folder_name())
    }

    fn folder_name(self) -> &'static str {
        match self {
            Self::One => "demo",
            Self::Replicas => "demo-replicas",
        }
    }

    /// The file with the operator's token.
    pub(super) fn token_file(self) -> PathBuf {
        let folder = match self {
            Self::One => self.folder(),
            Self::Replicas => self.folder().join("control-1"),
        };
        folder.join("operator.token")
    }

    /// Starts all but the apps, and waits until each listens.
    pub(super) async fn start(self, running: &mut Vec<Process>) -> Result<()> {
        if self == Self::One {
            let serve = self.serve("control");
            return start(running, "control", "intermission", &as_str(&serve)).await;
        }
        for (name, ..) in MEMBERS {
            running.push(Process::start(name, self.member(name)?)?);
        }
        for (member, (_, client, _)) in running.iter_mut().zip(MEMBERS) {
            member.accepts(client).await?;
        }
        let token = self.token_file();
        for (name, _) in CONTROLS {
            let folder = self.folder().join(name);
            let own = folder.join("operator.token");
            if token.exists() && own != token {
                fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
                fs::copy(&token, &own).with_context(|| own.display().to_string())?;
            }
            start(running, name, "intermission", &as_str(&self.serve(name))).await?;
        }
        Ok(())
    }

    /// The arguments of a control.
    fn serve(self, name: &str) -> Vec<String> {
        let folder = format!("target/{}", self.folder_name());
        let (listen, data, etcd) = match CONTROLS.iter().find(|(known, _)| *known == name) {
            None => ("127.0.0.1:7700", folder, None),
            Some((_, listen)) => {
                let urls = MEMBERS.map(|(_, client, _)| format!("http://{client}"));
                (*listen, format!("{folder}/{name}"), Some(urls.join(",")))
            }
        };
        let mut serve = ["serve", "--listen", listen, "--data", &data]
            .map(str::to_owned)
            .to_vec();
        serve.extend(
            etcd.into_iter()
                .flat_map(|urls| ["--etcd".to_owned(), urls]),
        );
        serve
    }

    /// A member of etcd.
    fn member(self, name: &str) -> Result<std::process::Command> {
        let member = MEMBERS.iter().find(|(known, ..)| *known == name);
        let (_, client, peer) = member.context("no such member")?;
        let (client, peer) = (format!("http://{client}"), format!("http://{peer}"));
        let all = MEMBERS.map(|(name, _, peer)| format!("{name}=http://{peer}"));
        let mut etcd = command(Path::new("etcd"));
        etcd.args(["--name", name, "--log-level", "error", "--data-dir"])
            .arg(self.folder().join(name))
            .args([
                "--listen-client-urls",
                &client,
                "--advertise-client-urls",
                &client,
            ])
            .args([
                "--listen-peer-urls",
                &peer,
                "--initial-advertise-peer-urls",
                &peer,
            ])
            .args(["--initial-cluster", &all.join(",")])
            .args([
                "--auto-compaction-mode",
                "periodic",
                "--auto-compaction-retention",
                "1h",
            ]);
        Ok(etcd)
    }

    /// Envoy's configuration, whose filter polls all controls.
    pub(super) fn envoy_config(self) -> Result<PathBuf> {
        let example = root().join("examples/envoy/envoy.yaml");
        if self == Self::One {
            return Ok(example);
        }
        let text = fs::read_to_string(&example).with_context(|| example.display().to_string())?;
        let hosts = CONTROLS.map(|(_, address)| {
            let port = address.rsplit(':').next().unwrap_or_default();
            HOST.replace("7700", port)
        });
        let path = self.folder().join("envoy.yaml");
        fs::write(&path, text.replace(HOST, &hosts.concat()))
            .with_context(|| path.display().to_string())?;
        Ok(path)
    }

    /// What to do when the server of this name has ended.
    pub(super) fn again(self, name: &str) -> String {
        match self {
            Self::One => format!(
                "The apps and Envoy keep to the last state that they know.\nThey follow again after: cargo intermission {}",
                self.serve(name).join(" ")
            ),
            Self::Replicas if name.starts_with("control") => format!(
                "The other replicas go on.\nIt serves again after: cargo intermission {}",
                self.serve(name).join(" ")
            ),
            Self::Replicas => "Control goes on while two members of etcd run.".to_owned(),
        }
    }

    /// What may be tried.
    pub(super) fn what_next(self) -> &'static str {
        match self {
            Self::One => include_str!("what-next.txt"),
            Self::Replicas => include_str!("what-next-replicas.txt"),
        }
    }
}

fn as_str(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}
