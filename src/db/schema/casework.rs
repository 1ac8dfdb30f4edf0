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
