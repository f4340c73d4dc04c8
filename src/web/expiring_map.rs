//! A shelf for things that grow old: codes, tokens, sessions, logins that were only begun.
//!
//! Anybody on this machine can ask for as many as they like, so a shelf has room for a fixed number,
//! and everything on it a fixed life. When it is full the oldest thing makes room for the new one.
//!
//! ```text
//! key, thing, now  ->  Shelf  ->  the thing, until its time is over
//! ```
//!
//! Next: `visible.rs`.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Things by name, bounded in number and in age.
pub struct Shelf<T> {
    room: usize,
    life: Duration,
    /// Each with its place in the order of coming, and the time at which it came.
    things: HashMap<String, (u64, Instant, T)>,
    next: u64,
}

impl<T> Shelf<T> {
    /// An empty shelf: how many things it holds, and for how long.
    pub fn new(room: usize, life: Duration) -> Shelf<T> {
        // Twice the room: with less, what was taken off makes the table double itself one day.
        Shelf { room, life, things: HashMap::with_capacity(2 * room), next: 0 }
    }

    /// Puts a thing on the shelf. What is over goes, and the oldest one if there is still no room.
    pub fn put(&mut self, name: &str, thing: T, now: Instant) {
        self.take(name);
        self.things.retain(|_, (_, since, _)| now.duration_since(*since) < self.life);
        if self.things.len() >= self.room {
            let oldest = self.things.values().map(|(place, ..)| *place).min();
            self.things.retain(|_, (place, ..)| Some(*place) != oldest);
        }
        self.things.insert(name.to_owned(), (self.next, now, thing));
        self.next += 1;
    }

    /// The thing of that name, if its time is not over.
    pub fn get(&self, name: &str, now: Instant) -> Option<&T> {
        let (_, since, thing) = self.things.get(name)?;
        (now.duration_since(*since) < self.life).then_some(thing)
    }

    /// The same, to change it. That does not make it younger.
    pub fn get_mut(&mut self, name: &str, now: Instant) -> Option<&mut T> {
        let (_, since, thing) = self.things.get_mut(name)?;
        (now.duration_since(*since) < self.life).then_some(thing)
    }

    /// The names of the things that fit and whose time is not over, the oldest first.
    pub fn names(&self, now: Instant, fits: impl Fn(&T) -> bool) -> Vec<String> {
        let wanted = self.things.keys().filter(|name| self.get(name, now).is_some_and(&fits));
        let mut names: Vec<String> = wanted.cloned().collect();
        names.sort_by_key(|name| self.things.get(name).map(|(place, ..)| *place));
        names
    }

    /// Takes a thing off the shelf, also one whose time is over.
    pub fn take(&mut self, name: &str) -> Option<T> {
        self.things.remove(name).map(|(.., thing)| thing)
    }

    /// Takes everything off the shelf that does not fit.
    pub fn keep(&mut self, fits: impl Fn(&T) -> bool) {
        self.things.retain(|_, (.., thing)| fits(thing));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_thing_is_there_until_its_life_is_over() {
        let start = Instant::now();
        let mut shelf = Shelf::new(9, MINUTE);
        shelf.put("code", 1, start);

        assert_eq!(shelf.get("code", start + MINUTE - Duration::from_nanos(1)), Some(&1));
        assert_eq!(shelf.get_mut("code", start + MINUTE - Duration::from_nanos(1)), Some(&mut 1));
        assert_eq!(shelf.get("code", start + MINUTE), None);
        assert_eq!(shelf.get_mut("code", start + MINUTE), None);
        assert_eq!(shelf.get("other", start), None);
    }

    #[test]
    fn the_names_of_what_fits_come_oldest_first_and_without_what_is_over() {
        let start = Instant::now();
        let mut shelf = Shelf::new(9, MINUTE);
        for (name, thing, since) in [("over", 1, start), ("b", 1, start + MINUTE / 2)] {
            shelf.put(name, thing, since);
        }
        for (name, thing) in [("other", 2), ("a", 1), ("taken", 1), ("new", 1), ("a", 1)] {
            shelf.put(name, thing, start + MINUTE / 2);
        }
        shelf.take("taken");

        assert_eq!(shelf.names(start + MINUTE, |thing| *thing == 1), ["b", "new", "a"]);
        assert_eq!(shelf.names(start + MINUTE, |thing| *thing == 3), [""; 0]);
    }

    #[test]
    fn under_a_flood_the_oldest_falls_off_and_nothing_grows() {
        let now = Instant::now();
        let mut shelf = Shelf::new(3, MINUTE);
        for number in 0..1000 {
            shelf.put(&number.to_string(), number, now);
            assert!(shelf.things.len() <= 3);
        }
        assert_eq!(shelf.get("996", now), None);
        assert_eq!(shelf.get("997", now), Some(&997));
    }

    #[test]
    fn what_was_taken_or_replaced_leaves_nothing_behind() {
        let now = Instant::now();
        let mut shelf = Shelf::new(3, MINUTE);
        for number in 0..1000 {
            shelf.put("first", 0, now);
            shelf.put("same", number, now);
            shelf.take("same");
        }
        shelf.keep(|number| *number > 0);
        assert_eq!(shelf.things.len(), 0);
    }

    #[test]
    fn what_is_over_makes_room_first() {
        let start = Instant::now();
        let mut shelf = Shelf::new(3, MINUTE);
        shelf.put("old", 1, start);
        shelf.put("new", 2, start + MINUTE);
        assert_eq!(shelf.things.len(), 1);
    }
}
