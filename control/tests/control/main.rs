//! Drives the real binary: control in processes of their own on free ports, the command, and HTTP as any client may send it.
#![cfg(test)]

mod access;
mod command;
mod declared;
mod documentation;
mod fleet;
mod openapi;
mod process;
mod replicas;
mod state;
mod store;
mod testers;
mod timers;
