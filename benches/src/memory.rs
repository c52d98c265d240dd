//! Resident memory: after the start, and with idle connections.

use std::collections::BTreeMap;

use crate::client::Client;
use crate::contract::scenarios;
use crate::results::Memory;
use crate::server::{Kind, Server, Start};

/// So many idle connections, one after the other.
pub(crate) const CONNECTIONS: [usize; 2] = [1_000, 10_000];

/// Measures one server without more routes, and one with 500.
pub(crate) fn measure(kind: Kind) -> Result<Vec<Memory>, String> {
    [0, 500].map(|routes| measure_with(kind, routes)).into_iter().collect()
}

/// Each connection has asked once, so that it is idle and not new.
fn measure_with(kind: Kind, routes: usize) -> Result<Memory, String> {
    let request = scenarios().swap_remove(1).request;
    let server = Server::start(kind, Start { routes, middleware: false, wrapper: &[] })?;
    let start = server.memory()?;
    let mut clients = Vec::new();
    let mut connections = BTreeMap::new();
    for count in CONNECTIONS {
        while clients.len() < count {
            let mut client = Client::connect(server.port).map_err(|error| {
                format!("connection {} to {}: {error}", clients.len() + 1, kind.name())
            })?;
            client.send(&request).map_err(|error| error.to_string())?;
            client.receive().map_err(|error| error.to_string())?;
            clients.push(client);
        }
        connections.insert(count, server.memory()?);
    }
    Ok(Memory { server: kind.name().to_owned(), routes, start, connections })
}
