"""Stand-in for WeChat's servers: mini-program API and WeChat Pay v3."""
