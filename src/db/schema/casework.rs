//! Tables of families, dwellings, documents and cases.

diesel::table! {
    relationship (person_id, id, version) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        kind -> Text,
        other_person_id -> Binary,
        scope -> Nullable<Text>,
        evidence -> Nullable<Text>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        end_ground -> Nullable<Text>,
        withdrawn -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    staff_person (account_id) {
        account_id -> Binary,
        person_id -> Binary,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
    }
}

diesel::table! {
    case_file (person_id, id, version) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        kind -> Text,
        state -> Text,
        closed -> Bool,
        office_id -> Binary,
        ground -> Nullable<Text>,
        channel -> Text,
        filed_on -> Date,
        term -> Nullable<Text>,
        clock_from -> Date,
        due_on -> Date,
        extended_to -> Nullable<Date>,
        permit_id -> Nullable<Binary>,
        assigned_to -> Nullable<Binary>,
        offered_to -> Nullable<Binary>,
        decision_id -> Nullable<Binary>,
        withdrawn -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    case_event (person_id, case_id, seq) {
        person_id -> Binary,
        case_id -> Binary,
        seq -> Integer,
        event -> Text,
        to_state -> Text,
        happened_on -> Date,
        reason -> Nullable<Text>,
        note -> Nullable<Text>,
        until -> Nullable<Date>,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
    }
}

diesel::table! {
    case_paper (person_id, case_id, paper, seq) {
        person_id -> Binary,
        case_id -> Binary,
        paper -> Text,
        seq -> Integer,
        state -> Text,
        document_id -> Nullable<Binary>,
        reason -> Nullable<Text>,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
    }
}

diesel::table! {
    case_task (person_id, id, version) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        case_id -> Binary,
        title -> Text,
        due_on -> Date,
        account_id -> Nullable<Binary>,
        done_on -> Nullable<Date>,
        withdrawn -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    law_archive (hash) {
        hash -> Text,
        pack -> Text,
        files -> Text,
        recorded_at -> BigInt,
    }
}

diesel::table! {
    decision (person_id, id) {
        person_id -> Binary,
        id -> Binary,
        case_id -> Binary,
        seq -> Integer,
        office_id -> Binary,
        outcome -> Text,
        proposed_on -> Date,
        reasons -> Text,
        requirements -> Text,
        effect -> Text,
        computed -> Nullable<Text>,
        deviation -> Nullable<Text>,
        deviation_note -> Nullable<Text>,
        calculation -> Text,
        calculation_hash -> Binary,
        pack -> Text,
        pack_version -> Text,
        pack_hash -> Text,
        recorded_at -> BigInt,
        recorded_by -> Binary,
    }
}

diesel::table! {
    decision_verdict (person_id, decision_id) {
        person_id -> Binary,
        decision_id -> Binary,
        verdict -> Text,
        note -> Nullable<Text>,
        letter_az -> Nullable<Text>,
        letter_en -> Nullable<Text>,
        recorded_at -> BigInt,
        recorded_by -> Binary,
    }
}

diesel::table! {
    refused_demand (id) {
        id -> Binary,
        office_id -> Binary,
        account_id -> Binary,
        kind -> Text,
        paper -> Text,
        recorded_at -> BigInt,
    }
}

