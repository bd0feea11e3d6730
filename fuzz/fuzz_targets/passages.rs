#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reglo_fuzz::targets::passages(bytes));
