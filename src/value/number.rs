//! Exact decimal numbers with six places.

use std::fmt;

/// An exact decimal number, held as a count of millionths. Arithmetic is checked: nothing rounds or
/// wraps silently.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Number(i64);

/// Why a computation has no exact result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NumberError {
    /// The result lies beyond `Number::MIN..=Number::MAX`.
    Overflow,
    /// The result needs more than six places.
    Inexact,
    /// The divisor is zero.
    DivisionByZero,
}

/// Why a text is not a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NumberParseError {
    /// It is not written as a number.
    Malformed,
    /// It has more than six places, trailing zeros left out.
    TooPrecise,
    /// It lies beyond `Number::MIN..=Number::MAX`.
    TooLarge,
}

/// How a number between two candidates is brought to one of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Rounding {
    /// To the nearest, a half away from zero.
    #[default]
    HalfAwayFromZero,
    /// To the nearest, a half to the even neighbour.
    HalfEven,
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
    /// Towards the greater.
    Ceiling,
    /// Towards the lesser.
    Floor,
}

impl Rounding {
    /// Every mode, the default one first.
    pub const ALL: [Self; 6] =
        [Self::HalfAwayFromZero, Self::HalfEven, Self::Up, Self::Down, Self::Ceiling, Self::Floor];

    /// The name of the mode in a ruleset.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HalfAwayFromZero => "au_plus_proche",
            Self::HalfEven => "au_pair",
            Self::Up => "loin_de_zéro",
            Self::Down => "vers_zéro",
            Self::Ceiling => "par_excès",
            Self::Floor => "par_défaut",
        }
    }

    /// The mode of that name, written exactly so (NFC).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

impl Number {
    /// Millionths in one.
    pub const SCALE: i64 = 1_000_000;
    /// How many decimal places are held.
    pub const PLACES: u32 = 6;
    /// Zero.
    pub const ZERO: Self = Self(0);
    /// One.
    pub const ONE: Self = Self(Self::SCALE);
    /// The least number, about minus nine million million.
    pub const MIN: Self = Self(i64::MIN);
    /// The greatest number, about nine million million.
    pub const MAX: Self = Self(i64::MAX);

    /// The number holding that many millionths.
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// How many millionths it holds.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// That integer, if it is in range.
    pub fn from_integer(integer: i64) -> Option<Self> {
        integer.checked_mul(Self::SCALE).map(Self)
    }

    /// Whether it has no decimal part.
    pub const fn is_integer(self) -> bool {
        self.0 % Self::SCALE == 0
    }

    /// The integer it is, if it has no decimal part.
    pub const fn to_integer(self) -> Option<i64> {
        if self.is_integer() { Some(self.0 / Self::SCALE) } else { None }
    }

    /// The sum; `Overflow`.
    pub fn checked_add(self, other: Self) -> Result<Self, NumberError> {
        self.0.checked_add(other.0).map(Self).ok_or(NumberError::Overflow)
    }

    /// The difference; `Overflow`.
    pub fn checked_sub(self, other: Self) -> Result<Self, NumberError> {
        self.0.checked_sub(other.0).map(Self).ok_or(NumberError::Overflow)
    }

    /// The opposite; `Overflow` for `MIN`, which has none.
    pub fn checked_neg(self) -> Result<Self, NumberError> {
        self.0.checked_neg().map(Self).ok_or(NumberError::Overflow)
    }

    /// The exact product; `Overflow`, else `Inexact`.
    pub fn checked_mul(self, other: Self) -> Result<Self, NumberError> {
        exact_quotient(i128::from(self.0) * i128::from(other.0), i128::from(Self::SCALE))
    }

    /// The exact quotient; `DivisionByZero`, else `Overflow`, else `Inexact`.
    pub fn checked_div(self, other: Self) -> Result<Self, NumberError> {
        exact_quotient(i128::from(self.0) * i128::from(Self::SCALE), i128::from(other.0))
    }

