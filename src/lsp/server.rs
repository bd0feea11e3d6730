//! Speaks the protocol: takes changes in, hands each question to who answers it, sends what the threads find.

use crossbeam_channel::select;
use lsp_server::{Connection, ErrorCode, ExtractError, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{self as told, Notification as _};
use lsp_types::request::{self as asked, Request as _};
use lsp_types::{
    ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionOrCommand, CodeActionProviderCapability,
    CodeLensOptions, CompletionOptions, CompletionResponse, DocumentSymbolResponse, ExecuteCommandOptions,
    FoldingRangeProviderCapability, GotoDefinitionResponse, HoverProviderCapability, InitializeParams, MessageType,
    OneOf, PrepareRenameResponse, PublishDiagnosticsParams, RenameOptions, SaveOptions, SemanticTokens,
    SemanticTokensFullOptions, SemanticTokensOptions, SemanticTokensResult, ServerCapabilities, ShowMessageParams,
    SignatureHelpOptions, TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextDocumentSyncSaveOptions, Uri, WorkspaceSymbolResponse,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::command::{RUN_EXAMPLE, RUN_EXAMPLES, run};
use super::desk::{Book, Desk};
use super::document::Encoding;
use super::view::View;
use super::worker::{Edition, Found, Workers};
use super::{complete, hints, hover, mend, navigate, publish, rename, signature, tokens};
use crate::diagnostic::{Diagnostic, Severity};
use crate::render::{count, typeset};
use crate::source::SourceId;

/// Serves one editor over standard input and output, until it leaves.
///
/// # Errors
///
/// The editor does not follow the protocol, or went away.
pub fn stdio() -> Result<(), String> {
    let (connection, threads) = Connection::stdio();
    serve(&connection)?;
    drop(connection);
    threads.join().map_err(|error| error.to_string())
}

/// Serves one editor, until it leaves.
///
/// # Errors
///
/// The editor does not follow the protocol, or went away.
pub fn serve(connection: &Connection) -> Result<(), String> {
    let wrong = |error: lsp_server::ProtocolError| error.to_string();
    let (id, params) = connection.initialize_start().map_err(wrong)?;
    let params: InitializeParams = serde_json::from_value(params).map_err(|error| error.to_string())?;
    let offered = params.capabilities.general.as_ref().and_then(|general| general.position_encodings.as_deref());
    let encoding = Encoding::agreed(offered.unwrap_or(&[]));
    let answer = serde_json::json!({
        "capabilities": capabilities(encoding),
        "serverInfo": { "name": "reglo", "version": env!("CARGO_PKG_VERSION") },
    });
    connection.initialize_finish(id, answer).map_err(wrong)?;
    let desk = Desk { encoding, ..Desk::default() };
    let server = Server {
        connection,
        desk,
        workers: Workers::start(),
        refreshes: Refreshes::of(&params.capabilities),
        published: Vec::new(),
        sent: 0,
    };
    server.run()
}

fn capabilities(encoding: Encoding) -> ServerCapabilities {
    let letters = |letters: &str| letters.chars().map(String::from).collect::<Vec<String>>();
    ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(letters(". «=,(")),
            ..CompletionOptions::default()
        }),
        signature_help_provider: Some(SignatureHelpOptions {
            trigger_characters: Some(letters("(,")),
            ..SignatureHelpOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
            ..CodeActionOptions::default()
        })),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(false) }),
        document_formatting_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: lsp_types::WorkDoneProgressOptions::default(),
        })),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: vec![RUN_EXAMPLE.to_owned(), RUN_EXAMPLES.to_owned()],
            ..ExecuteCommandOptions::default()
        }),
        semantic_tokens_provider: Some(
            SemanticTokensOptions {
                legend: tokens::legend(),
                full: Some(SemanticTokensFullOptions::Bool(true)),
                ..SemanticTokensOptions::default()
            }
            .into(),
        ),
        inlay_hint_provider: Some(OneOf::Left(true)),
        ..ServerCapabilities::default()
    }
}

