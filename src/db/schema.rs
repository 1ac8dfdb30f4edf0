//! The tables as diesel sees them. `tests/it/schema.rs` compares them with both databases. Queries belong to the `store` of the slice that
//! owns the table.

#[path = "schema/casework.rs"]
mod casework;

pub(crate) use self::casework::*;

diesel::table! {
    audit_event (event_id) {
        event_id -> Binary,
        writer -> BigInt,
        wseq -> BigInt,
        at_us -> BigInt,
        action -> SmallInt,
        leaf -> Binary,
        mac -> Binary,
    }
}

diesel::table! {
    audit_body (event_id) {
        event_id -> Binary,
        salt -> Binary,
        key_id -> Integer,
        body -> Binary,
    }
}

diesel::table! {
    audit_subject (subject_tag, event_id) {
        subject_tag -> Binary,
        event_id -> Binary,
    }
}

diesel::table! {
    audit_pending (event_id) {
        event_id -> Binary,
    }
}

diesel::table! {
    installation (one) {
        one -> SmallInt,
        demo -> Bool,
        created_at -> BigInt,
    }
}

diesel::table! {
    office (id) {
        id -> Binary,
        name -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    organisation (id) {
        id -> Binary,
        name -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    account (id) {
        id -> Binary,
        version -> Integer,
        email -> Text,
        display_name -> Text,
        password -> Nullable<Text>,
        authz_version -> Integer,
        not_before -> BigInt,
        created_at -> BigInt,
        created_by -> Nullable<Binary>,
        disabled_at -> Nullable<BigInt>,
        disabled_by -> Nullable<Binary>,
    }
}

diesel::table! {
    idempotency (account_id, idempotency_key) {
        account_id -> Binary,
        idempotency_key -> Text,
        fingerprint -> Binary,
        answer -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    person (id) {
        id -> Binary,
        file_number -> Text,
        office_id -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    person_record (person_id, version) {
        person_id -> Binary,
        version -> Integer,
        birth_date -> Nullable<Text>,
        sex -> SmallInt,
        reason -> Nullable<Text>,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    person_name (person_id, id, version) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        kind -> Text,
        full_name_as_printed -> Text,
        given -> Nullable<Text>,
        surname -> Nullable<Text>,
        patronymic -> Nullable<Text>,
        patronymic_form -> Nullable<Text>,
        no_surname -> Bool,
        script -> Nullable<Text>,
        language -> Nullable<Text>,
        valid_from -> Nullable<Date>,
        valid_to -> Nullable<Date>,
        withdrawn -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    person_name_key (kind, name_key, person_id, name_id) {
        kind -> Text,
        name_key -> Text,
        person_id -> Binary,
        name_id -> Binary,
    }
}

diesel::table! {
    nationality (person_id, id, version) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        code -> Text,
        valid_from -> Nullable<Date>,
        valid_to -> Nullable<Date>,
        withdrawn -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    permit (person_id, id, version) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        kind -> Text,
        ground -> Nullable<Text>,
        sponsor_ground -> Nullable<Text>,
        document_number -> Nullable<Text>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        withdrawn -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
        granted_to -> Nullable<Date>,
        ended_on -> Nullable<Date>,
        end_kind -> Nullable<Text>,
        end_ground -> Nullable<Text>,
        end_note -> Nullable<Text>,
        end_recorded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    address (person_id, id, version) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        kind -> Text,
        basis -> Text,
        division -> Text,
        as_printed -> Text,
        valid_from -> Text,
        valid_to -> Nullable<Text>,
        certain_from -> Nullable<Date>,
        certain_to -> Nullable<Date>,
        withdrawn -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
        division_code -> Nullable<Text>,
        dwelling_id -> Nullable<Binary>,
    }
}

diesel::table! {
    crossing (person_id, id, version) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        direction -> Text,
        crossed_on -> Date,
        place -> Nullable<Text>,
        source -> Text,
        withdrawn -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
        confidence -> Text,
    }
}

diesel::table! {
    presence_gap (person_id, id, version) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        valid_from -> Date,
        valid_to -> Date,
        withdrawn -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    evidence (person_id, id, version) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        kind -> Text,
        level -> Nullable<Text>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        withdrawn -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    rule_fact (person_id, id, version) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        name -> Text,
        value -> Bool,
        withdrawn -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    legal_event (person_id, id, version) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        kind -> Text,
        happened_on -> Date,
        happened_at -> Nullable<BigInt>,
        withdrawn -> Bool,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        superseded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    session (id) {
        id -> Binary,
        account_id -> Binary,
        created_at -> BigInt,
        used_at -> BigInt,
        authenticated_at -> BigInt,
        second_factor -> Bool,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        ended_for -> Nullable<Text>,
    }
}

diesel::table! {
    refresh_token (token_hash) {
        token_hash -> Binary,
        session_id -> Binary,
        issued_at -> BigInt,
        spent_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    device (token_hash) {
        token_hash -> Binary,
        account_id -> Binary,
        created_at -> BigInt,
        used_at -> BigInt,
    }
}

diesel::table! {
    failed_try (counter) {
        counter -> Binary,
        failures -> Integer,
        last_at -> BigInt,
    }
}

diesel::table! {
    totp (account_id) {
        account_id -> Binary,
        seed -> Nullable<Binary>,
        next_seed -> Nullable<Binary>,
        confirmed_at -> Nullable<BigInt>,
        last_step -> BigInt,
    }
}

diesel::table! {
    recovery_code (account_id, code_hash) {
        account_id -> Binary,
        code_hash -> Binary,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    passkey (credential_id) {
        credential_id -> Binary,
        account_id -> Binary,
        credential -> Binary,
        counter -> BigInt,
        name -> Nullable<Text>,
        created_at -> BigInt,
        used_at -> Nullable<BigInt>,
        id -> Binary,
    }
}

diesel::table! {
    passkey_challenge (id) {
        id -> Binary,
        account_id -> Binary,
        sign_in_id -> Binary,
        purpose -> Text,
        state -> Binary,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    one_time_code (code_hash) {
        code_hash -> Binary,
        purpose -> Text,
        account_id -> Nullable<Binary>,
        issued_at -> BigInt,
        issued_by -> Nullable<Binary>,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    notice (account_id, id) {
        account_id -> Binary,
        id -> Binary,
        kind -> Text,
        at -> BigInt,
        read_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    membership (id) {
        id -> Binary,
        version -> Integer,
        account_id -> Binary,
        role -> Text,
        reach -> Text,
        office_id -> Nullable<Binary>,
        organisation_id -> Nullable<Binary>,
        person_id -> Nullable<Binary>,
        invited_at -> BigInt,
        invited_by -> Nullable<Binary>,
        accepted_at -> Nullable<BigInt>,
        confirmed_at -> Nullable<BigInt>,
        confirmed_by -> Nullable<Binary>,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<Binary>,
    }
}

diesel::table! {
    assignment (person_id, id) {
        person_id -> Binary,
        id -> Binary,
        account_id -> Binary,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<Binary>,
    }
}

diesel::table! {
    exclusion (person_id, id) {
        person_id -> Binary,
        id -> Binary,
        account_id -> Binary,
        ground -> Text,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<Binary>,
    }
}

diesel::table! {
    protection (person_id, id) {
        person_id -> Binary,
        id -> Binary,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<Binary>,
    }
}

diesel::table! {
    access_grant (person_id, id) {
        person_id -> Binary,
        id -> Binary,
        version -> Integer,
        account_id -> Binary,
        office_id -> Nullable<Binary>,
        purpose -> Text,
        reason -> Text,
        recorded_at -> BigInt,
        expires_at -> BigInt,
        reviewed_at -> Nullable<BigInt>,
        reviewed_by -> Nullable<Binary>,
        outcome -> Nullable<Text>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    consent (person_id, id) {
        person_id -> Binary,
        id -> Binary,
        organisation_id -> Binary,
        purpose -> Text,
        recorded_at -> BigInt,
        recorded_by -> Nullable<Binary>,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<Binary>,
        name_as_wanted -> Nullable<Text>,
        contact -> Nullable<Text>,
        languages -> Nullable<Text>,
        shares_needs -> Bool,
        guardian_id -> Nullable<Binary>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(account, membership);
diesel::allow_tables_to_appear_in_same_query!(
    person,
    person_record,
    person_name,
    person_name_key,
    assignment,
    consent,
    access_grant,
    case_file,
    case_task
);
diesel::allow_tables_to_appear_in_same_query!(person, enrolment);
diesel::allow_tables_to_appear_in_same_query!(course, course_version, language_need);
diesel::allow_tables_to_appear_in_same_query!(decision, decision_verdict);
