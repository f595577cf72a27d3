"""Questions answered on a Snapshot: integrity, reachability, explanation."""
