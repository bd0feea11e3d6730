// The client: starts `reglo lsp` and shows what it answers. Everything that knows the language is in the server.
'use strict';

const vscode = require('vscode');
const { LanguageClient, TransportKind } = require('vscode-languageclient/node');

const ANSWERS = 'reglo-reponse';

/** @type {LanguageClient | undefined} */
let client;

/** The pages shown beside the text, by address. */
const pages = new Map();

function options(watcher) {
  return {
    // Official texts too: what is typed in them counts before it is saved.
    documentSelector: [
      { scheme: 'file', language: 'reglo' },
      { scheme: 'untitled', language: 'reglo' },
      { scheme: 'file', pattern: '**/*.txt' },
    ],
    synchronize: { fileEvents: watcher },
    initializationOptions: {},
    middleware: {
      executeCommand: async (command, args, next) => {
        const ran = await next(command, args);
        await show(command, ran);
        return ran;
      },
    },
  };
}

/** Shows the answers of an example beside the text. */
async function show(command, ran) {
  if (!ran || typeof ran.markdown !== 'string') {
    return;
  }
  const uri = vscode.Uri.parse(`${ANSWERS}:${encodeURIComponent(command)}.md`);
  pages.set(uri.toString(), ran.markdown);
  changed.fire(uri);
  await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
}

const changed = new vscode.EventEmitter();

/** How things stand, in the status bar. */
function state(item, params) {
  const mark = { ok: '$(check)', warning: '$(warning)', error: '$(error)' }[params.health] ?? '';
  item.text = `${params.quiescent ? mark : '$(sync~spin)'} reglo`;
  item.tooltip = params.message ?? 'Rien à signaler';
  item.show();
}

async function start(context, watcher, item) {
  const command = vscode.workspace.getConfiguration('reglo').get('server.path') || 'reglo';
  const server = { command, args: ['lsp'], transport: TransportKind.stdio };
  client = new LanguageClient('reglo', 'reglo', server, options(watcher));
  client.registerFeature({
    fillClientCapabilities: (capabilities) => {
      capabilities.experimental = { ...capabilities.experimental, serverStatusNotification: true };
    },
    initialize: () => {},
    getState: () => ({ kind: 'static' }),
    clear: () => {},
    dispose: () => {},
  });
  client.onNotification('experimental/serverStatus', (params) => state(item, params));
  try {
    await client.start();
  } catch (error) {
    vscode.window.showErrorMessage(
      `Le programme « ${command} » ne démarre pas : installez reglo, ou indiquez son chemin dans le réglage reglo.server.path.`,
    );
  }
}

async function activate(context) {
  const watcher = vscode.workspace.createFileSystemWatcher('**/*.{reglo,txt}');
  const item = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Left);
  const provider = {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => pages.get(uri.toString()) ?? '',
  };
  context.subscriptions.push(
    watcher,
    item,
    changed,
    vscode.workspace.registerTextDocumentContentProvider(ANSWERS, provider),
    vscode.commands.registerCommand('reglo.redemarrer', async () => {
      await client?.stop();
      await start(context, watcher, item);
    }),
  );
  await start(context, watcher, item);
}

async function deactivate() {
  await client?.stop();
}

module.exports = { activate, deactivate };
