//! The rooms of each package.

/// What is to be held of a package.
#[derive(Clone, Copy, Debug)]
pub(super) struct Package {
    /// Its folder, from the root.
    pub(super) folder: &'static str,
    /// Its rooms from bottom to top; without any, imports may point anywhere.
    pub(super) rooms: &'static [&'static str],
    /// Crates of which each is used in one room only.
    pub(super) kept: &'static [(&'static str, &'static str)],
}

pub(super) const PACKAGES: &[Package] = &[
    Package {
        folder: "shared",
        rooms: &[
            "text", "json", "address", "path", "request", "state", "refusal", "own", "rules",
            "poll",
        ],
        kept: &[],
    },
    Package {
        folder: "control",
        rooms: &[
            "values", "token", "labels", "wire", "change", "fleet", "store", "registry", "server",
            "cli", "fuzzing",
        ],
        kept: &[("axum", "server"), ("rusqlite", "store")],
    },
    Package {
        folder: "middleware",
        rooms: &[
            "http",
            "decision",
            "guard",
            "admission",
            "refusal",
            "settings",
            "body",
            "own_page",
            "future",
            "service",
            "layer",
            "around",
        ],
        kept: &[],
    },
    Package {
        folder: "middleware/node",
        rooms: &["current", "poller"],
        kept: &[("http", "poller")],
    },
    Package {
        folder: "edge-filter",
        rooms: &[
            "digest",
            "host",
            "config",
            "shared_data",
            "request",
            "poller",
            "vm",
            "fuzzing",
        ],
        kept: &[],
    },
    Package {
        folder: "edge-filter/common",
        rooms: &[
            "fields", "token", "client", "settings", "request", "answer", "counters",
        ],
        kept: &[],
    },
    package("edge-filter/abi"),
    Package {
        folder: "edge-filter/native",
        rooms: &[
            "log", "headers", "client", "counters", "gauges", "config", "services", "stream",
            "filter",
        ],
        kept: &[],
    },
    package("edge-filter/native/abi"),
    package("benches"),
    package("corpus"),
    package("examples"),
    package("fuzz"),
    package("testkit"),
    package("tests"),
    package("xtask"),
];

/// A package without rooms.
const fn package(folder: &'static str) -> Package {
    Package {
        folder,
        rooms: &[],
        kept: &[],
    }
}
