//! What the chores need of the system: all that is missing is named at once, or installed.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::workspace::root;
use crate::{step, tools};

use self::Chore::{Bench, Counts, Demo, Libraries, Lint, Test, Wasm};
use self::Source::{Debian, Rustup};

/// What the needs are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chore {
    Bench,
    Counts,
    Demo,
    Libraries,
    Lint,
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

/// Where it comes from.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// From these packages.
    Debian(&'static [&'static str]),
    /// From `rustup toolchain install` with these arguments.
    Rustup(&'static str),
}

struct Need {
    what: &'static str,
    source: Source,
    chores: &'static [Chore],
    met: fn() -> bool,
}

const NEEDS: &[Need] = &[
    Need {
        what: "parts of the toolchain in rust-toolchain.toml",
        source: Rustup(""),
        chores: &[Bench, Counts, Demo, Lint, Test, Wasm],
        met: tools::has_toolchain,
    },
    Need {
        what: "Rust 1.88.0",
        source: Rustup("1.88.0 --profile minimal"),
        chores: &[Libraries],
        met: || runs("rustup", &["run", tools::OLDEST_RUST, "rustc", "--version"]),
    },
    Need {
        what: "a C compiler (cc)",
        source: Debian(&["gcc", "libc6-dev"]),
        chores: &[Bench, Counts, Demo, Lint, Test, Wasm],
        met: || runs("cc", &["--version"]),
    },
    Need {
        what: "a C++ compiler (c++)",
        source: Debian(&["g++"]),
        chores: &[Lint, Test],
        met: || runs("c++", &["--version"]),
    },
    Need {
        what: "curl",
        source: Debian(&["curl"]),
        chores: &[Demo, Test],
        met: || runs("curl", &["--version"]),
    },
    Need {
        what: "Python 3 with venv",
        source: Debian(&["python3", "python3-venv"]),
        chores: &[Bench, Demo, Lint, Test],
        met: || runs("python3", &["-c", "import ensurepip, venv"]),
    },
    Need {
        what: "Node 20 or later",
        source: Debian(&["nodejs"]),
        chores: &[Lint, Test],
        met: || node_major() >= Some(20),
    },
    Need {
        what: "npm",
        source: Debian(&["npm"]),
        chores: &[Lint, Test],
        met: || runs("npm", &["--version"]),
    },
    Need {
        what: "valgrind",
        source: Debian(&["valgrind"]),
        chores: &[Bench, Counts],
        met: || runs("valgrind", &["--version"]),
    },
    Need {
        what: "wrk",
        source: Debian(&["wrk"]),
        chores: &[Bench, Test],
        // It has no option that does nothing and succeeds.
        met: || Command::new("wrk").stdout(Stdio::null()).status().is_ok(),
    },
    Need {
        what: "nginx",
        source: Debian(&["nginx-light"]),
        chores: &[Bench, Test],
        met: || runs("nginx", &["-v"]),
    },
    Need {
        what: "HAProxy",
        source: Debian(&["haproxy"]),
        chores: &[Bench, Test],
        met: || runs("haproxy", &["-v"]),
    },
    Need {
        what: "Varnish (varnishd)",
        source: Debian(&["varnish"]),
        chores: &[Test],
        met: || runs("varnishd", &["-V"]),
    },
    Need {
        what: "promtool",
        source: Debian(&["prometheus"]),
        chores: &[Test],
        met: || runs("promtool", &["--version"]),
    },
    Need {
        what: "sqlite3",
        source: Debian(&["sqlite3"]),
        chores: &[Test],
        met: || runs("sqlite3", &["--version"]),
    },
    Need {
        what: "jq",
        source: Debian(&["jq"]),
        chores: &[Test],
        met: || runs("jq", &["--version"]),
    },
    Need {
        what: "chromium",
        source: Debian(&["chromium"]),
        chores: &[Test],
        met: || runs("chromium", &["--version"]),
    },
    Need {
        what: "fonts for Arabic, Chinese, Japanese and Korean (fc-list)",
        source: Debian(&["fontconfig", "fonts-noto-cjk", "fonts-noto-core"]),
        chores: &[Test],
        met: || has_fonts("ja") && has_fonts("ar"),
    },
];

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
    needs.filter(|need| !(need.met)()).collect()
}

fn packages(needs: &[&Need]) -> Vec<&'static str> {
    let packages = needs.iter().filter_map(|need| match need.source {
        Debian(packages) => Some(packages),
        Rustup(_) => None,
    });
    packages.flatten().copied().collect()
}

fn toolchains(needs: &[&Need]) -> Vec<&'static str> {
    let toolchains = needs.iter().filter_map(|need| match need.source {
        Debian(_) => None,
        Rustup(arguments) => Some(arguments),
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

/// Whether there is a font for a language.
fn has_fonts(language: &str) -> bool {
    let output = Command::new("fc-list")
        .arg(format!(":lang={language}"))
        .output();
    output.is_ok_and(|output| !output.stdout.is_empty())
}

fn node_major() -> Option<u32> {
    let output = Command::new("node").arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    version
        .trim()
        .strip_prefix('v')?
        .split('.')
        .next()?
        .parse()
        .ok()
}

fn runs(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
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
        for package in ["shared", "middleware"] {
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
