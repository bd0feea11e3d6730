//! Bounds of several columns at once: compared, the smallest, added.

use super::buffer::{BLOCK, Bits, Buffer, Pool, blocks, pack};
use super::ranges::{Bounds, Count, Ranges};
use super::values::{Column, Values};
use crate::value::{Known, Range, Set};

/// Counts of units, one a row or the same for all: then a block of it.
#[derive(Clone, Debug)]
pub(super) enum Counts<T> {
    Same(Box<[T; BLOCK]>),
    Rows(Buffer<T>),
}

impl<T: Count> Counts<T> {
    fn same(count: T) -> Self {
        Counts::Same(Box::new([count; BLOCK]))
    }

    /// The count of a row.
    pub(super) fn get(&self, row: usize) -> Option<T> {
        match self {
            Counts::Same(block) => block.first().copied(),
            Counts::Rows(buffer) => buffer.get(row),
        }
    }

    /// The counts of one block, which the rows have.
    #[inline]
    pub(super) fn block(&self, at: usize) -> &[T; BLOCK] {
        match self {
            Counts::Same(block) => block,
            Counts::Rows(buffer) => buffer.lanes().get(at).unwrap_or(T::ZEROS),
        }
    }

    fn keep(self, pool: &mut Pool) {
        match self {
            Counts::Same(_) => {}
            Counts::Rows(buffer) => pool.keep(buffer),
        }
    }
}

/// One column among others, in the units of all.
#[derive(Clone, Debug)]
pub(super) struct Part<T> {
    pub(super) lo: Counts<T>,
    /// None: exactly the lower bounds.
    pub(super) hi: Option<Counts<T>>,
}

impl<T: Count> Part<T> {
    pub(super) fn hi(&self) -> &Counts<T> {
        self.hi.as_ref().unwrap_or(&self.lo)
    }

    /// Takes its buffers back, those that nothing else reads.
    pub(super) fn keep(self, pool: &mut Pool) {
        self.lo.keep(pool);
        self.hi.into_iter().for_each(|hi| hi.keep(pool));
    }

    fn of(bounds: &Bounds<T>) -> Self {
        Self { lo: Counts::Rows(bounds.lo.clone()), hi: bounds.hi.clone().map(Counts::Rows) }
    }

    fn same(unit: i64, range: Range) -> Option<Self> {
        let lo = Bounds::count(unit, range.lo, T::LEAST)?;
        let hi = Bounds::count(unit, range.hi, T::MOST)?;
        Some(Self { lo: Counts::same(lo), hi: (lo != hi).then(|| Counts::same(hi)) })
    }
}

impl From<Bounds<i64>> for Part<i64> {
    fn from(bounds: Bounds<i64>) -> Self {
        Self::of(&bounds)
    }
}

/// Columns in common units.
#[derive(Clone, Debug)]
pub(super) enum Unified {
    Narrow(i64, Vec<Part<i32>>),
    Wide(Vec<Part<i64>>),
}

/// The range a constant is; any where it has no value.
fn constant(known: &Known) -> Option<Range> {
    match known.set {
        Set::Range(range) => Some(range),
        Set::Nothing => Some(Range::exactly(0)),
        Set::Truth(_) | Set::Cases(_) | Set::Text(_) | Set::Period(_) | Set::Days(_) => None,
    }
}

fn is_ranges(column: &Column) -> bool {
    match &column.values {
        Values::Same(known) => constant(known).is_some(),
        Values::Ranges(_) => true,
        Values::Truths { .. } | Values::Cases(_) | Values::Masks(_) | Values::Each(_) => false,
    }
}

/// Brings columns of ordered scalars to common units; none where one is of another kind, or has a bound that
/// stands for "unbounded".
pub(super) fn unify(columns: &[&Column], pool: &mut Pool) -> Option<Unified> {
    if !columns.iter().all(|column| is_ranges(column)) {
        return None;
    }
    match narrow(columns, pool) {
        Some((unit, parts)) => Some(Unified::Narrow(unit, parts)),
        None => columns.iter().map(|column| wide(column, pool)).collect::<Option<_>>().map(Unified::Wide),
    }
}

