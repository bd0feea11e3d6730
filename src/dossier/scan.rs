//! Rows of a flat file as columns of facts, without a tree of data in between.
//!
//! Only what is plain is read here: a row in which each cell says something of its leaf that needs no report. Any other
//! row is left to [`Layout::datum`] and [`super::assemble`], which say what is wrong with it; what both ways read is the
//! same.

use std::collections::HashMap;

use super::Dossier;
use super::cell::{blank, cell};
use super::charset::Charset;
use super::convert::{convert, unknown};
use super::datum::{Datum, Placed};
use super::delimited::Record;
use super::layout::{Layout, complete};
use super::path::Names;
use crate::eval::{Builder, Cell, Column, Columns, Inputs, Origins, Rows, Status, Units};
use crate::program::{Input, InputId, Program, Unit};
use crate::value::{Day, Known, Number, Range, Set, Truth, Type};

/// So many ways of writing a value are looked up rather than read anew, a column.
const SPELLINGS: usize = 1024;

/// How the rows of a file are read.
pub struct Scan<'p> {
    program: &'p Program,
    layout: &'p Layout,
    cells: Vec<Plain<'p>>,
    /// What all rows have in common: the facts that no column gives.
    common: Inputs<Cell>,
    names: Names,
}

/// A column that holds a leaf.
struct Plain<'p> {
    column: usize,
    id: InputId,
    input: &'p Input,
    /// The leaf names elements of a list.
    key: bool,
    mapped: bool,
    /// Of an empty cell.
    otherwise: (Known, Status),
}

/// What a cell says.
#[derive(Clone, Debug)]
enum Heard {
    LeftOut,
    Unsure,
    Truth(bool),
    Ordinal(i64),
    Known(Known),
}

impl<'p> Scan<'p> {
    /// How rows of that layout are read, completed by what all have in common; none where columns hold more than
    /// leaves, or where what is common needs a report.
    pub fn new(program: &'p Program, layout: &'p Layout, common: Option<&Placed>) -> Option<Self> {
        let mut record = Placed::nowhere(Datum::Record(Vec::new()));
        if let Some(common) = common {
            complete(&mut record, common);
        }
        let common = super::assemble(program, &record);
        if !common.anomalies.is_empty() {
            return None;
        }
        let cells = layout.leaves(program)?.into_iter().map(|(column, id)| {
            let at = id.0 as usize;
            let known = common.inputs.columns.get(at)?.first()?.clone();
            let status = *common.inputs.statuses.get(at)?.first()?;
            let key = program.lists.iter().any(|list| list.key == Some(id));
            let (input, mapped) = (program.input(id)?, layout.is_mapped(column));
            Some(Plain { column, id, input, key, mapped, otherwise: (known, status) })
        });
        let cells = cells.collect::<Option<Vec<_>>>()?;
        Some(Self { program, layout, cells, common: common.inputs, names: common.names })
    }

    /// Begins to read some rows.
    pub fn begin(&self) -> Scanned<'_> {
        let held = self.cells.iter().map(|plain| Held::new(plain.input.ty)).collect();
        Scanned { scan: self, held, rows: 0, spellings: vec![HashMap::new(); self.cells.len()] }
    }

    /// The dossier of a row in which every cell is empty.
    pub fn blank(&self) -> Dossier {
        let (inputs, names) = (self.common.clone(), self.names.clone());
        Dossier { name: String::new(), sha256: String::new(), inputs, anomalies: Vec::new(), names }
    }
}

/// Rows read so far.
pub struct Scanned<'s> {
    scan: &'s Scan<'s>,
    held: Vec<Held>,
    rows: usize,
    /// For each column, what texts were found to say; none where they need a report.
    spellings: Vec<HashMap<Box<[u8]>, Option<Heard>>>,
}

