//! The tree of a ruleset as written: names are text, every piece knows its place.

use crate::source::Span;
use crate::value::{Day, Number};

/// A name as written (NFC), with its place. Clause ids (`B1-7a`) are names too.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Its place.
    pub span: Span,
}

/// A text between « » or " ", without its marks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quoted {
    /// The text inside the marks, trimmed of the spaces that typography puts there.
    pub text: String,
    /// Place of the whole, marks included.
    pub span: Span,
}

/// A passage of the official text: the quotation and which occurrence is meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Passage {
    /// The words.
    pub quote: Quoted,
    /// `(n)` after the quotation, from 1.
    pub occurrence: Option<u32>,
}

/// One parsed file.
#[derive(Clone, PartialEq, Debug)]
pub struct File {
    /// Its items in source order; unreadable ones are [`Item::Unreadable`].
    pub items: Vec<Item>,
    /// Comments, by position (`#` to the end of the line).
    pub comments: Vec<Span>,
}

/// One item of a ruleset.
#[allow(clippy::large_enum_variant, reason = "a file holds few items, and each is walked once")]
#[derive(Clone, PartialEq, Debug)]
pub enum Item {
    /// `règlement « … » texte "…"`
    Header(Header),
    /// `clause B1-4 « … »`
    Clause(ClauseItem),
    /// `titre B1-0 « … »`
    Heading(HeadingItem),
    /// `hors texte « 58 »`
    Noise(Passage),
    /// `interprétation AMB-15 « … »`
    Reading(ReferenceItem),
    /// `source circulaire « … » hors texte`
    Outside(ReferenceItem),
    /// `type … est …`
    Type(TypeItem),
    /// `fait … : …`
    Fact(FactItem),
    /// `appréciation … « … »`
    Assessment(AssessmentItem),
    /// `incohérence … écarte …`
    Incoherence(IncoherenceItem),
    /// `valeur … : … vaut …`
    Value(ValueItem),
    /// `obligation`, `interdiction`, `préférence`, `permission`
    Norm(NormItem),
    /// `signalement …`
    Notice(NoticeItem),
    /// `décision …`
    Decision(DecisionItem),
    /// `exemple « … »`
    Example(ExampleItem),
    /// Something that could not be read; a diagnostic speaks of it.
    Unreadable(Span),
}

impl Item {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Header(item) => item.span,
            Self::Clause(item) => item.span,
            Self::Heading(item) => item.span,
            Self::Noise(passage) => passage.quote.span,
            Self::Reading(item) | Self::Outside(item) => item.span,
            Self::Type(item) => item.span,
            Self::Fact(item) => item.span,
            Self::Assessment(item) => item.span,
            Self::Incoherence(item) => item.span,
            Self::Value(item) => item.span,
            Self::Norm(item) => item.span,
            Self::Notice(item) => item.span,
            Self::Decision(item) => item.span,
            Self::Example(item) => item.span,
            Self::Unreadable(span) => *span,
        }
    }
}

/// `règlement « titre » texte "fichier" …`
#[derive(Clone, PartialEq, Debug)]
pub struct Header {
    /// The title.
    pub title: Quoted,
    /// File names of the official texts, beside the ruleset.
    pub texts: Vec<Quoted>,
    /// Place of the item.
    pub span: Span,
}

/// `clause ID « … » (n) au « … » sans effet « … »`
#[derive(Clone, PartialEq, Debug)]
pub struct ClauseItem {
    /// Its id.
    pub id: Name,
    /// What it quotes.
    pub passage: Passage,
    /// `au « C, al. 1 »`: where people find it.
    pub place: Option<Quoted>,
    /// `sans effet « pourquoi »`.
    pub no_effect: Option<Quoted>,
    /// Place of the item.
    pub span: Span,
}

/// `titre [ID] « … » (n)`
#[derive(Clone, PartialEq, Debug)]
pub struct HeadingItem {
    /// An id, where rules cite the heading (the scope it sets).
    pub id: Option<Name>,
    /// What it quotes.
    pub passage: Passage,
    /// Place of the item.
    pub span: Span,
}

