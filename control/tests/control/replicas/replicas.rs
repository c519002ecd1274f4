use std::fs;

use intermission_testkit::control::{Control, Home};
use intermission_testkit::{Etcd, free_address};

/// Replicas on loopback, each with a data folder of its own, which has the operator's token.
pub(super) struct Replicas {
    pub(super) etcd: Etcd,
    pub(super) homes: Vec<Home>,
    pub(super) controls: Vec<Control>,
}

impl Replicas {
    /// Three, over as many members of etcd, with the service `shop`.
    pub(super) fn start() -> Self {
        let mut replicas = Self {
            etcd: Etcd::start(3),
            homes: Vec::new(),
            controls: Vec::new(),
        };
        for _ in 0..3 {
            replicas.add();
        }
        replicas.controls[0].add("shop");
        replicas
    }

    /// One more.
    pub(super) fn add(&mut self) {
        let home = Home::new();
        if let Some(first) = self.homes.first() {
            fs::create_dir(home.data()).unwrap();
            fs::copy(
                first.data().join("operator.token"),
                home.data().join("operator.token"),
            )
            .unwrap();
        }
        self.controls
            .push(self.serve(&home, &free_address().to_string()));
        self.homes.push(home);
    }

    /// Starts a replica again that was killed.
    pub(super) fn restart(&mut self, place: usize) {
        let address = self.controls[place].address.clone();
        self.controls[place] = self.serve(&self.homes[place], &address);
    }

    fn serve(&self, home: &Home, listen: &str) -> Control {
        let control = home.start_on(listen, &["--etcd", &self.etcd.urls().join(",")]);
        control.until(|| control.get("/v1/services").status == 200);
        control
    }
}
