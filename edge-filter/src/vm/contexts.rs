//! The contexts of one VM, and Envoy's calls about them.
//!
//! During a call to Envoy, which may call back, only the called root context is borrowed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use intermission_wasm_abi::{Body, Headers, Trailers};

use crate::config::Config;
use crate::host::{ByContext, Host};
use crate::request::{Action, Plugin, Rest};
use crate::vm::root::Root;

/// The contexts of one VM.
#[derive(Debug)]
pub(crate) struct Vm<H> {
    /// One for each plugin that Envoy has configured in this VM, and those that are being replaced.
    roots: RefCell<ByContext<Configured<H>>>,
    /// The running requests.
    requests: RefCell<ByContext<Configured<H>>>,
    /// The context that was created last, and its root. Envoy creates one when the headers of a request come, or to
    /// log a request without headers, which may never be deleted.
    created: Cell<Option<(u32, u32)>>,
}

/// A plugin: its root context, and the part that requests use.
#[derive(Debug)]
struct Configured<H> {
    root: Rc<RefCell<Root<H>>>,
    plugin: Rc<Plugin<H>>,
}

impl<H> Default for Vm<H> {
    fn default() -> Self {
        Self {
            roots: RefCell::default(),
            requests: RefCell::default(),
            created: Cell::default(),
        }
    }
}

impl<H> Clone for Configured<H> {
    fn clone(&self) -> Self {
        Self {
            root: Rc::clone(&self.root),
            plugin: Rc::clone(&self.plugin),
        }
    }
}

impl<H: Host + Clone> Vm<H> {
    /// Starts a root context.
    pub(crate) fn configure(&self, host: H, config: Config, context: u32) {
        let identity = host.random();
        let root = Root::new(host, config, context, identity);
        let plugin = root.plugin();
        let root = Rc::new(RefCell::new(root));
        let configured = Configured { root, plugin };
        self.roots.borrow_mut().insert(context, configured);
    }

    /// The root context of this number.
    pub(crate) fn root(&self, context: u32) -> Option<Rc<RefCell<Root<H>>>> {
        let roots = self.roots.borrow();
        roots.get(&context).map(|found| Rc::clone(&found.root))
    }

    pub(crate) fn create(&self, context: u32, root: u32) {
        self.created.set(Some((context, root)));
    }

    /// Handles the headers of a request. A request of an unknown context is refused, because no policy decides about it.
    pub(crate) fn request_headers(&self, host: &H, context: u32, is_last: bool) -> Headers {
        let created = self.created.take();
        let root = created.and_then(|(created, root)| (created == context).then_some(root));
        let found = root.and_then(|root| self.roots.borrow().get(&root).cloned());
        let Some(found) = found else {
            host.respond(503, &[], b"");
            return Headers::StopAllAndWatermark;
        };
        let mut requests = self.requests.borrow_mut();
        requests.insert(context, found.clone());
        drop(requests);
        let rest = if is_last { Rest::Nothing } else { Rest::Body };
        let action = found.root.borrow_mut().request(context, rest);
        match action {
            Action::Continue => Headers::Continue,
            Action::Answered | Action::Hold => Headers::StopAllAndWatermark,
            Action::Read => Headers::Stop,
        }
    }

    pub(crate) fn request_body(&self, context: u32, length: usize, is_last: bool) -> Body {
        match self.plugin(context) {
            Some(plugin) if plugin.body(context, length, is_last) => Body::Continue,
            _ => Body::StopAndDrop,
        }
    }

    pub(crate) fn request_trailers(&self, context: u32) -> Trailers {
        match self.plugin(context) {
            Some(plugin) if plugin.body(context, 0, true) => Trailers::Continue,
            _ => Trailers::Stop,
        }
    }

    pub(crate) fn response_headers(&self, context: u32) {
        if let Some(plugin) = self.plugin(context) {
            plugin.respond(context);
        }
    }

    /// Forgets a context; whether it was a root. Envoy drops a root when the last of its requests has ended, and never after
    /// the VM has died.
    pub(crate) fn delete(&self, context: u32) -> bool {
        let request = self.requests.borrow_mut().remove(&context);
        if let Some(request) = request {
            request.plugin.forget(context);
            return false;
        }
        let root = self.roots.borrow_mut().remove(&context);
        if let Some(root) = &root {
            root.plugin.leave();
        }
        root.is_some()
    }

    /// The number of known requests.
    #[cfg(test)]
    pub(crate) fn requests(&self) -> usize {
        self.requests.borrow().len()
    }

    /// The plugin of a request.
    fn plugin(&self, context: u32) -> Option<Rc<Plugin<H>>> {
        let requests = self.requests.borrow();
        requests.get(&context).map(|found| Rc::clone(&found.plugin))
    }
}