/// `interprétation ID « … »` or `source ID « … » hors texte`
#[derive(Clone, PartialEq, Debug)]
pub struct ReferenceItem {
    /// Its id.
    pub id: Name,
    /// What it says.
    pub label: Quoted,
    /// Place of the item.
    pub span: Span,
}

/// What a conclusion rests on: `selon B1-5 et B1-7 interprétation AMB-04`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Basis {
    /// Clauses, headings and outside sources.
    pub clauses: Vec<Name>,
    /// Interpretations.
    pub readings: Vec<Name>,
}

/// `type NOM est …`
#[derive(Clone, PartialEq, Debug)]
pub struct TypeItem {
    /// Its name.
    pub name: Name,
    /// Enumeration or record.
    pub body: TypeBody,
    /// Place of the item.
    pub span: Span,
}

/// The body of a type.
#[derive(Clone, PartialEq, Debug)]
pub enum TypeBody {
    /// `a « … » | b « … » | autre`
    Enumeration(Vec<CaseItem>),
    /// One field a line.
    Record(Vec<FieldItem>),
}

/// One case of an enumeration.
#[derive(Clone, PartialEq, Debug)]
pub struct CaseItem {
    /// Its name; `autre` keeps an unforeseen text.
    pub name: Name,
    /// Its label.
    pub label: Option<Quoted>,
}

/// `champ : type, attributs « libellé »`
#[derive(Clone, PartialEq, Debug)]
pub struct FieldItem {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeExpr,
    /// What follows the type.
    pub attributes: Attributes,
    /// Its label.
    pub label: Option<Quoted>,
}

/// What may follow a type: `, clé`, `, facultatif`, `, sinon V`, `, sinon déduite : E`,
/// `, pour information`, `, à apprécier par « … » selon …`, `, par « … »`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Attributes {
    /// `clé`
    pub key: Option<Span>,
    /// `facultatif`
    pub optional: Option<Span>,
    /// `sinon V`
    pub presumed: Option<Expr>,
    /// `sinon déduite : E`
    pub derived: Option<Expr>,
    /// `pour information`
    pub information: Option<Span>,
    /// `à apprécier`: the field is an appreciation.
    pub assessed: Option<Span>,
    /// `par « … »`: who supplies it.
    pub supplier: Option<Quoted>,
    /// `selon …` of an appreciation.
    pub basis: Basis,
}

/// A type as written.
#[derive(Clone, PartialEq, Debug)]
pub struct TypeExpr {
    /// What it is.
    pub kind: TypeKind,
    /// Its place.
    pub span: Span,
}

/// The forms a type may take.
#[derive(Clone, PartialEq, Debug)]
pub enum TypeKind {
    /// `oui/non`
    Truth,
    /// `entier`, `entier de A à B`
    Integer(Option<(Number, Number)>),
    /// `nombre`, `nombre de A à B`
    Number(Option<(Number, Number)>),
    /// `date`
    Date,
    /// `durée`, `durée en semaines`, `durée en jours`
    Duration(Option<Unit>),
    /// `période`
    Period,
    /// `texte`
    Text,
    /// An enumeration or a record.
    Named(Name),
    /// `réf LISTE` (a path to a fact list: `conventions`, `calendrier.années`)
    Reference(Vec<Name>),
    /// `liste de T`
    List(Box<TypeExpr>),
}

/// Units of quantities.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// `jour(s)`
    Days,
    /// `semaine(s)`
    Weeks,
    /// `mois`
    Months,
    /// `an(s)`, `année(s)`
    Years,
}

/// `fait NOM : type, attributs « libellé »`
#[derive(Clone, PartialEq, Debug)]
pub struct FactItem {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeExpr,
    /// What follows the type.
    pub attributes: Attributes,
    /// Its label.
    pub label: Option<Quoted>,
    /// Place of the item.
    pub span: Span,
}

