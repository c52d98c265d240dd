//! The rooms in which middlewares run: boxes for their futures, which are used again.
//!
//! Whatever a chain looks like, the next request on it needs boxes for the same futures. Each thread
//! keeps some of those that requests have left.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::error::Result;
use crate::response::Response;

/// How many rooms a thread keeps, and how many bytes each may have.
const MOST: usize = 32;
const LARGEST: usize = 4 * 1024;

type Place = Pin<Box<dyn Room>>;

thread_local! {
    /// Each with the type that it is a room for.
    static ROOMS: RefCell<Vec<(TypeId, Place)>> = const { RefCell::new(Vec::new()) };
}

/// A box for futures of one type.
trait Room: Send {
    /// Lets a future in, if it has the right type, and says whether.
    fn enter(self: Pin<&mut Self>, future: &mut dyn Any) -> bool;
    /// Drops the future.
    fn leave(self: Pin<&mut Self>);
    fn poll_answer(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Response>>;
}

impl<F: Future<Output = Result<Response>> + Send + 'static> Room for Option<F> {
    fn enter(mut self: Pin<&mut Self>, future: &mut dyn Any) -> bool {
        let Some(future) = future.downcast_mut::<Self>() else { return false };
        self.set(future.take());
        true
    }

    fn leave(mut self: Pin<&mut Self>) {
        self.set(None);
    }

    fn poll_answer(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Response>> {
        self.as_pin_mut().expect("a room is left when the future is dropped").poll(cx)
    }
}

/// A middleware on its way to an answer.
#[doc(hidden)]
pub struct InRoom {
    /// Nothing only while it is dropped.
    place: Option<Place>,
    kind: TypeId,
}

impl fmt::Debug for InRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InRoom")
    }
}

impl InRoom {
    pub(crate) fn new<F: Future<Output = Result<Response>> + Send + 'static>(future: F) -> Self {
        let (kind, mut future) = (TypeId::of::<F>(), Some(future));
        let mut place = take(kind);
        if !place.as_mut().is_some_and(|place| place.as_mut().enter(&mut future)) {
            place = Some(Box::pin(future));
        }
        Self { place, kind }
    }

    pub(crate) fn poll_answer(&mut self, cx: &mut Context<'_>) -> Poll<Result<Response>> {
        let place = self.place.as_mut().expect("it has a room until it is dropped");
        place.as_mut().poll_answer(cx)
    }
}

/// A room that was kept for such futures. Who entered first leaves last, so that in a chain like the
/// one before, it is the one that was kept last.
fn take(kind: TypeId) -> Option<Place> {
    let found = ROOMS.try_with(|kept| {
        let mut kept = kept.borrow_mut();
        if let Some((_, place)) = kept.pop_if(|(last, _)| *last == kind) {
            return Some(place);
        }
        let at = kept.iter().rposition(|(known, _)| *known == kind)?;
        Some(kept.remove(at).1)
    });
    found.ok().flatten()
}

impl Drop for InRoom {
    fn drop(&mut self) {
        let Some(mut place) = self.place.take() else { return };
        // Code of the application may run here: nothing is borrowed yet.
        place.as_mut().leave();
        if size_of_val(&*place) > LARGEST {
            return;
        }
        let _ = ROOMS.try_with(|kept| {
            let mut kept = kept.borrow_mut();
            if kept.len() == MOST {
                kept.remove(0);
            }
            kept.push((self.kind, place));
        });
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Ready, pending, ready};
    use std::task::Waker;

    use http::StatusCode;

    use super::*;

    fn of(status: StatusCode) -> Ready<Result<Response>> {
        ready(Ok(Response::new(status)))
    }

    fn kept() -> Vec<usize> {
        ROOMS.with_borrow(|kept| kept.iter().map(|(_, place)| size_of_val(&**place)).collect())
    }

    #[test]
    fn a_room_is_used_again_for_futures_of_its_type() {
        let large = |size| async move {
            let bytes = [0u8; 1000];
            pending::<()>().await;
            Ok(Response::text(StatusCode::OK, bytes[size..].to_vec()))
        };
        drop((InRoom::new(of(StatusCode::OK)), InRoom::new(large(1))));
        let both = kept();
        assert!(both.len() == 2 && both[1] > 1000, "{both:?}");
        let mut small = InRoom::new(of(StatusCode::IM_A_TEAPOT));
        assert_eq!(kept(), both[1..]);
        let Poll::Ready(Ok(response)) = small.poll_answer(&mut Context::from_waker(Waker::noop()))
        else {
            panic!("it is ready");
        };
        assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
        drop((InRoom::new(large(2)), small));
        assert_eq!(kept(), [both[1], both[0]]);
    }

    #[test]
    fn only_some_rooms_are_kept_and_no_large_ones() {
        let huge = async {
            let bytes = [0u8; 2 * LARGEST];
            pending::<()>().await;
            Ok(Response::text(StatusCode::OK, bytes.to_vec()))
        };
        drop(InRoom::new(huge));
        assert_eq!(kept(), [0; 0]);
        let all: Vec<_> = (0..2 * MOST).map(|_| InRoom::new(of(StatusCode::OK))).collect();
        drop(all);
        assert_eq!(kept().len(), MOST);
    }
}
