//! The log: text for people, JSON lines for machines, and never a person's data (row G1).

use std::any::Any;
use std::io::IsTerminal as _;
use std::panic::Location;

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{self, LogFormat};

/// Logs to stderr from now on, panics included.
pub(super) fn start(settings: &config::Log) {
    // A second start in one process (tests) keeps the first log.
    if subscriber(settings, std::io::stderr).try_init().is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            tracing::error!(panic = said(panic.payload()), place = place(panic.location()), "a thread panicked");
        }));
    }
}

/// What lines go through on their way to the writer: the filter and the form of the settings. JSON escapes control characters, so one
/// event is one line whatever it holds.
pub fn subscriber<W>(settings: &config::Log, writer: W) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(settings.filter.as_str()).unwrap_or_else(|_| EnvFilter::new("info"));
    let on_terminal = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(on_terminal).with_writer(writer);
    match settings.format {
        LogFormat::Text => Box::new(log.finish()),
        LogFormat::Auto if on_terminal => Box::new(log.finish()),
        LogFormat::Auto | LogFormat::Json => Box::new(log.json().finish()),
    }
}

/// A panic's message if it stands in the program as it is. One that was put together may quote what the program was working on, as that of
/// a text cut inside a character does.
fn said(payload: &(dyn Any + Send)) -> &'static str {
    payload.downcast_ref::<&'static str>().copied().unwrap_or("(a message that may hold data; see the place)")
}

fn place(location: Option<&Location<'_>>) -> String {
    location.map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::panic::catch_unwind;
    use std::sync::{Arc, Mutex};

    use serde_json::Value;

    use super::*;
    use crate::config::Config;

    /// A writer whose lines can be read afterwards.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, log: impl FnOnce()) -> String {
        let lines = Lines::default();
        let settings = config::Log { format, ..Config::default().log };
        let writer = lines.clone();
        tracing::subscriber::with_default(subscriber(&settings, move || writer.clone()), log);
        let bytes = lines.0.lock().unwrap();
        String::from_utf8(bytes.clone()).unwrap()
    }

    #[test]
    fn an_event_is_one_line_of_json_whatever_it_holds() {
        let hostile = "a\r\n{\"level\":\"ERROR\"}\u{1b}[31mred\u{1b}[0m\u{9b}31m\u{2028}\0\u{7f}";
        let text = logged(LogFormat::Json, || {
            tracing::error!(log = hostile, shown = %hostile, debugged = ?hostile, "request failed {hostile}");
            tracing::info!("next");
        });
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert_eq!(lines[0]["fields"]["log"], hostile);
        assert_eq!(lines[0]["fields"]["shown"], hostile);
        assert!(lines[0]["timestamp"].as_str().unwrap().ends_with('Z'));
        assert!(!text.contains(['\u{1b}', '\r', '\0']), "{text:?}");
    }

    #[test]
    fn what_a_panic_quotes_is_not_logged() {
        let payload = catch_unwind(|| "Nümunə".split_at(2).0.len()).unwrap_err();
        assert!(!said(&*payload).contains("Nümunə"));
        let payload = catch_unwind(|| panic!("a plain sentence")).unwrap_err();
        assert_eq!(said(&*payload), "a plain sentence");
    }
}
