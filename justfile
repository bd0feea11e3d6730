# What is run by hand.

# The laws at length, on rulesets drawn from a seed on.
laws count="50000" seed="1":
    REGLO_LAWS={{count}} REGLO_SEED={{seed}} cargo test --test suite laws

# Faults put into the evaluator one by one, to see that a test notices each (`cargo install cargo-mutants`). One part
# in so many, counted from 0; `just mutants 0 1` tries them all, which takes hours.
mutants part="0" parts="20" *args:
    REGLO_LAWS=60 cargo mutants --shard {{part}}/{{parts}} --sharding round-robin {{args}}
