//! One telling page, shown by every back end.

use super::page::{Block, Branch, Listing, Mark, Page, Text, Tone};

/// A decision as people read it, with what each back end must take care of.
pub(super) fn page() -> Page {
    let continuous = Branch {
        text: Text::new().plain("au moins 4 semaines consécutives : ").with(Tone::Bad, "non"),
        mark: Mark::Bad,
        children: vec![
            Branch {
                text: "plus longue suite de jours de stage en première année : 3 semaines et 4 jours, du 5 janvier 2026 au 29 janvier 2026".into(),
                mark: Mark::None,
                children: vec![
                    Branch::leaf(Mark::None, Text::new().code("periodes[P1].fin").plain(" = 29 janvier 2026")),
                    Branch {
                        text: "période P2 hors de la première année".into(),
                        mark: Mark::None,
                        children: vec![Branch::leaf(Mark::None, Text::new().code("periodes[P2].année").plain(" = 2"))],
                    },
                ],
            },
            Branch::leaf(Mark::Open, "raison de force majeure : l’autorité académique est attendue"),
        ],
    };
    Page {
        title: "Dossier CCST-005 <essai> & *suite*".to_owned(),
        blocks: vec![
            Block::Heading(1, "Dossier de stage recevable".into()),
            Block::Paragraph(
                Text::new()
                    .plain("La réponse est ")
                    .with(Tone::Bad, "non")
                    .plain(" : une condition n’est pas remplie, ")
                    .strong("B1-4")
                    .plain(". ")
                    .muted("Le texte ne dit pas ce qu’il en advient."),
            ),
            Block::Quote {
                text: "Le stage comporte, en première année, une période d’au moins 4 semaines consécutives.".into(),
                source: Text::new().code("B1-4").plain(", B.1, al. 2, phr. 2 (texte.txt, ligne 41)"),
            },
            Block::Heading(2, "Raisons".into()),
            Block::Tree(vec![continuous, Branch::leaf(Mark::Good, "chaque période est couverte par une convention")]),
            Block::Rule,
            Block::List(
                Listing::Numbered,
                vec![
                    vec![Block::Paragraph("1. fournir la décision ; # ce n’est pas un titre".into())],
                    vec![
                        Block::Paragraph(Text::new().emphasis("ou bien").plain(" compléter le stage :")),
                        Block::List(
                            Listing::Bulleted,
                            vec![
                                vec![Block::Paragraph("- dès l’été".into())],
                                vec![Block::Paragraph("plus tard".into())],
                            ],
                        ),
                    ],
                ],
            ),
            Block::Table {
                head: vec!["Période".into(), "Durée".into(), "Observations".into()],
                rows: vec![
                    vec![
                        Text::new().code("P1"),
                        "3 semaines et 4 jours".into(),
                        "convention signée par les trois parties | annexe jointe, sans l’avis du professeur référent"
                            .into(),
                    ],
                    vec![Text::new().code("P2"), "12 semaines".into(), Text::new().with(Tone::Open, "à vérifier")],
                ],
            },
        ],
    }
}
