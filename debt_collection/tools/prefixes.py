"""Landline prefixes whose zones phonenumbers has wrong, or too few of.

Seen in version 9.0; a test tells when the library mends one, so that it can go from
here.  Where no source tells the places behind a prefix apart all their zones are named:
the gate asks them all, so that a name too many only costs hours.  Regions by prefix are
those of the national numbering plans, their clocks those of the tz database.
"""

PREFIX_ZONES = {
    # Brazil: the area codes are those of states (Anatel, plano de numeração).
    # phonenumbers takes the first zone of each state for all of it.
    "5555": ("America/Sao_Paulo",),  # Rio Grande do Sul; a prefix of it as Manaus
    "5567": ("America/Campo_Grande",),  # Mato Grosso do Sul; one as Sao Paulo
    "5569": ("America/Porto_Velho",),  # Rondonia; one as Sao Paulo
    "5581": ("America/Recife",),  # Pernambuco; as Noronha, an hour ahead
    "55813619": ("America/Noronha", "America/Recife"),  # the island's exchange
    "5591": ("America/Belem",),  # Para, an hour ahead of the Amazon since 2008
    "5592": ("America/Manaus",),  # one as Sao Paulo
    "5593": ("America/Santarem",),
    "5594": ("America/Belem",),
    "5597": ("America/Manaus", "America/Eirunepe"),
    # Australia: Darwin is left out, and so is the difference within 08 (ACMA).
    "617": ("Australia/Brisbane", "Australia/Sydney"),  # reaches over the border
    "618": (
        "Australia/Adelaide",
        "Australia/Darwin",
        "Australia/Perth",
        "Australia/Eucla",
    ),
    # Indonesia: 09xx are Maluku and Papua; 0526 lies on both sides of a border.
    "62526": ("Asia/Jakarta", "Asia/Makassar"),
    "629": ("Asia/Jayapura",),
    # New Zealand: of 03 30x, mostly around Ashburton, only 03 305 is Chatham.
    "64330": ("Pacific/Auckland",),
    "643305": ("Pacific/Auckland", "Pacific/Chatham"),
    # Papua New Guinea: Bougainville is among the islands of 9.
    "6759": ("Pacific/Port_Moresby", "Pacific/Bougainville"),
    # French Polynesia: 40 9 are the islands beyond Tahiti.
    "689409": ("Pacific/Tahiti", "Pacific/Marquesas", "Pacific/Gambier"),
    # Russia (numbering plan, order 142 of 2008 with its changes).
    "7401": ("Europe/Kaliningrad",),  # as Bucharest, which changes its clocks
    "7411": ("Asia/Yakutsk", "Asia/Vladivostok", "Asia/Srednekolymsk"),
    "74112": ("Asia/Yakutsk",),  # the city
    "7840": ("Europe/Moscow",),
    "7845": ("Europe/Saratov",),  # left Moscow time in December 2016
    # Congo: Kasai (4) and the east (5) go by Lubumbashi; kept with both.
    "2434": ("Africa/Kinshasa", "Africa/Lubumbashi"),
    "2435": ("Africa/Kinshasa", "Africa/Lubumbashi"),
    "2436": ("Africa/Kinshasa", "Africa/Lubumbashi"),
    # Ecuador: Galapagos has more of 05 than 052.
    "5935": ("America/Guayaquil", "Pacific/Galapagos"),
    # Mongolia: of the west only three provinces are an hour behind.
    "97614": ("Asia/Hovd", "Asia/Ulaanbaatar"),
    "97624": ("Asia/Hovd", "Asia/Ulaanbaatar"),
}