/// What the editor asks anew when it is told to.
#[derive(Clone, Copy, Debug, Default)]
struct Refreshes {
    hints: bool,
    lenses: bool,
    status: bool,
}

impl Refreshes {
    fn of(capabilities: &ClientCapabilities) -> Self {
        let workspace = capabilities.workspace.as_ref();
        let hints = workspace.and_then(|workspace| workspace.inlay_hint.as_ref()?.refresh_support);
        let lenses = workspace.and_then(|workspace| workspace.code_lens.as_ref()?.refresh_support);
        let status = capabilities.experimental.as_ref().and_then(|own| own.get("serverStatusNotification")?.as_bool());
        let told = |wanted: Option<bool>| wanted.unwrap_or(false);
        Self { hints: told(hints), lenses: told(lenses), status: told(status) }
    }
}

/// How the server is, for editors that show it: the notification that rust-analyzer introduced.
#[derive(Debug)]
enum Status {}

impl told::Notification for Status {
    type Params = StatusParams;
    const METHOD: &'static str = "experimental/serverStatus";
}

#[derive(Debug, Serialize, Deserialize)]
struct StatusParams {
    /// `ok`, `warning` or `error`: the worst finding.
    health: String,
    /// Nothing is under way: what was published is what there is to say.
    quiescent: bool,
    message: Option<String>,
}

/// Whether to go on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Go,
    Leave,
}

struct Server<'c> {
    connection: &'c Connection,
    desk: Desk,
    workers: Workers,
    refreshes: Refreshes,
    /// Files of which something was told.
    published: Vec<Uri>,
    /// Counts the requests sent to the editor.
    sent: i32,
}