diesel::table! {
    work_queue (id) {
        id -> Binary,
        account_id -> Binary,
        office_id -> Nullable<Binary>,
        name -> Text,
        filter -> Text,
        recorded_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    document (person_id, id, version) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        kind -> Text,
        grade -> Text,
        issuer -> Nullable<Text>,
        number -> Nullable<Text>,
        issued_on -> Nullable<Date>,
        valid_from -> Nullable<Date>,
        valid_to -> Nullable<Date>,
        language -> Nullable<Text>,
        translation_of -> Nullable<Binary>,
        content_version -> Nullable<Integer>,
        media_type -> Nullable<Text>,
        size_bytes -> Nullable<Integer>,
        sha256 -> Nullable<Binary>,
        received_at -> Nullable<BigInt>,
        received_from -> Nullable<Binary>,
        judgement -> Nullable<Text>,
        judged_at -> Nullable<BigInt>,
        judged_by -> Nullable<Binary>,
        reason -> Nullable<Text>,
        added_at -> BigInt,
        added_by -> Nullable<Binary>,
        withdrawn -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    document_content (person_id, document_id, version) {
        person_id -> Binary,
        document_id -> Binary,
        version -> Integer,
        content -> Binary,
    }
}

diesel::table! {
    receipt (person_id, id) {
        person_id -> Binary,
        id -> Binary,
        reference -> Text,
        channel -> Text,
        items -> Text,
        deadline -> Nullable<Text>,
        due_on -> Nullable<Date>,
        due_at -> Nullable<BigInt>,
        sources -> Nullable<Text>,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
    }
}

diesel::table! {
    dwelling (id) {
        id -> Binary,
        division_code -> Nullable<Text>,
        division -> Text,
        as_printed -> Text,
        key -> Text,
        created_at -> BigInt,
        created_by -> Nullable<Binary>,
    }
}

diesel::table! {
    host_consent (person_id, id, version) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        address_id -> Nullable<Binary>,
        host_person_id -> Nullable<Binary>,
        host_name -> Text,
        host_document_number -> Nullable<Text>,
        declared_on -> Date,
        given_on -> Nullable<Date>,
        refused_on -> Nullable<Date>,
        withdrawn_on -> Nullable<Date>,
        withdrawn -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    permit_event (person_id, id, version) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        permit_id -> Binary,
        kind -> Text,
        effective_on -> Date,
        document_number -> Nullable<Text>,
        legal_event_id -> Nullable<Binary>,
        withdrawn -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    accreditation (id) {
        id -> Binary,
        organisation_id -> Binary,
        number -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    course (id) {
        id -> Binary,
        version -> Integer,
        organisation_id -> Binary,
        title -> Text,
        level_from -> Text,
        level_to -> Text,
        taught_language -> Text,
        language_of_instruction -> Text,
        target_group -> Nullable<Text>,
        division_code -> Nullable<Text>,
        place -> Nullable<Text>,
        mode -> Text,
        price_qepik -> Integer,
        childcare -> Bool,
        step_free -> Bool,
        capacity -> Integer,
        enrol_from -> Date,
        enrol_to -> Date,
        order_rule -> Text,
        offer_hours -> Integer,
        required_share -> Integer,
        teacher_id -> Nullable<Binary>,
        state -> Text,
        last_position -> BigInt,
        created_at -> BigInt,
        created_by -> Nullable<Binary>,
        updated_at -> BigInt,
        updated_by -> Nullable<Binary>,
    }
}

diesel::table! {
    course_version (course_id, version) {
        course_id -> Binary,
        version -> Integer,
        title -> Text,
        level_from -> Text,
        level_to -> Text,
        taught_language -> Text,
        language_of_instruction -> Text,
        target_group -> Nullable<Text>,
        division_code -> Nullable<Text>,
        place -> Nullable<Text>,
        mode -> Text,
        price_qepik -> Integer,
        childcare -> Bool,
        step_free -> Bool,
        capacity -> Integer,
        enrol_from -> Date,
        enrol_to -> Date,
        order_rule -> Text,
        offer_hours -> Integer,
        required_share -> Integer,
        teacher_id -> Nullable<Binary>,
        state -> Text,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    course_meeting (course_id, id) {
        course_id -> Binary,
        id -> Binary,
        version -> Integer,
        starts_at -> BigInt,
        ends_at -> BigInt,
        cancelled -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        cancelled_at -> Nullable<BigInt>,
        cancelled_by -> Nullable<Binary>,
    }
}

diesel::table! {
    enrolment (person_id, id, version) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        course_id -> Binary,
        organisation_id -> Binary,
        state -> Text,
        reason -> Nullable<Text>,
        position -> BigInt,
        seat -> Nullable<Integer>,
        offered_until -> Nullable<BigInt>,
        enrolled_on -> Nullable<Date>,
        withdrawn -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    attendance (person_id, id, version) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        course_id -> Binary,
        status -> Text,
        reason -> Nullable<Text>,
        withdrawn -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
        announced -> Bool,
    }
}

diesel::table! {
    placement (person_id, id) {
        person_id -> Binary,
        id -> Binary,
        organisation_id -> Binary,
        listening -> Text,
        reading -> Text,
        writing -> Text,
        speaking -> Text,
        placed_level -> Text,
        deviation_reason -> Nullable<Text>,
        tested_on -> Date,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
    }
}

diesel::table! {
    certificate (person_id, id, version) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        organisation_id -> Binary,
        course_id -> Binary,
        enrolment_id -> Binary,
        number -> Text,
        level -> Text,
        listening -> Text,
        reading -> Text,
        writing -> Text,
        speaking -> Text,
        issued_on -> Date,
        issued_by -> Binary,
        sha256 -> Text,
        state -> Text,
        reason -> Nullable<Text>,
        evidence_id -> Nullable<Binary>,
        withdrawn -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    language_need (person_id, id) {
        person_id -> Binary,
        id -> Binary,
        level -> Text,
        language_of_instruction -> Text,
        division_code -> Text,
        hours_per_week -> Integer,
        childcare -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
        availability -> Text,
    }
}

diesel::table! {
    calendar_feed (id) {
        id -> Binary,
        secret_sha256 -> Binary,
        course_id -> Nullable<Binary>,
        person_id -> Nullable<Binary>,
        organisation_id -> Nullable<Binary>,
        created_at -> BigInt,
        created_by -> Nullable<Binary>,
        read_on -> Nullable<Date>,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<Binary>,
    }
}

diesel::table! {
    course_hours (person_id, id) {
        person_id -> Binary,
        id -> Binary,
        hours -> Integer,
        reason -> Text,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<Binary>,
    }
}
