"""The demo: an invented compound for `make run`, a tour through the product, a visitor.

It meets the product as any programmer and any client does: the compound is made through the
services' actions, the tour and the visitor speak HTTP. Only the commands of the server know it.
"""
