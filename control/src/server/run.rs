use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use intermission_core::HostName;
use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tracing::{info, warn};

use crate::registry::Registry;
use crate::server::app::App;
use crate::server::certificates::Watched;
use crate::server::host_names::HostNames;
use crate::server::listen::certificate::Certificate;
use crate::server::listen::socket::{Privacy, listen};
use crate::server::listen::{Capacity, TlsDoor};
use crate::server::replica::Replica;
use crate::server::routes::router;
use crate::server::stop::{stop_signal, stopped};
use crate::server::tasks;
use crate::server::token_file;
use crate::store::{Cluster, Disk, Etcd, Folder, Observer, OpenError, Sqlite};
use crate::values::now::Now;
use crate::values::state_home::StateHome;

/// How long running requests may still take after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

/// How control is started.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) listen: SocketAddr,
    pub(crate) certificate: Option<Certificate>,
    pub(crate) insecure_listen_in_clear: bool,
    /// Names that clients ask for.
    pub(crate) hosts: Vec<HostName>,
    /// The folder of the store and the operator token.
    pub(crate) data: Option<PathBuf>,
    /// The cluster that has the store in place of that folder.
    pub(crate) etcd: Option<Cluster>,
    /// Where that folder may be.
    pub(crate) disk: Disk,
    /// After what silence each lost node is forgotten.
    pub(crate) forget_lost_after: Option<Duration>,
    /// How old records may become.
    pub(crate) keep_records: Option<SignedDuration>,
}

/// Serves until SIGINT or SIGTERM.
pub(crate) fn run(options: Options) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        // They wait for one disk, one at a time.
        .max_blocking_threads(16)
        .enable_all()
        .build()?;
    runtime.block_on(serve(options))
}

async fn serve(options: Options) -> anyhow::Result<()> {
    // Before anything else, so that no signal finds the default handler.
    let stop = stop_signal()?;
    let home = StateHome::from_env();
    let data = options
        .data
        .or_else(|| Some(home.as_ref()?.data().to_owned()))
        .context("neither XDG_STATE_HOME nor HOME is set; name the data folder with --data")?;
    let folder = Folder::open(&data, options.disk)?;
    let runtime = Handle::current();
    let own = options.certificate.as_ref().map(|own| own.chain.clone());
    let watched = Watched::new(own, options.etcd.as_ref());
    let open = move || open(folder, options.etcd, runtime);
    let (registry, observer, folder) = spawn_blocking(open).await??;
    let data = folder.path();
    let certificate = options.certificate.map(Certificate::follow).transpose()?;
    let (scheme, privacy) = match (&certificate, options.insecure_listen_in_clear) {
        (Some(_), _) => ("https", Privacy::Encrypted),
        (None, true) => ("http", Privacy::Insecure),
        (None, false) => ("http", Privacy::Loopback),
    };
    let listener = listen(options.listen, privacy)?;
    let address = listener.local_addr()?;
    if address.ip().is_loopback() {
        link(home.as_ref(), address, data);
    } else if privacy == Privacy::Insecure {
        warn!(%address, "tokens and states travel in clear; anyone who reads the traffic can use them");
    }
    say_ready(scheme, address, data)?;
    let capacity = Capacity::of_this_process();
    let (services, connections) = (
        registry.memory().facts().services.len(),
        capacity.connections,
    );
    info!(%address, data = %data.display(), services, connections, "started");
    let host = options.hosts.first();
    let host = host.map_or_else(|| address.ip().to_string(), |host| host.as_str().to_owned());
    let replica = observer.map(Replica::new).transpose()?;
    if let Some(replica) = &replica {
        let url = format!("{scheme}://{host}:{}", address.port());
        registry.memory().name(&replica.id, &url, Now::read());
    }
    let names = HostNames::new(scheme, address, options.hosts);
    let app = Arc::new(App::new(registry, replica, names, capacity, stop.clone())?);
    let periods = tasks::Periods {
        forget_lost_after: options.forget_lost_after,
        keep_records: options.keep_records,
    };
    tasks::start(&app, periods, Arc::new(watched), &stop);
    let stopping_app = Arc::clone(&app);
    let connections = &stopping_app.connections;
    let router = router(app);
    let stopping = stopped(stop.clone());
    match certificate {
        Some(config) => {
            let listener = TlsDoor::new(listener, config);
            until_stopped(connections.serve(listener, router, stopping), stop).await;
        }
        None => until_stopped(connections.serve(listener, router, stopping), stop).await,
    }
    if let Some(replica) = &stopping_app.replica {
        replica.leave().await;
    }
    info!("stopped");
    Ok(())
}

/// Opens the store, and sees to it that the folder has a token that the store knows. Where others serve the store too, there
/// is the way to see what they say.
fn open(
    folder: Folder,
    etcd: Option<Cluster>,
    runtime: Handle,
) -> Result<(Registry, Option<Observer>, Folder), OpenError> {
    let now = Timestamp::now();
    let (registry, observer) = match etcd {
        None => (Registry::new(Sqlite::open(&folder, now)?)?, None),
        Some(cluster) => {
            let etcd = Etcd::open(&cluster, runtime, now)?;
            let observer = etcd.observer();
            (Registry::new(etcd)?, Some(observer))
        }
    };
    token_file::settle(folder.path(), &registry)?;
    Ok((registry, observer, folder))
}

/// Lets the command of the same user find the token by itself.
fn link(home: Option<&StateHome>, address: SocketAddr, data: &Path) {
    let linked = home.map(|home| token_file::link(home, &address.to_string(), data));
    if !matches!(linked, Some(Ok(()))) {
        let error = linked.and_then(Result::err).map(|error| error.to_string());
        warn!(
            error,
            "the command does not find the token by itself; give it --token-file"
        );
    }
}

/// Serves until it is done, or for a while after the signal to stop.
async fn until_stopped(server: impl Future<Output = ()>, stop: watch::Receiver<bool>) {
    tokio::select! {
        () = server => {}
        () = async {
            stopped(stop).await;
            info!("stopping");
            tokio::time::sleep(GRACE).await;
        } => warn!("stopped with requests still running"),
    }
}

/// One line, for people and for whatever starts control and waits for it.
fn say_ready(scheme: &str, address: SocketAddr, data: &Path) -> io::Result<()> {
    let token = token_file::path(data);
    let token = if token.exists() {
        format!("operator token in {}", token.display())
    } else {
        "without an operator token".to_owned()
    };
    let mut out = io::stdout();
    writeln!(
        out,
        "listening on {scheme}://{address}, data in {}, {token}",
        data.display(),
    )?;
    out.flush()
}
