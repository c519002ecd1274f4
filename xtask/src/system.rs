//! What the chores need of the system: named all at once, before any test, and installed where that is possible.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::step;

struct Need {
    what: &'static str,
    packages: &'static [&'static str],
    met: fn() -> bool,
}

const NEEDS: &[Need] = &[
    Need {
        what: "a C compiler (cc)",
        packages: &["gcc", "libc6-dev"],
        met: || runs("cc", &["--version"]),
    },
    Need {
        what: "a C++ compiler (c++)",
        packages: &["g++"],
        met: || runs("c++", &["--version"]),
    },
    Need {
        what: "curl",
        packages: &["curl"],
        met: || runs("curl", &["--version"]),
    },
    Need {
        what: "Node 20 or later",
        packages: &["nodejs"],
        met: || node_major() >= Some(20),
    },
    Need {
        what: "npm",
        packages: &["npm"],
        met: || runs("npm", &["--version"]),
    },
    Need {
        what: "Python 3 with venv",
        packages: &["python3", "python3-venv"],
        met: || runs("python3", &["-c", "import ensurepip, venv"]),
    },
    Need {
        what: "promtool",
        packages: &["prometheus"],
        met: || runs("promtool", &["--version"]),
    },
    Need {
        what: "chromium",
        packages: &["chromium"],
        met: || runs("chromium", &["--version"]),
    },
    Need {
        what: "fonts for Arabic, Chinese, Japanese and Korean (fc-list)",
        packages: &["fontconfig", "fonts-noto-cjk", "fonts-noto-core"],
        met: || has_fonts("ja") && has_fonts("ar"),
    },
    Need {
        what: "valgrind",
        packages: &["valgrind"],
        met: || runs("valgrind", &["--version"]),
    },
    Need {
        what: "nginx",
        packages: &["nginx-light"],
        met: || runs("nginx", &["-v"]),
    },
    Need {
        what: "HAProxy",
        packages: &["haproxy"],
        met: || runs("haproxy", &["-v"]),
    },
    Need {
        what: "Varnish (varnishd)",
        packages: &["varnish"],
        met: || runs("varnishd", &["-V"]),
    },
    Need {
        what: "sqlite3",
        packages: &["sqlite3"],
        met: || runs("sqlite3", &["--version"]),
    },
    Need {
        what: "jq",
        packages: &["jq"],
        met: || runs("jq", &["--version"]),
    },
    Need {
        what: "wrk",
        packages: &["wrk"],
        // It has no option that does nothing and succeeds.
        met: || Command::new("wrk").stdout(Stdio::null()).status().is_ok(),
    },
];

/// Fails, unless everything is there or could be installed.
pub(crate) fn check() -> Result<()> {
    let mut missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<_> = missing
        .iter()
        .flat_map(|need| need.packages)
        .copied()
        .collect();
    let debian = Path::new("/usr/bin/apt-get").exists();
    if debian && rustix::process::geteuid().is_root() {
        install(&packages)?;
        missing = self::missing();
    }
    if missing.is_empty() {
        return Ok(());
    }
    let what: Vec<_> = missing.iter().map(|need| need.what).collect();
    let packages: Vec<_> = missing
        .iter()
        .flat_map(|need| need.packages)
        .copied()
        .collect();
    bail!(
        "missing: {}\non Debian: sudo apt-get install {}{}",
        what.join(", "),
        packages.join(" "),
        match node_major() {
            Some(major @ ..20) => format!("\n(the node that is there is version {major})"),
            _ => String::new(),
        }
    )
}

fn missing() -> Vec<&'static Need> {
    NEEDS.iter().filter(|need| !(need.met)()).collect()
}

fn install(packages: &[&str]) -> Result<()> {
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
