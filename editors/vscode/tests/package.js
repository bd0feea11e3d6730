// What package.json names is there, and is what it should be.
'use strict';

const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const read = (file) => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));
const own = read('package.json');

for (const { configuration } of own.contributes.languages) {
  const held = read(configuration);
  assert.equal(held.comments.lineComment, '#');
  const word = new RegExp(`^(?:${held.wordPattern})$`, 'u');
  for (const id of ['B1-7a', 'durée_du_prêt', '2-1']) {
    assert.ok(word.test(id), id);
  }
  assert.ok(!word.test('a b'));
}
for (const { path: file, scopeName } of own.contributes.grammars) {
  assert.equal(read(file).scopeName, scopeName);
}
for (const { path: file } of own.contributes.snippets) {
  for (const [title, snippet] of Object.entries(read(file))) {
    assert.ok(snippet.prefix && snippet.description && Array.isArray(snippet.body), title);
  }
}

// The client loads with everything it needs but the editor itself, which is stood in for.
const Module = require('node:module');
const standIn = () => new Proxy(class {}, { get: (held, name) => (name in held ? held[name] : standIn()) });
const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? standIn() : load(name, ...rest));
const { activate, deactivate } = require(path.join(root, own.main));
assert.equal(typeof activate, 'function');
assert.equal(typeof deactivate, 'function');

// Every command the server runs is told in the code of the server; those of package.json are registered here.
const source = fs.readFileSync(path.join(root, 'extension.js'), 'utf8');
for (const { command } of own.contributes.commands) {
  assert.ok(source.includes(`'${command}'`), command);
}
console.log('package.json: ok');
