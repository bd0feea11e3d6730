# What is run by hand.

# The laws at length, on rulesets drawn from a seed on.
laws count="50000" seed="1":
    REGLO_LAWS={{count}} REGLO_SEED={{seed}} cargo test --test suite laws
