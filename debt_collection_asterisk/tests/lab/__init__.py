"""A telephone laboratory: a real Asterisk, SIPp for all the phones, an Odoo that is
faked, and the dialler as a process of its own. Everything on 127.0.0.1.
"""
