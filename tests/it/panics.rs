//! The last resort (row G4): an operation that panics fails by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use actix_web::{App, HttpServer};
use sakin::error::Result;
use sakin::http::{Answer, Endpoint, Method, Public, Router, configure, endpoint};
use sakin::web::endpoints;
use serde::Serialize;
use utoipa::ToSchema;

use crate::harness::{Actor, Backend, TestApp, on_both};

const PANICS: u32 = 1000;

#[derive(Debug, Serialize, ToSchema)]
struct Never {}

async fn panicking(_: Public) -> Result<Answer<Never>> {
    tokio::task::yield_now().await;
    panic!("on purpose");
}

/// Another instance, which has one more operation. Answers with its address.
fn serve(app: &TestApp) -> std::net::SocketAddr {
    let mut all: Vec<Arc<Endpoint>> = endpoints();
    all.push(Arc::new(endpoint(Method::GET, "/panic", "panicOnPurpose", "Panic", panicking)));
    let router = Arc::new(Router::new(&all).unwrap());
    let (listener, app) = (std::net::TcpListener::bind("127.0.0.1:0").unwrap(), Arc::clone(&app.app));
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let factory = move || {
            let (app, router) = (Arc::clone(&app), Arc::clone(&router));
            App::new().configure(move |service| configure(service, &app, &router))
        };
        let server = HttpServer::new(factory).workers(1).disable_signals().listen(listener).unwrap();
        actix_web::rt::System::new().block_on(server.run()).unwrap();
    });
    address
}

on_both! {
    async fn a_panic_is_one_answer_and_one_event(app: TestApp) {
        let officer = app.caseworker("Bakı").await.at_address(serve(&app));
        let (over, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
        let others = (0..4).map(|_| {
            let (officer, over, answered): (Actor, _, _) = (officer.clone(), Arc::clone(&over), Arc::clone(&answered));
            tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    officer.get("/api/v1/me").await.expect(200);
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            })
        });
        let others: Vec<_> = others.collect();
        let panics = (0..4).map(|_| {
            let officer = officer.clone();
            tokio::spawn(async move {
                for _ in 0..PANICS / 4 {
                    let problem = officer.get("/panic").await.problem(500, "internal_error");
                    assert!(!problem.to_string().contains("purpose"), "{problem}");
                }
            })
        });
        for panic in panics.collect::<Vec<_>>() {
            panic.await.unwrap();
        }
        over.store(true, Ordering::Relaxed);
        for other in others {
            other.await.unwrap();
        }
        assert!(answered.load(Ordering::Relaxed) > 100, "{answered:?} others");
        assert_eq!(app.database.count("audit_event WHERE action = 134"), i64::from(PANICS));
    }
}
