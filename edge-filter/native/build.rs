//! Has the library stay in a process that has loaded it, whatever Envoy's configuration says: it has a thread.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
}
