//! Compiles `greeter.proto` without `protoc`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=tonic/greeter.proto");
    let files = protox::compile(["greeter.proto"], ["tonic"])?;
    tonic_prost_build::configure().compile_fds(files)?;
    Ok(())
}