impl Scanned<'_> {
    /// Adds a row; false, and nothing added, where it is not plain.
    pub fn push(&mut self, record: &Record, charset: Charset) -> bool {
        let scan = self.scan;
        for (at, plain) in scan.cells.iter().enumerate() {
            let bytes = record.get(plain.column);
            let heard = bytes.map_or(Some(Heard::LeftOut), |bytes| self.heard(at, plain, (bytes, charset)));
            let held = self.held.get_mut(at);
            if !heard.zip(held).is_some_and(|(heard, held)| held.push(heard)) {
                self.held.iter_mut().for_each(|held| held.truncate(self.rows));
                return false;
            }
        }
        self.rows += 1;
        true
    }

    /// How many rows were added.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The facts of the rows.
    pub fn facts(self, builder: &mut Builder) -> Inputs<Columns> {
        let (scan, rows) = (self.scan, self.rows);
        let mut facts = scan.repeated(rows);
        for (plain, held) in scan.cells.iter().zip(self.held) {
            let (column, origins) = held.column(scan.program, plain, builder);
            let at = plain.id.0 as usize;
            if let Some((held, status)) = facts.columns.get_mut(at).zip(facts.statuses.get_mut(at)) {
                (*held, *status) = (column, origins);
            }
        }
        facts
    }

    fn heard(&mut self, at: usize, plain: &Plain<'_>, (bytes, charset): (&[u8], Charset)) -> Option<Heard> {
        if !plain.mapped {
            let text = bytes.trim_ascii();
            match text {
                b"" => return Some(Heard::LeftOut),
                b"?" => return Some(Heard::Unsure),
                _ => {}
            }
            if let Some(heard) = quick(plain.input, text) {
                return Some(heard);
            }
        }
        if plain.input.ty == Type::Text {
            return self.scan.spelled(plain, (bytes, charset));
        }
        let spellings = self.spellings.get_mut(at)?;
        if let Some(known) = spellings.get(bytes) {
            return known.clone();
        }
        let heard = self.scan.spelled(plain, (bytes, charset));
        if spellings.len() < SPELLINGS {
            spellings.insert(bytes.into(), heard.clone());
        }
        heard
    }
}

impl Scan<'_> {
    /// What a cell says, read as any dossier is.
    fn spelled(&self, plain: &Plain<'_>, (bytes, charset): (&[u8], Charset)) -> Option<Heard> {
        let decoded = charset.decode(bytes).ok()?;
        let text = self.layout.meant(plain.column, &decoded);
        let datum = blank(text).unwrap_or_else(|| cell(plain.input, text));
        match datum {
            Datum::Null => return Some(Heard::LeftOut),
            Datum::Unknown => return Some(Heard::Unsure),
            Datum::Truth(_) | Datum::Number(_) | Datum::Text(_) => {}
            Datum::List(_) | Datum::Record(_) => return None,
        }
        let reading = convert(self.program, plain.input, plain.key, &Placed::nowhere(datum)).ok()?;
        (reading.unforeseen.is_none() && reading.status == Status::Given).then_some(())?;
        Some(match (&reading.known.set, plain.input.ty) {
            (Set::Truth(truth), _) if truth.yes != truth.no => Heard::Truth(truth.yes),
            (Set::Range(range), _) => Heard::Ordinal(range.single()?),
            (_, _) => Heard::Known(reading.known),
        })
    }

    /// What all rows have in common, so many times.
    fn repeated(&self, rows: usize) -> Inputs<Columns> {
        let shape = |list: &Rows| {
            let parents: Vec<(usize, bool)> = (0..list.parents())
                .map(|parent| {
                    let open = list.is_open(parent);
                    (list.children(parent).len() - usize::from(open), open)
                })
                .collect();
            let count = parents.len() * rows;
            Rows::list(parents.into_iter().cycle().take(count))
        };
        let column = |values: &Vec<Known>| match values.as_slice() {
            [only] => Column::same(only.clone(), rows),
            several => Column::gather(several.iter().cycle().take(several.len() * rows).cloned().collect()),
        };
        let origins = |statuses: &Vec<Status>| match statuses.as_slice() {
            [] => Origins::Each(Vec::new()),
            [first, others @ ..] if others.iter().all(|other| other == first) => Origins::Same(*first),
            several => Origins::Each(several.iter().cycle().take(several.len() * rows).copied().collect()),
        };
        Inputs {
            dossiers: rows,
            lists: self.common.lists.iter().map(shape).collect(),
            columns: self.common.columns.iter().map(column).collect(),
            statuses: self.common.statuses.iter().map(origins).collect(),
        }
    }
}

/// What the usual ways to write a value say; none of any other way.
fn quick(input: &Input, text: &[u8]) -> Option<Heard> {
    match input.ty {
        Type::Truth => match text {
            b"oui" | b"Oui" | b"OUI" | b"O" | b"o" | b"1" | b"true" | b"TRUE" | b"VRAI" | b"vrai" | b"x" | b"X" => {
                Some(Heard::Truth(true))
            }
            b"non" | b"Non" | b"NON" | b"N" | b"n" | b"0" | b"false" | b"FALSE" | b"FAUX" | b"faux" => {
                Some(Heard::Truth(false))
            }
            _ => None,
        },
        Type::Integer => within(input, number(text).filter(|value| value % Number::SCALE == 0)?),
        Type::Number => within(input, number(text)?),
        Type::Duration => {
            let days = match input.unit? {
                Unit::Days => 1,
                Unit::Weeks => 7,
                Unit::Months | Unit::Years => return None,
            };
            within(input, number(text)?.checked_mul(days)?)
        }
        Type::Date => within(input, i64::from(date(text)?.number())),
        Type::Offset | Type::Period | Type::Days | Type::Text | Type::Key(_) | Type::Case(_) => None,
    }
}

