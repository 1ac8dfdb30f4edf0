//! One integration binary: behaviour through HTTP, on both databases.
#![cfg(test)]

mod harness;
mod people;
