//! Measures every contender for sets of addresses, in turns, in one process.
//!
//! Prints one line of JSON for each kind of set, size and contender: `ns` is the time of a lookup whose address
//! depends on the answer before, with caches that hold what they can of the set, the least of all rounds, and
//! `median_ns` their median; `bytes` is what the compiled
//! set keeps allocated, and `peak_bytes` what it had at most meanwhile; `build_ms` is the time to compile it, `hits`
//! the number of addresses found, which is the same for all. Pin it to a processor: `taskset -c 1 address_table`.
//!
//! `--quick` leaves out the largest sets and most rounds; `--only v6` and `--size 1000` leave out others.

use std::env;
use std::error::Error;
use std::time::Instant;

use intermission_benches::addresses::{Built, CONTENDERS, Contender, Family, Input};

fn main() -> Result<(), Box<dyn Error>> {
    let options: Vec<String> = env::args().skip(1).collect();
    let quick = options.iter().any(|option| option == "--quick");
    let after = |name: &str| {
        let at = options.iter().position(|option| option == name)?;
        options.get(at + 1)
    };
    let only = after("--only");
    let size = after("--size")
        .map(|size| size.parse::<usize>())
        .transpose()?;
    for family in Family::ALL {
        if only.is_some_and(|only| only != family.name()) {
            continue;
        }
        for &blocks in family.sizes() {
            if size.map_or(quick && blocks > 100_000, |size| size != blocks) {
                continue;
            }
            let keys = if blocks > 10_000 { 1 << 18 } else { 1 << 16 };
            let rounds = if quick { 5 } else { 21 };
            table(&Input::new(family, blocks, keys), rounds)?;
        }
    }
    Ok(())
}

struct Row {
    name: &'static str,
    built: Box<dyn Built>,
    bytes: i64,
    peak: u64,
    build_ms: f64,
    /// How many of the keys are asked for: linear scans get fewer, or nothing else had its turn.
    keys: usize,
    ns: Vec<f64>,
}

fn table(input: &Input, rounds: usize) -> Result<(), Box<dyn Error>> {
    let mut rows = Vec::new();
    for contender in CONTENDERS {
        if input.cidrs.len() <= contender.most {
            rows.push(build(contender, input)?);
        }
    }
    for _ in 0..rounds {
        for row in &mut rows {
            // The set that ran before has filled the caches.
            row.built.hits(&input.keys[..row.keys]);
            let start = Instant::now();
            let hits = row.built.hits(&input.keys[..row.keys]);
            let took = start.elapsed();
            if row.keys == input.keys.len() && hits != input.hits {
                return Err(format!("{} found {hits} of {}", row.name, input.hits).into());
            }
            row.ns.push(took.as_nanos() as f64 / row.keys as f64);
        }
    }
    for row in rows {
        let mut ns = row.ns;
        ns.sort_by(f64::total_cmp);
        println!(
            r#"{{"family":"{}","size":{},"ranges":{},"contender":"{}","ns":{:.2},"median_ns":{:.2},"bytes":{},"peak_bytes":{},"build_ms":{:.3},"hits":{}}}"#,
            input.family.name(),
            input.cidrs.len(),
            input.ranges(),
            row.name,
            ns[0],
            ns[ns.len() / 2],
            row.bytes,
            row.peak,
            row.build_ms,
            input.hits,
        );
    }
    Ok(())
}

fn build(contender: &Contender, input: &Input) -> Result<Row, Box<dyn Error>> {
    let mut build_ms = f64::INFINITY;
    // The least of three, of which those that take long get one.
    for _ in 0..3 {
        let start = Instant::now();
        let built = (contender.build)(input);
        build_ms = build_ms.min(start.elapsed().as_secs_f64() * 1e3);
        drop(built);
        if build_ms > 500.0 {
            break;
        }
    }
    let mut built = None;
    let memory = allocation_counter::measure(|| built = Some((contender.build)(input)));
    let built = built.ok_or("nothing was built")?;
    // Every answer is compared, by their number, with the oracle's once.
    let start = Instant::now();
    let hits = built.hits(&input.keys);
    if hits != input.hits {
        return Err(format!("{} found {hits} of {}", contender.name, input.hits).into());
    }
    let fast = start.elapsed().as_millis() < 50 || contender.most > 1_000;
    Ok(Row {
        name: contender.name,
        built,
        bytes: memory.bytes_current,
        peak: memory.bytes_max,
        build_ms,
        keys: if fast {
            input.keys.len()
        } else {
            input.keys.len() >> 4
        },
        ns: Vec::new(),
    })
}