/// The ordinal, if it is in the declared range.
fn within(input: &Input, ordinal: i64) -> Option<Heard> {
    let outside = input.range.is_some_and(|(lo, hi)| ordinal < lo || ordinal > hi);
    (!outside).then_some(Heard::Ordinal(ordinal))
}

/// A number of up to nine digits and six decimals, in millionths.
fn number(text: &[u8]) -> Option<i64> {
    const WHOLE: usize = 9;
    const DECIMALS: usize = 6;
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let point = digits.iter().position(|byte| matches!(byte, b'.' | b','));
    let (whole, decimals) = match point.and_then(|at| digits.split_at_checked(at)) {
        Some((whole, [_, decimals @ ..])) if !decimals.is_empty() => (whole, decimals),
        Some(_) => return None,
        None => (digits, &[][..]),
    };
    if whole.is_empty() || whole.len() > WHOLE || decimals.len() > DECIMALS {
        return None;
    }
    let mut value = 0i64;
    for byte in whole.iter().chain(decimals) {
        let digit = byte.wrapping_sub(b'0');
        (digit <= 9).then_some(())?;
        value = value * 10 + i64::from(digit);
    }
    for _ in decimals.len()..DECIMALS {
        value *= 10;
    }
    Some(if negative { -value } else { value })
}

/// A day written 2026-12-31 or 31/12/2026.
fn date(text: &[u8]) -> Option<Day> {
    let digits = |bytes: &[u8]| {
        let each = bytes.iter().map(|byte| u32::from(byte.wrapping_sub(b'0')));
        each.clone().all(|digit| digit <= 9).then(|| each.fold(0, |value, digit| value * 10 + digit))
    };
    let (year, month, day) = match text {
        [y @ .., b'-', m1, m2, b'-', d1, d2] if y.len() == 4 => {
            (digits(y)?, digits(&[*m1, *m2])?, digits(&[*d1, *d2])?)
        }
        [d1, d2, b'/', m1, m2, b'/', y @ ..] if y.len() == 4 => {
            (digits(y)?, digits(&[*m1, *m2])?, digits(&[*d1, *d2])?)
        }
        _ => return None,
    };
    Day::from_ymd(i32::try_from(year).ok()?, month, day)
}

/// The values of one leaf, row by row.
#[derive(Debug)]
struct Held {
    values: Values,
    /// Rows whose cell is empty, and those that say they are unsure.
    left_out: Vec<usize>,
    unsure: Vec<usize>,
}

#[derive(Debug)]
enum Values {
    Truths(Vec<u64>, usize),
    Ordinals(Vec<i64>),
    Others(Vec<Known>),
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Values::Truths(_, rows) => *rows,
            Values::Ordinals(values) => values.len(),
            Values::Others(values) => values.len(),
        }
    }
}

impl Held {
    fn new(ty: Type) -> Self {
        let values = match ty {
            Type::Truth => Values::Truths(Vec::new(), 0),
            Type::Integer | Type::Number | Type::Date | Type::Duration | Type::Offset => Values::Ordinals(Vec::new()),
            Type::Period | Type::Days | Type::Text | Type::Case(_) | Type::Key(_) => Values::Others(Vec::new()),
        };
        Self { values, left_out: Vec::new(), unsure: Vec::new() }
    }

    /// Adds a row; false where it cannot be held.
    fn push(&mut self, heard: Heard) -> bool {
        let row = self.values.len();
        match heard {
            Heard::LeftOut => self.left_out.push(row),
            Heard::Unsure => self.unsure.push(row),
            Heard::Truth(_) | Heard::Ordinal(_) | Heard::Known(_) => {}
        }
        match (&mut self.values, heard) {
            (Values::Truths(words, rows), heard) => {
                let holds = match heard {
                    Heard::Truth(holds) => holds,
                    Heard::LeftOut | Heard::Unsure => false,
                    Heard::Ordinal(_) | Heard::Known(_) => return false,
                };
                if row.is_multiple_of(64) {
                    words.push(0);
                }
                if let Some(word) = words.last_mut() {
                    *word |= u64::from(holds) << (row % 64);
                }
                *rows += 1;
            }
            (Values::Ordinals(values), Heard::Ordinal(value)) => values.push(value),
            (Values::Ordinals(values), Heard::LeftOut | Heard::Unsure) => values.push(0),
            (Values::Others(values), Heard::Known(known)) => values.push(known),
            (Values::Others(values), Heard::LeftOut | Heard::Unsure) => values.push(Known::absent()),
            (Values::Ordinals(_), Heard::Truth(_) | Heard::Known(_))
            | (Values::Others(_), Heard::Truth(_) | Heard::Ordinal(_)) => return false,
        }
        true
    }