/// The largest unit that all can be counted in.
fn shared_unit(columns: &[&Column]) -> Option<i64> {
    let mut common: i64 = 0;
    for column in columns {
        match &column.values {
            Values::Ranges(Ranges::Narrow(bounds)) => common = gcd(common, bounds.unit),
            Values::Same(known) => {
                let range = constant(known)?;
                common = [range.lo, range.hi].into_iter().flatten().fold(common, gcd);
            }
            Values::Ranges(_) | Values::Truths { .. } | Values::Cases(_) | Values::Masks(_) | Values::Each(_) => {
                return None;
            }
        }
    }
    Some(common.max(1))
}

fn gcd(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a, b.checked_abs().unwrap_or(1));
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The same counts in units so many times smaller; none where one cannot be held.
fn finer(buffer: &Buffer<i32>, times: i64, pool: &mut Pool) -> Option<Buffer<i32>> {
    let times = i32::try_from(times).ok()?;
    let most = i32::MAX / times;
    // What stands for "unbounded" cannot either.
    let beyond = buffer.as_slice().iter().fold(false, |beyond, count| beyond | (*count > most) | (*count < -most));
    let scaled = |fine: &mut [i32]| {
        fine.iter_mut().zip(buffer.as_slice()).for_each(|(fine, count)| *fine = count.wrapping_mul(times));
    };
    (!beyond).then(|| pool.fill(buffer.as_slice().len(), scaled))
}

fn narrow(columns: &[&Column], pool: &mut Pool) -> Option<(i64, Vec<Part<i32>>)> {
    let unit = shared_unit(columns)?;
    let mut part = |column: &&Column| match &column.values {
        Values::Ranges(Ranges::Narrow(bounds)) if bounds.unit == unit => Some(Part::of(bounds)),
        Values::Ranges(Ranges::Narrow(bounds)) => {
            let times = bounds.unit / unit;
            let hi = match &bounds.hi {
                None => None,
                Some(hi) => Some(Counts::Rows(finer(hi, times, pool)?)),
            };
            Some(Part { lo: Counts::Rows(finer(&bounds.lo, times, pool)?), hi })
        }
        Values::Same(known) => Part::same(unit, constant(known)?),
        Values::Ranges(Ranges::Wide(_))
        | Values::Truths { .. }
        | Values::Cases(_)
        | Values::Masks(_)
        | Values::Each(_) => None,
    };
    let parts = columns.iter().map(&mut part).collect::<Option<_>>()?;
    Some((unit, parts))
}

/// A column in ordinals.
pub(super) fn wide(column: &Column, pool: &mut Pool) -> Option<Part<i64>> {
    match &column.values {
        Values::Ranges(Ranges::Wide(bounds)) => Some(Part::of(bounds)),
        Values::Ranges(Ranges::Narrow(bounds)) => {
            let unit = bounds.unit;
            let mut widened = |buffer: &Buffer<i32>| {
                Counts::Rows(pool.fill(buffer.as_slice().len(), |wide| {
                    wide.iter_mut().zip(buffer.as_slice()).for_each(|(wide, count)| {
                        *wide = match *count {
                            i32::MIN => i64::MIN,
                            i32::MAX => i64::MAX,
                            count => i64::from(count) * unit,
                        };
                    });
                }))
            };
            Some(Part { lo: widened(&bounds.lo), hi: bounds.hi.as_ref().map(widened) })
        }
        Values::Same(known) => Part::same(1, constant(known)?),
        Values::Truths { .. } | Values::Cases(_) | Values::Masks(_) | Values::Each(_) => None,
    }
}

/// Rows that may be, and may not be, as a comparison says; anything where a column has no value.
type Compared = (Bits, Bits);

fn turned((yes, no): Compared) -> Compared {
    (no, yes)
}

