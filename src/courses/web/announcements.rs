//! Saying before a meeting that one cannot come, over HTTP.

use super::view::MarkView;
use crate::access::policy::AnnounceAbsences;
use crate::courses::ops::announcements as ops;
use crate::courses::ops::enrolments;
use crate::error::Result;
use crate::http::{Answer, Ctx, Done, Endpoint, Fields, Input, Json, Line, Method, Path, endpoint};
use crate::id::{EnrolmentId, MeetingId, PersonId};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let path = "/api/v1/people/{person_id}/enrolments/{enrolment_id}/announcements";
    vec![endpoint(Method::POST, path, "announceAbsence", "Say that one cannot come to a meeting", announce)]
}

#[derive(Clone)]
struct NewAnnouncement {
    meeting: MeetingId,
    reason: Line,
}

impl Input for NewAnnouncement {
    const NAME: &'static str = "NewAnnouncement";

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let meeting = fields.required("meeting_id", "A meeting of the course that has not begun.");
        let reason = fields.required("reason", "Why, in a line. The organisation that gives the course reads it.");
        Some(Self { meeting: meeting?, reason: reason? })
    }
}

async fn announce(
    ctx: Ctx<AnnounceAbsences>,
    Path((person, enrolment)): Path<(PersonId, EnrolmentId)>,
    Json(new): Json<NewAnnouncement>,
) -> Result<Answer<MarkView>> {
    let zone = ctx.law().zone;
    ctx.create(
        move |tx| enrolments::find(tx, person, enrolment),
        move |tx, seen| {
            let announced = ops::announce(tx, &seen, new.meeting, new.reason.0.clone(), zone)?;
            Ok(announced.map(|row| Done::added(None, MarkView::from(&row))))
        },
    )
    .await
}
