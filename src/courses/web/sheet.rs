//! The attendance sheet of a course as a page for print. A native speaker must read the Azerbaijani before real use.

use chrono_tz::Tz;

use crate::access::policy::ReadEnrolments;
use crate::clock::Instant;
use crate::courses::model::attendance::Status;
use crate::courses::ops::sheet::{self as ops, CourseSheet, Field, Learner};
use crate::courses::store::catalogue::MeetingRow;
use crate::error::Result;
use crate::http::{Ctx, Endpoint, Html, Markup, Method, Path, Spoken, endpoint};
use crate::id::CourseId;

/// Columns of meetings that fit beside the names on A4 across.
const MEETINGS: usize = 12;

const STYLE: &str = "@page{size:A4 landscape;margin:10mm}*{box-sizing:border-box}\
body{margin:0;background:#fff;color:#000;font:9pt/1.25 'Noto Sans',Arial,sans-serif}\
section{break-after:page}section:last-of-type{break-after:auto}\
h1{margin:0;font-size:14pt;overflow-wrap:anywhere}p{margin:1mm 0}\
table{border-collapse:collapse;margin-top:3mm}thead{display:table-header-group}tr{break-inside:avoid}\
th,td{border:.3mm solid #000;padding:.8mm 1mm;font-weight:normal;text-align:center}td{height:6.5mm;font-size:11pt}\
.number{width:8mm;font-size:9pt}.name{width:56mm;text-align:start;overflow-wrap:anywhere}\
.meeting{width:17.5mm;padding:.8mm 0;font-size:7pt;white-space:nowrap}\
.sign{margin-top:9mm;break-before:avoid}.sign span{display:inline-block;width:65mm;border-bottom:.3mm solid #000;margin-right:8mm}";

pub(super) fn endpoints() -> Vec<Endpoint> {
    let path = "/api/v1/courses/{course_id}/attendance-sheet";
    let summary = "Print the attendance sheet of a course";
    vec![endpoint(Method::GET, path, "printAttendanceSheet", summary, print)]
}

async fn print(ctx: Ctx<ReadEnrolments>, Path(course): Path<CourseId>, spoken: Spoken) -> Result<Html> {
    let (zone, now) = (ctx.law().zone, ctx.now());
    let sheet = ctx.view(move |tx| ops::show(tx, course, zone, now.date(zone))).await?;
    Ok(Printer { sheet: &sheet, words: spoken.choose(&AZ, &EN), zone, now }.print(spoken))
}

struct Words {
    title: &'static str,
    as_of: &'static str,
    name: &'static str,
    present: (&'static str, &'static str),
    late: (&'static str, &'static str),
    excused: (&'static str, &'static str),
    absent: (&'static str, &'static str),
    not_applicable: &'static str,
    no_meetings: &'static str,
    no_learners: &'static str,
    teacher: &'static str,
    signature: &'static str,
    date: &'static str,
}

static AZ: Words = Words {
    title: "Davamiyyət vərəqi",
    as_of: "Vəziyyət",
    name: "Ad",
    present: ("+", "iştirak edib"),
    late: ("G", "gecikib"),
    excused: ("Ü", "üzrlü səbəbdən gəlməyib"),
    absent: ("Q", "gəlməyib"),
    not_applicable: "kursa yazılmazdan əvvəl",
    no_meetings: "Hələ dərs təyin edilməyib.",
    no_learners: "Hələ heç kimin yeri yoxdur.",
    teacher: "Müəllim",
    signature: "İmza",
    date: "Tarix",
};

static EN: Words = Words {
    title: "Attendance sheet",
    as_of: "As of",
    name: "Name",
    present: ("+", "present"),
    late: ("L", "late"),
    excused: ("E", "excused"),
    absent: ("A", "absent"),
    not_applicable: "before the enrolment",
    no_meetings: "No meeting is planned yet.",
    no_learners: "Nobody has a seat yet.",
    teacher: "Teacher",
    signature: "Signature",
    date: "Date",
};

impl Words {
    /// The sign of a mark and what it means.
    const fn mark(&self, status: Status) -> (&'static str, &'static str) {
        match status {
            Status::Present => self.present,
            Status::Late => self.late,
            Status::Excused => self.excused,
            Status::Absent => self.absent,
        }
    }
}