/// `a < b`
pub(super) fn less((a, b): (&Column, &Column), pool: &mut Pool) -> Option<Compared> {
    match (&a.values, one_value(b)) {
        (Values::Ranges(Ranges::Narrow(bounds)), Some(value)) => {
            return Some(below(bounds, Limits::of(bounds, value).from, pool));
        }
        (Values::Ranges(Ranges::Wide(bounds)), Some(value)) => {
            return Some(below(bounds, Limits::of(bounds, value).from, pool));
        }
        (_, _) => {}
    }
    match (one_value(a), &b.values) {
        (Some(value), Values::Ranges(Ranges::Narrow(bounds))) => {
            return Some(turned(below(bounds, Limits::of(bounds, value).above, pool)));
        }
        (Some(value), Values::Ranges(Ranges::Wide(bounds))) => {
            return Some(turned(below(bounds, Limits::of(bounds, value).above, pool)));
        }
        (_, _) => {}
    }
    let blocks = blocks(a.rows);
    match unify(&[a, b], pool)? {
        Unified::Narrow(_, parts) => less_of(&parts, blocks, pool),
        Unified::Wide(parts) => less_of(&parts, blocks, pool),
    }
}

/// `a = b`
pub(super) fn equal((a, b): (&Column, &Column), pool: &mut Pool) -> Option<Compared> {
    let exact = match (&a.values, one_value(b)) {
        (Values::Ranges(Ranges::Narrow(bounds)), Some(value)) => equal_to(bounds, value, pool),
        (Values::Ranges(Ranges::Wide(bounds)), Some(value)) => equal_to(bounds, value, pool),
        (_, _) => None,
    };
    if exact.is_some() {
        return exact;
    }
    let blocks = blocks(a.rows);
    match unify(&[a, b], pool)? {
        Unified::Narrow(_, parts) => equal_of(&parts, blocks, pool),
        Unified::Wide(parts) => equal_of(&parts, blocks, pool),
    }
}

/// The one value a column has on each row.
pub(super) fn one_value(column: &Column) -> Option<i64> {
    match &column.values {
        Values::Same(known) if super::values::always_there(known) => {
            if let Set::Range(range) = known.set {
                range.single()
            } else {
                None
            }
        }
        Values::Same(_)
        | Values::Truths { .. }
        | Values::Cases(_)
        | Values::Masks(_)
        | Values::Ranges(_)
        | Values::Each(_) => None,
    }
}

fn inverted(bits: &Bits, pool: &mut Pool) -> Bits {
    pool.fill(bits.as_slice().len(), |out| {
        out.iter_mut().zip(bits.as_slice()).for_each(|(out, bits)| *out = !bits);
    })
}

/// Where counts stand to one value.
struct Limits<T> {
    /// The least count that is not below it.
    from: T,
    /// The least count above it.
    above: T,
}

impl<T: Count> Limits<T> {
    /// Beyond what counts can be, a limit still has the unbounded ones on their side.
    fn of(bounds: &Bounds<T>, value: i64) -> Self {
        let floor = value.div_euclid(bounds.unit);
        let above = floor.saturating_add(1);
        let clamp = |count: i64| {
            let count = count.clamp(T::LEAST.to_wide().saturating_add(1), T::MOST.to_wide());
            T::from_wide(count).unwrap_or(T::MOST)
        };
        let from = if value.rem_euclid(bounds.unit) == 0 { floor } else { above };
        Self { from: clamp(from), above: clamp(above) }
    }
}

fn below<T: Count>(bounds: &Bounds<T>, limit: T, pool: &mut Pool) -> Compared {
    let yes = super::cases::test(&bounds.lo, pool, |count| count < limit);
    let no = match &bounds.hi {
        None => inverted(&yes, pool),
        Some(hi) => super::cases::test(hi, pool, |count| count >= limit),
    };
    (yes, no)
}

/// Whether exact counts are one value; none of bounds, or where the value is no count.
fn equal_to<T: Count>(bounds: &Bounds<T>, value: i64, pool: &mut Pool) -> Option<Compared> {
    if bounds.hi.is_some() {
        return None;
    }
    let wanted = Bounds::count(bounds.unit, Some(value), T::LEAST)?;
    let yes = super::cases::test(&bounds.lo, pool, |count| count == wanted);
    let no = inverted(&yes, pool);
    Some((yes, no))
}

/// The rows whose two counts pass a test.
fn rows_where<T: Count>(
    (a, b): (&Counts<T>, &Counts<T>),
    blocks: usize,
    pool: &mut Pool,
    holds: impl Fn(T, T) -> bool,
) -> Bits {
    pool.fill(blocks, |words| {
        for (at, word) in words.iter_mut().enumerate() {
            let (a, b) = (a.block(at), b.block(at));
            let mut bytes = [0u8; BLOCK];
            bytes.iter_mut().zip(a).zip(b).for_each(|((byte, a), b)| *byte = u8::from(holds(*a, *b)));
            *word = pack(&bytes);
        }
    })
}

