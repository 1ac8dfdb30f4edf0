//! Civil dates: calendar periods, partial dates, working days. No clock and no zone: a date is what the law calls a day.

pub(crate) mod iso;
pub mod partial;
pub mod period;
pub mod working;

pub use period::{Period, PeriodError};
pub use working::{CalendarYear, FixedDays, WorkingCalendar};
