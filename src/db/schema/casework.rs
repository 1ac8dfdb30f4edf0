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
