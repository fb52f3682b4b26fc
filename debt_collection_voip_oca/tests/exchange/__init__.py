"""A real exchange for the softphone: Asterisk over WebSocket and DTLS-SRTP, a debtor's
telephone behind it, and a browser with a microphone. Everything on 127.0.0.1.
"""