    /// The quotient rounded to that many places, in one rounding. Places beyond six cannot be held: the
    /// quotient must then be exact. `DivisionByZero`, `Overflow`, `Inexact`.
    pub fn div_rounded(self, other: Self, places: u32, rounding: Rounding) -> Result<Self, NumberError> {
        let Some(unit) = place_unit(places) else {
            return self.checked_div(other);
        };
        let dividend = i128::from(self.0) * i128::from(Self::SCALE);
        let divisor = i128::from(other.0) * unit;
        let units = rounded_quotient(dividend, divisor, rounding).ok_or(NumberError::DivisionByZero)?;
        in_range(units.checked_mul(unit))
    }

    /// The number rounded to that many places; itself from six on. `Overflow` next to `MIN` and `MAX`.
    pub fn round(self, places: u32, rounding: Rounding) -> Result<Self, NumberError> {
        let Some(unit) = place_unit(places) else {
            return Ok(self);
        };
        let units = rounded_quotient(i128::from(self.0), unit, rounding).ok_or(NumberError::DivisionByZero)?;
        in_range(units.checked_mul(unit))
    }

    /// Reads a number as JSON or a table writes it: a sign or none, digits, at most one `.` or `,`
    /// between digits, an exponent or none (`-12,5`, `0.10`, `1e3`). Exact or refused.
    pub fn parse(text: &str) -> Result<Self, NumberParseError> {
        let (negative, unsigned) = split_sign(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, decimals) = match mantissa.split_once(['.', ',']) {
            Some((_, "")) => return Err(NumberParseError::Malformed),
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let all_digits = whole.bytes().chain(decimals.bytes()).all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits {
            return Err(NumberParseError::Malformed);
        }
        let digits = Significant::read(whole.bytes().chain(decimals.bytes()));
        let power = exponent.saturating_add(digits.power).saturating_sub(length(decimals));
        let magnitude = digits.millionths(power)?;
        let millionths = if negative { magnitude.checked_neg() } else { Some(magnitude) };
        let held = millionths.and_then(|value| i64::try_from(value).ok());
        held.map(Self).ok_or(NumberParseError::TooLarge)
    }

    /// The number as French prose writes it: decimal comma, thousands parted by a narrow no-break space
    /// from 1 000 on, a true minus sign. Never used for years.
    pub fn french(self) -> String {
        let digits = self.whole_part().to_string();
        let mut text = String::with_capacity(digits.len() * 2 + 8);
        if self.0 < 0 {
            text.push('\u{2212}');
        }
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push('\u{202F}');
            }
            text.push(digit);
        }
        let decimals = self.decimals();
        if !decimals.is_empty() {
            text.push(',');
            text.push_str(&decimals);
        }
        text
    }

    /// The integer part of its magnitude.
    fn whole_part(self) -> u64 {
        self.0.unsigned_abs() / Self::SCALE.unsigned_abs()
    }

    /// Its decimals, without trailing zeros; empty for an integer.
    fn decimals(self) -> String {
        let millionths = self.0.unsigned_abs() % Self::SCALE.unsigned_abs();
        if millionths == 0 {
            return String::new();
        }
        format!("{millionths:06}").trim_end_matches('0').to_owned()
    }
}

/// The exact number as JSON writes it: `.` and no trailing zeros.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let decimals = self.decimals();
        let point = if decimals.is_empty() { "" } else { "." };
        write!(f, "{sign}{}{point}{decimals}", self.whole_part())
    }
}

/// The digits of a decimal text that count: `value × 10^power`, neither leading nor trailing zeros.
struct Significant {
    /// The digits read as an integer; saturates beyond 38 digits.
    value: i128,
    /// How many digits `value` was read from.
    count: i64,
    /// How many zeros followed them.
    power: i64,
}

