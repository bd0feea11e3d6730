//! JSON as written: fields in order, numbers as text.

/// A value.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Json {
    Null,
    Truth(bool),
    /// As written.
    Number(String),
    Text(String),
    List(Vec<Json>),
    Record(Vec<(String, Json)>),
}

impl Json {
    /// Reads a whole text; where it is none, the byte that is wrong.
    pub(super) fn read(text: &str) -> Result<Self, usize> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(0)?;
        reader.blank();
        if reader.at == text.len() { Ok(value) } else { Err(reader.at) }
    }

    pub(super) fn field(&self, name: &str) -> Option<&Json> {
        self.fields().iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    pub(super) fn fields(&self) -> &[(String, Json)] {
        if let Json::Record(fields) = self { fields } else { &[] }
    }

    pub(super) fn items(&self) -> &[Json] {
        if let Json::List(items) = self { items } else { &[] }
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Json::Text(text) = self { Some(text) } else { None }
    }
}

/// Deeper nests nothing that reglo writes or reads.
const DEEPEST: usize = 2_000;

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn blank(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start_matches([' ', '\n', '\r', '\t']).len();
    }

    /// Whether `word` comes next, which is then behind.
    fn eat(&mut self, word: &str) -> bool {
        self.blank();
        let found = self.rest().starts_with(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    fn expect(&mut self, word: &str) -> Result<(), usize> {
        if self.eat(word) { Ok(()) } else { Err(self.at) }
    }

    fn value(&mut self, depth: usize) -> Result<Json, usize> {
        if depth > DEEPEST {
            return Err(self.at);
        }
        for (word, value) in [("null", Json::Null), ("true", Json::Truth(true)), ("false", Json::Truth(false))] {
            if self.eat(word) {
                return Ok(value);
            }
        }
        if self.eat("[") {
            let mut items = Vec::new();
            while !self.eat("]") {
                if !items.is_empty() {
                    self.expect(",")?;
                }
                items.push(self.value(depth + 1)?);
            }
            return Ok(Json::List(items));
        }
        if self.eat("{") {
            let mut fields: Vec<(String, Json)> = Vec::new();
            while !self.eat("}") {
                if !fields.is_empty() {
                    self.expect(",")?;
                }
                let name = self.string()?;
                self.expect(":")?;
                fields.push((name, self.value(depth + 1)?));
            }
            return Ok(Json::Record(fields));
        }
        if self.rest().starts_with('"') {
            return self.string().map(Json::Text);
        }
        let length = self.rest().find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E'));
        let number = self.rest().get(..length.unwrap_or(self.rest().len())).unwrap_or_default().to_owned();
        if !number.contains(|c: char| c.is_ascii_digit()) {
            return Err(self.at);
        }
        self.at += number.len();
        Ok(Json::Number(number))
    }

    fn string(&mut self) -> Result<String, usize> {
        self.blank();
        let mut escaped = false;
        let end = self.rest().char_indices().skip(1).find(|(_, c)| {
            let ends = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        let written = end.and_then(|(end, _)| self.rest().get(..=end)).ok_or(self.at)?;
        let read = serde_json::from_str(written).map_err(|_wrong| self.at)?;
        self.at += written.len();
        Ok(read)
    }
}
