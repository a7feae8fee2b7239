"""Networks and the responses of their layers."""
