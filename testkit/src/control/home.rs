use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::{Begun, Control, Run};
use crate::{Process, beside, free_address, limited};

/// A user's home on a machine of its own: nothing of the real environment gets in.
#[derive(Debug)]
pub struct Home {
    folder: TempDir,
    program: PathBuf,
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

impl Home {
    /// One with the program of this build.
    pub fn new() -> Self {
        Self::with_program(beside("intermission"))
    }

    /// One with another build of the program.
    pub fn with_program(program: PathBuf) -> Self {
        let folder = TempDir::new().unwrap();
        Self { folder, program }
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where control keeps its data.
    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// The program, in this home.
    pub fn binary(&self) -> Command {
        self.seclude(Command::new(&self.program))
    }

    /// The program, started by a shell that runs `setup` first.
    pub fn binary_after(&self, setup: &str) -> Command {
        self.seclude(limited(&self.program, setup))
    }

    /// A command in this home.
    pub fn seclude(&self, mut command: Command) -> Command {
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("XDG_STATE_HOME", self.path())
            .stdin(Stdio::null());
        command
    }

    /// Starts control on a free port, and waits until it says that it is ready.
    pub fn start(&self) -> Control {
        self.start_by(self.binary())
    }

    /// The same with a program that [`Self::binary`] or [`Self::binary_after`] gave.
    pub fn start_by(&self, command: Command) -> Control {
        let mut control = self.launch(command);
        control.wait_ready();
        control
    }

    /// Starts control where one was before.
    pub fn start_at(&self, address: &str) -> Control {
        self.start_on(address, &[])
    }

    /// Starts control with these options too.
    pub fn start_with(&self, options: &[&str]) -> Control {
        self.start_on(&free_address().to_string(), options)
    }

    /// Starts control on this address, with these options too.
    pub fn start_on(&self, listen: &str, options: &[&str]) -> Control {
        let mut control = self.serve(self.binary(), listen, options);
        control.wait_ready();
        control
    }

    /// Starts control and waits for nothing.
    pub fn launch(&self, command: Command) -> Control {
        self.serve(command, &free_address().to_string(), &[])
    }

    /// Starts control on this address, with these options too, and waits for nothing.
    pub fn serve(&self, mut command: Command, listen: &str, options: &[&str]) -> Control {
        let mut log = fs::File::options();
        let log = log.create(true).append(true).open(self.path().join("log"));
        command
            .args(["serve", "--listen", listen, "--data"])
            .arg(self.data())
            .args(options)
            .stderr(log.unwrap());
        Control::new(Process::launch(&mut command), self.data())
    }

    /// What control wrote to its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path().join("log")).unwrap()
    }

    /// Runs the command against `control`.
    pub fn run(&self, control: &Control, line: &[&str]) -> Run {
        self.run_at(&control.address, line)
    }

    /// Runs the command against the control at `address`.
    pub fn run_at(&self, address: &str, line: &[&str]) -> Run {
        let mut command = self.binary();
        command.env("INTERMISSION_SERVER", format!("http://{address}"));
        Run::from(command.args(line).output().unwrap())
    }

    /// Begins to run the command against `control`.
    pub fn begin(&self, control: &Control, line: &[&str]) -> Begun {
        self.begin_with(control, line, &[])
    }

    /// Begins to run the command against `control`, with these variables.
    pub fn begin_with(
        &self,
        control: &Control,
        line: &[&str],
        variables: &[(&str, &str)],
    ) -> Begun {
        let mut command = self.binary();
        command.env("INTERMISSION_SERVER", format!("http://{}", control.address));
        Begun::start(command.envs(variables.iter().copied()).args(line))
    }
}
