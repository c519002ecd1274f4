//! What the chores need of the system: all that is missing is named at once, or installed.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::workspace::root;
use crate::{step, tools};

use self::Chore::{Bench, Counts, Demo, Libraries, Lint, Replicas, Test, Wasm};
use self::Source::{Debian, Rustup};

/// What the needs are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chore {
    Bench,
    Counts,
    Demo,
    Libraries,
    Lint,
    Replicas,
    Test,
    Wasm,
}

/// What is done about missing programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// They are installed, as root on Debian.
    Install,
    /// They are an error.
    Name,
}

struct Need {
    what: &'static str,
    source: Source,
    chores: &'static [Chore],
}

/// Where it comes from, and how it is found.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// From these packages; then these shell commands succeed.
    Debian(&'static str, &'static str),
    /// From `rustup toolchain install` with these arguments.
    Rustup(&'static str, fn() -> bool),
}

const TESTS: &[Chore] = &[Test];
const NODE: &[Chore] = &[Lint, Test];
const SERVERS: &[Chore] = &[Bench, Test];
const RUST: &[Chore] = &[Bench, Counts, Demo, Lint, Test, Wasm];

const NEEDS: &[Need] = &[
    Need {
        what: "parts of the toolchain in rust-toolchain.toml",
        source: Rustup("", tools::has_toolchain),
        chores: RUST,
    },
    Need {
        what: "Rust 1.88.0",
        source: Rustup("1.88.0 --profile minimal", tools::has_oldest_rust),
        chores: &[Libraries],
    },
    debian("a C compiler (cc)", "gcc libc6-dev", "cc --version", RUST),
    debian("a C++ compiler (c++)", "g++", "c++ --version", NODE),
    debian("curl", "curl", "curl --version", &[Demo, Test]),
    debian(
        "Python 3 with venv",
        "python3 python3-venv",
        "python3 -c 'import ensurepip, venv'",
        &[Bench, Demo, Lint, Test],
    ),
    debian(
        "Node 20 or later",
        "nodejs",
        "node -e 'process.exit(+(parseInt(process.versions.node) < 20))'",
        NODE,
    ),
    debian("npm", "npm", "npm --version", NODE),
    debian(
        "valgrind",
        "valgrind",
        "valgrind --version",
        &[Bench, Counts],
    ),
    // It has no option that does nothing and succeeds.
    debian("wrk", "wrk", "command -v wrk", SERVERS),
    debian("nginx", "nginx-light", "nginx -v", SERVERS),
    debian("HAProxy", "haproxy", "haproxy -v", SERVERS),
    debian("Varnish (varnishd)", "varnish", "varnishd -V", TESTS),
    debian("promtool", "prometheus", "promtool --version", TESTS),
    debian("sqlite3", "sqlite3", "sqlite3 --version", TESTS),
    debian(
        "etcd",
        "etcd-server",
        "etcd --version",
        &[Bench, Replicas, Test],
    ),
    debian("etcdctl", "etcd-client", "etcdctl version", TESTS),
    debian("ip", "iproute2", "PATH=$PATH:/usr/sbin ip -Version", TESTS),
    debian(
        "nftables",
        "nftables",
        "PATH=$PATH:/usr/sbin nft --version",
        TESTS,
    ),
    debian("jq", "jq", "jq --version", TESTS),
    debian("chromium", "chromium", "chromium --version", TESTS),
    debian("firefox-esr", "firefox-esr", "firefox-esr --version", TESTS),
    debian(
        "fonts for Arabic, Chinese, Japanese and Korean (fc-list)",
        "fontconfig fonts-noto-cjk fonts-noto-core",
        "fc-list :lang=ja | grep . && fc-list :lang=ar | grep .",
        TESTS,
    ),
];

const fn debian(
    what: &'static str,
    packages: &'static str,
    test: &'static str,
    chores: &'static [Chore],
) -> Need {
    Need {
        what,
        source: Debian(packages, test),
        chores,
    }
}

