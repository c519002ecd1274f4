//! Makes `performance.md` and its charts out of what the benches have printed: `report MEASURED DOCS`.

use std::path::Path;

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let folders: Vec<_> = std::env::args().skip(1).collect();
    let [measured, docs] = folders.as_slice() else {
        bail!("report MEASURED DOCS");
    };
    intermission_benches::report::write(Path::new(measured), Path::new(docs))
}
