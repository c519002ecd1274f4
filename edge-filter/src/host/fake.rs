//! A fake of one Envoy process for tests: several hosts share its data, clock and endpoint.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use intermission_wasm_abi::Pairs;

use crate::host::header_lines::HeaderLines;
use crate::host::interface::{CasMismatch, Host, Level, MetricKind, NotSent, Shared};

/// The data that all hosts share.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) now: SystemTime,
    uptime: Duration,
    drawn: u64,
    /// The failure of each call.
    pub(crate) not_sent: Option<NotSent>,
    /// The polls sent, each with its headers.
    pub(crate) calls: Vec<Vec<(String, String)>>,
    pub(crate) metrics: BTreeMap<String, u64>,
    shared: BTreeMap<String, Shared>,
    queues: Vec<String>,
    woken: VecDeque<u32>,
    names: Vec<String>,
}

/// Status, headers and body.
pub(crate) type Answered = (u16, Vec<(String, String)>, Vec<u8>);

/// The host of one VM.
#[derive(Clone, Debug)]
pub(crate) struct Fake {
    pub(crate) process: Rc<RefCell<Process>>,
    pub(crate) own: Rc<RefCell<Own>>,
}

/// The inputs and the calls of one VM.
#[derive(Debug, Default)]
pub(crate) struct Own {
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) properties: BTreeMap<String, Vec<u8>>,
    /// The number of calls, without those for clocks and log.
    pub(crate) host_calls: usize,
    /// The number of readings of a clock.
    pub(crate) clock_reads: Cell<usize>,
    /// The keys of shared data that were read or written, in order.
    pub(crate) keys: Vec<String>,
    /// The keys that were written, each with the number of log lines before it.
    pub(crate) written: Vec<(String, usize)>,
    pub(crate) effective: u32,
    pub(crate) answered: Vec<(u32, Answered)>,
    /// The headers of the response that goes to the client.
    pub(crate) response_headers: Vec<(String, Vec<u8>)>,
    /// The headers of responses that were set or removed.
    pub(crate) set: Vec<(String, Option<String>)>,
    /// The headers of requests that were set or removed.
    pub(crate) set_in_request: Vec<(String, Option<Vec<u8>>)>,
    /// The part of the request's body that has come.
    pub(crate) body: Vec<u8>,
    pub(crate) resumed: Vec<u32>,
    pub(crate) log: Vec<(Level, String)>,
    pub(crate) response: Option<Answered>,
    pub(crate) memory: u64,
}

impl Fake {
    pub(crate) fn new() -> Self {
        let process = Process {
            now: UNIX_EPOCH + Duration::from_secs(1_800_000_000),
            uptime: Duration::ZERO,
            drawn: 0,
            not_sent: None,
            calls: Vec::new(),
            metrics: BTreeMap::new(),
            shared: BTreeMap::new(),
            queues: Vec::new(),
            woken: VecDeque::new(),
            names: Vec::new(),
        };
        Self {
            process: Rc::new(RefCell::new(process)),
            own: Rc::default(),
        }
    }

    /// The host of another VM in the same process.
    pub(crate) fn sibling(&self) -> Self {
        Self {
            process: Rc::clone(&self.process),
            own: Rc::default(),
        }
    }

    pub(crate) fn pass(&self, time: Duration) {
        let mut process = self.process.borrow_mut();
        process.now += time;
        process.uptime += time;
    }

    /// Sets the wall clock forward, as it goes on while the machine sleeps.
    pub(crate) fn sleep(&self, time: Duration) {
        self.process.borrow_mut().now += time;
    }

    /// The keys of shared data.
    pub(crate) fn shared_keys(&self) -> Vec<String> {
        self.process.borrow().shared.keys().cloned().collect()
    }

    pub(crate) fn calls(&self) -> usize {
        self.process.borrow().calls.len()
    }

    pub(crate) fn next_woken(&self) -> Option<u32> {
        self.process.borrow_mut().woken.pop_front()
    }

    pub(crate) fn said(&self, what: &str) -> usize {
        self.own
            .borrow()
            .log
            .iter()
            .filter(|(_, line)| line.contains(what))
            .count()
    }

    pub(crate) fn metric(&self, name: &str) -> u64 {
        self.process
            .borrow()
            .metrics
            .get(name)
            .copied()
            .unwrap_or_default()
    }

    /// Whether Envoy has no data of any VM.
    pub(crate) fn is_untouched(&self) -> bool {
        let process = self.process.borrow();
        process.shared.is_empty() && process.queues.is_empty() && process.names.is_empty()
    }

    /// The value of a header of the last poll.
    pub(crate) fn polled_with(&self, name: &str) -> Option<String> {
        let process = self.process.borrow();
        let mut headers = process.calls.last()?.iter();
        headers.find_map(|(known, value)| (known == name).then(|| value.clone()))
    }

    fn read_clock(&self) {
        let own = self.own.borrow();
        own.clock_reads.set(own.clock_reads.get() + 1);
    }

    fn count(&self) {
        self.own.borrow_mut().host_calls += 1;
    }

    fn touch(&self, key: &str) {
        self.count();
        self.own.borrow_mut().keys.push(key.into());
    }
}

impl Host for Fake {
    fn write_log(&self, level: Level, line: &str) {
        self.own.borrow_mut().log.push((level, line.into()));
    }

