use crate::cli::args::Serve;
use crate::cli::args::{Allowlist, Cli, Command, Store};
use crate::cli::client::Client;
use crate::cli::commands::check;
use crate::cli::commands::check::Checks;
use crate::cli::commands::states::{declared, lists};
use crate::cli::commands::testers::{allowlist, pass};
use crate::cli::commands::{
    explain, history, node, notice, preview, service, status, store, switch, token,
};
use crate::cli::exit::{Exit, Failure};
use crate::cli::terminal::{Report, print};
use crate::server;
use crate::store::Disk;
use crate::values::duration::{Length, Retention};

/// Does what the command line says, and prints how it went.
pub(crate) fn run(cli: Cli) -> Exit {
    let format = cli.connection.output;
    if let Command::Serve(options) = cli.command {
        options.log.clone().start(options.log_format);
        return match server::run(options.into()) {
            Ok(()) => Exit::Done,
            Err(error) => print(Err(Failure::failed(format!("{error:#}"))), format),
        };
    }
    print(ask(cli), format)
}

fn ask(cli: Cli) -> Result<Report, Failure> {
    let format = cli.connection.output;
    let ca_file = cli.connection.ca_file.clone();
    if let Command::Check(options) = &cli.command {
        return check::run(options, ca_file.as_deref());
    }
    if let Command::Store(Store::Copy(options)) = cli.command {
        return store::copy(*options);
    }
    if let Command::Store(Store::Check(options)) = cli.command {
        return store::check(*options);
    }
    let client = Client::new(cli.connection)?;
    match cli.command {
        Command::Serve(_)
        | Command::Check(_)
        | Command::Store(Store::Copy(_) | Store::Check(_)) => {
            Err(Failure::failed("it asks no control"))
        }
        Command::Service(command) => service::run(&client, &command),
        Command::Enter(options) => {
            let checks = Checks::new(&options.checks, ca_file.as_deref())?;
            switch::enter(&client, &options, checks, format)
        }
        Command::Exit(options) => switch::switch(&client, "exit", &options, format),
        Command::Allowlist(Allowlist::Enable(options)) => {
            switch::switch(&client, "allowlist enable", &options, format)
        }
        Command::Allowlist(Allowlist::Disable(options)) => {
            switch::switch(&client, "allowlist disable", &options, format)
        }
        Command::Allowlist(Allowlist::Add(entries)) => allowlist::add(&client, &entries),
        Command::Allowlist(Allowlist::Set(entries)) => allowlist::set(&client, &entries),
        Command::Allowlist(Allowlist::Remove(entries)) => {
            allowlist::remove(&client, &entries, format)
        }
        Command::Allowlist(Allowlist::Prune(options)) => allowlist::prune(&client, &options),
        Command::Allowlist(Allowlist::Show { service }) => allowlist::show(&client, &service),
        Command::Scope(command) => lists::run(&client, &command, format),
        Command::Exempt(command) => lists::run(&client, &command, format),
        Command::Reads(command) => lists::run(&client, &command, format),
        Command::Api(command) => lists::run(&client, &command, format),
        Command::Cors(command) => lists::run(&client, &command, format),
        Command::Apply(options) => declared::apply(&client, &options, format),
        Command::Export(options) => declared::export(&client, &options),
        Command::Pass(command) => pass::run(&client, &command, format),
        Command::Status { services } => status::run(&client, &services),
        Command::History { service } => history::run(&client, &service),
        Command::Rollback(options) => switch::rollback(&client, &options, format),
        Command::Node(command) => node::run(&client, &command),
        Command::Store(Store::Adopt(making)) => switch::adopt(&client, &making),
        Command::Explain(options) => explain::run(&client, &options),
        Command::Notice(options) => notice::run(&client, &options),
        Command::Preview(options) => preview::run(&client, &options),
        Command::Token(command) => token::run(&client, &command),
    }
}

impl From<Box<Serve>> for server::Options {
    fn from(options: Box<Serve>) -> Self {
        let certificate = options.tls_cert.zip(options.tls_key);
        Self {
            listen: options.listen,
            certificate: certificate.map(|(chain, key)| server::Certificate { chain, key }),
            insecure_listen_in_clear: options.insecure_listen_in_clear,
            hosts: options.hosts,
            data: options.data,
            etcd: options.etcd.cluster(),
            disk: if options.allow_network_data {
                Disk::Any
            } else {
                Disk::Local
            },
            forget_lost_after: options.forget_lost_after.map(Length::duration),
            keep_records: options.keep_records.map(Retention::duration),
        }
    }
}