impl Server<'_> {
    fn run(mut self) -> Result<(), String> {
        loop {
            select! {
                recv(self.connection.receiver) -> message => {
                    let Ok(message) = message else { return Ok(()) };
                    if self.message(message)? == Next::Leave {
                        return Ok(());
                    }
                    // What is already waiting is taken in first: only the last state of a text is analysed.
                    while let Ok(message) = self.connection.receiver.try_recv() {
                        if self.message(message)? == Next::Leave {
                            return Ok(());
                        }
                    }
                    self.analyse();
                }
                recv(self.workers.found) -> found => {
                    if let Ok(found) = found {
                        self.found(found);
                    }
                }
            }
        }
    }

    fn message(&mut self, message: Message) -> Result<Next, String> {
        match message {
            Message::Request(request) => {
                if self.connection.handle_shutdown(&request).map_err(|error| error.to_string())? {
                    return Ok(Next::Leave);
                }
                let response = self.request(request);
                self.send(response.into());
            }
            Message::Notification(notification) if notification.method == told::Exit::METHOD => return Ok(Next::Leave),
            Message::Notification(notification) => self.notification(notification),
            Message::Response(_) => {}
        }
        Ok(Next::Go)
    }

    fn send(&self, message: Message) {
        // An editor that went away is noticed when its next message is awaited.
        let _ = self.connection.sender.send(message);
    }

    fn tell<N: told::Notification>(&self, params: N::Params) {
        self.send(Notification::new(N::METHOD.to_owned(), params).into());
    }

    fn notification(&mut self, notification: Notification) {
        fn params<N: told::Notification>(notification: Notification) -> Option<N::Params> {
            serde_json::from_value(notification.params).ok()
        }
        match notification.method.as_str() {
            told::DidOpenTextDocument::METHOD => {
                if let Some(params) = params::<told::DidOpenTextDocument>(notification) {
                    let document = params.text_document;
                    self.desk.open(document.uri, document.version, document.text);
                }
            }
            told::DidChangeTextDocument::METHOD => {
                if let Some(params) = params::<told::DidChangeTextDocument>(notification) {
                    let document = params.text_document;
                    self.desk.change(&document.uri, document.version, params.content_changes);
                }
            }
            told::DidSaveTextDocument::METHOD => {
                if let Some(params) = params::<told::DidSaveTextDocument>(notification) {
                    self.desk.refresh(&params.text_document.uri);
                }
            }
            told::DidCloseTextDocument::METHOD => {
                if let Some(params) = params::<told::DidCloseTextDocument>(notification) {
                    self.desk.close(&params.text_document.uri);
                }
            }
            told::DidChangeWatchedFiles::METHOD => {
                if let Some(params) = params::<told::DidChangeWatchedFiles>(notification) {
                    params.changes.iter().for_each(|change| self.desk.refresh(&change.uri));
                }
            }
            _ => {}
        }
    }

    /// Sends what changed to be analysed.
    fn analyse(&mut self) {
        for book in self.desk.books.iter_mut().filter(|book| book.changed) {
            book.changed = false;
            let edition = Edition { book: (book.folder.clone(), book.alone.clone()), number: book.edition };
            self.workers.analyse(edition, book.now());
        }
    }

    fn found(&mut self, found: Found) {
        let (edition, snapshot, findings) = match found {
            Found::Analysed(edition, snapshot) => (edition, Some(snapshot), None),
            Found::Later(edition, findings) => (edition, None, Some(findings)),
        };
        let is_it = |book: &Book| (&book.folder, &book.alone) == (&edition.book.0, &edition.book.1);
        let Some(rank) = self.desk.books.iter().position(is_it) else { return };
        let Some(book) = self.desk.books.get_mut(rank) else { return };
        let fresh = book.edition == edition.number;
        if let Some(snapshot) = snapshot {
            if snapshot.ruleset().is_some() {
                book.sound = Some(snapshot.clone());
                if fresh {
                    self.workers.look_closer(edition.clone(), snapshot.clone());
                }
            }
            book.last = Some((edition.number, snapshot));
        }
        if let Some(findings) = findings.filter(|_| fresh) {
            book.findings = Some((edition.number, findings));
        }
        if fresh {
            self.publish(rank);
            self.refresh();
            self.status();
        }
    }

    /// Says how things stand.
    fn status(&self) {
        if !self.refreshes.status {
            return;
        }
        let settled = |book: &Book| match (book.current(), book.later()) {
            (Some(snapshot), later) => {
                snapshot.ruleset().is_none() || later.is_some_and(|later| later.reasoned.is_some())
            }
            (None, _) => false,
        };
        let found: Vec<Diagnostic> = self
            .desk
            .books
            .iter()
            .filter_map(|book| Some((book.current()?, book.later())))
            .flat_map(|(snapshot, later)| {
                let reasoned = later.and_then(|later| later.reasoned.as_ref()).into_iter().flatten();
                snapshot.analysis().diagnostics.iter().chain(reasoned).cloned().collect::<Vec<_>>()
            })
            .collect();
        let worst = found.iter().map(|found| found.severity).min();
        let health = match worst {
            Some(Severity::Error) => "error",
            Some(Severity::Warning) => "warning",
            None => "ok",
        };
        self.tell::<Status>(StatusParams {
            health: health.to_owned(),
            quiescent: self.desk.books.iter().all(settled),
            message: count(&found),
        });
    }

    /// Tells what is wrong with the files of a ruleset, and that nothing is with those that are gone.
    fn publish(&mut self, rank: usize) {
        let before = std::mem::take(&mut self.published).into_iter();
        let (gone, published): (Vec<Uri>, Vec<Uri>) = before.partition(|uri| self.desk.find(uri).is_none());
        self.published = published;
        for uri in gone {
            self.tell::<told::PublishDiagnostics>(PublishDiagnosticsParams {
                uri,
                diagnostics: Vec::new(),
                version: None,
            });
        }
        let Some(book) = self.desk.books.get(rank) else { return };
        let Some(snapshot) = book.current() else { return };
        let later = book.later();
        for (document, file) in book.documents.iter().zip(0..) {
            let view = View { desk: &self.desk, book, file: SourceId(file), document };
            self.tell::<told::PublishDiagnostics>(PublishDiagnosticsParams {
                uri: document.uri.clone(),
                diagnostics: publish::findings(view, &snapshot.analysis().diagnostics, later),
                version: document.version,
            });
        }
        let told = book.documents.iter().map(|document| document.uri.clone());
        let new: Vec<Uri> = told.filter(|uri| !self.published.contains(uri)).collect();
        self.published.extend(new);
    }

    /// Has the editor ask again what an analysis changes.
    fn refresh(&mut self) {
        for (wanted, method) in [
            (self.refreshes.hints, asked::InlayHintRefreshRequest::METHOD),
            (self.refreshes.lenses, asked::CodeLensRefresh::METHOD),
        ] {
            if wanted {
                self.sent += 1;
                self.send(Request::new(RequestId::from(self.sent), method.to_owned(), ()).into());
            }
        }
    }

    /// The ruleset and file of an address, for whoever answers.
    fn view(&self, uri: &Uri) -> Option<View<'_>> {
        let (book, file, document) = self.desk.file(uri)?;
        Some(View { desk: &self.desk, book, file, document })
    }

    fn request(&mut self, request: Request) -> Response {
        let method = request.method.clone();
        match method.as_str() {
            asked::HoverRequest::METHOD => self.on::<asked::HoverRequest>(request, |server, params| {
                let at = params.text_document_position_params;
                Ok(server.view(&at.text_document.uri).and_then(|view| hover::hover(view, at.position)))
            }),
            asked::Completion::METHOD => self.on::<asked::Completion>(request, |server, params| {
                let at = params.text_document_position;
                let view = server.view(&at.text_document.uri);
                Ok(view.map(|view| CompletionResponse::Array(complete::complete(view, at.position))))
            }),
            asked::SignatureHelpRequest::METHOD => self.on::<asked::SignatureHelpRequest>(request, |server, params| {
                let at = params.text_document_position_params;
                Ok(server.view(&at.text_document.uri).and_then(|view| signature::signature(view, at.position)))
            }),
            asked::GotoDefinition::METHOD => self.on::<asked::GotoDefinition>(request, |server, params| {
                let at = params.text_document_position_params;
                let view = server.view(&at.text_document.uri);
                Ok(view.map(|view| GotoDefinitionResponse::Array(navigate::definition(view, at.position))))
            }),
            asked::References::METHOD => self.on::<asked::References>(request, |server, params| {
                let at = params.text_document_position;
                let declaration = params.context.include_declaration;
                let view = server.view(&at.text_document.uri);
                Ok(view.map(|view| navigate::references(view, at.position, declaration)))
            }),
            asked::DocumentHighlightRequest::METHOD => {
                self.on::<asked::DocumentHighlightRequest>(request, |server, params| {
                    let at = params.text_document_position_params;
                    Ok(server.view(&at.text_document.uri).map(|view| navigate::highlights(view, at.position)))
                })
            }
            asked::DocumentSymbolRequest::METHOD => {
                self.on::<asked::DocumentSymbolRequest>(request, |server, params| {
                    let view = server.view(&params.text_document.uri);
                    Ok(view.map(|view| DocumentSymbolResponse::Nested(navigate::outline(view))))
                })
            }
            asked::WorkspaceSymbolRequest::METHOD => {
                self.on::<asked::WorkspaceSymbolRequest>(request, |server, params| {
                    let first = |book: &'_ Book| book.documents.first().map(|document| document.uri.clone());
                    let uris: Vec<Uri> = server.desk.books.iter().filter_map(first).collect();
                    let views: Vec<View<'_>> = uris.iter().filter_map(|uri| server.view(uri)).collect();
                    Ok(Some(WorkspaceSymbolResponse::Flat(navigate::search(&views, &params.query))))
                })
            }
            asked::FoldingRangeRequest::METHOD => self.on::<asked::FoldingRangeRequest>(request, |server, params| {
                Ok(server.view(&params.text_document.uri).map(navigate::folds))
            }),
            asked::SemanticTokensFullRequest::METHOD => {
                self.on::<asked::SemanticTokensFullRequest>(request, |server, params| {
                    let view = server.view(&params.text_document.uri);
                    let data = |view| SemanticTokens { result_id: None, data: tokens::tokens(view) };
                    Ok(view.map(|view| SemanticTokensResult::Tokens(data(view))))
                })
            }
            asked::InlayHintRequest::METHOD => self.on::<asked::InlayHintRequest>(request, |server, params| {
                Ok(server.view(&params.text_document.uri).map(|view| hints::hints(view, params.range)))
            }),
            asked::CodeLensRequest::METHOD => self.on::<asked::CodeLensRequest>(request, |server, params| {
                Ok(server.view(&params.text_document.uri).map(hints::lenses))
            }),
            asked::CodeActionRequest::METHOD => self.on::<asked::CodeActionRequest>(request, |server, params| {
                let actions = server.view(&params.text_document.uri).map(|view| mend::actions(view, params.range));
                Ok(actions.map(|actions| actions.into_iter().map(CodeActionOrCommand::CodeAction).collect()))
            }),
            asked::Formatting::METHOD => self.on::<asked::Formatting>(request, |server, params| {
                Ok(server.view(&params.text_document.uri).map(mend::layout))
            }),
            asked::PrepareRenameRequest::METHOD => self.on::<asked::PrepareRenameRequest>(request, |server, params| {
                let view = server.view(&params.text_document.uri);
                let found = view.and_then(|view| rename::prepare(view, params.position));
                Ok(found.map(|(range, placeholder)| PrepareRenameResponse::RangeWithPlaceholder { range, placeholder }))
            }),
            asked::Rename::METHOD => self.on::<asked::Rename>(request, Self::rename),
            asked::ExecuteCommand::METHOD => self.on::<asked::ExecuteCommand>(request, |server, params| {
                let ran = run(&server.desk, &params.command, params.arguments)?;
                let typ = if ran.ok { MessageType::INFO } else { MessageType::WARNING };
                server.tell::<told::ShowMessage>(ShowMessageParams { typ, message: ran.summary.clone() });
                serde_json::to_value(ran).map(Some).map_err(|error| error.to_string())
            }),
            _ => Response::new_err(
                request.id,
                ErrorCode::MethodNotFound as i32,
                format!("« {method} » n'est pas pris en charge"),
            ),
        }
    }

    fn rename(&self, params: lsp_types::RenameParams) -> Result<Option<lsp_types::WorkspaceEdit>, String> {
        let at = params.text_document_position;
        let Some(view) = self.view(&at.text_document.uri) else { return Ok(None) };
        let edit = rename::rename(view, at.position, &params.new_name)?;
        if rename::reaches_dossiers(view, at.position) {
            let message = "Les dossiers et les cas rangés à côté du règlement gardent l'ancien nom : changez-le aussi.";
            self.tell::<told::ShowMessage>(ShowMessageParams { typ: MessageType::INFO, message: typeset(message) });
        }
        Ok(Some(edit))
    }

    /// Reads what is asked, and answers it.
    fn on<R: asked::Request>(
        &mut self,
        request: Request,
        answer: impl FnOnce(&Self, R::Params) -> Result<R::Result, String>,
    ) -> Response
    where
        R::Params: DeserializeOwned,
        R::Result: Serialize,
    {
        let id = request.id.clone();
        match request.extract::<R::Params>(R::METHOD) {
            Ok((id, params)) => match answer(self, params) {
                Ok(found) => Response::new_ok(id, found),
                Err(why) => Response::new_err(id, ErrorCode::RequestFailed as i32, typeset(&why)),
            },
            Err(ExtractError::JsonError { error, .. }) => {
                Response::new_err(id, ErrorCode::InvalidParams as i32, error.to_string())
            }
            Err(ExtractError::MethodMismatch(_)) => {
                Response::new_err(id, ErrorCode::InternalError as i32, "méthode inattendue".to_owned())
            }
        }
    }
}
