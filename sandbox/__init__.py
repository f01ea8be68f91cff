"""A stand-in for WeChat's servers (mini-program and WeChat Pay v3)."""