fn less_of<T: Count>(parts: &[Part<T>], blocks: usize, pool: &mut Pool) -> Option<Compared> {
    let [a, b] = parts else { return None };
    let yes = rows_where((&a.lo, b.hi()), blocks, pool, |lo, hi| lo < hi);
    let no = rows_where((a.hi(), &b.lo), blocks, pool, |hi, lo| hi >= lo);
    Some((yes, no))
}

fn equal_of<T: Count>(parts: &[Part<T>], blocks: usize, pool: &mut Pool) -> Option<Compared> {
    let [a, b] = parts else { return None };
    let mut no = pool.fill(blocks, |no: &mut [u64]| no.fill(0));
    let nos = no.to_mut();
    let yes = pool.fill(blocks, |yes| {
        for ((at, yes), no) in yes.iter_mut().enumerate().zip(nos) {
            let (al, ah, bl, bh) = (a.lo.block(at), a.hi().block(at), b.lo.block(at), b.hi().block(at));
            let (mut may, mut not) = ([0u8; BLOCK], [0u8; BLOCK]);
            let lanes = al.iter().zip(ah).zip(bl.iter().zip(bh));
            for ((may, not), ((al, ah), (bl, bh))) in may.iter_mut().zip(&mut not).zip(lanes) {
                let meet = al.max(bl) <= ah.min(bh);
                *may = u8::from(meet);
                *not = u8::from(!meet || al != ah || bl != bh);
            }
            (*yes, *no) = (pack(&may), pack(&not));
        }
    });
    Some((yes, no))
}

/// Which of several.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    Smallest,
    Largest,
}

/// The smallest or largest of several columns.
pub(super) fn extreme(end: End, columns: &[&Column], pool: &mut Pool) -> Option<Ranges> {
    let blocks = blocks(columns.first()?.rows);
    Some(match unify(columns, pool)? {
        Unified::Narrow(unit, parts) => Ranges::Narrow(extreme_of(end, (unit, &parts), blocks, pool)),
        Unified::Wide(parts) => Ranges::Wide(extreme_of(end, (1, &parts), blocks, pool)),
    })
}

fn extreme_of<T: Count>(end: End, (unit, parts): (i64, &[Part<T>]), blocks: usize, pool: &mut Pool) -> Bounds<T> {
    let pick = |a: T, b: T| if end == End::Largest { a.max(b) } else { a.min(b) };
    let mut fold = |of: &dyn Fn(&Part<T>) -> Counts<T>| {
        let counts: Vec<Counts<T>> = parts.iter().map(of).collect();
        pool.fill(blocks * BLOCK, |out: &mut [T]| {
            for (at, out) in out.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
                for (turn, counts) in counts.iter().enumerate() {
                    let block = counts.block(at);
                    if turn == 0 {
                        *out = *block;
                    } else {
                        out.iter_mut().zip(block).for_each(|(out, count)| *out = pick(*out, *count));
                    }
                }
            }
        })
    };
    let exact = parts.iter().all(|part| part.hi.is_none());
    let lo = fold(&|part| part.lo.clone());
    let hi = (!exact).then(|| fold(&|part| part.hi().clone()));
    Bounds { unit, lo, hi, nothing: None }
}

/// Bounds computed in ordinals, and the rows that only the kernel of one row can compute.
pub(super) type Computed = (Bounds<i64>, Bits);

