//! Without files on disk, uploads are kept in memory, up to the limit of the body.

use purlin_core::App;
use purlin_core::config::Configuration;

pub(crate) fn install(app: App, _configuration: &Configuration) -> App {
    app
}
