//! The functions that Envoy calls.

use std::cell::RefCell;
use std::rc::Rc;

use intermission_wasm_abi::host::{self, Buffer};
use intermission_wasm_abi::{Body, Filter, Headers, Trailers};

use crate::config::Config;
use crate::host::{Envoy, Host, Level};
use crate::vm::contexts::Vm;
#[cfg(feature = "panic-switch")]
use crate::vm::panic_switch;
use crate::vm::root::{Root, TICK};

thread_local! {
    static VM: Vm<Envoy> = Vm::default();
}

/// The exported filter.
#[derive(Debug)]
struct Exported;

impl Filter for Exported {
    fn configured(context: u32, _: usize) -> bool {
        let envoy = Envoy;
        let json = host::buffer(Buffer::PluginConfiguration, usize::MAX);
        let variable = |name: &str| std::env::var(name).ok();
        match Config::parse(&json.unwrap_or_default(), variable) {
            Ok(config) => {
                host::set_tick_period(TICK.subsec_millis());
                VM.with(|vm| vm.configure(envoy, config, context));
                true
            }
            Err(error) => {
                let line = format!(
                    "the plugin configuration, a JSON object in a google.protobuf.StringValue, is refused: {error}"
                );
                envoy.log(Level::Error, &line);
                false
            }
        }
    }

    fn ticked(context: u32) {
        if let Some(root) = root(context) {
            root.borrow_mut().tick();
        }
    }

    fn queue_ready(context: u32, queue: u32) {
        if let Some(root) = root(context) {
            root.borrow_mut().woken(queue);
        }
    }

    fn call_answered(context: u32, headers: usize) {
        let Some(root) = root(context) else { return };
        let mut root = root.borrow_mut();
        // Without headers the call has failed.
        if headers == 0 {
            root.unanswered();
            return;
        }
        #[cfg(feature = "panic-switch")]
        panic_switch::at_answer();
        root.answered();
    }

    fn created(context: u32, root: u32) {
        VM.with(|vm| vm.create(context, root));
    }

    fn request_headers(context: u32, is_last: bool) -> Headers {
        #[cfg(feature = "panic-switch")]
        panic_switch::at_request();
        VM.with(|vm| vm.request_headers(&Envoy, context, is_last))
    }

    fn request_body(context: u32, length: usize, is_last: bool) -> Body {
        VM.with(|vm| vm.request_body(context, length, is_last))
    }

    fn request_trailers(context: u32) -> Trailers {
        VM.with(|vm| vm.request_trailers(context))
    }

    fn response_headers(context: u32) {
        VM.with(|vm| vm.response_headers(context));
    }

    fn deleted(context: u32) {
        if VM.with(|vm| vm.delete(context)) {
            // Otherwise Envoy would go on to tick, and at last take a request of the same number for the root.
            host::set_tick_period(0);
        }
    }
}

fn root(context: u32) -> Option<Rc<RefCell<Root<Envoy>>>> {
    VM.with(|vm| vm.root(context))
}

intermission_wasm_abi::export!(Exported);
