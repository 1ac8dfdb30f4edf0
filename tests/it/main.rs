//! One integration binary: behaviour through HTTP, on both databases, and the promises about the code itself.
#![cfg(test)]

mod architecture;
mod bad_input;
mod biographies;
mod compile_fail;
mod confidentiality;
mod durability;
mod eligibility;
mod every_endpoint;
mod golden;
mod harness;
mod law_data;
mod law_input;
mod law_packs;
mod openapi;
mod people;
mod plans;
mod schema;
mod simulations;
mod writing;
