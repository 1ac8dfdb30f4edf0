//! The tables as diesel sees them. `tests/it/schema.rs` compares them with both databases. Queries belong to the `store` of the slice that
//! owns the table.

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
    account (id) {
        id -> Binary,
        email -> Text,
        display_name -> Text,
        role -> Text,
        office_id -> Nullable<Binary>,
        state -> Text,
        password -> Text,
        authz_version -> Integer,
        not_before -> BigInt,
        created_at -> BigInt,
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

diesel::allow_tables_to_appear_in_same_query!(person, person_record, person_name, person_name_key);
