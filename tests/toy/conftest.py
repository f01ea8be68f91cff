"""Sources of a toy feature. Its tests run where it is added: in a copy of the repository."""

collect_ignore_glob = ["*"]
