//! One integration binary: behaviour through HTTP, on both databases, and the promises about the code itself.
#![cfg(test)]

mod accounts;
mod addresses;
mod architecture;
mod bad_input;
mod biographies;
mod canaries;
mod casework;
mod compile_fail;
mod confidentiality;
mod courses;
mod documents;
mod durability;
mod eligibility;
mod every_endpoint;
mod families;
mod golden;
mod harness;
mod law_data;
mod law_input;
mod law_packs;
mod notices;
mod openapi;
mod overlaps;
mod panics;
#[cfg(feature = "passkeys")]
mod passkeys;
mod people;
mod permits;
mod plans;
mod presence;
mod production;
mod raw_http;
mod reading_limits;
mod schema;
mod sign_in;
mod sign_in_load;
mod simulations;
mod tls;
mod tokens;
mod writing;