/// Fails, unless all that these chores need is there or could be installed.
pub(crate) fn check(chores: &[Chore], missing: Missing) -> Result<()> {
    let mut lacking = lacking(chores);
    if !lacking.is_empty() && missing == Missing::Install {
        install(&lacking)?;
        lacking = self::lacking(chores);
    }
    if lacking.is_empty() {
        return Ok(());
    }
    let what: Vec<_> = lacking.iter().map(|need| need.what).collect();
    let setup = match missing {
        Missing::Install => "by hand",
        Missing::Name => "cargo xtask setup (on Debian as root), or by hand",
    };
    let by_hand = commands(&lacking).join(" && ");
    bail!("missing: {}; remedy: {setup}: {by_hand}", what.join(", "))
}

fn lacking(chores: &[Chore]) -> Vec<&'static Need> {
    let concerns = |need: &&Need| chores.iter().any(|chore| need.chores.contains(chore));
    let needs = NEEDS.iter().filter(concerns);
    needs.filter(|need| !is_met(need)).collect()
}

fn is_met(need: &Need) -> bool {
    match need.source {
        Debian(_, test) => {
            let mut shell = Command::new("sh");
            shell.args(["-c", test]).stdin(Stdio::null());
            let output = shell.output();
            output.is_ok_and(|output| output.status.success())
        }
        Rustup(_, is_there) => is_there(),
    }
}

fn packages(needs: &[&Need]) -> Vec<&'static str> {
    let packages = needs.iter().filter_map(|need| match need.source {
        Debian(packages, _) => Some(packages.split(' ')),
        Rustup(..) => None,
    });
    packages.flatten().collect()
}

fn toolchains(needs: &[&Need]) -> Vec<&'static str> {
    let toolchains = needs.iter().filter_map(|need| match need.source {
        Debian(..) => None,
        Rustup(arguments, _) => Some(arguments),
    });
    toolchains.collect()
}

/// What to type where nothing is installed.
fn commands(needs: &[&Need]) -> Vec<String> {
    let packages = packages(needs);
    let apt =
        (!packages.is_empty()).then(|| format!("sudo apt-get install {}", packages.join(" ")));
    let rustup = |arguments| {
        format!("rustup toolchain install {arguments}")
            .trim()
            .to_owned()
    };
    apt.into_iter()
        .chain(toolchains(needs).into_iter().map(rustup))
        .collect()
}

/// Installs what can be installed.
fn install(needs: &[&Need]) -> Result<()> {
    for arguments in toolchains(needs) {
        let mut rustup = Command::new("rustup");
        rustup.current_dir(root());
        rustup.args(["toolchain", "install", "--no-self-update"]);
        step::run(rustup.args(arguments.split_whitespace()))?;
    }
    let packages = packages(needs);
    let debian = Path::new("/usr/bin/apt-get").exists() && rustix::process::geteuid().is_root();
    if packages.is_empty() || !debian {
        return Ok(());
    }
    eprintln!("installing {}", packages.join(" "));
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet");
        apt
    };
    step::run(apt().arg("update"))?;
    step::run(
        apt()
            .args(["install", "--yes", "--no-install-recommends"])
            .args(packages),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(chore: Chore) -> Vec<&'static Need> {
        let needs = NEEDS.iter().filter(|need| need.chores.contains(&chore));
        needs.collect()
    }

    #[test]
    fn the_demo_needs_little() {
        let packages = packages(&needs(Demo));
        assert_eq!(
            packages,
            ["gcc", "libc6-dev", "curl", "python3", "python3-venv"]
        );
    }

    #[test]
    fn what_is_missing_is_one_command_each() {
        let wanted: Vec<_> = NEEDS
            .iter()
            .filter(|need| ["curl", "jq", "Rust 1.88.0"].contains(&need.what))
            .collect();
        let expected = [
            "sudo apt-get install curl jq",
            "rustup toolchain install 1.88.0 --profile minimal",
        ];
        assert_eq!(commands(&wanted), expected);
    }

    #[test]
    fn the_oldest_rust_is_the_one_that_the_libraries_declare() {
        let oldest = needs(Libraries);
        let [need] = oldest.as_slice() else {
            panic!("one toolchain");
        };
        assert_eq!(need.what, format!("Rust {}", tools::OLDEST_RUST));
        for package in ["shared", "middleware", "middleware/node"] {
            let manifest =
                std::fs::read_to_string(root().join(package).join("Cargo.toml")).unwrap();
            let declared = tools::OLDEST_RUST.strip_suffix(".0").unwrap();
            assert!(
                manifest.contains(&format!("rust-version = \"{declared}\"")),
                "{package}"
            );
        }
    }
}
