use std::io::Write;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Command, Stdio};

/// Where the test itself is on the network of the machines.
pub(crate) const HUB: Ipv4Addr = Ipv4Addr::new(10, 79, 0, 1);
/// Where Debian has programs for root too.
pub(super) const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// A machine with one address: a network namespace and a cable to the hub.
#[derive(Debug)]
pub(crate) struct Machine {
    name: String,
    pub(crate) address: Ipv4Addr,
}

/// The way that packets between two machines are lost on, as the one where they are dropped sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Both,
    In,
    Out,
}

impl Machine {
    /// The machine with this number, from 2 to 254.
    pub(crate) fn new(name: &str, number: u8) -> Self {
        let machine = Self {
            name: name.to_owned(),
            address: Ipv4Addr::new(10, 79, 0, number),
        };
        ip(&format!("netns add {name}"));
        ip(&format!(
            "link add name {name} type veth peer name eth0 netns {name}"
        ));
        ip(&format!("link set dev {name} master hub up"));
        ip(&format!(
            "-netns {name} address add {}/24 dev eth0",
            machine.address
        ));
        ip(&format!("-netns {name} link set dev lo up"));
        machine.plug(true);
        machine
    }

    /// A program on this machine. The process is the program itself.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new("ip");
        command
            .args(["netns", "exec", &self.name])
            .arg(program.as_ref());
        command
    }

    /// Plugs the cable in, or pulls it out.
    pub(crate) fn plug(&self, is_in: bool) {
        let state = if is_in { "up" } else { "down" };
        ip(&format!("-netns {} link set dev eth0 {state}", self.name));
    }

    /// Loses all packets to these addresses, from them, or both.
    pub(crate) fn cut(&self, from: &[Ipv4Addr], way: Way) {
        let mut rules = String::from("table inet cut {\n");
        let chains = [("input", "saddr", Way::In), ("output", "daddr", Way::Out)];
        for (hook, address, one_way) in chains {
            rules += &format!("chain {hook} {{ type filter hook {hook} priority 0;\n");
            for peer in from.iter().filter(|_| way == Way::Both || way == one_way) {
                rules += &format!("ip {address} {peer} drop\n");
            }
            rules += "}\n";
        }
        self.filter(&(rules + "}\n"));
    }

    /// Undoes [`Self::cut`] and pulling the cable out.
    pub(crate) fn heal(&self) {
        self.filter("flush ruleset\n");
        self.plug(true);
    }

    /// Has nftables do so.
    fn filter(&self, rules: &str) {
        let mut nft = self.command("nft");
        nft.args(["--file", "-"]).env("PATH", PATH);
        let mut nft = nft.stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = nft.stdin.take().unwrap();
        stdin.write_all(rules.as_bytes()).unwrap();
        drop(stdin);
        assert!(nft.wait().unwrap().success(), "nft: {rules}");
    }
}

fn ip(words: &str) {
    let mut ip = Command::new("ip");
    ip.args(words.split(' ')).env("PATH", PATH);
    assert!(ip.status().unwrap().success(), "ip {words}");
}
