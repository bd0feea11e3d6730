//! Spreadsheets, by way of delimited text: the text of each cell as people see it, exact, and back.

use std::io::{Cursor, Read, Seek, Write};

use calamine::{Data, Reader, open_workbook_auto_from_rs};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::delimited::{Lines, Record, Records};
use crate::value::Number;

/// What parts the values of a sheet as text.
pub const SEPARATOR: u8 = b';';

/// The rows of a sheet (xlsx, xls, ods), as UTF-8 delimited text; the first sheet where none is named. Row n of the
/// sheet is line n: breaks within a cell become spaces. The whole sheet is held in memory.
///
/// # Errors
///
/// A French sentence: the bytes are no workbook, or have no such sheet.
pub fn delimited(bytes: Vec<u8>, sheet: Option<&str>) -> Result<Vec<u8>, String> {
    let broken = |_| "ce n’est pas un classeur lisible (xlsx, xls, ods)".to_owned();
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(broken)?;
    let names = book.sheet_names();
    let wanted = match sheet {
        Some(name) => names.iter().find(|own| own.as_str() == name).cloned(),
        None => names.first().cloned(),
    };
    let Some(wanted) = wanted else {
        return Err(format!("le classeur n’a pas cette feuille (ses feuilles\u{a0}: {})", names.join(", ")));
    };
    let range = book.worksheet_range(&wanted).map_err(|_| "la feuille n’est pas lisible".to_owned())?;
    let (above, left) = range.start().unwrap_or((0, 0));
    let mut out = Vec::new();
    let mut lines = Lines::new(SEPARATOR);
    out.extend((0..above).map(|_| b'\n'));
    for row in range.rows() {
        let blank = (0..left).map(|_| String::new());
        lines.write(blank.chain(row.iter().map(text)), &mut out);
    }
    Ok(out)
}

/// What a cell shows.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::Int(value) => value.to_string(),
        Data::Float(value) => number(*value),
        Data::Bool(true) => "oui".to_owned(),
        Data::Bool(false) => "non".to_owned(),
        Data::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            let day = format!("{year:04}-{month:02}-{day:02}");
            if (hour, minute, second) == (0, 0, 0) { day } else { format!("{day} {hour:02}:{minute:02}:{second:02}") }
        }
        Data::DateTime(duration) => number(duration.as_f64()),
        Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::String(text) => text.replace(['\r', '\n'], " "),
        Data::Error(error) => error.to_string(),
    }
}

/// A binary fraction as the decimal it was typed as: fifteen significant digits, which is what spreadsheets show.
fn number(value: f64) -> String {
    match Number::parse(&format!("{value:.14e}")) {
        Ok(number) => number.to_string(),
        Err(_) => value.to_string(),
    }
}

/// Writes delimited text as a workbook of one sheet. The first `keys` columns are texts; elsewhere what is written as
/// a number is one.
///
/// # Errors
///
/// A French sentence: there are more rows than a sheet has, or the workbook cannot be written.
pub fn workbook<R: Read, W: Write + Seek + Send>(
    (source, separator): (R, u8),
    keys: usize,
    out: W,
) -> Result<(), String> {
    let failed = |error: XlsxError| {
        if matches!(error, XlsxError::RowColumnLimitError) {
            "une feuille a 1\u{202f}048\u{202f}576 lignes au plus\u{a0}: écrivez en CSV".to_owned()
        } else if matches!(error, XlsxError::MaxStringLengthExceeded) {
            "une cellule a 32\u{202f}767 caractères au plus\u{a0}: écrivez en CSV".to_owned()
        } else {
            format!("le classeur ne peut pas être écrit ({error})")
        }
    };
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
    let mut records = Records::new(source, separator, (0, 1), usize::MAX);
    let mut record = Record::default();
    let mut row = 0u32;
    while matches!(records.next_into(&mut record), Ok(Ok(true))) {
        for (column, value) in (0u16..).zip(record.iter()) {
            let text = String::from_utf8_lossy(value);
            let number = Number::parse(&text).ok().filter(|_| row > 0 && usize::from(column) >= keys);
            match number.and_then(|number| number.to_string().parse::<f64>().ok()) {
                _ if row == 0 => sheet.write_string_with_format(row, column, &*text, &bold),
                Some(number) => sheet.write_number(row, column, number),
                None if text.is_empty() => continue,
                None => sheet.write_string(row, column, &*text),
            }
            .map_err(failed)?;
        }
        row = row.saturating_add(1);
    }
    book.save_to_writer(out).map_err(failed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_is_written_in_a_workbook_is_read_again_exactly() {
        let written = "candidat;note;dit\n007;12,5;\"oui; non\"\n2026-001;-0,1;\n;10;élève\n";
        let mut out = Cursor::new(Vec::new());
        workbook((written.as_bytes(), b';'), 1, &mut out).unwrap();
        let read = delimited(out.into_inner(), None).unwrap();
        assert_eq!(String::from_utf8(read).unwrap(), written.replace("12,5", "12.5").replace("-0,1", "-0.1"));
    }

    #[test]
    fn what_is_no_workbook_is_refused() {
        assert!(delimited(b"candidat;note\n".to_vec(), None).unwrap_err().contains("pas un classeur"));
    }

    #[test]
    fn a_fraction_is_the_decimal_that_was_typed() {
        for (value, expected) in [(12.5, "12.5"), (0.300_000_000_000_000_04, "0.3"), (1001.0, "1001"), (-0.07, "-0.07")]
        {
            assert_eq!(number(value), expected);
        }
    }
}
