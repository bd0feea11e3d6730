//! Sets of days.
