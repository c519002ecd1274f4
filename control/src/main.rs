//! The command `intermission`.

use std::process::ExitCode;

fn main() -> ExitCode {
    intermission_control::run()
}
