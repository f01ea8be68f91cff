"""Clients for WeChat's servers: mini-program, server push, WeChat Pay v3.

The only package that speaks HTTP outwards and the only one that imports wechatpy.
"""
