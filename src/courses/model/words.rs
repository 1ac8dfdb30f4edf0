//! What a state means, in the words of whoever is in it.

use super::EnrolmentState;

/// A sentence in both languages: Azerbaijani, English.
pub(in crate::courses) type Words = (&'static str, &'static str);

/// What somebody's state in a course means to them.
pub(in crate::courses) const fn meaning(state: EnrolmentState) -> Words {
    match state {
        EnrolmentState::Offered => (
            "Sizə yer təklif olunur. Göstərilən vaxtadək qəbul və ya imtina edin; imtinanın sizə heç bir ziyanı yoxdur.",
            "A seat is kept for you. Take it or decline it until the time shown; declining has no consequences.",
        ),
        EnrolmentState::Enrolled => ("Kursda yeriniz var.", "You have a seat in the course."),
        EnrolmentState::Waiting => (
            "Hələ boş yer yoxdur. Növbədəsiniz: yer boşalanda müraciət sırası ilə sizə təklif olunacaq.",
            "No seat is free yet. You are in the queue: free seats are offered in the order of applications.",
        ),
        EnrolmentState::Declined => (
            "Yerdən imtina etmisiniz. Bunun heç bir nəticəsi yoxdur, yenidən yazıla bilərsiniz.",
            "You declined. That has no consequences, and you can enrol again.",
        ),
        EnrolmentState::Left => (
            "Bu kursda daha iştirak etmirsiniz. Yenidən yazıla bilərsiniz.",
            "You do not take part in this course any more. You can enrol again.",
        ),
        EnrolmentState::Completed => ("Kursu başa vurmusunuz.", "You took part to the end of the course."),
        EnrolmentState::Expired => (
            "Təklifin vaxtı keçib və yer növbədəkinə təklif olunub. Yenidən yazıla bilərsiniz.",
            "The offer ended without an answer, and the seat went to the next. You can enrol again.",
        ),
    }
}
