use jiff::Timestamp;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::cli::args::Copy;
use crate::cli::exit::Failure;
use crate::cli::terminal::Report;
use crate::store::{self, Copied, Disk, Etcd, Folder, Sqlite, Store};
use crate::values::state_home::StateHome;

/// `store copy`: the same store in another engine.
pub(crate) fn copy(options: Copy) -> Result<Report, Failure> {
    let home = StateHome::from_env();
    let data = options.data.or_else(|| Some(home?.data().to_owned()));
    let data = data.ok_or_else(|| {
        Failure::failed("neither XDG_STATE_HOME nor HOME is set; name the data folder with --data")
    })?;
    let runtime = Runtime::new().map_err(Failure::failed)?;
    let now = Timestamp::now();
    let folder = Folder::open(&data, Disk::Any).map_err(Failure::failed)?;
    let mut sqlite = Sqlite::open(&folder, now).map_err(Failure::failed)?;
    let etcd = Etcd::open(&options.etcd.into(), runtime.handle().clone(), now);
    let mut etcd = etcd.map_err(Failure::failed)?;
    let (from, to): (&dyn Store, &mut dyn Store) = if options.direction.to_etcd {
        (&sqlite, &mut etcd)
    } else {
        (&etcd, &mut sqlite)
    };
    let copied = store::copy(from, to).map_err(Failure::failed)?;
    let Copied {
        services,
        revisions,
        members,
        tokens,
        digest,
    } = &copied;
    let human = format!(
        "copied: services {services}, revisions {revisions}, members {members}, tokens {tokens}\n\
         both stores say the same (SHA-256 {digest})\n"
    );
    let json = json!({
        "services": services, "revisions": revisions, "members": members, "tokens": tokens, "sha256": digest,
    });
    Report::new(&json, human)
}