const NOT_APPLICABLE: &str = "–";

struct Printer<'a> {
    sheet: &'a CourseSheet,
    words: &'static Words,
    zone: Tz,
    now: Instant,
}

impl Printer<'_> {
    fn print(&self, spoken: Spoken) -> Html {
        let mut page = Markup::default();
        let pages = self.sheet.meetings.len().div_ceil(MEETINGS).max(1);
        for number in 0..pages {
            let first = number.saturating_mul(MEETINGS);
            page.markup("<section>\n");
            self.head(&mut page, number, pages);
            self.table(&mut page, first);
            self.foot(&mut page);
            page.markup("</section>\n");
        }
        let title = format!("{}: {}", self.words.title, self.sheet.course.row.of.title);
        Html::page(spoken, &title, STYLE, &page)
    }

    fn head(&self, page: &mut Markup, number: usize, pages: usize) {
        let course = &self.sheet.course;
        page.markup("<h1>").text(&course.row.of.title).markup("</h1>\n<p>").text(&course.organisation);
        page.markup("</p>\n<p>").text(self.words.title);
        if pages > 1 {
            page.text(&format!(" {}/{pages}", number.saturating_add(1)));
        }
        let now = self.local(self.now, "%d.%m.%Y %H:%M");
        page.markup(" · ").text(self.words.as_of).markup(" ").text(&now).markup("</p>\n");
        for (none, text) in [
            (self.sheet.meetings.is_empty(), self.words.no_meetings),
            (self.sheet.learners.is_empty(), self.words.no_learners),
        ] {
            if none {
                page.markup("<p>").text(text).markup("</p>\n");
            }
        }
    }

    fn table(&self, page: &mut Markup, first: usize) {
        page.markup("<table><thead><tr><th scope=\"col\" class=\"number\">№</th><th scope=\"col\" class=\"name\">");
        page.text(self.words.name).markup("</th>");
        for meeting in self.sheet.meetings.iter().skip(first).take(MEETINGS) {
            self.column(page, meeting);
        }
        page.markup("</tr></thead><tbody>\n");
        for (learner, number) in self.sheet.learners.iter().zip(1_usize..) {
            self.row(page, learner, number, first);
        }
        page.markup("</tbody></table>\n");
    }

    fn column(&self, page: &mut Markup, meeting: &MeetingRow) {
        page.markup("<th scope=\"col\" class=\"meeting\">").text(&self.local(meeting.starts_at, "%d.%m.%Y"));
        page.markup("<br>").text(&self.local(meeting.starts_at, "%H:%M")).markup("–");
        page.text(&self.local(meeting.ends_at, "%H:%M")).markup("</th>");
    }

    fn row(&self, page: &mut Markup, learner: &Learner, number: usize, first: usize) {
        page.markup("<tr><td class=\"number\">").text(&number.to_string());
        page.markup("</td><th scope=\"row\" class=\"name\">").text(&learner.name).markup("</th>");
        for field in learner.fields.iter().skip(first).take(MEETINGS) {
            let sign = match field {
                Field::NotApplicable => NOT_APPLICABLE,
                Field::Empty => "",
                Field::Noted(status) => self.words.mark(*status).0,
            };
            page.markup("<td>").text(sign).markup("</td>");
        }
        page.markup("</tr>\n");
    }

    fn foot(&self, page: &mut Markup) {
        page.markup("<p>");
        for status in [Status::Present, Status::Late, Status::Excused, Status::Absent] {
            let (sign, meaning) = self.words.mark(status);
            page.text(sign).markup(" ").text(meaning).markup(" · ");
        }
        page.text(NOT_APPLICABLE).markup(" ").text(self.words.not_applicable).markup("</p>\n<p class=\"sign\">");
        for blank in [self.words.teacher, self.words.signature, self.words.date] {
            page.text(blank).markup(": <span></span>");
        }
        page.markup("</p>\n");
    }

    fn local(&self, at: Instant, format: &str) -> String {
        at.utc().with_timezone(&self.zone).format(format).to_string()
    }
}