/// `appréciation NOM « … » selon … par « … »`: a yes/no fact that a person must judge.
#[derive(Clone, PartialEq, Debug)]
pub struct AssessmentItem {
    /// Its name.
    pub name: Name,
    /// Its label.
    pub label: Option<Quoted>,
    /// Its clause.
    pub basis: Basis,
    /// Who decides.
    pub supplier: Option<Quoted>,
    /// Place of the item.
    pub span: Span,
}

/// `s parmi L où c`
#[derive(Clone, PartialEq, Debug)]
pub struct Generator {
    /// The variable.
    pub name: Name,
    /// The list.
    pub list: Expr,
    /// `où c`
    pub filter: Option<Expr>,
}

/// `soit x = E`
#[derive(Clone, PartialEq, Debug)]
pub struct Let {
    /// The name.
    pub name: Name,
    /// What it stands for.
    pub value: Expr,
}

/// `incohérence NOM « … » pour chaque … si … écarte a.x, a.y compris entre A et B`
#[derive(Clone, PartialEq, Debug)]
pub struct IncoherenceItem {
    /// Its name.
    pub name: Name,
    /// Its label.
    pub label: Option<Quoted>,
    /// What it rests on (often an interpretation).
    pub basis: Basis,
    /// `soit` lines.
    pub lets: Vec<Let>,
    /// `pour chaque`.
    pub each: Vec<Generator>,
    /// `si c`
    pub condition: Expr,
    /// The facts set aside.
    pub discards: Vec<Expr>,
    /// `compris entre A et B`: what is still known of them.
    pub bounds: Option<(Expr, Expr)>,
    /// Place of the item.
    pub span: Span,
}

/// `valeur NOM [pour chaque s parmi L] : T « … » …`
#[derive(Clone, PartialEq, Debug)]
pub struct ValueItem {
    /// Its name.
    pub name: Name,
    /// `pour chaque s parmi L`: gives each element a further field.
    pub each: Option<Generator>,
    /// Its type.
    pub ty: TypeExpr,
    /// Its label.
    pub label: Option<Quoted>,
    /// `soit` lines.
    pub lets: Vec<Let>,
    /// `pour c`: else sans objet; with the basis of that applicability.
    pub scope: Option<(Expr, Basis)>,
    /// Its definition.
    pub body: ValueBody,
    /// `sauf …`
    pub exceptions: Vec<ExceptionItem>,
    /// `silence du texte « … »`: a gap declared knowingly.
    pub silence: Option<Quoted>,
    /// Place of the item.
    pub span: Span,
}

/// The definition of a value.
#[derive(Clone, PartialEq, Debug)]
pub enum ValueBody {
    /// `vaut E selon …`
    Single {
        /// The value.
        value: Expr,
        /// What it rests on.
        basis: Basis,
    },
    /// `cas C : V selon …`, one a line
    Table(Vec<TableRow>),
}

/// `cas C : V selon …`
#[derive(Clone, PartialEq, Debug)]
pub struct TableRow {
    /// When the row applies.
    pub condition: Expr,
    /// What it gives.
    pub value: Expr,
    /// What it rests on.
    pub basis: Basis,
    /// Place of the row.
    pub span: Span,
}

/// `sauf NOM prime sur A, B selon … si … alors …`
#[derive(Clone, PartialEq, Debug)]
pub struct ExceptionItem {
    /// Its name.
    pub name: Name,
    /// `prime sur`
    pub over: Vec<Name>,
    /// What it rests on.
    pub basis: Basis,
    /// `si c` (left out: always).
    pub condition: Option<Expr>,
    /// `alors E`
    pub value: Expr,
    /// Place of the exception.
    pub span: Span,
}

/// The kinds of norms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NormKind {
    /// `obligation … exige`
    Obligation,
    /// `interdiction … interdit`
    Prohibition,
    /// `préférence … souhaite`
    Preference,
    /// `permission … à condition que`
    Permission,
}

