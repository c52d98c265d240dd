//! Facts of the request that need no reading: who, how, which.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, Method, Uri};

use super::Extract;
use crate::connection::write_address;
use crate::error::{Error, Result};
use crate::report::Reported;
use crate::request::{Request, RequestId};
use crate::site::Site;

/// The address of the client: the other end of the connection, or what a proxy there that the
/// configuration trusts says it is (`server.trusted_proxies`). Its port is 0 where nobody knows it.
///
/// `Option<ClientAddress>` is `None` where the transport has no addresses, as in process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "it is matched by its field, and has no other")]
pub struct ClientAddress(pub SocketAddr);

impl ClientAddress {
    /// The address without the port.
    pub fn ip(self) -> IpAddr {
        self.0.ip()
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_address(self.0, f)
    }
}

impl Extract for ClientAddress {
    type Prepared = ();

    fn prepare(_site: &mut Site<'_>) -> Result<(), Reported> {
        Ok(())
    }

    async fn extract((): &(), request: &mut Request) -> Result<Self> {
        let address = request.client_address().map(Self);
        address.ok_or_else(|| {
            Error::internal("the transport of this request has no addresses").absent()
        })
    }
}

macro_rules! facts {
    ($($type:ty, $take:expr;)*) => {
        $(impl Extract for $type {
            type Prepared = ();

            fn prepare(_site: &mut Site<'_>) -> Result<(), Reported> {
                Ok(())
            }

            async fn extract((): &(), request: &mut Request) -> Result<Self> {
                let take: fn(&Request) -> Self = $take;
                Ok(take(request))
            }
        })*
    };
}

facts! {
    HeaderMap, |request| request.headers().clone();
    Method, |request| request.method().clone();
    RequestId, |request| request.id().clone();
    Uri, |request| request.uri().clone();
}