    fn truncate(&mut self, rows: usize) {
        match &mut self.values {
            Values::Truths(words, held) if *held > rows => {
                words.truncate(rows.div_ceil(64));
                if let (Some(last), left @ 1..) = (words.last_mut(), rows % 64) {
                    *last &= (1 << left) - 1;
                }
                *held = rows;
            }
            Values::Truths(..) => {}
            Values::Ordinals(values) => values.truncate(rows),
            Values::Others(values) => values.truncate(rows),
        }
        for marked in [&mut self.left_out, &mut self.unsure] {
            marked.truncate(marked.partition_point(|row| *row < rows));
        }
    }

    fn column(self, program: &Program, plain: &Plain<'_>, builder: &mut Builder) -> (Column, Origins) {
        let rows = self.values.len();
        let (otherwise, status) = &plain.otherwise;
        let open = unknown(program, plain.input);
        let origins = if self.unsure.is_empty() && (*status == Status::Given || self.left_out.is_empty()) {
            Origins::Same(Status::Given)
        } else if self.unsure.is_empty() && *status == Status::LeftOut {
            let mut given = vec![u64::MAX; rows.div_ceil(64)];
            clear(&mut given, &self.left_out);
            Origins::given_where(&given)
        } else {
            let mut each = vec![Status::Given; rows];
            let marked = self.left_out.iter().map(|row| (row, *status));
            for (row, status) in marked.chain(self.unsure.iter().map(|row| (row, Status::Unsure))) {
                if let Some(held) = each.get_mut(*row) {
                    *held = status;
                }
            }
            Origins::Each(each)
        };
        // All rows that give nothing are of one kind in most files.
        let same = self.unsure.is_empty() || (*otherwise == open) || self.left_out.is_empty();
        let blank = if self.left_out.is_empty() { &open } else { otherwise };
        let narrow = if same { self.narrow((rows, blank), builder) } else { None };
        (narrow.unwrap_or_else(|| self.gathered(otherwise, &open)), origins)
    }

    /// The column, where rows that give nothing are all the same.
    fn narrow(&self, (rows, blank): (usize, &Known), builder: &mut Builder) -> Option<Column> {
        let known = (!self.left_out.is_empty() || !self.unsure.is_empty()).then(|| {
            let mut known = vec![u64::MAX; rows.div_ceil(64)];
            clear(&mut known, &self.left_out);
            clear(&mut known, &self.unsure);
            known
        });
        match &self.values {
            Values::Truths(words, _) => {
                let plain = known.is_none() || *blank == Known::truth(Truth::OPEN);
                plain.then(|| builder.truths(rows, words, known.as_deref()))
            }
            Values::Ordinals(values) => {
                let bounds = blank.set.as_range();
                let all = || values.iter().copied().chain(bounds.lo).chain(bounds.hi);
                let unit = std::iter::successors(Some(Number::SCALE), |unit| (*unit > 1).then_some(unit / 10))
                    .find(|unit| all().all(|value| value % unit == 0))?;
                let counts: Option<Vec<i32>> = values.iter().map(|value| i32::try_from(value / unit).ok()).collect();
                match counts {
                    Some(counts) => builder.ordinals(Units::Narrow(&counts), unit, known.as_deref(), blank),
                    None => builder.ordinals(Units::Wide(values), 1, known.as_deref(), blank),
                }
            }
            Values::Others(values) if known.is_none() => {
                let case = |known: &Known| match known.set {
                    Set::Cases(mask) if mask.count_ones() == 1 => u8::try_from(mask.trailing_zeros()).ok(),
                    Set::Cases(_)
                    | Set::Nothing
                    | Set::Truth(_)
                    | Set::Range(_)
                    | Set::Text(_)
                    | Set::Period(_)
                    | Set::Days(_) => None,
                };
                let codes: Vec<u8> = values.iter().map(case).collect::<Option<_>>()?;
                Some(builder.cases(&codes))
            }
            Values::Others(_) => None,
        }
    }

    fn gathered(&self, otherwise: &Known, open: &Known) -> Column {
        let mut all: Vec<Known> = match &self.values {
            Values::Truths(words, rows) => {
                let holds = |row: usize| words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1);
                (0..*rows).map(|row| Known::truth(Truth::of(holds(row)))).collect()
            }
            Values::Ordinals(values) => values.iter().map(|value| Known::range(Range::exactly(*value))).collect(),
            Values::Others(values) => values.clone(),
        };
        let marked = self.left_out.iter().map(|row| (row, otherwise));
        for (row, known) in marked.chain(self.unsure.iter().map(|row| (row, open))) {
            if let Some(held) = all.get_mut(*row) {
                *held = known.clone();
            }
        }
        Column::gather(all)
    }
}

fn clear(words: &mut [u64], rows: &[usize]) {
    for row in rows {
        if let Some(word) = words.get_mut(row / 64) {
            *word &= !(1 << (row % 64));
        }
    }
}