/// An obligation, prohibition, preference or permission.
#[derive(Clone, PartialEq, Debug)]
pub struct NormItem {
    /// Which.
    pub kind: NormKind,
    /// Its name.
    pub name: Name,
    /// Its label.
    pub label: Option<Quoted>,
    /// What it rests on.
    pub basis: Basis,
    /// `à la charge de « … »`
    pub bearer: Option<Quoted>,
    /// `soit` lines.
    pub lets: Vec<Let>,
    /// `pour c`, with the basis of that applicability.
    pub scope: Option<(Expr, Basis)>,
    /// `pour chaque …`
    pub each: Vec<Generator>,
    /// What it requires, forbids, wishes; empty for a bare permission.
    pub content: Vec<ContentItem>,
    /// `sauf NOM selon … si …`
    pub exemptions: Vec<ExemptionItem>,
    /// `sinon « … »`
    pub otherwise: Option<Quoted>,
    /// Place of the item.
    pub span: Span,
}

/// One `•` of a norm.
#[derive(Clone, PartialEq, Debug)]
pub struct ContentItem {
    /// The condition.
    pub condition: Expr,
    /// What it rests on, besides the norm.
    pub basis: Basis,
    /// What the person is told when it fails.
    pub otherwise: Option<Quoted>,
    /// Place of the item.
    pub span: Span,
}

/// `sauf NOM selon … si …`
#[derive(Clone, PartialEq, Debug)]
pub struct ExemptionItem {
    /// Its name.
    pub name: Name,
    /// What it rests on.
    pub basis: Basis,
    /// When it holds.
    pub condition: Expr,
    /// Place of the exemption.
    pub span: Span,
}

/// `signalement NOM « … » selon … [pour chaque …] si …`
#[derive(Clone, PartialEq, Debug)]
pub struct NoticeItem {
    /// Its name.
    pub name: Name,
    /// Its label.
    pub label: Option<Quoted>,
    /// What it rests on.
    pub basis: Basis,
    /// `soit` lines.
    pub lets: Vec<Let>,
    /// `pour chaque …`
    pub each: Vec<Generator>,
    /// `si c`
    pub condition: Expr,
    /// Place of the item.
    pub span: Span,
}

/// `décision NOM « … » pour … cas C exige …, … exige … sauf …`
#[derive(Clone, PartialEq, Debug)]
pub struct DecisionItem {
    /// Its name.
    pub name: Name,
    /// Its label.
    pub label: Option<Quoted>,
    /// What it rests on (often an interpretation or an outside source).
    pub basis: Basis,
    /// `soit` lines.
    pub lets: Vec<Let>,
    /// `pour c`, with the basis of that applicability.
    pub scope: Option<(Expr, Basis)>,
    /// `exige a, b`, outright (no condition) or `cas C exige a, b`.
    pub requirements: Vec<Requirement>,
    /// `sauf NOM selon … si …`
    pub exemptions: Vec<ExemptionItem>,
    /// Place of the item.
    pub span: Span,
}

/// `[cas C] exige a, b`
#[derive(Clone, PartialEq, Debug)]
pub struct Requirement {
    /// The case; none: always.
    pub case: Option<Expr>,
    /// Norms by name, or conditions.
    pub items: Vec<Expr>,
    /// What this line rests on, where it says so.
    pub basis: Basis,
    /// Place of the line.
    pub span: Span,
}

/// `exemple « … » avec … attend …`
#[derive(Clone, PartialEq, Debug)]
pub struct ExampleItem {
    /// What it shows.
    pub title: Quoted,
    /// `avec`: path and literal.
    pub given: Vec<(Vec<Name>, Expr)>,
    /// `attend`
    pub expected: Vec<Expectation>,
    /// Place of the item.
    pub span: Span,
}

/// `NOM = réponse [selon C-1 et …]`, `NOM[E4] = oui`
#[derive(Clone, PartialEq, Debug)]
pub struct Expectation {
    /// The outcome, rule or notice.
    pub name: Name,
    /// The instance, by its key.
    pub instance: Option<Quoted>,
    /// What is expected.
    pub answer: Answer,
    /// Clauses its justification must cite.
    pub clauses: Vec<Name>,
    /// Whether it may cite others.
    pub citing: Citing,
    /// Place of the expectation.
    pub span: Span,
}

