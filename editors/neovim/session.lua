-- A session in a real editor, without a screen: an author opens a ruleset with slips in it, reads what is said, takes the
-- remedies that are offered, asks about a clause, and lays the file out.
--
-- REGLO=path/to/reglo nvim --headless -u NONE -c "luafile editors/neovim/session.lua"
-- Exit status 1 where the editor does not see what it should.

local folder = vim.fn.tempname()
vim.fn.mkdir(folder)
vim.fn.writefile({ 'Le prêt dure trois semaines.', 'Il est ouvert aux habitants et aux élèves à jour.' }, folder .. '/texte.txt')
vim.fn.writefile({
  'reglement « Prêts »',
  '  texte "texte.txt"',
  'clause P-1 « Le pret dure trois semaines. »',
  'clause P-2 « Il est ouvert aux habitants et aux élèves à jour. »',
  '',
  'fait habitant : oui/non « habite la commune »',
  'fait élève : oui/non « est élève »',
  'fait à_jour : oui/non « inscription à jour »',
  'valeur durée_du_prêt : durée « durée du prêt » vaut 3 semaines selon P-1',
  'permission emprunter « emprunter » selon P-2 à condition que habitant ou eleve et à_jour',
}, folder .. '/prets.reglo')

local function fail(what)
  io.stderr:write(what .. '\n')
  vim.cmd('cquit 1')
end

local function check(holds, what)
  if not holds then fail(what) end
  io.stdout:write('ok   ' .. what .. '\n')
end

vim.cmd('edit ' .. folder .. '/prets.reglo')
local buffer = vim.api.nvim_get_current_buf()
local client = vim.lsp.start_client({ name = 'reglo', cmd = { vim.env.REGLO or 'reglo', 'lsp' }, root_dir = folder })
vim.lsp.buf_attach_client(buffer, client)

local function said(code)
  return vim.tbl_filter(function(found) return found.code == code end, vim.diagnostic.get(buffer))
end

local function wait(what, holds)
  check(vim.wait(20000, holds, 20), what)
end

local function ask(method, params)
  local answers = vim.lsp.buf_request_sync(buffer, method, params, 20000)
  return answers and answers[client] and answers[client].result
end

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n')
end

-- Takes the remedy that begins so, on the line of the first finding of that code.
local function mend(code, title)
  local found = said(code)[1]
  local place = { line = found.lnum, character = found.col }
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(buffer),
    range = { start = place, ['end'] = place },
    context = { diagnostics = {} },
  }
  local actions
  vim.wait(20000, function()
    actions = vim.tbl_filter(function(action)
      return vim.startswith((action.title:gsub('\194\160', ' ')), title)
    end, ask('textDocument/codeAction', params) or {})
    return #actions > 0
  end, 50)
  check(#actions > 0, code .. ' : ' .. title)
  vim.lsp.util.apply_workspace_edit(actions[1].edit, 'utf-16')
end

wait('messages pendant la frappe', function() return #said('syntaxe') > 0 end)
mend('syntaxe', 'Écrire « règlement »')
wait('la citation est relue', function() return #said('citation-introuvable') > 0 end)
mend('citation-introuvable', 'Citer le texte tel qu’il est')
wait('les deux lectures', function() return #said('et-ou-sans-parentheses') > 0 end)
mend('et-ou-sans-parentheses', 'Lire « (habitant ou eleve) et à_jour »')
wait('le nom inconnu', function() return #said('et-ou-sans-parentheses') == 0 and #said('nom-inconnu') > 0 end)
mend('nom-inconnu', 'Écrire « élève »')
wait('rien à signaler', function() return #vim.diagnostic.get(buffer) == 0 end)

local line = vim.fn.search('selon P-2') - 1
local column = vim.str_utfindex(vim.fn.getline(line + 1), vim.fn.getline(line + 1):find('P-2', 1, true))
local document = vim.lsp.util.make_text_document_params(buffer)
local hover = ask('textDocument/hover', { textDocument = document, position = { line = line, character = column } })
check(hover and vim.inspect(hover.contents):find('aux habitants', 1, true), 'la clause sous le pointeur')

local edits = ask('textDocument/formatting', { textDocument = document, options = { tabSize = 2, insertSpaces = true } })
vim.lsp.util.apply_text_edits(edits, buffer, 'utf-16')
check(text():find('  à condition que (habitant ou élève) et à_jour', 1, true), 'la mise en forme')
check(not text():find('eleve', 1, true), 'le nom juste')

vim.lsp.stop_client(client)
vim.wait(5000, function() return vim.lsp.client_is_stopped(client) end, 20)
check(vim.lsp.client_is_stopped(client), 'le serveur s’arrête')
vim.cmd('qall!')
