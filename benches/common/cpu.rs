//! What threads take of the processors. Beside a noisy neighbour it says more about a change than a rate does.

use std::fs;

use crate::Result;

/// The name of the generator's threads, which are no part of the service.
pub(crate) const GENERATOR: &str = "generator";
/// The name of the thread that writes an SQLite database.
const WRITER: &str = "db-write";

/// Time on a processor, nanoseconds.
#[derive(Clone, Copy, Default)]
pub(crate) struct Taken {
    service: u64,
    writer: u64,
}

/// Microseconds for each answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PerAnswer {
    /// All threads of the service.
    pub(crate) service: f64,
    /// The one that writes an SQLite database.
    pub(crate) writer: f64,
}

impl Taken {
    /// What the threads of this process took until now. Nothing where the system does not tell.
    pub(crate) fn until_now() -> Result<Self> {
        let mut taken = Self::default();
        let Ok(threads) = fs::read_dir("/proc/self/task") else { return Ok(taken) };
        for thread in threads {
            let folder = thread?.path();
            // A thread may end while it is looked at.
            let (Ok(name), Ok(clock)) =
                (fs::read_to_string(folder.join("comm")), fs::read_to_string(folder.join("schedstat")))
            else {
                continue;
            };
            let on_processor: u64 = clock.split(' ').next().unwrap_or_default().parse()?;
            if name.trim_end() != GENERATOR {
                taken.service += on_processor;
            }
            if name.trim_end() == WRITER {
                taken.writer += on_processor;
            }
        }
        Ok(taken)
    }

    pub(crate) fn since(self, before: Self) -> Self {
        Self { service: self.service.saturating_sub(before.service), writer: self.writer.saturating_sub(before.writer) }
    }

    #[expect(clippy::cast_precision_loss, reason = "the time of a measurement has less than 52 bits of nanoseconds")]
    pub(crate) fn per_answer(self, answers: f64) -> PerAnswer {
        let each = |nanoseconds: u64| nanoseconds as f64 / 1_000.0 / answers;
        PerAnswer { service: each(self.service), writer: each(self.writer) }
    }
}
