//! What stands under the name beside a route: the route, or nothing.

use std::any::TypeId;

use crate::routes::Route;
use crate::site::Site;

/// What may be written as an address.
pub trait Addressed {
    /// Tells the site that its handler writes the address of `route`, which `mount` mounts. Where
    /// the handler names no module, the route is one of its own module, or another one is meant.
    fn announce(
        site: &mut Site<'_>,
        module: Option<&str>,
        route: &'static str,
        mount: &'static str,
    );
}

impl<R: Route> Addressed for R {
    fn announce(
        site: &mut Site<'_>,
        module: Option<&str>,
        route: &'static str,
        mount: &'static str,
    ) {
        if module.is_none_or(|module| module == R::DOC.module) {
            site.wants_route(TypeId::of::<R>(), R::PLACE, route, mount);
        }
    }
}

/// What the name means where there is no route.
#[derive(Debug)]
pub struct NoRoute(());

impl Addressed for NoRoute {
    fn announce(_: &mut Site<'_>, _: Option<&str>, _: &'static str, _: &'static str) {}
}