impl Significant {
    fn read(digits: impl Iterator<Item = u8>) -> Self {
        let mut read = Self { value: 0, count: 0, power: 0 };
        for digit in digits {
            if digit == b'0' {
                read.power += i64::from(read.count > 0);
                continue;
            }
            let shift = read.power + 1;
            let factor = u32::try_from(shift).map_or(i128::MAX, |exponent| 10_i128.saturating_pow(exponent));
            read.value = read.value.saturating_mul(factor).saturating_add(i128::from(digit - b'0'));
            read.count += shift;
            read.power = 0;
        }
        read
    }

    /// The millionths in the digits times ten to that power.
    fn millionths(&self, power: i64) -> Result<i128, NumberParseError> {
        const GREATEST_WHOLE_DIGITS: i64 = 13;
        if self.count == 0 {
            return Ok(0);
        }
        if self.count.saturating_add(power) > GREATEST_WHOLE_DIGITS {
            return Err(NumberParseError::TooLarge);
        }
        let shift = power.saturating_add(i64::from(Number::PLACES));
        let shift = u32::try_from(shift).map_err(|_| NumberParseError::TooPrecise)?;
        // At most 13 + 6 digits from here on: far below what i128 holds.
        Ok(self.value.saturating_mul(10_i128.saturating_pow(shift)))
    }
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn parse_exponent(text: &str) -> Result<i64, NumberParseError> {
    let (negative, digits) = split_sign(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberParseError::Malformed);
    }
    let magnitude =
        digits.bytes().fold(0_i64, |value, digit| value.saturating_mul(10).saturating_add(i64::from(digit - b'0')));
    Ok(if negative { -magnitude } else { magnitude })
}

