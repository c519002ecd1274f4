//! Drives the real binary: control in processes of their own on free ports, the command, and HTTP
//! as anybody may send it.

#[cfg(test)]
mod allowlist;
#[cfg(test)]
mod authority;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod command;
#[cfg(test)]
mod dead;
#[cfg(test)]
mod durability;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod fleet;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod health;
#[cfg(test)]
mod http;
#[cfg(test)]
mod log;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod node;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod polls;
#[cfg(test)]
mod process;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod state;
#[cfg(test)]
mod timers;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod unstored;
#[cfg(test)]
mod upgrade;
