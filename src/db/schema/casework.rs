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
