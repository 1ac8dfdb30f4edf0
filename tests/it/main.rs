//! One integration binary: behaviour through HTTP, on both databases.
#![cfg(test)]

mod bad_input;
mod biographies;
mod eligibility;
mod harness;
mod people;
mod writing;
