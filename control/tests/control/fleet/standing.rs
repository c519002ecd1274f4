//! Nodes that refuse, fall silent, or are unsure.

use intermission_testkit::control::Control;

use crate::fleet::node::{Node, applied, enter, fleet, shop};

#[test]
fn a_node_that_refuses_the_document_is_named() {
    let (home, control, mut a) = shop();
    let before = applied(&control);
    let waiting = enter(&home, &control, &["--timeout", "30s"]);
    a.says(
        &control,
        &format!("{before};error=%\"/critical/0: %22new%22 is not known\""),
    );
    let run = waiting.ends();
    assert_eq!(run.code, Some(10), "{}", run.err);
    assert!(
        run.out
            .contains("a (tower b1): refuses the document, revision 1")
    );
    assert!(run.out.contains(": /critical/0: \"new\" is not known\n"));
}

#[test]
fn silence_is_loss_and_not_an_end() {
    let (home, control, mut a) = shop();
    let mut b = Node {
        wait: 1,
        ..Node::new("b")
    };
    b.starts(&control);
    let waiting = enter(&home, &control, &["--timeout", "30s"]);
    a.follows(&control);
    let run = waiting.ends();
    assert_eq!(run.code, Some(9), "{}", run.err);
    assert!(run.out.contains("b (tower b1): lost"), "{}", run.out);
    assert!(!run.out.contains("a (tower"), "{}", run.out);
}

#[test]
fn a_node_that_dies_with_the_state_in_force_is_named_before_the_change() {
    let (home, control, _) = shop();
    let mut b = Node {
        wait: 1,
        ..Node::new("b")
    };
    b.starts(&control);
    b.follows(&control);
    let members = |standing: &str, count: usize| {
        let text = String::from_utf8(control.get("/metrics").body).unwrap();
        let metric = "intermission_control_members{service=\"shop\",standing=";
        text.contains(&format!("{metric}\"{standing}\"}} {count}\n"))
    };
    assert!(members("drained", 2));
    control.until(|| members("lost", 1));
    assert!(members("drained", 1));
    let status = home.run(&control, &["status"]).done();
    assert!(
        status.contains("nodes 1 of 1, 1 lost, not heard since 2"),
        "{status}"
    );
    let alone = home.run(&control, &["status", "shop"]).done();
    assert!(
        alone.contains("nodes      1 of 1, 1 lost, not heard since 2"),
        "{alone}"
    );
    assert!(
        alone.contains("b (tower b1): lost; it had it in force; it hinders no wait for this, and counts for nothing"),
        "{alone}"
    );
    // For a wait its last report counts: nothing ran there.
    assert_eq!(fleet(&control)["nodes"][1]["standing"], "drained");
}

#[test]
fn a_silent_thread_makes_the_node_unsure() {
    let (home, control, mut a) = shop();
    let waiting = enter(&home, &control, &["--timeout", "30s"]);
    let silent = format!("{};silent=\"t1\"", applied(&control));
    a.says(&control, &silent);
    let run = waiting.ends();
    assert_eq!(run.code, Some(11), "{}", run.err);
    assert!(run.out.contains("unsure: threads that are silent: t1"));
    let forget = ["node", "forget", "shop", "a"];
    let said = home.run(&control, &forget).done();
    let kept = "shop: a (boot b1) lives and is waited for, but not for its silent threads: t1\n";
    assert_eq!(said, kept);
    assert_eq!(fleet(&control)["nodes"][0]["standing"], "drained");
    let waiting = enter(&home, &control, &["--timeout", "30s"]);
    a.says(&control, &silent);
    waiting.ends().done();
}

#[test]
fn a_thread_that_has_reported_is_no_longer_excused() {
    let (home, mut control, mut a) = shop();
    let forget = ["node", "forget", "shop", "a"];
    let standing = |control: &Control| fleet(control)["nodes"][0]["standing"].clone();
    let mut says = |control: &Control, silent: &str| {
        a.says(control, &format!("{}{silent}", applied(control)));
        standing(control)
    };
    let (one, two) = (";silent=\"t1\"", ";silent=\"t1 t2\"");
    assert_eq!(says(&control, two), "unsure");
    home.run(&control, &forget).done();
    assert_eq!(says(&control, two), "drained");
    // The last name stands for several threads, so none of them has reported for certain.
    assert_eq!(says(&control, ";silent=\"t3 more-4f\""), "unsure");
    home.run(&control, &forget).done();
    assert_eq!(says(&control, two), "drained");
    assert_eq!(says(&control, one), "drained");
    assert_eq!(says(&control, two), "unsure");
    assert_eq!(says(&control, ""), "drained");
    assert_eq!(says(&control, one), "unsure");

    // A restart keeps which threads are excused.
    home.run(&control, &forget).done();
    control.kill();
    let mut control = home.start_at(&control.address);
    assert_eq!(says(&control, one), "drained");
    assert_eq!(says(&control, ""), "drained");
    control.kill();
    let control = home.start_at(&control.address);
    assert_eq!(says(&control, one), "unsure");
}

#[test]
fn health_checks_that_maintenance_refuses_are_named_with_the_switch_and_in_the_status() {
    let (home, control, mut a) = shop();
    let probed = ";probed=\"kube-probe:/up GoogleHC:/healthz\"";
    a.says(&control, &format!("{}{probed}", applied(&control)));
    let claims =
        "maintenance refuses /up, which a client that claims to be kube-probe asks 1 node for";
    let entered = home.run(&control, &["enter", "shop"]).done();
    assert!(entered.contains(claims), "{entered}");
    assert!(!entered.contains("/healthz"), "{entered}");
    let status = home.run(&control, &["status", "shop"]).done();
    assert!(status.contains(claims), "{status}");
    // Reads pass where only writes are refused.
    let writes = home
        .run(&control, &["enter", "shop", "--writes-only"])
        .done();
    assert!(!writes.contains("claims to be"), "{writes}");
}
