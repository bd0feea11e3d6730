//! Bytes of flat files become text: UTF-8, or the Windows-1252 that French spreadsheets still write.

use std::borrow::Cow;

/// How a file writes its letters. Separators, quotes and line breaks are the same bytes in both.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub enum Charset {
    /// Nothing but ASCII was seen so far: the first accented letter tells.
    #[default]
    Undecided,
    /// UTF-8.
    Utf8,
    /// Windows-1252, of which Latin-1 is nearly all.
    Windows1252,
}

/// Why some bytes are no text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Garbled {
    /// They are not written as the rest of the file is.
    OtherCharset,
    /// They hold a null character: a binary file, or a damaged one.
    Null,
}

impl Garbled {
    /// A French sentence.
    pub fn message(self) -> &'static str {
        match self {
            Garbled::OtherCharset => {
                "Ces caractères ne sont pas écrits comme le reste du fichier (UTF-8 et Windows-1252 mêlés)\u{202f}; \
                 la donnée n'est pas retenue."
            }
            Garbled::Null => "La donnée contient un caractère nul\u{202f}; elle n'est pas retenue.",
        }
    }
}

impl Charset {
    /// What the bytes tell: once decided, a charset stays.
    pub fn seeing(self, bytes: &[u8]) -> Self {
        match self {
            Charset::Undecided if bytes.is_ascii() => Charset::Undecided,
            Charset::Undecided if std::str::from_utf8(bytes).is_ok() => Charset::Utf8,
            Charset::Undecided => Charset::Windows1252,
            Charset::Utf8 | Charset::Windows1252 => self,
        }
    }

    /// The text that bytes of a file in this charset stand for.
    ///
    /// # Errors
    ///
    /// The bytes belong to the other charset, or hold a null character.
    pub fn decode(self, bytes: &[u8]) -> Result<Cow<'_, str>, Garbled> {
        if bytes.contains(&0) {
            return Err(Garbled::Null);
        }
        match (std::str::from_utf8(bytes), self) {
            (Ok(text), Charset::Undecided | Charset::Utf8) => Ok(Cow::Borrowed(text)),
            (Ok(text), Charset::Windows1252) if text.is_ascii() => Ok(Cow::Borrowed(text)),
            // Two accented letters in a row that also make one of UTF-8 are never French.
            (Ok(_), Charset::Windows1252) | (Err(_), Charset::Utf8) => Err(Garbled::OtherCharset),
            (Err(_), Charset::Undecided | Charset::Windows1252) => {
                Ok(encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0)
            }
        }
    }
}

/// Whether a file begins as UTF-16 does, which is no flat file here.
pub fn is_utf16(sample: &[u8]) -> bool {
    sample.starts_with(b"\xFF\xFE") || sample.starts_with(b"\xFE\xFF")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_accented_letter_decides_and_the_rest_must_follow() {
        let undecided = Charset::default().seeing(b"voie;session");
        assert_eq!(undecided, Charset::Undecided);
        assert_eq!(undecided.seeing("été".as_bytes()), Charset::Utf8);
        let windows = undecided.seeing(b"\xe9t\xe9");
        assert_eq!(windows, Charset::Windows1252);
        assert_eq!(windows.seeing("été".as_bytes()), Charset::Windows1252);
        assert_eq!(windows.decode(b"\xe9t\xe9 \x80"), Ok("été €".into()));
        assert_eq!(windows.decode("été".as_bytes()), Err(Garbled::OtherCharset));
        assert_eq!(Charset::Utf8.decode(b"\xe9t\xe9"), Err(Garbled::OtherCharset));
        assert_eq!(Charset::Utf8.decode(b"a\0b"), Err(Garbled::Null));
    }
}