/// Sums and differences.
pub(super) fn add(a: &Part<i64>, b: &Part<i64>, blocks: usize, pool: &mut Pool) -> Computed {
    let mut odd = pool.fill(blocks, |odd| odd.fill(0));
    let mut side = |(a, b): (&Counts<i64>, &Counts<i64>), unbounded: i64| {
        let odd = odd.to_mut();
        pool.fill(blocks * BLOCK, |out: &mut [i64]| {
            for ((at, out), odd) in out.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate().zip(odd) {
                let (a, b) = (a.block(at), b.block(at));
                let mut bytes = [0u8; BLOCK];
                for ((out, byte), (a, b)) in out.iter_mut().zip(&mut bytes).zip(a.iter().zip(b)) {
                    let open = *a == unbounded || *b == unbounded;
                    let sum = a.wrapping_add(*b);
                    let beyond = ((a ^ sum) & (b ^ sum)) < 0 || sum == i64::MIN || sum == i64::MAX;
                    *out = if open { unbounded } else { sum };
                    *byte = u8::from(!open && beyond);
                }
                *odd |= pack(&bytes);
            }
        })
    };
    let lo = side((&a.lo, &b.lo), i64::MIN);
    let hi = (a.hi.is_some() || b.hi.is_some()).then(|| side((a.hi(), b.hi()), i64::MAX));
    (Bounds { unit: 1, lo, hi, nothing: None }, odd)
}

/// The opposite bounds; the least count but one has none that can be held.
pub(super) fn negate(part: &Part<i64>, blocks: usize, pool: &mut Pool) -> Computed {
    let mut odd = pool.fill(blocks, |odd| odd.fill(0));
    let mut side = |counts: &Counts<i64>| {
        let odd = odd.to_mut();
        pool.fill(blocks * BLOCK, |out: &mut [i64]| {
            for ((at, out), odd) in out.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate().zip(odd) {
                let mut bytes = [0u8; BLOCK];
                for ((out, byte), count) in out.iter_mut().zip(&mut bytes).zip(counts.block(at)) {
                    *out = if *count == i64::MAX { i64::MIN } else { count.saturating_neg() };
                    *byte = u8::from(*count == i64::MIN + 1);
                }
                *odd |= pack(&bytes);
            }
        })
    };
    let exact = part.hi.is_none();
    let lo = side(part.hi());
    let hi = (!exact).then(|| side(&part.lo));
    (Bounds { unit: 1, lo, hi, nothing: None }, odd)
}

/// Bounds by a whole constant, as `scaled` computes them; what it leaves out, and rows whose bounds are not both known,
/// are left to the kernel of one row.
pub(super) fn scale(part: &Part<i64>, scaled: impl Fn(i64) -> Option<i64>, blocks: usize, pool: &mut Pool) -> Computed {
    let mut odd = pool.fill(blocks, |odd| odd.fill(0));
    let mut side = |counts: &Counts<i64>| {
        let odds = odd.to_mut();
        pool.fill(blocks * BLOCK, |out: &mut [i64]| {
            for ((at, out), odd) in out.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate().zip(odds) {
                let mut bytes = [0u8; BLOCK];
                for ((out, byte), value) in out.iter_mut().zip(&mut bytes).zip(counts.block(at)) {
                    let bounded = *value != i64::MIN && *value != i64::MAX;
                    let scaled = scaled(*value).filter(|value| bounded && *value != i64::MIN && *value != i64::MAX);
                    *out = scaled.unwrap_or(0);
                    *byte = u8::from(scaled.is_none());
                }
                *odd |= pack(&bytes);
            }
        })
    };
    let lo = side(&part.lo);
    let hi = part.hi.as_ref().map(side);
    (Bounds { unit: 1, lo, hi, nothing: None }, odd)
}

/// Counts by a whole constant: they stay, their unit changes. Rows whose bounds are not both known are left to the
/// kernel of one row. None where the unit cannot be held.
pub(super) fn rescale(
    bounds: &Bounds<i32>,
    unit: Option<i64>,
    blocks: usize,
    pool: &mut Pool,
) -> Option<(Bounds<i32>, Bits)> {
    let unit = unit.filter(|unit| (1..i64::from(u32::MAX)).contains(unit))?;
    let odd = match &bounds.hi {
        None => pool.fill(blocks, |odd| odd.fill(0)),
        Some(hi) => {
            let (lo, hi) = (Counts::Rows(bounds.lo.clone()), Counts::Rows(hi.clone()));
            rows_where((&lo, &hi), blocks, pool, |lo, hi| (lo == i32::MIN) | (hi == i32::MAX))
        }
    };
    Some((Bounds { unit, nothing: None, ..bounds.clone() }, odd))
}
