//! Rows of scopes: which element of which list, how surely it is there, and which belong together.

/// How surely a row is there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Presence {
    /// It is.
    Certain,
    /// It may be.
    Perhaps,
    /// It stands for any number of elements, none of them known: an open list.
    Many,
}

/// The rows of a scope: grouped by row of the parent, in order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rows {
    parents: Vec<u32>,
    elements: Vec<u32>,
    presences: Vec<Presence>,
    starts: Vec<u32>,
}

impl Rows {
    /// The root scope: one row a dossier.
    pub fn root(dossiers: usize) -> Self {
        let all: Vec<u32> = (0..u32::try_from(dossiers).unwrap_or(u32::MAX)).collect();
        Self { parents: all.clone(), elements: all, presences: vec![Presence::Certain; dossiers], starts: vec![0] }
    }

    /// The rows of a list: for each row of its parent, how many elements are known, and whether there
    /// may be others. An open list has one row more, which stands for those.
    pub fn list(parents: impl IntoIterator<Item = (usize, bool)>) -> Self {
        let mut rows = Self { starts: vec![0], ..Self::default() };
        for (parent, (known, open)) in (0..).zip(parents) {
            for _ in 0..known {
                rows.push(parent, Presence::Certain);
            }
            if open {
                rows.push(parent, Presence::Many);
            }
            rows.close();
        }
        rows
    }

    /// Elements under one row of the parent, each as surely there as said.
    pub(crate) fn of(presences: impl IntoIterator<Item = Presence>) -> Self {
        let mut rows = Self { starts: vec![0], ..Self::default() };
        presences.into_iter().for_each(|presence| rows.push(0, presence));
        rows.close();
        rows
    }

    fn push(&mut self, parent: u32, presence: Presence) {
        self.elements.push(u32::try_from(self.elements.len()).unwrap_or(u32::MAX));
        self.parents.push(parent);
        self.presences.push(presence);
    }

    fn close(&mut self) {
        self.starts.push(u32::try_from(self.parents.len()).unwrap_or(u32::MAX));
    }

    /// For each row of a parent, the elements of a list held by the row `holders` says.
    pub fn cross(holders: &[u32], list: &Rows) -> Self {
        let mut rows = Self { starts: vec![0], ..Self::default() };
        for (parent, holder) in (0..).zip(holders) {
            for element in list.children(*holder) {
                rows.parents.push(parent);
                rows.elements.push(element);
                rows.presences.push(list.presence_of(element));
            }
            rows.close();
        }
        rows
    }

    /// For each row of a parent, the elements of the lists held by the rows it may refer to.
    pub fn through(holders: &Groups, list: &Rows) -> Self {
        let mut rows = Self { starts: vec![0], ..Self::default() };
        for (parent, holding) in (0..).zip(holders.iter()) {
            // Of several that bear the key, each is only perhaps the one designated.
            let among = if holding.len() > 1 { Presence::Perhaps } else { Presence::Certain };
            for &(holder, surely) in holding {
                let surely = surely.max(among);
                for element in list.children(holder) {
                    rows.parents.push(parent);
                    rows.elements.push(element);
                    rows.presences.push(list.presence_of(element).max(surely));
                }
            }
            rows.close();
        }
        rows
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.parents.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.parents.is_empty()
    }

    /// The row of the parent scope a row belongs to.
    pub fn parent_of(&self, row: u32) -> u32 {
        self.parents.get(row as usize).copied().unwrap_or(0)
    }

    /// The row of the list's own scope that a row stands for.
    pub fn element_of(&self, row: u32) -> u32 {
        self.elements.get(row as usize).copied().unwrap_or(0)
    }

    /// How surely a row is there, given that its parent is.
    pub fn presence_of(&self, row: u32) -> Presence {
        self.presences.get(row as usize).copied().unwrap_or(Presence::Certain)
    }

    /// How surely each row is there.
    pub fn presences(&self) -> &[Presence] {
        &self.presences
    }

    /// The rows that belong to a row of the parent.
    pub fn children(&self, parent: u32) -> std::ops::Range<u32> {
        let start = self.starts.get(parent as usize).copied().unwrap_or(0);
        let end = self.starts.get(parent as usize + 1).copied().unwrap_or(start);
        start..end
    }

    /// How many rows the parent scope has.
    pub fn parents(&self) -> u32 {
        u32::try_from(self.starts.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// Whether there may be elements that are not known, under that row of the parent.
    pub fn is_open(&self, parent: u32) -> bool {
        self.children(parent).any(|row| self.presence_of(row) == Presence::Many)
    }
}

/// For each row of an outer scope, the inner rows that belong to it, and how surely.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Groups {
    members: Vec<(u32, Presence)>,
    starts: Vec<usize>,
}

impl Groups {
    /// Groups inner rows by their outer row. `rows` holds, for each inner row in order, its outer row and
    /// presence; outer rows never decrease.
    pub fn new(outer: usize, rows: impl IntoIterator<Item = (u32, Presence)>) -> Self {
        let mut groups = Self { members: Vec::new(), starts: vec![0] };
        let mut current = 0;
        for (inner, (parent, presence)) in (0..).zip(rows) {
            while current < parent as usize && groups.starts.len() <= outer {
                groups.starts.push(groups.members.len());
                current += 1;
            }
            groups.members.push((inner, presence));
        }
        while groups.starts.len() <= outer {
            groups.starts.push(groups.members.len());
        }
        groups
    }

    /// Groups given one by one.
    pub fn from_lists(lists: impl IntoIterator<Item = Vec<(u32, Presence)>>) -> Self {
        let mut groups = Self { members: Vec::new(), starts: vec![0] };
        for list in lists {
            groups.members.extend(list);
            groups.starts.push(groups.members.len());
        }
        groups
    }

    /// How many groups.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The members of each group, in order.
    pub fn iter(&self) -> impl Iterator<Item = &[(u32, Presence)]> {
        self.starts
            .windows(2)
            .map(|bounds| bounds.first().zip(bounds.get(1)).and_then(|(a, b)| self.members.get(*a..*b)).unwrap_or(&[]))
    }

    /// The members of one group.
    pub fn group(&self, outer: usize) -> &[(u32, Presence)] {
        let bounds = self.starts.get(outer).zip(self.starts.get(outer + 1));
        bounds.and_then(|(start, end)| self.members.get(*start..*end)).unwrap_or(&[])
    }
}
