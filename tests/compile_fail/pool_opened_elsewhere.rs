//! expect: associated function `open` is private

pub fn own_door() {
    let _ = sakin::db::Db::open;
}
