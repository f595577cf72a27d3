"""From bytes to a Snapshot. Everything read is untrusted: loops are bounded, faults become findings."""
