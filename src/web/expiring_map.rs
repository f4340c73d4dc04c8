//! A map whose entries expire: codes, tokens, sessions, logins that were only begun.
//!
//! Any program on this machine can ask for as many as it likes, so a map has a capacity, and each entry a lifetime.
//! When the map is full, the oldest entry makes room for the new one.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Entries by name, bounded in number and in age.
pub struct ExpiringMap<T> {
    capacity: usize,
    lifetime: Duration,
    /// Each with its number and the time at which it was inserted.
    entries: HashMap<String, (u64, Instant, T)>,
    next_number: u64,
}

impl<T> ExpiringMap<T> {
    /// An empty map: how many entries it holds, and for how long.
    pub fn new(capacity: usize, lifetime: Duration) -> ExpiringMap<T> {
        // Twice the capacity: with less, the table would double its size one day because of removed entries.
        let entries = HashMap::with_capacity(2 * capacity);
        ExpiringMap { capacity, lifetime, entries, next_number: 0 }
    }

    /// Inserts an entry. In a full map expired ones make room, or else the oldest one.
    pub fn insert(&mut self, name: &str, value: T, now: Instant) {
        self.remove(name);
        if self.entries.len() >= self.capacity {
            self.entries.retain(|_, (_, since, _)| now.duration_since(*since) < self.lifetime);
        }
        if self.entries.len() >= self.capacity
            && let Some(oldest) = self.oldest(now, |_| true)
        {
            self.remove(&oldest);
        }
        self.entries.insert(name.to_owned(), (self.next_number, now, value));
        self.next_number += 1;
    }

    /// The entry of that name, if it has not expired.
    pub fn get(&self, name: &str, now: Instant) -> Option<&T> {
        let (_, since, value) = self.entries.get(name)?;
        (now.duration_since(*since) < self.lifetime).then_some(value)
    }

    /// The same, to change it. That does not make it younger.
    pub fn get_mut(&mut self, name: &str, now: Instant) -> Option<&mut T> {
        let (_, since, value) = self.entries.get_mut(name)?;
        (now.duration_since(*since) < self.lifetime).then_some(value)
    }

    /// The name of the oldest entry that fits, of those that have not expired.
    pub fn oldest(&self, now: Instant, fits: impl Fn(&T) -> bool) -> Option<String> {
        let oldest = self.fitting(now, fits).min_by_key(|(_, (number, ..))| *number);
        oldest.map(|(name, _)| name.clone())
    }

    /// How many entries fit, of those that have not expired.
    pub fn count(&self, now: Instant, fits: impl Fn(&T) -> bool) -> usize {
        self.fitting(now, fits).count()
    }

    fn fitting(
        &self,
        now: Instant,
        fits: impl Fn(&T) -> bool,
    ) -> impl Iterator<Item = (&String, &(u64, Instant, T))> {
        let is_alive = move |since: &Instant| now.duration_since(*since) < self.lifetime;
        self.entries.iter().filter(move |(_, (_, since, value))| is_alive(since) && fits(value))
    }

    /// Removes an entry, also an expired one.
    pub fn remove(&mut self, name: &str) -> Option<T> {
        self.entries.remove(name).map(|(.., value)| value)
    }

    /// Removes every entry that does not fit.
    pub fn retain(&mut self, fits: impl Fn(&T) -> bool) {
        self.entries.retain(|_, (.., value)| fits(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_thing_is_there_until_its_life_is_over() {
        let start = Instant::now();
        let mut map = ExpiringMap::new(9, MINUTE);
        map.insert("code", 1, start);

        assert_eq!(map.get("code", start + MINUTE - Duration::from_nanos(1)), Some(&1));
        assert_eq!(map.get_mut("code", start + MINUTE - Duration::from_nanos(1)), Some(&mut 1));
        assert_eq!(map.get("code", start + MINUTE), None);
        assert_eq!(map.get_mut("code", start + MINUTE), None);
        assert_eq!(map.get("other", start), None);
    }

    #[test]
    fn the_oldest_entry_that_fits_is_found_and_those_that_fit_are_counted() {
        let start = Instant::now();
        let mut map = ExpiringMap::new(9, MINUTE);
        for (name, thing, since) in [("over", 1, start), ("b", 1, start + MINUTE / 2)] {
            map.insert(name, thing, since);
        }
        for (name, thing) in [("other", 2), ("a", 1), ("taken", 1), ("new", 1), ("a", 1)] {
            map.insert(name, thing, start + MINUTE / 2);
        }
        map.remove("taken");

        assert_eq!(map.oldest(start + MINUTE, |thing| *thing == 1).as_deref(), Some("b"));
        assert_eq!(map.oldest(start, |thing| *thing == 1).as_deref(), Some("over"));
        assert_eq!(map.oldest(start + MINUTE, |thing| *thing == 3), None);
        assert_eq!(map.count(start + MINUTE, |thing| *thing == 1), 3);
        assert_eq!(map.count(start + MINUTE, |thing| *thing == 3), 0);
    }

    #[test]
    fn under_a_flood_the_oldest_falls_off_and_nothing_grows() {
        let now = Instant::now();
        let mut map = ExpiringMap::new(3, MINUTE);
        for number in 0..1000 {
            map.insert(&number.to_string(), number, now);
            assert!(map.entries.len() <= 3);
        }
        assert_eq!(map.get("996", now), None);
        assert_eq!(map.get("997", now), Some(&997));
    }

    #[test]
    fn what_was_taken_or_replaced_leaves_nothing_behind() {
        let now = Instant::now();
        let mut map = ExpiringMap::new(3, MINUTE);
        for number in 0..1000 {
            map.insert("first", 0, now);
            map.insert("same", number, now);
            map.remove("same");
        }
        map.retain(|number| *number > 0);
        assert_eq!(map.entries.len(), 0);
    }

    #[test]
    fn what_is_over_makes_room_first() {
        let start = Instant::now();
        let mut map = ExpiringMap::new(3, MINUTE);
        map.insert("over", 1, start);
        map.insert("over too", 2, start);
        map.insert("alive", 3, start + MINUTE / 2);
        map.insert("new", 4, start + MINUTE);
        assert_eq!(map.entries.len(), 2);
        assert_eq!(map.get("alive", start + MINUTE), Some(&3));
    }
}
