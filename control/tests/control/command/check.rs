use std::io::{ErrorKind, Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use intermission_testkit::control::Home;

#[test]
fn a_check_reads_a_page_to_its_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut visitor, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        assert!(visitor.read(&mut request).unwrap() > 0);
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n";
        visitor.write_all(head.as_bytes()).unwrap();
        visitor
            .set_read_timeout(Some(Duration::from_millis(300)))
            .unwrap();
        let waits = visitor.read(&mut request).unwrap_err();
        assert_eq!(waits.kind(), ErrorKind::WouldBlock);
        visitor.write_all(b"welcome").unwrap();
    });
    let mut check = Home::new().binary();
    check.args(["check", &url, "--times", "1", "--expect", "open"]);
    assert_eq!(check.output().unwrap().status.code(), Some(0));
    server.join().unwrap();
}
