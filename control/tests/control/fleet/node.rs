//! Nodes whose reports a test writes, and waits for them.

use intermission_testkit::control::{Answer, Ask, Begun, Control, Home};
use serde_json::{Value, json};

/// A node whose reports a test writes.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) name: &'static str,
    pub(crate) boot: &'static str,
    pub(crate) seq: u64,
    /// The longest time between two of its polls, in seconds.
    pub(crate) wait: u64,
}

impl Node {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            boot: "b1",
            seq: 0,
            wait: 60,
        }
    }

    pub(crate) fn report(&mut self, parameters: &str) -> String {
        self.seq += 1;
        let Self {
            name,
            boot,
            seq,
            wait,
        } = self;
        format!("\"{name}\";boot=\"{boot}\";seq={seq};kind=tower;wait={wait}{parameters}")
    }

    /// Polls with `parameters` in its report.
    #[track_caller]
    pub(crate) fn says(&mut self, control: &Control, parameters: &str) -> Answer {
        let ask = Ask::new("GET", "/v1/services/shop/state")
            .header("intermission-node", self.report(parameters));
        let answer = control.ask(control.authorized(ask));
        assert_eq!(answer.status, 200, "{:?}", String::from_utf8(answer.body));
        answer
    }

    /// Polls with nothing in force yet.
    #[track_caller]
    pub(crate) fn starts(&mut self, control: &Control) {
        self.says(control, "");
    }

    /// Puts in force what control has now, and reports it.
    #[track_caller]
    pub(crate) fn follows(&mut self, control: &Control) {
        self.says(control, &applied(control));
    }

    /// The same, with requests running that were admitted under revision 1.
    #[track_caller]
    pub(crate) fn runs(&mut self, control: &Control) {
        self.says(control, &format!("{};running=2;oldest=1", applied(control)));
    }
}

pub(crate) fn applied(control: &Control) -> String {
    let etag = control.state("shop").etag();
    format!(";applied={etag}")
}

pub(crate) fn fleet(control: &Control) -> Value {
    control.get("/v1/services/shop/fleet").json()
}

/// A home with control, the service `shop`, and a node that has its state in force.
pub(crate) fn shop() -> (Home, Control, Node) {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let mut node = Node::new("a");
    node.starts(&control);
    node.follows(&control);
    (home, control, node)
}

/// Begins to wait, and returns when control knows of it.
pub(crate) fn enter(home: &Home, control: &Control, more: &[&str]) -> Begun {
    let begun = home.begin(control, &[&["enter", "shop", "--wait"], more].concat());
    control.until(|| fleet(control)["barriers"] != json!([]));
    begun
}
