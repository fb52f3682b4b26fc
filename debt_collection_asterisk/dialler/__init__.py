"""The dialler: one process beside one Asterisk, dialling what Odoo leases to it.

It needs Python, `requests` and `websocket-client`, and no Odoo. Start it with
`python3 -m dialler --config dialler.toml`; docs/dialler-process.md says how.

    main        the process: lock, signals, the one loop
    engine      what comes in (PBX, Odoo, time) goes to the call it concerns
    call        one call from its lease to its end, with its
                permission, talk, message and menu;  causes of ends
    stations    the operators, legs  their lines;  campaign  how many lines to dial
    journal     what must survive a crash;  reconcile  what is done after one
    odoo, ari   the two ends;  exchange  what goes to Odoo and comes from it
    signing, times, commands, sounds, uploads  smaller parts of it
"""

PROTOCOL = 1