fn length(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

/// Millionths in one unit of the last of that many places; none beyond six.
fn place_unit(places: u32) -> Option<i128> {
    Number::PLACES.checked_sub(places).map(|power| 10_i128.pow(power))
}

fn in_range(millionths: Option<i128>) -> Result<Number, NumberError> {
    let held = millionths.and_then(|value| i64::try_from(value).ok());
    held.map(Number).ok_or(NumberError::Overflow)
}

/// The number of millionths `dividend / divisor`, if it is an integer in range.
fn exact_quotient(dividend: i128, divisor: i128) -> Result<Number, NumberError> {
    if divisor == 0 {
        return Err(NumberError::DivisionByZero);
    }
    // Rounding away from zero, so that a result just beyond the range is an overflow first.
    let away = rounded_quotient(dividend, divisor, Rounding::Up);
    let number = in_range(away)?;
    if dividend % divisor == 0 { Ok(number) } else { Err(NumberError::Inexact) }
}

/// The integer next to `dividend / divisor` that the mode picks; none if the divisor is zero. Both stay
/// below 2^127 in magnitude.
fn rounded_quotient(dividend: i128, divisor: i128, rounding: Rounding) -> Option<i128> {
    let quotient = dividend.checked_div(divisor)?;
    let remainder = dividend.checked_rem(divisor)?;
    if remainder == 0 {
        return Some(quotient);
    }
    let away = if (dividend < 0) == (divisor < 0) { 1 } else { -1 };
    let twice = remainder.unsigned_abs().saturating_mul(2);
    let half = twice.cmp(&divisor.unsigned_abs());
    let leaves_zero = match rounding {
        Rounding::HalfAwayFromZero => half.is_ge(),
        Rounding::HalfEven => half.is_gt() || (half.is_eq() && quotient % 2 != 0),
        Rounding::Up => true,
        Rounding::Down => false,
        Rounding::Ceiling => away > 0,
        Rounding::Floor => away < 0,
    };
    Some(if leaves_zero { quotient + away } else { quotient })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn n(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn a_number_reads_from_every_form_json_and_tables_use() {
        let forms = [
            ("0", 0),
            ("-0", 0),
            ("16", 16_000_000),
            ("+16", 16_000_000),
            ("007", 7_000_000),
            ("-10,01", -10_010_000),
            ("10.01", 10_010_000),
            ("0.000001", 1),
            ("1.50000000000000000000000000000000000000000000", 1_500_000),
            ("1e3", 1_000_000_000),
            ("1E+3", 1_000_000_000),
            ("25e-1", 2_500_000),
            ("0.00000000000000000001e20", 1_000_000),
            ("1000000000000000000000000000000000000000000e-42", 1_000_000),
            ("0e99999999999999999999999", 0),
            ("9223372036854.775807", i64::MAX),
            ("-9223372036854.775808", i64::MIN),
        ];
        for (text, millionths) in forms {
            assert_eq!(Number::parse(text), Ok(Number(millionths)), "{text}");
        }
    }

    #[test]
    fn a_text_that_is_no_number_is_refused_with_its_reason() {
        use NumberParseError::{Malformed, TooLarge, TooPrecise};
        for text in [
            "", "-", "+", ".5", "5.", "1.2.3", "1,2,3", "1.000,5", "--1", "+-1", " 1", "1 ", "1e", "1e+", "e3",
            "1e1.5", "0x10", "NaN", "inf", "١", "1_000", "1e3e3",
        ] {
            assert_eq!(Number::parse(text), Err(Malformed), "{text:?}");
        }
        for text in ["0.0000001", "1.1234567", "1e-7", "1e-99999999999999999999999"] {
            assert_eq!(Number::parse(text), Err(TooPrecise), "{text}");
        }
        for text in [
            "9223372036854.775808",
            "-9223372036854.775809",
            "1e13",
            "99999999999999999999999999999999999999999999999999",
            "1e99999999999999999999999",
        ] {
            assert_eq!(Number::parse(text), Err(TooLarge), "{text}");
        }
    }

    #[test]
    fn what_is_displayed_reads_back_the_same() {
        for millionths in [0, 1, -1, 10, 1_500_000, -999_999, 1_000_000, 123_456_789_012, i64::MAX, i64::MIN] {
            assert_eq!(Number::parse(&Number(millionths).to_string()), Ok(Number(millionths)));
        }
        assert_eq!(n("-0.50").to_string(), "-0.5");
        assert_eq!(n("12.000").to_string(), "12");
    }

    #[test]
    fn french_prose_has_a_comma_and_parts_the_thousands() {
        assert_eq!(n("10.01").french(), "10,01");
        assert_eq!(n("999").french(), "999");
        assert_eq!(n("1000").french(), "1\u{202F}000");
        assert_eq!(n("-1234567.5").french(), "\u{2212}1\u{202F}234\u{202F}567,5");
        assert_eq!(Number::ZERO.french(), "0");
    }

    #[test]
    fn sums_and_products_are_exact_or_say_why_not() {
        use NumberError::{Inexact, Overflow};
        assert_eq!(n("0.1").checked_add(n("0.2")), Ok(n("0.3")));
        assert_eq!(n("0.1").checked_sub(n("0.3")), Ok(n("-0.2")));
        assert_eq!(Number::MAX.checked_add(Number(1)), Err(Overflow));
        assert_eq!(Number::MIN.checked_sub(Number(1)), Err(Overflow));
        assert_eq!(Number::MIN.checked_neg(), Err(Overflow));
        assert_eq!(n("1.5").checked_neg(), Ok(n("-1.5")));
        assert_eq!(n("1.25").checked_mul(n("-4")), Ok(n("-5")));
        assert_eq!(n("0.001").checked_mul(n("0.001")), Ok(Number(1)));
        assert_eq!(n("0.001").checked_mul(n("0.0001")), Err(Inexact));
        assert_eq!(Number::MAX.checked_mul(n("1.000001")), Err(Overflow));
        assert_eq!(Number::MIN.checked_mul(n("-1")), Err(Overflow));
        assert_eq!(Number::MIN.checked_mul(Number::MIN), Err(Overflow));
        assert_eq!(Number::MIN.checked_mul(Number::ONE), Ok(Number::MIN));
    }

    #[test]
    fn a_division_is_exact_or_says_its_rounding() {
        use NumberError::{DivisionByZero, Inexact, Overflow};
        assert_eq!(n("1").checked_div(n("8")), Ok(n("0.125")));
        assert_eq!(n("1").checked_div(n("3")), Err(Inexact));
        assert_eq!(n("1").checked_div(n("0")), Err(DivisionByZero));
        assert_eq!(Number::MAX.checked_div(Number(1)), Err(Overflow));
        assert_eq!(Number::MIN.checked_div(n("-1")), Err(Overflow));
        let nearest = Rounding::default();
        assert_eq!(n("2").div_rounded(n("3"), 2, nearest), Ok(n("0.67")));
        assert_eq!(n("-2").div_rounded(n("3"), 2, nearest), Ok(n("-0.67")));
        assert_eq!(n("1").div_rounded(n("8"), 2, Rounding::HalfEven), Ok(n("0.12")));
        // One rounding only: 0.4999999… never becomes 0.5, then 1.
        assert_eq!(Number(1_499_999_999).div_rounded(n("3000"), 0, nearest), Ok(Number::ZERO));
        assert_eq!(n("1").div_rounded(n("3"), 6, nearest), Ok(Number(333_333)));
        assert_eq!(n("1").div_rounded(n("3"), 7, nearest), Err(Inexact));
        assert_eq!(n("1").div_rounded(n("8"), 7, nearest), Ok(n("0.125")));
        assert_eq!(n("1").div_rounded(n("0"), 2, nearest), Err(DivisionByZero));
        assert_eq!(n("1").div_rounded(n("0"), 9, nearest), Err(DivisionByZero));
        assert_eq!(Number::MAX.div_rounded(Number(1), 0, nearest), Err(Overflow));
        assert_eq!(Number::MIN.div_rounded(Number(-1), 0, nearest), Err(Overflow));
    }

    #[test]
    fn each_rounding_mode_treats_halves_and_signs_as_it_says() {
        let table: [(&str, [i64; 6]); 8] = [
            // au_plus_proche, au_pair, loin_de_zéro, vers_zéro, par_excès, par_défaut
            ("2.5", [3, 2, 3, 2, 3, 2]),
            ("3.5", [4, 4, 4, 3, 4, 3]),
            ("-2.5", [-3, -2, -3, -2, -2, -3]),
            ("2.499999", [2, 2, 3, 2, 3, 2]),
            ("-2.500001", [-3, -3, -3, -2, -2, -3]),
            ("0.000001", [0, 0, 1, 0, 1, 0]),
            ("-0.5", [-1, 0, -1, 0, 0, -1]),
            ("7", [7, 7, 7, 7, 7, 7]),
        ];
        for (text, expected) in table {
            for (mode, integer) in Rounding::ALL.into_iter().zip(expected) {
                let rounded = n(text).round(0, mode).unwrap();
                assert_eq!(rounded.to_integer(), Some(integer), "{text} {}", mode.name());
            }
        }
        assert_eq!(n("10.005").round(2, Rounding::default()), Ok(n("10.01")));
        assert_eq!(n("10.005").round(40, Rounding::default()), Ok(n("10.005")));
        assert_eq!(Number::MAX.round(0, Rounding::Up), Err(NumberError::Overflow));
    }

    #[test]
    fn every_rounding_mode_is_found_by_its_name() {
        for mode in Rounding::ALL {
            assert_eq!(Rounding::from_name(mode.name()), Some(mode));
        }
        assert_eq!(Rounding::from_name("par_exces"), None);
    }

    #[test]
    fn an_integer_is_one_only_without_decimals_and_in_range() {
        assert_eq!(Number::from_integer(16), Some(n("16")));
        assert_eq!(Number::from_integer(9_223_372_036_855), None);
        assert_eq!(n("-3").to_integer(), Some(-3));
        assert_eq!(n("-3.5").to_integer(), None);
    }
}
