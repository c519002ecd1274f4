use std::fmt::Write;
use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::cli::args::{CheckStore, Copy};
use crate::cli::exit::{Exit, Failure};
use crate::cli::terminal::Report;
use crate::store::{self, Checked, Copied, Disk, Etcd, Fault, Folder, Size, Sqlite, Store};
use crate::values::state_home::StateHome;

/// `store copy`: the same store in another engine.
pub(crate) fn copy(options: Copy) -> Result<Report, Failure> {
    let data = data(options.data)?;
    let runtime = Runtime::new().map_err(Failure::failed)?;
    let now = Timestamp::now();
    let folder = Folder::open(&data, Disk::Any).map_err(Failure::failed)?;
    let mut sqlite = Sqlite::open(&folder, now).map_err(Failure::failed)?;
    let cluster = options.etcd.cluster();
    let cluster = cluster.ok_or_else(|| Failure::failed("name the members with --etcd"))?;
    let etcd = Etcd::open(&cluster, runtime.handle().clone(), now);
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

/// `store check`: whether what a store has agrees, and how much it is.
pub(crate) fn check(options: CheckStore) -> Result<Report, Failure> {
    let now = Timestamp::now();
    let checked = match options.etcd.cluster() {
        Some(cluster) => {
            let runtime = Runtime::new().map_err(Failure::failed)?;
            Etcd::check(&cluster, runtime.handle(), now)
        }
        None => Sqlite::check(&data(options.data)?, now),
    };
    let checked = checked.map_err(Failure::failed)?;
    let report = Report::new(&checked, described(&checked))?;
    Ok(match checked.is_sound() {
        true => report,
        false => report.with_exit(Exit::Unexpected),
    })
}

fn described(checked: &Checked) -> String {
    let Checked {
        services,
        revisions,
        documents,
        members,
        tokens,
        size,
        faults,
        more_faults,
    } = checked;
    let mut text = format!(
        "services {services}, revisions {revisions}, documents {documents}, members {members}, tokens {tokens}\n"
    );
    // Writing to a string does not fail.
    let _ = match size {
        Size::File { bytes, free_bytes } => {
            writeln!(
                text,
                "{bytes} bytes, of which {free_bytes} are free for reuse"
            )
        }
        Size::Cluster {
            bytes,
            member_bytes,
            member_bytes_in_use,
            member_quota,
        } => {
            let quota = member_quota.map_or_else(
                || "a quota that it does not say".to_owned(),
                |quota| format!("a quota of {quota}"),
            );
            writeln!(
                text,
                "{bytes} bytes; the database of the member has {member_bytes}, of which {member_bytes_in_use} are in \
                 use, and {quota}"
            )
        }
    };
    for Fault { place, fault } in faults {
        let _ = writeln!(text, "fault: {place}: {fault}");
    }
    let _ = match (faults.is_empty(), more_faults) {
        (true, _) => writeln!(text, "no faults"),
        (false, 0) => Ok(()),
        (false, more) => writeln!(text, "and {more} more faults"),
    };
    text
}

/// The data folder that is named, or that of this user.
fn data(named: Option<PathBuf>) -> Result<PathBuf, Failure> {
    let data = named.or_else(|| Some(StateHome::from_env()?.data().to_owned()));
    data.ok_or_else(|| {
        Failure::failed("neither XDG_STATE_HOME nor HOME is set; name the data folder with --data")
    })
}
