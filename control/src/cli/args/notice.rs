//! The arguments about notices, and of `explain`.

use clap::{Args, ValueEnum};

use crate::cli::args::switch::{Making, name};

#[derive(Debug, Args)]
pub(crate) struct Explain {
    #[arg(value_parser = name)]
    pub(crate) service: String,
    /// The client's address, as the node sees it; without a header that says otherwise, that of the connection too [default:
    /// not known]
    #[arg(long, value_name = "ADDR")]
    pub(crate) ip: Option<String>,
    /// The path, with or without its query
    #[arg(long)]
    pub(crate) path: String,
    /// The host that is asked for
    #[arg(long)]
    pub(crate) host: Option<String>,
    #[arg(long, default_value = "GET")]
    pub(crate) method: String,
    /// A header line; may be given several times
    #[arg(long = "header", value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<String>,
}

/// With `none` an option takes back what was said.
#[derive(Debug, Args)]
pub(crate) struct Notice {
    #[arg(value_parser = name)]
    pub(crate) service: String,
    /// The heading
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// The text
    #[arg(long, value_name = "TEXT")]
    pub(crate) message: Option<String>,
    /// Contact for visitors, such as mailto:help@shop.example
    #[arg(long, value_name = "URI")]
    pub(crate) contact: Option<String>,
    /// An image for the page, at most some 24 KB
    #[arg(long, value_name = "FILE")]
    pub(crate) logo: Option<String>,
    /// A colour of the page, such as light.accent=#0066cc; may be given several times
    #[arg(long = "color", value_name = "PLACE=COLOR")]
    pub(crate) colors: Vec<String>,
    /// A whole document in place of the page
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<String>,
    /// What that document may do, as Content-Security-Policy says it
    #[arg(long, value_name = "POLICY")]
    pub(crate) html_policy: Option<String>,
    /// Say all this to those only who want this language, such as ja
    #[arg(long, value_name = "LANGUAGE")]
    pub(crate) language: Option<String>,
    /// The language of the notice for all others [default: en]
    #[arg(long, value_name = "LANGUAGE")]
    pub(crate) own_language: Option<String>,
    #[command(flatten)]
    pub(crate) making: Making,
}

#[derive(Debug, Args)]
pub(crate) struct Preview {
    #[arg(value_parser = name)]
    pub(crate) service: String,
    pub(crate) kind: NoticeKind,
    /// The language that a client wants, such as ja
    #[arg(long, value_name = "LANGUAGE")]
    pub(crate) language: Option<String>,
    /// The notice of a maintenance in which only writes are refused
    #[arg(long)]
    pub(crate) writes_only: bool,
    /// Show it in a browser, which gets it as from a node
    #[arg(long)]
    pub(crate) open: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NoticeKind {
    Page,
    Api,
    Grpc,
}
