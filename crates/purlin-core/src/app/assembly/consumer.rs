//! Functions of services that the application runs itself: hooks, checks and subcommands.

use std::fmt;
use std::sync::Arc;

use crate::builtin::Check;
use crate::endpoint::BoxFuture;
use crate::error::Result;
use crate::report::{Place, Report, Reported};
use crate::services::{Factory, Key, Make, MakeEach, Needs, Provider, ServiceTable};

type Prepare<T> = Box<dyn FnOnce(&mut Needs<'_>) -> Result<T, Reported> + Send>;

/// What a subcommand was given on the command line, after its name: `Inject<Arguments>`.
#[derive(Clone, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "it is matched by its field, and has no other")]
pub struct Arguments(pub Vec<String>);

/// A function that takes services; prepared at assembly, run later.
pub(crate) struct Consumer {
    place: Place,
    stage: Stage,
    wanted: Vec<Key>,
}

enum Stage {
    Once(Prepare<Make<()>>),
    Repeated(Prepare<MakeEach<BoxFuture<Result>>>),
    ReadyOnce(Make<()>),
    ReadyRepeated(MakeEach<BoxFuture<Result>>),
    Refused,
}

impl fmt::Debug for Consumer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Consumer({})", self.place)
    }
}

impl Consumer {
    pub(crate) fn new<Args: 'static>(run: impl Provider<Args, ()>, place: Place) -> Self {
        let stage = Stage::Once(Box::new(|needs| Arc::new(run).prepare(needs)));
        Self { place, stage, wanted: Vec::new() }
    }

    pub(crate) fn repeated<Args: 'static>(
        run: impl Factory<Args, BoxFuture<Result>>,
        place: Place,
    ) -> Self {
        let stage = Stage::Repeated(Box::new(|needs| Arc::new(run).prepare(needs)));
        Self { place, stage, wanted: Vec::new() }
    }

    pub(super) fn prepare(&mut self, services: &mut ServiceTable, report: &mut Report) {
        let name = self.place.what.to_owned();
        let mut needs = Needs::new(services, report, name, self.place);
        self.stage = match std::mem::replace(&mut self.stage, Stage::Refused) {
            Stage::Once(prepare) => prepare(&mut needs).map_or(Stage::Refused, Stage::ReadyOnce),
            Stage::Repeated(prepare) => {
                prepare(&mut needs).map_or(Stage::Refused, Stage::ReadyRepeated)
            }
            other => other,
        };
        self.wanted = needs.into_wanted();
    }

    /// The services it takes.
    pub(super) fn wanted(&self) -> &[Key] {
        &self.wanted
    }

    /// Where it was added.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    pub(crate) async fn run(self) -> Result {
        match self.stage {
            Stage::ReadyOnce(run) => run().await,
            _ => Ok(()),
        }
    }

    pub(crate) fn into_check(self) -> Option<Check> {
        match self.stage {
            Stage::ReadyRepeated(run) => Some(Arc::new(move || match run() {
                Ok(check) => check,
                Err(error) => Box::pin(async move { Err(error) }),
            })),
            _ => None,
        }
    }
}
