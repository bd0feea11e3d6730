# What is run by hand.

# The laws at length, on rulesets drawn from a seed on.
laws count="50000" seed="1":
    REGLO_LAWS={{count}} REGLO_SEED={{seed}} cargo test --test suite laws

# Faults put into the evaluator one by one, to see that a test notices each (`cargo install cargo-mutants`). One part
# in so many, counted from 0; `just mutants 0 1` tries them all, which takes hours.
mutants part="0" parts="20" *args:
    REGLO_LAWS=60 cargo mutants --shard {{part}}/{{parts}} --sharding round-robin {{args}}

# Each fuzz target for so many seconds; needs cargo-fuzz. The corpus is left as it is: what is found goes to `fuzz/found`.
fuzz seconds="900":
    mkdir -p fuzz/found/ruleset fuzz/found/passages fuzz/found/dossier fuzz/found/decide
    for target in ruleset passages dossier decide; do \
        RUSTC_BOOTSTRAP=1 cargo fuzz run -s none $target fuzz/found/$target fuzz/corpus/$target -- \
            -max_total_time={{seconds}} -timeout=20 -rss_limit_mb=2048 -max_len=8192 -dict=fuzz/reglo.dict || exit 1; \
    done

# An author who types, deletes and undoes, for so many minutes (`tests/suite/editor/fuzz.rs`).
lsp-fuzz minutes="60" seed="1":
    REGLO_LSP_MINUTES={{minutes}} REGLO_SEED={{seed}} cargo test --release --test suite an_author_who_types -- --nocapture

# The documentation as a book, in `target/book/pages/html`.
book:
    cargo run --quiet --manifest-path docs/book/Cargo.toml --target-dir target/book -- docs target/book/pages

# An author's session in a real editor, without a screen; needs Neovim.
neovim:
    cargo build --quiet
    REGLO=target/debug/reglo nvim --headless -u NONE -c "luafile editors/neovim/session.lua"