/// Which clauses a justification may cite besides those expected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Citing {
    /// Any.
    Others,
    /// None (`seulement`).
    Only,
}

/// What an example may expect.
#[derive(Clone, PartialEq, Debug)]
pub enum Answer {
    /// A literal: `oui`, `14 semaines`, `requis`, `2026-01-05`.
    Value(Expr),
    /// `indéterminé`
    Unknown,
    /// `sans objet`
    NotApplicable,
    /// `conflit`
    Conflict,
    /// `silence`
    Gap,
    /// `sans résultat`
    NoResult,
}

/// An expression.
#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its place.
    pub span: Span,
}

/// Comparisons.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `≠`
    Different,
    /// `<`
    Less,
    /// `≤`
    AtMost,
    /// `>`
    Greater,
    /// `≥`
    AtLeast,
}

/// `+ - * /`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// What `x est …` may ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// `est renseigné(e)(s)`
    Present,
    /// `est applicable`
    Applicable,
    /// `est vide`
    Empty,
    /// `est respectée` / `suivie` / `ouverte`: the state where a norm applies and holds.
    Holds,
    /// `est méconnue`: the state where an obligation or a prohibition applies and does not hold.
    Broken,
    /// `est contesté(e)`: an incoherence set the fact aside.
    Contested,
    /// `est sans objet`
    NotApplicable,
}

/// Reductions over generators.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aggregate {
    /// `il existe s parmi L où c`: the conditions are all filters; no body.
    Exists,
    /// `tout s parmi L vérifie c`: the body is the condition.
    All,
    /// `nombre de s parmi L où c`: no body.
    Count,
    /// `nombre de E distincts pour …`
    CountDistinct,
    /// `somme de E pour …`
    Sum,
    /// `minimum de E pour …`
    Minimum,
    /// `maximum de E pour …`
    Maximum,
    /// `E pour s parmi L où c`: a list
    Collect,
}

/// The forms an expression may take.
#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    /// `oui`, `non`
    Truth(bool),
    /// `16`, `10,01` or `10.01`
    Number(Number),
    /// `14 semaines`, `6 mois`
    Quantity(Number, Unit),
    /// `2026-04-10`
    Date(Day),
    /// `"…"`
    Text(String),
    /// `?` (examples only): known to be unknown.
    Unknown,
    /// `aucun` (examples only): known to be absent.
    Absent,
    /// A name: variable, fact, value, norm, case.
    Name(Name),
    /// `s.champ`
    Field(Box<Expr>, Name),
    /// `[ a, b ]`
    List(Vec<Expr>),
    /// `{ champ = a, … }` (examples only)
    Record(Vec<(Name, Expr)>),
    /// `non c`
    Not(Box<Expr>),
    /// `a et b et c`
    And(Vec<Expr>),
    /// `a ou b ou c`
    Or(Vec<Expr>),
    /// `a ≤ b`
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// `a + b`
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// `-a`
    Negate(Box<Expr>),
    /// `x dans (a, b)`
    Among(Box<Expr>, Vec<Expr>),
    /// `x dans L`
    In(Box<Expr>, Box<Expr>),
    /// `x entre a et b`
    Between(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `si c alors a sinon b`
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `x à défaut y`
    Default(Box<Expr>, Box<Expr>),
    /// `x est renseigné`, …; the flag says `n'est pas`
    Is(Box<Expr>, State),
    /// `max(a, b)`, `fusion(L)`, …
    Call(Name, Vec<Expr>),
    /// `du d au e`, `d → e`
    Interval(Box<Expr>, Box<Expr>),
    /// A quantifier or aggregate.
    Aggregate(Aggregate, Option<Box<Expr>>, Vec<Generator>),
    /// Something unreadable; a diagnostic speaks of it.
    Invalid,
}
