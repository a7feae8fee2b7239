"""Encoding models: what the responses of single neurons can be predicted from."""