    fn now(&self) -> SystemTime {
        self.read_clock();
        self.process.borrow().now
    }

    fn uptime(&self) -> Duration {
        self.read_clock();
        self.process.borrow().uptime
    }

    fn random(&self) -> u64 {
        let mut process = self.process.borrow_mut();
        process.drawn += 1;
        process.drawn
    }

    fn act_for(&self, context: u32) {
        self.count();
        self.own.borrow_mut().effective = context;
    }

    fn request_headers(&self) -> HeaderLines {
        self.count();
        lines(&self.own.borrow().headers)
    }

    fn property(&self, path: &str) -> Option<Vec<u8>> {
        self.count();
        self.own.borrow().properties.get(path).cloned()
    }

    fn respond(&self, status: u16, headers: &[(&str, &[u8])], body: &[u8]) {
        self.count();
        let text = |(name, value): &(&str, &[u8])| {
            ((*name).into(), String::from_utf8(value.to_vec()).unwrap())
        };
        let mut own = self.own.borrow_mut();
        let context = own.effective;
        let answered = (status, headers.iter().map(text).collect(), body.to_vec());
        own.answered.push((context, answered));
    }

    fn response_headers(&self) -> HeaderLines {
        self.count();
        lines(&self.own.borrow().response_headers)
    }

    fn set_response_header(&self, name: &str, value: Option<&str>) {
        self.count();
        let set = (name.into(), value.map(Into::into));
        self.own.borrow_mut().set.push(set);
    }

    fn set_request_header(&self, name: &str, value: Option<&[u8]>) {
        self.count();
        let set = (name.into(), value.map(Into::into));
        self.own.borrow_mut().set_in_request.push(set);
    }

    fn request_body(&self, longest: usize) -> Vec<u8> {
        self.count();
        let mut body = self.own.borrow().body.clone();
        body.truncate(longest);
        body
    }

    fn resume_request(&self) {
        let mut own = self.own.borrow_mut();
        let context = own.effective;
        own.resumed.push(context);
    }

    fn call(&self, _: &str, headers: &[(&str, &str)], _: Duration) -> Result<(), NotSent> {
        let mut process = self.process.borrow_mut();
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        process.calls.push(headers.collect());
        process.not_sent.map_or(Ok(()), Err)
    }

    fn call_response_header(&self, name: &str) -> Option<Vec<u8>> {
        let own = self.own.borrow();
        let (status, headers, _) = own.response.as_ref().expect("a response");
        match name {
            ":status" => Some(status.to_string().into_bytes()),
            name => headers
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value.clone().into_bytes()),
        }
    }

    fn call_response_body(&self, longest: usize) -> Vec<u8> {
        let own = self.own.borrow();
        let body = own
            .response
            .as_ref()
            .map(|(_, _, body)| body.as_slice())
            .unwrap_or_default();
        body[..body.len().min(longest)].to_vec()
    }

    fn shared(&self, key: &str) -> Option<Shared> {
        self.touch(key);
        self.process.borrow().shared.get(key).cloned()
    }

    fn share(&self, key: &str, value: &[u8], cas: Option<u32>) -> Result<(), CasMismatch> {
        self.touch(key);
        let mut own = self.own.borrow_mut();
        let logged = own.log.len();
        own.written.push((key.into(), logged));
        let mut process = self.process.borrow_mut();
        let known = process.shared.get(key).map_or(0, |shared| shared.cas);
        // Envoy treats 0 as no token, and replaces an absent value with any token.
        if cas.is_some_and(|cas| cas != 0 && known != 0 && cas != known) {
            return Err(CasMismatch);
        }
        process.shared.insert(
            key.into(),
            Shared {
                value: value.to_vec(),
                cas: known + 1,
            },
        );
        Ok(())
    }

    fn open_queue(&self, name: &str) -> u32 {
        let mut process = self.process.borrow_mut();
        process.queues.push(name.into());
        u32::try_from(process.queues.len()).unwrap()
    }

    fn empty_queue(&self, _: u32) {}

    fn enqueue(&self, queue: u32) {
        self.count();
        self.process.borrow_mut().woken.push_back(queue);
    }

    fn define_metric(&self, _: MetricKind, name: &str) -> u32 {
        let mut process = self.process.borrow_mut();
        process.names.push(name.into());
        u32::try_from(process.names.len() - 1).unwrap()
    }

    fn add_to_counter(&self, metric: u32, amount: u64) {
        let mut process = self.process.borrow_mut();
        let name = process.names[metric as usize].clone();
        *process.metrics.entry(name).or_default() += amount;
    }

    fn set_gauge(&self, metric: u32, value: u64) {
        let mut process = self.process.borrow_mut();
        let name = process.names[metric as usize].clone();
        process.metrics.insert(name, value);
    }

    fn gauge(&self, metric: u32) -> u64 {
        let process = self.process.borrow();
        let name = &process.names[metric as usize];
        process.metrics.get(name).copied().unwrap_or_default()
    }

    fn memory(&self) -> u64 {
        self.own.borrow().memory
    }
}

fn lines(headers: &[(String, Vec<u8>)]) -> HeaderLines {
    let headers = headers.iter();
    let pairs = headers.map(|(name, value)| (name.as_str(), value.as_slice()));
    HeaderLines(Pairs::encode(pairs))
}
